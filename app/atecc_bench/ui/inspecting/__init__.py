"""The parts of the Inspect page."""
