"""One file per command family, as the data sheet groups them."""
