"""Support bundles: collect, redact, read."""
