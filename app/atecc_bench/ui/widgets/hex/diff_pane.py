"""One side of a comparison.

Rows of bytes with the differing ones marked by colour and by shape.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea

from atecc_bench.ui.style.palette import Palette, current_palette
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.hex.diff_rows import ByteRow, Cell, EqualRun
from atecc_bench.ui.widgets.hex.hex_grid import MARGIN, HexGrid, OffsetBase

_PADDING: Final = 6
BYTES_PER_ROW: Final = 16
_GAP: Final = "  "
_DOTS: Final = 4  # below each byte
_HEX: Final = tuple(f"{value:02X}" for value in range(256))
_OFFSET_CHARS: Final = 5  # a megabyte


class Side(Enum):
    """The two sides of a comparison.

    The value is its name for people.
    """

    EXPECTED = "Expected"
    STORED = "Stored"

    def cells(self, row: ByteRow) -> tuple[Cell | None, ...]:
        """The cells of this side of a row."""
        return row.expected if self is Side.EXPECTED else row.stored


class DiffPane(QAbstractScrollArea):
    """Paints the lines of one side.

    What is selected and unfolded is decided by its owner.
    """

    range_clicked = Signal(int)
    """A byte of this range was clicked."""

    line_clicked = Signal(int)
    """This line, a folded run, was clicked."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self._side = side
        self._lines: Sequence[ByteRow | EqualRun] = ()
        self._current_bytes = b""
        self._current: int | None = None
        self._unknown: tuple[tuple[int, int], ...] = ()
        self._grid = HexGrid.for_font(mono_font(), BYTES_PER_ROW, _OFFSET_CHARS)
        metrics = QFontMetrics(mono_font())
        self._baseline = (self._grid.row_height - metrics.height()) / 2 + metrics.ascent()
        width, pitch = 2 * self._grid.char_width, 2 * self._grid.char_width / _DOTS
        lefts = [self._grid.byte_x(column) for column in range(BYTES_PER_ROW)]
        self._lines_below = [QLineF(left, 0, left + width, 0) for left in lefts]
        self._dots_below = [[QRectF(left + (n + 0.5) * pitch - 1, -1, 2, 2) for n in range(_DOTS)] for left in lefts]
        self.setProperty("bare", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(f"{side.value} bytes")
        if side is Side.EXPECTED:  # the bar of the other pane moves both
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_lines(self, lines: Sequence[ByteRow | EqualRun]) -> None:
        """Show these lines."""
        self._lines = lines
        self._relayout()

    def set_unknown(self, spans: Sequence[tuple[int, int]]) -> None:
        """Show dots for the bytes in these spans, start and end (exclusive)."""
        self._unknown = tuple(spans)

    def set_current(self, index: int | None, data: bytes) -> None:
        """Frame the bytes of one range, of which this side has `data`."""
        self._current, self._current_bytes = index, data
        self.viewport().update()

    def show_lines(self, first: int, last: int) -> None:
        """Scroll so that these lines are on show.

        The first above all, with a line of context before it.
        """
        bar, height = self.verticalScrollBar(), self._rows_height()
        top, bottom = first * self._grid.row_height, (last + 1) * self._grid.row_height
        if top < bar.value() or bottom > bar.value() + height:
            bar.setValue(max(0, top - self._grid.row_height))

    def shown_lines(self) -> tuple[int, int]:
        """First and last line on show, at least in part."""
        first = self.verticalScrollBar().value() // self._grid.row_height
        last = (self.verticalScrollBar().value() + self._rows_height() - 1) // self._grid.row_height
        return first, max(first, min(last, len(self._lines) - 1))

    def copy_range(self) -> None:
        """Copy this side's bytes of the current range as hex.

        They go to the clipboard.
        """
        if self._current_bytes:
            QGuiApplication.clipboard().setText(self._current_bytes.hex(" ").upper())

    # --- geometry

    def sizeHint(self) -> QSize:
        height = self._header_height() + min(len(self._lines), 16) * self._grid.row_height + _PADDING
        return QSize(round(self._grid.width(ascii_column=False)), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._grid.row_height * 8, self._grid.row_height * 5)

    def _header_height(self) -> int:
        return _PADDING + self._grid.row_height

    def _rows_height(self) -> int:
        return max(0, self.viewport().height() - self._header_height())

    def _relayout(self) -> None:
        content = len(self._lines) * self._grid.row_height + _PADDING
        bar = self.verticalScrollBar()
        bar.setSingleStep(self._grid.row_height)
        bar.setPageStep(self._rows_height())
        bar.setRange(0, max(0, content - self._rows_height()))
        width = self.viewport().width()
        self.horizontalScrollBar().setPageStep(width)
        self.horizontalScrollBar().setRange(0, max(0, round(self._grid.width(ascii_column=False)) - width))
        self.viewport().update()

    def _line_top(self, number: int) -> int:
        return self._header_height() + number * self._grid.row_height - self.verticalScrollBar().value()

    def line_at(self, y: float) -> int | None:
        """Number of the line at a height of the viewport."""
        number = int((y - self._line_top(0)) // self._grid.row_height)
        return number if y >= self._header_height() and 0 <= number < len(self._lines) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._relayout()

    # --- mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self.line_at(event.position().y())
        folded = number is not None and isinstance(self._lines[number], EqualRun)
        shape = Qt.CursorShape.PointingHandCursor if folded else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.line_at(event.position().y())
        if number is None or event.button() != Qt.MouseButton.LeftButton:
            return
        line = self._lines[number]
        if isinstance(line, EqualRun):
            self.line_clicked.emit(number)
            return
        column = self._grid.column_at(event.position().x() + self.horizontalScrollBar().value())
        cell = None if column is None else self._side.cells(line)[column]
        if cell is not None and cell.range_index is not None:
            self.range_clicked.emit(cell.range_index)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(mono_font())
        painter.translate(-self.horizontalScrollBar().value(), 0)
        self._paint_header(painter)
        width = max(self._grid.width(ascii_column=False), self.viewport().width())
        painter.setClipRect(QRectF(0, self._header_height(), width, self._rows_height()))
        first, last = self.shown_lines()
        for number in range(first, min(last + 1, len(self._lines))):
            line = self._lines[number]
            if isinstance(line, EqualRun):
                self._paint_run(painter, line, self._line_top(number))
            else:
                self._paint_row(painter, line, self._line_top(number))

    def _paint_header(self, painter: QPainter) -> None:
        painter.setPen(current_palette().muted)
        self._draw_words(painter, [f"{column:02X}" for column in range(BYTES_PER_ROW)], _PADDING)

    def _paint_run(self, painter: QPainter, run: EqualRun, top: int) -> None:
        painter.setPen(current_palette().muted)
        grid = self._grid
        self._draw_offset(painter, top, "⋯")
        room = max(grid.width(ascii_column=False), self.viewport().width()) - MARGIN - grid.byte_x(0)
        text = painter.fontMetrics().elidedText(run.label, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(grid.byte_x(0), top, room + 4, grid.row_height), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_row(self, painter: QPainter, row: ByteRow, top: int) -> None:
        palette = current_palette()
        cells = self._side.cells(row)
        start = next((cell.offset for cell in cells if cell is not None), None)
        if start is not None:
            painter.setPen(palette.muted)
            self._draw_offset(painter, top, OffsetBase.HEX.text(start))
        self._paint_marks(painter, palette, cells, top)
        marked = palette.expected if self._side is Side.EXPECTED else palette.stored
        unknown = self._unknown
        # The gaps between bytes are whole characters, so one text is a row; a text for each byte takes too long.
        plain, differing = [[_GAP] * BYTES_PER_ROW for _ in range(2)]
        for column, cell in enumerate(cells):
            if cell is not None:
                hidden = unknown and any(start <= cell.offset < end for start, end in unknown)
                (differing if cell.differs else plain)[column] = "··" if hidden else _HEX[cell.value]
        columns = [column for column, word in enumerate(differing) if word is not _GAP]
        if len(columns) < BYTES_PER_ROW:
            painter.setPen(palette.text)
            self._draw_words(painter, plain, top)
        if columns:
            painter.setPen(marked)
            self._draw_words(painter, differing, top)
            self._underline(painter, columns, top, marked)

    def _paint_marks(self, painter: QPainter, palette: Palette, cells: Sequence[Cell | None], top: int) -> None:
        expected = self._side is Side.EXPECTED
        tint, frame = (palette.expected_tint, palette.expected) if expected else (palette.stored_tint, palette.stored)
        column = 0
        while column < len(cells):
            cell = cells[column]
            last = column
            if cell is not None and cell.differs:
                while last + 1 < len(cells) and _same_mark(cell, cells[last + 1]):
                    last += 1
                current = cell.range_index is not None and cell.range_index == self._current
                painter.setPen(QPen(frame, 1.2) if current else Qt.PenStyle.NoPen)
                painter.setBrush(tint)
                painter.drawRoundedRect(self._grid.run_rect(column, last, top), 3, 3)
            column = last + 1

    def _underline(self, painter: QPainter, columns: Sequence[int], top: int, color: QColor) -> None:
        grid = self._grid
        painter.translate(0, top + grid.row_height - 3.5)
        if self._side is Side.EXPECTED:
            painter.setPen(QPen(color, 1.6))
            painter.drawLines([self._lines_below[column] for column in columns])
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)  # round ones take too long
            painter.drawRects([dot for column in columns for dot in self._dots_below[column]])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0, -top - grid.row_height + 3.5)

    def _draw_words(self, painter: QPainter, words: Sequence[str], top: int) -> None:
        half = len(words) // 2
        text = f"{' '.join(words[:half])}  {' '.join(words[half:])}"
        if not text.isspace():
            painter.drawText(QPointF(self._grid.byte_x(0), top + self._baseline), text)

    def _draw_offset(self, painter: QPainter, top: int, text: str) -> None:
        left = MARGIN + (self._grid.offset_width - len(text) * self._grid.char_width) / 2
        painter.drawText(QPointF(left, top + self._baseline), text)


def _same_mark(first: Cell, second: Cell | None) -> bool:
    return second is not None and second.differs and second.range_index == first.range_index
