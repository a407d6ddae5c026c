"""What the chip remembers: EEPROM, registers, keys; and its file on disk."""
