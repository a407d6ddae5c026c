"""Parts of a configuration zone.

Dumps that end early or begin late, and lock bytes told in words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.config_repair import counters_fit, problems_of_known
from atecc_bench.diagnose.paste.recognise import Found

_LOCK_BYTES = {"lockvalue": 86, "lockconfig": 87}
_LOCK_IN_WORDS = re.compile(r"\b(LockValue|LockConfig)\b\W{0,10}?(?:0x)?([0-9a-f]{2})\b", re.IGNORECASE)
_LOCK_WORD, _LOCK_WORD_SIZE = 84, 4
_FEWEST = 8
_ONE_LOST = CONFIG_SIZE - 1  # such a dump has rather lost a byte somewhere than its last one


@dataclass(frozen=True)
class PartialConfig:
    """Bytes of a configuration zone by their positions.

    It also says what they were recognised as.
    """

    some: Mapping[int, int]
    recognised: str


def partial_config(text: str, recognised: Sequence[Found]) -> PartialConfig | None:
    """The part of a configuration zone that a text holds.

    `recognised` are the dumps in it. They are at their offsets if they have any, else from byte 0. Four bytes alone are
    bytes 84 to 87. None when there is no such part, or it cannot be where it seems to be.
    """
    locks = {_LOCK_BYTES[name.lower()]: int(value, 16) for name, value in _LOCK_IN_WORDS.findall(text)}
    digits = re.sub(r"0[xX]|[\s:,]", "", text)
    if re.fullmatch(rf"[0-9A-Fa-f]{{{2 * _LOCK_WORD_SIZE}}}", digits):
        word = bytes.fromhex(digits)
        return PartialConfig(dict(enumerate(word, _LOCK_WORD)), "bytes 84–87 of a configuration zone")
    candidates = [(found, some) for found in recognised if found.stored is None and (some := _bytes_of(found))]
    if len(candidates) == 1:
        ((found, some),) = candidates
        return PartialConfig(some, f"{spans_text(spans(some))} of a configuration zone ({found.sentence})")
    if locks and not candidates and not any(problems_of_known(locks)):
        return PartialConfig(locks, f"{spans_text(spans(locks))} of a configuration zone, in words")
    return None


def _bytes_of(found: Found) -> dict[int, int]:
    hidden = {at for span in found.unknown for at in range(span.start, span.end)}
    some = {at: value for at, value in enumerate(found.data) if at not in hidden}
    if len(found.data) > CONFIG_SIZE or not _FEWEST <= len(some) < _ONE_LOST or any(problems_of_known(some)):
        return {}
    if not hidden and found.data[:2] != b"\x01\x23":
        return {}
    whole = bytes(some.get(at, 0) for at in range(CONFIG_SIZE))
    shifted = all(at in some for at in range(52, 68)) and not counters_fit(whole)
    return {} if shifted else some


def spans(positions: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Runs of positions as first and last byte."""
    runs: list[tuple[int, int]] = []
    for at in sorted(positions):
        if runs and runs[-1][1] == at - 1:
            runs[-1] = runs[-1][0], at
        else:
            runs.append((at, at))
    return tuple(runs)


def spans_text(runs: tuple[tuple[int, int], ...]) -> str:
    """The runs for people: `bytes 20–21 and 96–97`."""
    parts = [f"{first}" if first == last else f"{first}–{last}" for first, last in runs]
    one = len(runs) == 1 and runs[0][0] == runs[0][1]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{'byte' if one else 'bytes'} {listed}"
