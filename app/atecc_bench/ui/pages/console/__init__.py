"""Console: exchanges and commands."""
