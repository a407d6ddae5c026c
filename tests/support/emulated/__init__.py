"""An ESP32 and an ESP32-C3 in software, as far as the bridge for RAM uses them: CPU, registers, pins, serial line."""
