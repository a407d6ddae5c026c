"""The virtual ESP32: I2C bus, bridge, ROM loader, flash, reset circuit."""
