"""Keys in any file format, and keys that only sign (PKCS #11, the chip)."""
