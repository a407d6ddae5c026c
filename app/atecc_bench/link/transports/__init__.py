"""Ways to a chip: the Kit Protocol over a serial port.

USB HID kit and i2c-dev may come later.
"""
