"""Errors that end when a board or chip is put in."""

from typing import Final

from atecc_bench.errors import BenchError

# What a person has to do something about first; trying again would only hide the words behind “Connecting…”.
_NEEDS_A_PERSON: Final = frozenset(
    {
        "silent-port",
        "blank-board",
        "download-mode",
        "other-firmware",
        "garbage",
        "port-busy",
        "port-denied",
        "cancelled",
    }
)
_NOT_THERE: Final = frozenset({"port-lost", "no-such-port", "not-connected", "no-chip", "no-reply", "chip-silent"})


def needs_a_person(error: BenchError) -> bool:
    """True when waiting for a device does not help."""
    return error.id in _NEEDS_A_PERSON


def is_absence(error: BenchError) -> bool:
    """True when board or chip is not there.

    Nothing else is wrong then.
    """
    return error.id in _NOT_THERE
