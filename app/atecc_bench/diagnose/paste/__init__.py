"""Bytes out of what people paste: logs, dumps, PEM in any state."""
