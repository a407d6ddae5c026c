"""Compare: expected beside stored, cause, mending."""
