"""Two byte strings as aligned rows, with runs of equal rows folded into one line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from atecc_bench.ui.widgets.hex_fields import HexField

_CONTEXT: Final = 8  # equal bytes that stay visible before and after a difference


@dataclass(frozen=True)
class DiffRange:
    """Differing bytes `start` to `end_exclusive`, named by the field they are."""

    start: int
    end_exclusive: int
    label: str


@dataclass(frozen=True)
class Cell:
    """One byte of one side: where it stands there, its value, and whether it counts as different.

    `range_index` is the range it belongs to, None for a byte outside every range.
    """

    offset: int
    value: int
    differs: bool
    range_index: int | None


@dataclass(frozen=True)
class ByteRow:
    """One row of both sides, column by column; None where a side has no byte."""

    expected: tuple[Cell | None, ...]
    stored: tuple[Cell | None, ...]

    def cells(self) -> Iterator[Cell]:
        """Every byte of the row, of both sides."""
        return (cell for cell in (*self.expected, *self.stored) if cell is not None)

    @property
    def differs(self) -> bool:
        """Whether any byte of the row counts as different."""
        return any(cell.differs for cell in self.cells())


@dataclass(frozen=True)
class EqualRun:
    """Rows that are equal on both sides, shown as one line until it is opened."""

    rows: tuple[ByteRow, ...]
    label: str


def aligned_rows(expected: bytes, stored: bytes, ranges: Sequence[DiffRange], bytes_per_row: int) -> list[ByteRow]:
    """Rows aligned by offset; the shorter side ends in empty cells."""
    range_of = {
        offset: index for index, found in enumerate(ranges) for offset in range(found.start, found.end_exclusive)
    }

    def side(own: bytes, other: bytes, start: int) -> tuple[Cell | None, ...]:
        return tuple(
            Cell(
                offset,
                own[offset],
                offset in range_of or offset >= len(other) or own[offset] != other[offset],
                range_of.get(offset),
            )
            if offset < len(own)
            else None
            for offset in range(start, start + bytes_per_row)
        )

    starts = range(0, max(len(expected), len(stored)), bytes_per_row)
    return [ByteRow(side(expected, stored, start), side(stored, expected, start)) for start in starts]


def folded(rows: Sequence[ByteRow], fields: Sequence[HexField]) -> list[ByteRow | EqualRun]:
    """Fold rows away from every difference into runs; `fields` name what a run holds, by expected offset."""
    near = _rows_near_differences(rows)
    result: list[ByteRow | EqualRun] = []
    for is_near, group in groupby(enumerate(rows), key=lambda numbered: numbered[0] in near):
        run = tuple(row for _, row in group)
        if is_near or len(run) == 1:
            result.extend(run)
        else:
            result.append(EqualRun(run, _run_label(run, fields)))
    return result


def _rows_near_differences(rows: Sequence[ByteRow]) -> set[int]:
    near: set[int] = set()
    for number, row in enumerate(rows):
        columns = [
            column
            for column, pair in enumerate(zip(row.expected, row.stored, strict=True))
            if any(cell is not None and cell.differs for cell in pair)
        ]
        if columns:
            near.add(number)
            if columns[0] < _CONTEXT:
                near.add(number - 1)
            if len(row.expected) - 1 - columns[-1] < _CONTEXT:
                near.add(number + 1)
    return near


def _run_label(rows: Sequence[ByteRow], fields: Sequence[HexField]) -> str:
    offsets = [cell.offset for row in rows for cell in row.expected if cell is not None]
    names = _unique(field.name for field in fields if field.start <= offsets[-1] and offsets[0] < field.end)
    return f"{len(offsets)} equal bytes" + (f": {', '.join(names)}" if names else "")


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
