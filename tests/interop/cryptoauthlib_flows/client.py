"""CryptoAuthLib as its users call it: a wrapper that raises, and that hands bytes out."""

# pyright: reportMissingImports=false
# The library has no wheel for every Python; without it nothing here runs.

from ctypes import byref, c_bool, c_char_p, c_void_p, cast, create_string_buffer
from typing import Any

import cryptoauthlib as cal
import pytest
from cryptoauthlib.iface import ATCADeviceType, ATCAIfaceCfg, ATCAIfaceType, ATCAKitType
from cryptoauthlib.library import get_cryptoauthlib

EXECUTION_ERROR = 0xF4  # ATCA_EXECUTION_ERROR


class Status(Exception):  # noqa: N818 - it is one, and often a wanted one
    """A status other than success."""

    def __init__(self, name: str, code: int) -> None:
        self.code = code & 0xFF
        super().__init__(f"{name}: {self.code:02X}")


class Client:
    """One chip behind a serial device."""

    def __init__(self, device: str, device_type: str) -> None:
        cal.load_cryptoauthlib()
        cfg = ATCAIfaceCfg()
        cfg.iface_type = int(ATCAIfaceType.ATCA_UART_IFACE)
        cfg.devtype = int(ATCADeviceType[device_type])
        cfg.cfg.atcauart.dev_interface = int(ATCAKitType.ATCA_KIT_AUTO_IFACE)
        cfg.cfg.atcauart.dev_identity = 0
        cfg.cfg.atcauart.baud = 115200
        cfg.cfg.atcauart.wordsize = 8
        cfg.cfg.atcauart.parity = 2
        cfg.cfg.atcauart.stopbits = 1
        cfg.wake_delay = 1500
        cfg.rx_retries = 20
        self._path, self._cfg = c_char_p(device.encode()), cfg
        cfg.cfg_data = cast(self._path, c_void_p)
        self("init", cfg)
        self.library: Any = get_cryptoauthlib()
        self.serial_number = self.read("read_serial_number", size=9)

    def __call__(self, name: str, *arguments: Any) -> None:
        """Call `atcab_<name>` of the Python package."""
        status = int(getattr(cal, f"atcab_{name}")(*arguments))
        if status:
            raise Status(name, status)

    def read(self, name: str, *arguments: Any, size: int) -> bytes:
        """Call `atcab_<name>` whose last argument takes the result."""
        answer = bytearray(size)
        self(name, *arguments, answer)
        return bytes(answer)

    def number(self, name: str, *arguments: Any) -> int:
        """Call `atcab_<name>` whose last argument is a reference to a number."""
        reference = cal.AtcaReference(0)
        self(name, *arguments, reference)
        return int(reference.value)

    def is_true(self, name: str, *arguments: Any) -> bool:
        """Call `atcab_<name>` of the C library, whose last argument is a `bool *`."""
        answer = c_bool(False)
        self.c(name, *arguments, answer)
        return answer.value

    def c(self, name: str, *arguments: Any) -> None:
        """Call `atcab_<name>` of the C library: bytes are passed as they are, None is NULL."""
        passed = [byref(a) if isinstance(a, c_bool) else a for a in arguments]
        status = getattr(self.library, f"atcab_{name}")(*passed)
        if status:
            raise Status(name, status)

    def c_read(self, name: str, *arguments: Any, size: int) -> bytes:
        """Call `atcab_<name>` of the C library, whose last argument is a buffer of `size` bytes."""
        answer = create_string_buffer(size)
        self.c(name, *arguments, answer)
        return answer.raw

    def refuses(self, code: int, name: str, *arguments: Any) -> None:
        """Call `atcab_<name>` and expect this status."""
        with pytest.raises(Status) as refusal:
            self(name, *arguments)
        assert refusal.value.code == code

    def release(self) -> None:
        """Close the device."""
        self("release")
