"""Keys in any file format, and keys that only sign.

The latter are in a PKCS #11 module or in the chip.
"""
