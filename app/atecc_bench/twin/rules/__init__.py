"""Access rules as named reasons: who may do what, and why not."""
