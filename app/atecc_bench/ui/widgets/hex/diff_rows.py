"""Two byte strings as aligned rows.

Runs of equal rows are folded into one line. Rows are made when they are looked at: two megabytes side by side are ten
thousands of them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, overload

from atecc_bench.ui.widgets.hex.hex_fields import HexField

_MOST_RECENT: Final = 256
_CONTEXT: Final = 8  # equal bytes that stay visible before and after a difference


@dataclass(frozen=True)
class DiffRange:
    """Differing bytes, named by the field they are.

    `start` to `end_exclusive` of the expected bytes. `stored` is where they stand in the stored bytes; None means at
    the same place.
    """

    start: int
    end_exclusive: int
    label: str
    stored: tuple[int, int] | None = None

    @property
    def stored_span(self) -> tuple[int, int]:
        """Start and end (exclusive) in the stored bytes."""
        return self.stored or (self.start, self.end_exclusive)


class Cell(NamedTuple):
    """One byte of one side.

    Where it stands there, its value, and whether it counts as different. `range_index` is the range it belongs to, None
    for a byte outside every range. (A tuple: a screen has a thousand.)
    """

    offset: int
    value: int
    differs: bool
    range_index: int | None


@dataclass(frozen=True)
class ByteRow:
    """One row of both sides, column by column.

    None where a side has no byte.
    """

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
class _Piece:
    """Bytes of both sides that stand beside each other.

    It begins at a column, counted over all rows.
    """

    column: int
    start: int
    end: int
    stored_start: int
    stored_end: int
    range_index: int | None

    @property
    def length(self) -> int:
        return max(self.end - self.start, self.stored_end - self.stored_start)


class AlignedRows(Sequence[ByteRow]):
    """The rows of two byte strings, aligned by their differences.

    The differences are given as ranges.
    """

    def __init__(self, expected: bytes, stored: bytes, ranges: Sequence[DiffRange], bytes_per_row: int) -> None:
        self._expected, self._stored, self._width = expected, stored, bytes_per_row
        self._pieces = list(_pieces(len(expected), len(stored), ranges))
        self._columns = [piece.column for piece in self._pieces]
        self.columns = self._pieces[-1].column + self._pieces[-1].length if self._pieces else 0
        self._recent: dict[int, ByteRow] = {}  # both panes ask for the same rows, one after the other
        self._of_range = {p.range_index: p for p in self._pieces if p.range_index is not None}

    def __len__(self) -> int:
        return -(-self.columns // self._width)

    @overload
    def __getitem__(self, index: int) -> ByteRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ByteRow]: ...
    def __getitem__(self, index: int | slice) -> ByteRow | list[ByteRow]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        if index not in self._recent:
            if len(self._recent) >= _MOST_RECENT:
                self._recent.clear()
            self._recent[index] = self._row(index)
        return self._recent[index]

    def _row(self, index: int) -> ByteRow:
        first, end = index * self._width, min((index + 1) * self._width, self.columns)
        expected: list[Cell | None] = []
        stored: list[Cell | None] = []
        while (column := first + len(expected)) < end:
            piece = self._piece(column)
            for step in range(column - piece.column, min(piece.length, end - piece.column)):
                one, other = self._cells(piece, piece.start + step, piece.stored_start + step)
                expected.append(one)
                stored.append(other)
        empty = [None] * (self._width - len(expected))
        return ByteRow((*expected, *empty), (*stored, *empty))

    def columns_of_range(self, index: int) -> tuple[int, int]:
        """First and last column (exclusive) of a range, counted over all rows."""
        piece = self._of_range.get(index)
        return (piece.column, piece.column + piece.length) if piece else (0, 0)

    def row_of(self, column: int) -> int:
        """The row of a column that is counted over all rows."""
        return column // self._width

    def differing_rows(self) -> list[tuple[int, int]]:
        """Runs of rows that hold a difference, or are near one.

        First and last (inclusive) of each.
        """
        found: list[tuple[int, int]] = []
        for start, end in self._differing_columns():
            first = max(0, start - _CONTEXT) // self._width
            last = min(len(self) - 1, (end + _CONTEXT - 1) // self._width)
            if found and first <= found[-1][1] + 1:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            else:
                found.append((first, last))
        return found

    def expected_span(self, first_row: int, last_row: int) -> tuple[int, int]:
        """First offset and end (exclusive) of the expected bytes in some rows."""
        return self._offset(first_row * self._width), self._offset(min((last_row + 1) * self._width, self.columns))

    def _offset(self, column: int) -> int:
        if not self._pieces:
            return 0
        piece = self._piece(column)
        return min(piece.start + column - piece.column, piece.end)

    def _piece(self, column: int) -> _Piece:
        return self._pieces[bisect_right(self._columns, column) - 1]

    def _differing_columns(self) -> Iterator[tuple[int, int]]:
        for piece in self._pieces:
            one = self._expected[piece.start : piece.end]
            other = self._stored[piece.stored_start : piece.stored_end]
            if piece.range_index is not None:
                yield piece.column, piece.column + piece.length
            elif one != other:
                for index in range(piece.length):
                    if one[index : index + 1] != other[index : index + 1]:
                        yield piece.column + index, piece.column + index + 1

    def _cells(self, piece: _Piece, one: int, other: int) -> tuple[Cell | None, Cell | None]:
        value = self._expected[one] if one < piece.end else None
        stored = self._stored[other] if other < piece.stored_end else None
        differs = piece.range_index is not None or value != stored
        return (
            None if value is None else Cell(one, value, differs, piece.range_index),
            None if stored is None else Cell(other, stored, differs, piece.range_index),
        )


def _pieces(expected: int, stored: int, ranges: Sequence[DiffRange]) -> Iterator[_Piece]:
    column = end = stored_end = 0
    spans = [(r.start, r.end_exclusive, *r.stored_span, index) for index, r in enumerate(ranges)]
    for start, stop, stored_start, stored_stop, index in (*sorted(spans), (expected, expected, stored, stored, None)):
        before_stored = max(stored_end, min(stored_start, stored))
        before = _Piece(column, end, max(end, min(start, expected)), stored_end, before_stored, None)
        if before.length:
            yield before
            column += before.length
        found = _Piece(
            column,
            before.end,
            max(before.end, min(stop, expected)),
            before.stored_end,
            max(before.stored_end, min(stored_stop, stored)),
            index,
        )
        if index is not None and found.length:
            yield found
            column += found.length
        end, stored_end = found.end, found.stored_end


@dataclass(frozen=True)
class EqualRun:
    """Rows that are equal on both sides, folded.

    `first` to `last`, shown as one line until it is opened.
    """

    of: AlignedRows
    first: int
    last: int
    label: str

    @property
    def rows(self) -> list[ByteRow]:
        """The rows."""
        return self.of[self.first : self.last + 1]


class DiffLines(Sequence[ByteRow | EqualRun]):
    """Rows and folded runs in their order.

    A row is kept as its number until it is looked at.
    """

    def __init__(self, rows: AlignedRows, items: Sequence[int | EqualRun]) -> None:
        self.rows = rows
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> ByteRow | EqualRun: ...
    @overload
    def __getitem__(self, index: slice) -> list[ByteRow | EqualRun]: ...
    def __getitem__(self, index: int | slice) -> ByteRow | EqualRun | list[ByteRow | EqualRun]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        item = self.items[index]
        return self.rows[item] if isinstance(item, int) else item

    def unfolded(self, runs: set[EqualRun]) -> "DiffLines":
        """The same lines with some runs unfolded.

        Their rows are lines of their own.
        """
        if not runs:
            return self
        items: list[int | EqualRun] = []
        for item in self.items:
            if isinstance(item, EqualRun) and item in runs:
                items.extend(range(item.first, item.last + 1))
            else:
                items.append(item)
        return DiffLines(self.rows, items)

    def line_of_row(self, row: int) -> int:
        """The line that shows a row, or its folded run."""
        return max(0, bisect_right(self._first_rows, row) - 1)

    def rows_of(self, line: int) -> tuple[int, int]:
        """First and last row of a line."""
        item = self.items[line]
        return (item, item) if isinstance(item, int) else (item.first, item.last)

    @cached_property
    def _first_rows(self) -> list[int]:
        return [item if isinstance(item, int) else item.first for item in self.items]


def aligned_rows(expected: bytes, stored: bytes, ranges: Sequence[DiffRange], bytes_per_row: int) -> AlignedRows:
    """Align two byte strings in rows by their ranges.

    Bytes before, in and after each range stand beside each other. Where one side is shorter it has empty cells.
    """
    return AlignedRows(expected, stored, ranges, bytes_per_row)


def folded(rows: AlignedRows, fields: Sequence[HexField]) -> DiffLines:
    """Fold rows away from every difference into runs.

    `fields` name what a run holds, by expected offset.
    """
    items: list[int | EqualRun] = []
    following = 0
    for first, last in (*rows.differing_rows(), (len(rows), len(rows) - 1)):
        if first - following > 1:
            items.append(EqualRun(rows, following, first - 1, _run_label(rows, following, first - 1, fields)))
        else:
            items.extend(range(following, first))
        items.extend(range(first, last + 1))
        following = last + 1
    return DiffLines(rows, items)


def _run_label(rows: AlignedRows, first: int, last: int, fields: Sequence[HexField]) -> str:
    start, end = rows.expected_span(first, last)
    names = list(dict.fromkeys(field.name for field in fields if field.start < end and start < field.end))
    return f"{end - start} equal bytes" + (f": {', '.join(names)}" if names else "")
