"""provision, profile, report."""
