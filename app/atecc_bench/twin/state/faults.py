"""Faults that a test or a trainee can switch on.

A fault is data: which kind, and when. Counting begins with 1 when the board is set up, so the same requests meet with
the same fault each time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.errors import InputError


class FaultKind(StrEnum):
    """Kinds of faults; N is the number given with one.

    Chip faults concern the first chip on the bus.
    """

    BYTE_DROPPED = "byte-dropped"
    BYTE_FLIPPED = "byte-flipped"
    LINE_STALLED = "line-stalled"
    BOARD_RESET = "board-reset"
    CHIP_SILENT = "chip-silent"
    SELF_TEST = "self-test"
    POWER_LOST = "power-lost"
    WRONG_ADDRESS = "wrong-address"
    SDA_LOW = "sda-low"
    FLASH_STUCK = "flash-stuck"

    @property
    def summary(self) -> str:
        """One line that says what happens, with N for the number."""
        return _SUMMARIES[self]


_SUMMARIES = {
    FaultKind.BYTE_DROPPED: "the Nth byte from the board never arrives",
    FaultKind.BYTE_FLIPPED: "the Nth byte from the board arrives with its lowest bit flipped",
    FaultKind.LINE_STALLED: "after N bytes from the board nothing more arrives",
    FaultKind.BOARD_RESET: "the board resets instead of answering the Nth request",
    FaultKind.CHIP_SILENT: "from the Nth command on the chip answers nothing",
    FaultKind.SELF_TEST: "from the Nth wake on the chip's self test fails",
    FaultKind.POWER_LOST: "power fails in the middle of the Nth EEPROM write, and returns half a second later",
    FaultKind.WRONG_ADDRESS: "the chip answers at the 8-bit I2C address N instead of its own",
    FaultKind.SDA_LOW: "from the Nth transfer on SDA is stuck low",
    FaultKind.FLASH_STUCK: "the byte at address N of the board's flash cannot be written",
}


@dataclass(frozen=True)
class Fault:
    """One fault.

    Its kind, and the number N of its summary, 1 or more.
    """

    kind: FaultKind
    number: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"


def parse_fault(text: str) -> Fault:
    """Read `KIND:N`; N is decimal, or hexadecimal with 0x in front.

    Raises:
        InputError: `fault`.

    """
    name, _, number = text.partition(":")
    known = name in list(FaultKind)
    if not known or not re.fullmatch(r"[0-9]{1,9}|0[xX][0-9A-Fa-f]{1,7}", number):
        raise _bad_fault(text)
    fault = Fault(FaultKind(name), int(number, 16 if number[:2].lower() == "0x" else 10))
    possible = range(0x10, 0xF0, 2) if fault.kind is FaultKind.WRONG_ADDRESS else range(1, 10**9)
    if fault.number not in possible:
        raise _bad_fault(text)
    return fault


def numbers_of(faults: Iterable[Fault], kind: FaultKind) -> frozenset[int]:
    """The numbers of all faults of a kind."""
    return frozenset(fault.number for fault in faults if fault.kind is kind)


class FaultyFrom:
    """Counter of events for a fault that lasts.

    It says of each event whether the fault has begun.
    """

    def __init__(self, faults: Iterable[Fault], kind: FaultKind) -> None:
        self._first = min(numbers_of(faults, kind), default=None)
        self._count = 0

    def happens(self) -> bool:
        """Count one more event."""
        self._count += 1
        return self._first is not None and self._count >= self._first


class LineFaults:
    """Faults of bytes on their way from the board to the host."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        faults = tuple(faults)
        self._dropped = numbers_of(faults, FaultKind.BYTE_DROPPED)
        self._flipped = numbers_of(faults, FaultKind.BYTE_FLIPPED)
        self._last = min(numbers_of(faults, FaultKind.LINE_STALLED), default=None)
        self._sent = 0

    def pass_on(self, data: bytes) -> bytes:
        """Return those bytes that arrive."""
        numbered = enumerate(data, self._sent + 1)
        self._sent += len(data)
        return bytes(
            byte ^ (number in self._flipped)
            for number, byte in numbered
            if number not in self._dropped and (self._last is None or number <= self._last)
        )


def _bad_fault(text: str) -> InputError:
    return InputError(
        "fault",
        f"{text!r} is not a fault.",
        f"Write KIND:N with N a number from 1, KIND one of {', '.join(FaultKind)}; "
        f"for {FaultKind.WRONG_ADDRESS} N is an even address from 0x10 to 0xEE.",
    )
