"""Keys, certificates and data on one chip, by slot: read, written, read back, proved. Knows no profile."""
