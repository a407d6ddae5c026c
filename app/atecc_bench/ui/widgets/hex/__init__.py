"""Bytes: hex view, diff, minimap."""
