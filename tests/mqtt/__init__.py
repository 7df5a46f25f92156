"""A real MQTT broker on a free port, started and killed by the tests."""
