"""Serial ports of this computer, and which USB bridge sits behind each."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports

# USB bridges on ESP32 boards, by vendor and product id.
USB_BRIDGES = {
    (0x10C4, 0xEA60): "Silicon Labs CP210x",
    (0x10C4, 0xEA70): "Silicon Labs CP2105",
    (0x1A86, 0x7522): "WCH CH340",
    (0x1A86, 0x7523): "WCH CH340",
    (0x1A86, 0x55D2): "WCH CH342",
    (0x1A86, 0x55D3): "WCH CH343",
    (0x1A86, 0x55D4): "WCH CH9102",
    (0x1A86, 0x55D8): "WCH CH9101",
    (0x0403, 0x6001): "FTDI FT232R",
    (0x0403, 0x6010): "FTDI FT2232H",
    (0x0403, 0x6011): "FTDI FT4232H",
    (0x0403, 0x6014): "FTDI FT232H",
    (0x0403, 0x6015): "FTDI FT231X",
    (0x067B, 0x2303): "Prolific PL2303",
    (0x303A, 0x0002): "Espressif ESP32-S2 USB",
    (0x303A, 0x1001): "Espressif USB-Serial-JTAG",
    (0x303A, 0x1002): "Espressif USB bridge",
}


@dataclass(frozen=True)
class PortInfo:
    """One serial port.

    `bridge` is None when its USB ids are not those of a bridge on ESP32 boards.
    """

    device: str
    description: str
    vid: int | None
    pid: int | None
    usb_serial_number: str | None
    bridge: str | None


def serial_ports() -> tuple[PortInfo, ...]:
    """Ports of this computer.

    Those with a bridge known from ESP32 boards come first.
    """
    ports = [
        PortInfo(
            device=port.device,
            description=port.description if port.description != "n/a" else "",
            vid=port.vid,
            pid=port.pid,
            usb_serial_number=port.serial_number,
            bridge=USB_BRIDGES.get((port.vid, port.pid)) if port.vid is not None and port.pid is not None else None,
        )
        for port in list_ports.comports()
    ]
    return tuple(sorted(ports, key=lambda port: (port.bridge is None, port.device)))


# Whoever has one of these open is not a user of a pseudo-terminal but what serves it.
_MASTERS = {"/dev/ptmx", "/dev/pts/ptmx"}


def port_users(device: str) -> tuple[str, ...]:
    """Other programs that have a port open.

    Names and process ids, where the system tells (Linux).
    """
    if sys.platform != "linux":
        return ()
    wanted = os.path.realpath(device)
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        # Processes of other users do not tell, and any may end while we look.
        with suppress(OSError):
            opened = {os.path.realpath(link) for link in (process / "fd").iterdir()}
            if wanted in opened and not opened & _MASTERS:
                found.append(f"{(process / 'comm').read_text().strip()} (process {process.name})")
    return tuple(found)


def port_hint(port: PortInfo) -> str:
    """Obstacle to using a port, in a sentence or two.

    Empty when there is none.
    """
    if sys.platform == "linux" and not os.access(port.device, os.R_OK | os.W_OK):
        return (
            f"You may not open {port.device}. Add yourself to its group "
            f"(`sudo usermod -aG {_group(port.device)} $USER`) and log in again."
        )
    return ""


def _group(device: str) -> str:
    with suppress(OSError, KeyError, NotImplementedError):
        return Path(device).group()
    return "dialout"


NO_PORT_HINT = (
    "A board that is plugged in and does not appear needs the driver of its USB bridge (CP210x: Silicon Labs; CH340, "
    "CH343: WCH) or a cable that carries data. On Linux the account has to be in the group dialout."
)
