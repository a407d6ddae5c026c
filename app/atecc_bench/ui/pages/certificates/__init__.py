"""Certificates: chains on the chip and in files."""
