"""What this computer keeps about devices: run folders, journals, key registry, escrow."""
