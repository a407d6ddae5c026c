"""Board: ports, firmware, wiring."""
