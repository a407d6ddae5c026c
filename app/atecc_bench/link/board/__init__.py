"""A board at a port.

Finding its bridge and chip, wiring test, pins.
"""
