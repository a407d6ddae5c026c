"""DER, PEM, names, dates: text and bytes of X.509, no keys."""
