"""How much some bytes look like a configuration.

Nobody's word is needed where a text alone shows it; somebody who says that it is one is believed on less.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum

from atecc_bench.chip.config.slot_bytes import key_config_bytes
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, SLOT_COUNT
from atecc_bench.diagnose.config.config_repair import counters_fit, problems_of_known
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN, known_configurations

_KEY_TYPES = (4, 6, 7)
_MOST_STRANGE_TYPES = 2
_LOCKS = (0x00, 0x55)
_ERASED = 0xFF
_FEW_BITS = 40  # of difference to a known configuration
_OWN_PARTS = 5


class Likeness(IntEnum):
    """What speaks for a configuration, least first."""

    NONE = 0
    FITS = 1  # nothing speaks against it
    LIKELY = 2  # it has what every configuration has
    EVIDENT = 3  # it is one of a chip, or much like a published one


def likeness(values: Sequence[int | None]) -> Likeness:
    """Judge 128 bytes, or 112 from byte 16 on.

    None stands for an unknown one.
    """
    whole = tuple(values) if len(values) == CONFIG_SIZE else (None,) * CHIPS_OWN + tuple(values)
    if len(whole) != CONFIG_SIZE:
        return Likeness.NONE
    some = {at: value for at, value in enumerate(whole) if value is not None}
    if locks_are_blank(some):
        some = {at: value for at, value in some.items() if at not in (86, 87)}
    if any(some.get(at, 0) not in _LOCKS for at in (86, 87)):
        return Likeness.NONE
    chips_own = has_chips_own(some)
    sound = _sound(some)
    if chips_own:
        fits = counters_fit(_filled(some)) or some.get(17) == 0
        return Likeness.EVIDENT if fits or sound else Likeness.LIKELY
    if has_foreign_start(some):
        return Likeness.NONE
    if sound:
        return Likeness.EVIDENT
    if counters_fit(_filled(some)):
        return Likeness.LIKELY
    return Likeness.FITS if some.get(17) == 0 and not some.get(16, 0) & 1 else Likeness.NONE


def has_chips_own(some: Mapping[int, int]) -> bool:
    """Whether bytes 0 to 7 are those of a chip.

    It is one of this family.
    """
    return all(at in some for at in range(8)) and (some[0], some[1]) == (1, 0x23) and not any(problems_of_known(some))


def locks_are_blank(some: Mapping[int, int]) -> bool:
    """Whether the lock bytes are FF, as on no chip.

    A text fills their places so, as nothing writes them.
    """
    return some.get(86) == some.get(87) == _ERASED


def has_foreign_start(some: Mapping[int, int]) -> bool:
    """Whether bytes 0 to 15 are neither a chip's nor blank.

    Source texts leave them blank with 00 or FF, or keep some of them.
    """
    start = [some[at] for at in range(CHIPS_OWN) if at in some]
    if len(start) < CHIPS_OWN or has_chips_own(some):
        return False
    blank = sum(value in (0x00, 0xFF) for value in start)
    kept = (start[:2] == [1, 0x23]) + (start[6:7] in ([0x50], [0x60])) + (start[12] in (0xEE, 0x01))
    return blank + kept < CHIPS_OWN - _OWN_PARTS


def _sound(some: Mapping[int, int]) -> bool:
    """Whether bytes 16 to 127 have what no other bytes have."""
    needed = (16, 17, *range(20, 68), *range(96, CONFIG_SIZE))
    if sum(at not in some for at in needed) > _MOST_STRANGE_TYPES:
        return False
    raw = _filled(some)
    if raw[17] or raw[16] & 1 or not counters_fit(raw):
        return False
    words = [int.from_bytes(raw[at : at + 2], "little") for at in (key_config_bytes(s)[0] for s in range(SLOT_COUNT))]
    strange = sum((word >> 2 & 7) not in _KEY_TYPES or bool(word & 0x2000) for word in words)
    return strange <= _MOST_STRANGE_TYPES or distance(some) <= _FEW_BITS


def distance(some: Mapping[int, int]) -> int:
    """Bits in which these differ from the nearest published configuration."""
    compared = [at for at in (*range(CHIPS_OWN, 52), *range(68, 84), *range(90, CONFIG_SIZE)) if at in some]
    return min(
        sum((some[at] ^ known.configuration[at - CHIPS_OWN]).bit_count() for at in compared)
        for known in known_configurations()
    )


def _filled(some: Mapping[int, int]) -> bytes:
    return bytes(some.get(at, 0) for at in range(CONFIG_SIZE))
