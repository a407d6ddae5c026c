"""CryptoAuthLib's compressed certificates: definitions, templates, 72 bytes and back."""
