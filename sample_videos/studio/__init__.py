"""The studio: renders showroom recordings whose truth is known in millimetres, seconds and states."""
