"""Runs read back, and the page about a device."""
