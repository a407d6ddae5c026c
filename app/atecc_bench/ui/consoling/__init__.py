"""The parts of the Console page."""
