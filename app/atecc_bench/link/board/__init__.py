"""A board at a port: finding its bridge and chip, wiring test, pins."""
