"""Bytes that each have their index beside them.

Such as `config[5] = 0x60`, `005: 60`.

Ranges too: `16-19  C0 00 55 00`.
"""

import re
from collections.abc import Iterator, Sequence

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.dumps.byte_runs import ByteRun

_NUMBER = r"0[xX][0-9A-Fa-f]{1,2}|[0-9A-Fa-f]{1,3}"
_PAIR = re.compile(
    rf"(?<![0-9A-Za-z.])(?:\[\s{{0,4}})?(?P<index>{_NUMBER})\s{{0,4}}\]?\"?"
    rf"[ \t]{{0,4}}(?:=>|->|[:=,;|\t]|  )[ \t:|=]{{0,8}}\"?(?P<value>{_NUMBER})\"?(?![0-9A-Za-z.])"
)
_RANGE = re.compile(
    r"(?<![0-9A-Za-z.])(?:0[xX])?([0-9A-Fa-f]{1,3})\s*(?:-|\.\.\.?|:|to)\s*(?:0[xX])?([0-9A-Fa-f]{1,3})(?![0-9A-Za-z])"
)
_GROUP = re.compile(r"(?<![0-9A-Za-z.])(?:(?:0[xX])?[0-9A-Fa-f]{2}[\s,]*)+(?![0-9A-Za-z])")
_BYTE = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{2})")
_FEWEST = 16


def indexed_runs(lines: Sequence[str]) -> Iterator[ByteRun]:
    """Runs of bytes that are told by index and value."""
    pairs = [
        (number, match["index"], match["value"])
        for number, line in enumerate(lines, 1)
        if any(map(str.isdigit, line))
        for match in _PAIR.finditer(line)
    ]
    for index_base in (10, 16):
        for value_base in (16, 10):
            yield from _sequences(pairs, index_base, value_base)


def _sequences(pairs: Sequence[tuple[int, str, str]], index_base: int, value_base: int) -> Iterator[ByteRun]:
    values: list[int] = []
    first = first_line = last_line = 0
    notation = "hex" if value_base == 16 else "decimal numbers"
    for line, index_text, value_text in pairs:
        index, value = _number(index_text, index_base), _number(value_text, value_base)
        if index is None or value is None or value > 0xFF:
            continue
        if values and index == first + len(values):
            values.append(value)
            last_line = line
            continue
        if len(values) >= _FEWEST:
            yield ByteRun(tuple(values), f"{notation} with an index each", first_line, last_line, first)
        first, values, first_line, last_line = index, [value], line, line
    if len(values) >= _FEWEST:
        yield ByteRun(tuple(values), f"{notation} with an index each", first_line, last_line, first)


def _number(text: str, base: int) -> int | None:
    if text[:2] in ("0x", "0X"):
        return int(text[2:], 16)
    try:
        return int(text, base)
    except ValueError:
        return None


def ranged_bytes(lines: Sequence[str]) -> Iterator[ByteRun]:
    """Bytes of a table with a column of ranges.

    It may leave bytes out.
    """
    for base in (10, 16):
        some: dict[int, int] = {}
        numbers: list[int] = []
        for number, line in enumerate(lines, 1):
            found = _ranged(line, base)
            if found and not any(some.get(at, value) != value for at, value in found.items()):
                some.update(found)
                numbers.append(number)
        if len(some) >= _FEWEST and len(numbers) > 1:
            values = tuple(some.get(at) for at in range(CONFIG_SIZE))
            yield ByteRun(values, "table with ranges of bytes", numbers[0], numbers[-1], 0)


def _ranged(line: str, base: int) -> dict[int, int]:
    match = _RANGE.search(line)
    if match is None:
        return {}
    first, last = _number(match[1], base), _number(match[2], base)
    if first is None or last is None or not 0 <= first < last < CONFIG_SIZE:
        return {}
    for group in _GROUP.finditer(line, match.end()):
        data = bytes(int(digits, 16) for digits in _BYTE.findall(group[0]))
        if len(data) == last - first + 1:
            return dict(enumerate(data, first))
    return {}
