"""Ways to a chip: the Kit Protocol over a serial port today; USB HID kit and i2c-dev later."""
