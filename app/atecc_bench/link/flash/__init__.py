"""Putting the bridge on an ESP32, by way of esptool."""
