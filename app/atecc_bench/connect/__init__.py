"""TLS and MQTT to a server, with a key that only signs."""
