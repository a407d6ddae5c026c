"""Codes that people hold, and every way to spell them."""
