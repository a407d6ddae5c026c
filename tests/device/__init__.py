"""What may be asked of a real board with a real chip: nothing here changes either.

    pytest tests/device --port /dev/ttyUSB0

Without `--port` the same tests run on virtual boards. Each packet that is sent is looked at (`DeviceGuard`), and after
each test the chip has to hold what it held before.
"""
