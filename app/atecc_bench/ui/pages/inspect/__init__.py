"""Inspect: configuration, slots, findings."""
