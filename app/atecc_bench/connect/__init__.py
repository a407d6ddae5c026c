"""Connections to a server: TLS and MQTT, with a key that only signs."""
