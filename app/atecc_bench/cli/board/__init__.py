"""ports, info, flash, serve."""
