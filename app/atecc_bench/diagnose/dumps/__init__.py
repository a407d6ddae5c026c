"""A configuration out of any text that people bring."""
