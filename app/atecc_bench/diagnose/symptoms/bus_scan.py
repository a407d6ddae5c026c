"""Addresses that a scan of an I2C bus shows.

The table of `i2cdetect`, and lists that programs print.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ROW = re.compile(r"(?:^|\s)([0-7])0:\s((?:\s*(?:--|UU|[0-9a-fA-F]{2}))+|\s*)")
_NOBODY_OR_HELD = ("--", "UU")  # no table is without them
_CELL = re.compile(r"--|UU|[0-9a-fA-F]{2}")
_LISTED = re.compile(
    r"(?:i2c\.?scan|scan(?:ned|ning)?|found|detected|devices?|address(?:es)?)\b[^\[\n]{0,40}\[([^\]\n]*)\]",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"(?:i2c device|device|chip)\s+(?:was\s+)?(?:found|detected)\s+at\s+(?:address\s+)?(?:0x)?([0-9a-fA-F]{2})\b",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\bscan\(\)\)?\s*$", re.IGNORECASE)
_ANSWER = re.compile(r"\W{0,4}\[([^\]\n]*)\]\s*")  # what a prompt of Python prints below the call
_NUMBER = re.compile(r"0x[0-9a-fA-F]{1,2}|\d{1,3}")
_RESERVED = 3  # the first row of i2cdetect shows addresses from 03 or 08 on
AS_SOLD = 0x60
USUAL = {AS_SOLD: "byte 16 as it is sold (C0)", 0x35: "Trust&GO (6A)", 0x36: "TrustFLEX (6C)"}
"""7-bit addresses of these chips as they are sold."""


@dataclass(frozen=True)
class BusScan:
    """A scan in a log.

    The 7-bit addresses that answered, and those that a driver holds.
    """

    line: int
    addresses: frozenset[int]
    held: frozenset[int]
    is_table: bool

    @property
    def empty(self) -> bool:
        """Whether nothing at all was there."""
        return not self.addresses and not self.held

    @property
    def sentence(self) -> str:
        """What it shows, for people."""
        if self.empty:
            return "the scan shows no device at all"
        shown = ", ".join(f"{address:02X}" for address in sorted(self.addresses | self.held))
        return f"the scan shows {shown} (7-bit)"


def scans_in(lines: Sequence[str]) -> tuple[BusScan, ...]:
    """All scans of a log, in their order; lines count from 1."""
    found: list[BusScan] = []
    rows: list[tuple[int, int, list[str]]] = []
    for number, line in enumerate(lines, 1):
        match = _ROW.search(line)
        if match is not None and (int(match[1]) != 0 or rows == [] or rows[-1][1] != 0):
            if rows and int(match[1]) <= rows[-1][1]:
                found.append(_table(rows))
                rows = []
            rows.append((number, int(match[1]), _CELL.findall(match[2])))
            continue
        found += _listed(number, line)
        below = _ANSWER.fullmatch(line) if number > 1 and _CALLED.search(lines[number - 2]) else None
        if below is not None:
            found += _of_list(number, below[1])
    if any(cell in _NOBODY_OR_HELD for _, _, cells in rows for cell in cells):
        found.append(_table(rows))
    return tuple(scan for scan in found if scan.is_table or not scan.empty)


def _table(rows: list[tuple[int, int, list[str]]]) -> BusScan:
    addresses: set[int] = set()
    held: set[int] = set()
    line = rows[0][0]
    for number, row, cells in rows:
        start = row * 16 + (16 - len(cells) if row == 0 else 0)
        for position, cell in enumerate(cells):
            at = start + position
            if cell == "UU":
                held.add(at)
            elif cell != "--" and int(cell, 16) == at:
                addresses.add(at)
            else:
                continue
            line = number if at in USUAL else line
    return BusScan(line, frozenset(addresses), frozenset(held), is_table=True)


def _of_list(number: int, listed: str) -> list[BusScan]:
    values = [int(text, 0) if text.startswith("0x") else int(text) for text in _NUMBER.findall(listed)]
    if not values or not all(_RESERVED <= value < 0x80 for value in values):
        return []
    return [BusScan(number, frozenset(values), frozenset(), is_table=False)]


def _listed(number: int, line: str) -> list[BusScan]:
    scans: list[BusScan] = []
    for match in _LISTED.finditer(line):
        scans += _of_list(number, match[1])
    for match in _ONE.finditer(line):
        address = int(match[1], 16)
        if address < 0x80:
            scans.append(BusScan(number, frozenset((address,)), frozenset(), is_table=False))
    return scans
