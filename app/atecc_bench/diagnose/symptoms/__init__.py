"""Logs without bytes: from codes, bus scans and words to causes."""
