"""Recognise the first bytes from a board.

ROM boot log, another application, or noise. The ROM's own lines are described in Espressif's "Boot Mode Selection" and
"ESP32 ROM console" pages.
"""

import re
from enum import Enum


class BootLog(Enum):
    """Kinds of bytes that are not Kit Protocol."""

    NOTHING = "nothing"
    BLANK_FLASH = "blank flash"  # the ROM finds no image
    DOWNLOAD_MODE = "download mode"  # the ROM waits for esptool
    APPLICATION = "another application"
    NOISE = "noise"


_BLANK = re.compile(rb"invalid header: 0x|flash read err|No bootable app|csum err")
_DOWNLOAD = re.compile(rb"waiting for download|DOWNLOAD_BOOT|DOWNLOAD\(")
_ROM = re.compile(rb"rst:0x|boot:0x|ets [A-Z][a-z]{2} +\d|ESP-ROM:")
_ROM_OF_ESP32 = re.compile(rb"ets (Jun +8 2016|Jul 29 2019)")
_ROM_NAME = re.compile(rb"ESP-ROM:([a-z0-9]+)")
_CHIP_OF_ROM = {"esp8684": "esp32c2"}
_APPLICATION = re.compile(rb"\x1b\[0;3\dm|[IWEDV] \(\d+\) \w+:|ESP-IDF")


def recognise(received: bytes) -> BootLog:
    """Say what these bytes most likely come from."""
    if not received:
        return BootLog.NOTHING
    if _BLANK.search(received):
        return BootLog.BLANK_FLASH
    if _DOWNLOAD.search(received):
        return BootLog.DOWNLOAD_MODE
    if _APPLICATION.search(received):
        return BootLog.APPLICATION
    if _ROM.search(received):
        return BootLog.APPLICATION
    return BootLog.NOISE


def target_in(received: bytes) -> str:
    """The target whose ROM has said this, as `esp32c3`.

    Empty when no ROM names itself.
    """
    if _ROM_OF_ESP32.search(received):
        return "esp32"
    found = _ROM_NAME.search(received)
    if found is None:
        return ""
    name = found[1].decode("ascii")
    return _CHIP_OF_ROM.get(name, name)
