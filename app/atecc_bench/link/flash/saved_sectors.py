"""What an installation overwrites, in a file of Intel HEX.

It names the offsets, and esptool writes it as well. Records are lines of hexadecimal digits behind a colon: count,
address (2), kind, data, and a sum that makes all bytes add up to 0. Kind 0 is data, 1 the end, 4 the upper half of the
addresses behind it (Intel, "Hexadecimal Object File Format").
"""

import re
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.link.flash.flash_image import FlashPart

SUFFIX = ".hex"
_ROW = 16
_DATA, _END, _UPPER_ADDRESS = 0, 1, 4
_MAC = re.compile(r"-([0-9a-f]{12})-")


def file_name(target: str, mac: str, moment: str) -> str:
    """The name of a file.

    Target, MAC (`02:00:..`) and a moment without colons.
    """
    return f"{target}-{mac.replace(':', '')}-{moment}{SUFFIX}"


def mac_of(file: Path) -> str:
    """The MAC in the name of a file, or nothing."""
    found = _MAC.search(file.name)
    return "" if found is None else bytes.fromhex(found[1]).hex(":")


def to_hex(parts: tuple[FlashPart, ...]) -> str:
    """Parts as Intel HEX."""
    lines: list[str] = []
    for part in parts:
        upper = -1
        for start in range(0, len(part.data), _ROW):
            address = part.offset + start
            if address >> 16 != upper:
                upper = address >> 16
                lines.append(_record(_UPPER_ADDRESS, 0, upper.to_bytes(2, "big")))
            lines.append(_record(_DATA, address & 0xFFFF, part.data[start : start + _ROW]))
    return "\n".join([*lines, _record(_END, 0, b"")]) + "\n"


def of_hex(text: str, name: str) -> tuple[FlashPart, ...]:
    """Parts out of Intel HEX; neighbours are joined.

    Raises:
        InputError: `not-a-backup`.
    """
    pieces: list[tuple[int, bytearray]] = []
    upper, ended = 0, False
    for line in text.split():
        try:
            record = bytes.fromhex(line.removeprefix(":"))
        except ValueError as error:
            raise _no_backup(name) from error
        if ended or line[:1] != ":" or len(record) < 5 or len(record) != record[0] + 5 or sum(record) & 0xFF:
            raise _no_backup(name)
        address, kind, data = int.from_bytes(record[1:3], "big"), record[3], record[4:-1]
        if kind == _UPPER_ADDRESS and len(data) == 2:
            upper = int.from_bytes(data, "big") << 16
        elif kind == _DATA:
            if not pieces or pieces[-1][0] + len(pieces[-1][1]) != upper + address:
                pieces.append((upper + address, bytearray()))
            pieces[-1][1].extend(data)
        elif kind == _END:
            ended = True
        else:
            raise _no_backup(name)
    if not ended or not pieces:
        raise _no_backup(name)
    return tuple(FlashPart(name, offset, bytes(data)) for offset, data in pieces)


def _record(kind: int, address: int, data: bytes) -> str:
    record = bytes((len(data),)) + address.to_bytes(2, "big") + bytes((kind,)) + data
    return f":{(record + bytes((-sum(record) & 0xFF,))).hex().upper()}"


def _no_backup(name: str) -> InputError:
    return InputError(
        "not-a-backup",
        f"{name} is damaged, or is no Intel HEX that the verb flash has written.",
        "Give the file that was named when the bridge was installed. Nothing was written.",
    )
