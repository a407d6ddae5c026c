"""Making `virtual://` known to pyserial."""

import serial

_PACKAGE = "atecc_bench.twin.ports"


def register_virtual_scheme() -> None:
    """Let `serial.serial_for_url` find the virtual boards; calling it again changes nothing."""
    if _PACKAGE not in serial.protocol_handler_packages:
        serial.protocol_handler_packages.append(_PACKAGE)
