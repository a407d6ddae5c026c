"""Bytes whose place a table's heading or a call tells.

Rows of a table with more than one column of values are written again as index and value: lines keep their numbers, and
one reader does the rest.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN
from atecc_bench.diagnose.dumps.byte_runs import ByteRun
from atecc_bench.errors import InputError

_INDEX = re.compile(r"(?:byte|addr(?:ess)?|offset|index|idx|reg(?:ister)?|pos(?:ition)?|no\.?|#)s?", re.IGNORECASE)
_HEADING = re.compile(r"(?:byte|addr|offset|index|idx|reg|pos|no\b|no\.|#)", re.IGNORECASE)
_VALUE = re.compile(
    r"\b(?:value|actual|chip|device|read|current|now|measured|hex|data|content|dec(?:imal)?)s?\b", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"\b(?:default|factory|reset|expected|target|template|reference|old|before|min|max)s?\b", re.IGNORECASE
)
_HEX, _DECIMAL = re.compile(r"\bhex\b", re.IGNORECASE), re.compile(r"\bdec(?:imal)?\b", re.IGNORECASE)
_SEPARATORS = ("|", "\t", ";", ",")
_PLACE = re.compile(r"(?:0[xX][0-9A-Fa-f]{1,2}|[0-9A-Fa-f]{1,3})")
_CELL = re.compile(r"(?:0[xX])?[0-9A-Fa-f]{1,2}|\d{1,3}")
_FEWEST_ROWS = 16
_CALL = re.compile(r"\b\w*(?:write|poke|set_reg)\w*\s*\(", re.IGNORECASE)
_WRITE_ZONE = re.compile(r"write_zone\w*\s*\(", re.IGNORECASE)
_GROUP = re.compile(r"(?:0[xX][0-9A-Fa-f]{1,2}\s*,\s*){3,32}0[xX][0-9A-Fa-f]{1,2}(?![0-9A-Za-z])")
_INTEGER = re.compile(r"(?<![\w.])(?:0[xX][0-9A-Fa-f]{1,2}|\d{1,3})(?![\w.\]])")
_WORD, _BLOCK = 4, 32
_FEWEST_CALLS = 4
_MOST_HEADINGS, _MOST_ROWS = 400, 2 * CONFIG_SIZE
_LONGEST_LINE, _LONGEST_HEADING = 2000, 300  # characters


def with_one_column(lines: Sequence[str]) -> tuple[str, ...] | None:
    """Write a table with several columns as index and value.

    Everything else stays as it is. None where there is no such table.

    Raises:
        InputError: `two-readings` for a table in which either of two columns may be meant.
    """
    found = _of_table(lines)
    return tuple(found.get(at, line) for at, line in enumerate(lines)) if found else None


def called_runs(lines: Sequence[str]) -> Iterator[ByteRun]:
    """Bytes that calls write to their addresses.

    They are one run to the end of the zone, and may leave bytes out, such as those that no Write reaches.
    """
    some: dict[int, int] = {}
    numbers: list[int] = []
    for number, line in enumerate(lines, 1):
        told = _called(line)
        if told is not None and told[0] not in some:
            some.update(enumerate(told[1], told[0]))
            numbers.append(number)
    if len(numbers) >= _FEWEST_CALLS:
        start = CHIPS_OWN if min(some) >= CHIPS_OWN else 0
        values = tuple(some.get(at) for at in range(start, CONFIG_SIZE))
        yield ByteRun(values, "calls that write to addresses", numbers[0], numbers[-1])


def _called(line: str) -> tuple[int, list[int]] | None:
    call = _CALL.search(line) if len(line) <= _LONGEST_LINE else None
    group = None if call is None else _GROUP.search(line, call.end())
    if call is None or group is None:
        return None
    data = [int(digits, 16) for digits in group[0].split(",")]
    before = [
        int(digits, 16 if digits[:2] in ("0x", "0X") else 10)
        for digits in _INTEGER.findall(line, call.end(), group.start())
    ]
    if _WRITE_ZONE.search(line) and len(before) >= 2:
        at = before[-2] * _BLOCK + before[-1] * _WORD
    elif before:
        at = before[-1]
    elif len(data) % _WORD == 1:
        at = data.pop(0)
    else:
        return None
    fits = at % _WORD == 0 and len(data) % _WORD == 0 and at + len(data) <= CONFIG_SIZE
    return (at, data) if fits else None


def _of_table(lines: Sequence[str]) -> Mapping[int, str]:
    possible = (at for at, line in enumerate(lines) if len(line) <= _LONGEST_HEADING and _HEADING.search(line))
    for number in islice(possible, _MOST_HEADINGS):
        line = lines[number]
        for separator in _SEPARATORS:
            heads = _cells(line, separator)
            index = next((at for at, head in enumerate(heads) if _INDEX.fullmatch(head)), None)
            if index is None or len(heads) < 3:
                continue
            rows = _rows(lines, number + 1, separator, len(heads))
            columns = [at for at in range(len(heads)) if at != index and _is_of_bytes(rows, at)]
            if (
                len(columns) > 1
                and len(rows) >= _FEWEST_ROWS
                and all(_PLACE.fullmatch(row[index]) for row in rows.values())
            ):
                chosen = _chosen(heads, columns, rows)
                prefix = "0x" if _HEX.search(heads[chosen]) else ""
                return {
                    at: f"[{row[index]}] = {prefix}{row[chosen].removeprefix('0x') if prefix else row[chosen]}"
                    for at, row in rows.items()
                }
    return {}


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip("\"'*`") for cell in line.strip().strip("|").split(separator)]


def _rows(lines: Sequence[str], start: int, separator: str, width: int) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = {}
    for number, line in enumerate(lines[start : start + _MOST_ROWS], start):
        cells = _cells(line, separator)
        if len(cells) != width:
            break
        if set("".join(cells)) - set("-: ="):  # not the rule below a heading
            rows[number] = cells
    return rows


def _is_of_bytes(rows: Mapping[int, list[str]], column: int) -> bool:
    return bool(rows) and all(_CELL.fullmatch(row[column]) for row in rows.values())


def _chosen(heads: Sequence[str], columns: Sequence[int], rows: Mapping[int, list[str]]) -> int:
    """The column that is meant.

    Values come before references; the same in hex comes before the same in decimal.
    """
    own = [at for at in columns if not _REFERENCE.search(heads[at])] or list(columns)
    named = [at for at in own if _VALUE.search(heads[at])] or own
    in_hex = [at for at in named if not _DECIMAL.search(heads[at])] or named
    if len(in_hex) == 1 or all(len({row[at] for at in in_hex}) == 1 for row in rows.values()):
        return in_hex[0]
    one, other = (heads[at] or f"column {at + 1}" for at in in_hex[:2])
    raise InputError(
        "two-readings",
        f"The table has two columns of bytes, “{one}” and “{other}”, and either may be a configuration.",
        "Leave only the column that is meant.",
    )
