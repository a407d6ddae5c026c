"""Logs without bytes of certificates: from codes, bus scans and words to causes."""
