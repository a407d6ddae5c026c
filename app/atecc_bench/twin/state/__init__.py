"""Memory of the chip, and its file on disk.

EEPROM, registers, keys.
"""
