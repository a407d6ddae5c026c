"""Differences, what the differing bytes are, and their causes."""
