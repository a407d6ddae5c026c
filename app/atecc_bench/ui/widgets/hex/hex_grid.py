"""Geometry of a hex view.

Columns and rows as pixels, both ways.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

MARGIN: Final = 12.0
_GROUP: Final = 8
_ASCII_GAP: Final = 2  # characters between the last byte and the ASCII column


class OffsetBase(Enum):
    """How offsets are written. The value is the format of one offset."""

    DECIMAL = "{:d}"
    HEX = "{:04X}"

    def text(self, offset: int) -> str:
        """The offset as it stands in front of a row."""
        return self.value.format(offset)


@dataclass(frozen=True)
class HexGrid:
    """Geometry of rows of bytes in a monospaced font.

    All lengths are pixels.
    """

    char_width: float
    row_height: int
    bytes_per_row: int
    offset_chars: int

    @classmethod
    def for_font(cls, font: QFont, bytes_per_row: int, offset_chars: int) -> "HexGrid":
        """The grid that fits `font`."""
        metrics = QFontMetricsF(font)
        return cls(metrics.horizontalAdvance("0"), round(metrics.height() * 1.28), bytes_per_row, offset_chars)

    @property
    def offset_width(self) -> float:
        """Width of the offset column, without the margin before it."""
        return self.offset_chars * self.char_width

    def byte_x(self, column: int) -> float:
        """Left edge of the two digits of a byte.

        A gap follows every eighth byte.
        """
        start = MARGIN + (self.offset_chars + 2) * self.char_width
        return start + (3 * column + column // _GROUP) * self.char_width

    def run_rect(self, first: int, last: int, top: float) -> QRectF:
        """The area of a run of bytes in one row.

        Columns `first` to `last` (inclusive) of the row at `top`.
        """
        left = self.byte_x(first) - self.char_width * 0.25
        right = self.byte_x(last) + self.char_width * 2.25
        return QRectF(left, top + 1, right - left, self.row_height - 2)

    def ascii_x(self, column: int) -> float:
        """Left edge of a character of the ASCII column."""
        start = self.byte_x(self.bytes_per_row - 1) + (2 + _ASCII_GAP) * self.char_width
        return start + column * self.char_width

    def width(self, *, ascii_column: bool) -> float:
        """Width of a whole row with the margins on both sides."""
        if ascii_column:
            return self.ascii_x(self.bytes_per_row) + MARGIN
        return self.byte_x(self.bytes_per_row - 1) + 2 * self.char_width + MARGIN

    def column_at(self, x: float) -> int | None:
        """The column of the byte at `x`.

        Counting half the gap on each side; None left or right of the bytes.
        """
        half = self.char_width / 2
        if x < self.byte_x(0) - half or x > self.byte_x(self.bytes_per_row - 1) + 2 * self.char_width + half:
            return None
        return min(
            range(self.bytes_per_row),
            key=lambda column: abs(x - (self.byte_x(column) + self.char_width)),
        )

    def ascii_column_at(self, x: float) -> int | None:
        """The column of the character at `x` in the ASCII column."""
        column = int((x - self.ascii_x(0)) // self.char_width)
        return column if 0 <= column < self.bytes_per_row else None
