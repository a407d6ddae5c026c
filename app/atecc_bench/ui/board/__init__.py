"""The parts of the Board page: ports, what runs on a board, its firmware, its wiring."""
