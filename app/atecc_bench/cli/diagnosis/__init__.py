"""diagnose, explain, command, bundle."""
