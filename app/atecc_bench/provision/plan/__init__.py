"""From profile and chip to a plan."""
