"""What stands before the bytes of rows: offsets, in any base."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.dumps.byte_runs import ByteRun
from atecc_bench.diagnose.dumps.number_rows import Notation, NumberRow

_BASES = (16, 10, 8)
_UNITS = (1, 16, 4, 32, 8, 2)  # an offset counts bytes, rows or words
_FEWEST_ROWS = 2
_HIGHEST = 4096
_MARK = re.compile(r"(?:0[xX])?([0-9A-Fa-f]+)[xXhH]?")
_COLUMNS = (bytes(range(16)), bytes(range(8)), bytes(range(32)), bytes(range(1, 17)), bytes(range(10)))
_FEWEST_BYTES = 16  # fewer are no part of a configuration that anybody means

_Placed = tuple[int, NumberRow, bytes]  # an offset, its row, and the bytes behind it


def runs_of_rows(rows: Sequence[NumberRow], notation: Notation) -> tuple[ByteRun, ...]:
    """Rows as runs of bytes, one each.

    A head of column numbers is left out.
    """
    return tuple(
        ByteRun(tuple(row.values), str(notation), row.line, row.line) for row in rows if row.values not in _COLUMNS
    )


def placed_runs(rows: Sequence[NumberRow], notation: Notation) -> Iterator[ByteRun]:
    """Runs of bytes whose rows begin with offsets.

    What offsets show to be missing has the value None; what they show to be surplus is the column of characters.
    """
    rows = [row for row in rows if row.values not in _COLUMNS]
    seen: list[list[_Placed]] = []
    for marked in (True, False):
        for base in _BASES:
            placed = [
                (offset, row, data)
                for row in rows
                for offset, data in (_split(row, base, marked=marked),)
                if offset is not None and data
            ]
            if placed in seen or sum(len(data) for _, _, data in placed) < _FEWEST_BYTES:
                continue
            seen.append(placed)
            steps = [following[0] - one[0] for one, following in pairwise(placed)]
            for unit in _UNITS:
                if any(0 < step * unit <= CONFIG_SIZE for step in steps):
                    yield from _runs(placed, notation, unit)


def _runs(placed: Sequence[_Placed], notation: Notation, unit: int) -> Iterator[ByteRun]:
    current: list[_Placed] = []
    for offset, row, data in placed:
        at = offset * unit
        if current and not _follows(current, at):
            yield from _joined(current, notation)
            current = []
        current.append((at, row, data))
    yield from _joined(current, notation)


def _follows(current: Sequence[_Placed], offset: int) -> bool:
    last, _, data = current[-1]
    step = offset - last
    return 0 < step <= CONFIG_SIZE and (step <= len(data) or len(current) == 1 or step % _step(current) == 0)


def _step(current: Sequence[_Placed]) -> int:
    return current[1][0] - current[0][0]


def _split(row: NumberRow, base: int, *, marked: bool) -> tuple[int | None, bytes]:
    within = row.head is None and not marked
    text = row.first if within else row.head
    match = _MARK.fullmatch(text) if text is not None else None
    if match is None:
        return None, b""
    try:
        offset = int(match[1], base)
    except ValueError:
        return None, b""
    return offset, row.values[row.sizes[0] :] if within else row.values


def _joined(current: Sequence[_Placed], notation: Notation) -> Iterator[ByteRun]:
    if len(current) < _FEWEST_ROWS or sum(len(data) for _, _, data in current) < _FEWEST_BYTES:
        return
    start = current[0][0]
    base = start if start >= _HIGHEST or start % 4 else 0
    values: list[int | None] = [None] * (start - base)
    exact = 0
    for (offset, _, data), (following, _, _) in pairwise(current):
        step = following - offset
        exact += step == len(data)
        values += list(data[:step])
        values += [None] * (following - base - len(values))
    if not exact and len(current) > _FEWEST_ROWS:
        steps = {following[0] - one[0] for one, following in pairwise(current)}
        if len(steps) > 1:
            return
    width = current[1][0] - start
    last = current[-1][2]
    values += list(last[: max(width, 1)]) if exact != len(current) - 1 else list(last)
    if len(values) <= _HIGHEST:
        how = f"{notation} with offsets"
        yield ByteRun(tuple(values), how, current[0][1].line, current[-1][1].line, start - base)
