"""The yardstick itself is measured: by stories whose truth is written down beside them."""
