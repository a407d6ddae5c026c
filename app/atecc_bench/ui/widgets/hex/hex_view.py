"""Bytes with offsets, coloured fields and a selection."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from atecc_bench.diagnose.config.c_array import c_array
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.basics import plain_tooltip
from atecc_bench.ui.widgets.hex.hex_fields import HexField, field_at, role_color
from atecc_bench.ui.widgets.hex.hex_grid import MARGIN, HexGrid, OffsetBase

_PADDING: Final = 8


class HexView(QAbstractScrollArea):
    """Shows bytes with fields as colours and one selection.

    8 or 16 a row. The arrow keys, Home, End and the page keys move the selection, with Shift they extend it. A double
    click selects the whole field. Ctrl+C copies the selection as hex.
    """

    selection_changed = Signal(int, int)
    """The selected range: first byte, one past the last."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        bytes_per_row: int = 16,
        offsets: OffsetBase = OffsetBase.HEX,
        ascii_column: bool = False,
    ) -> None:
        super().__init__(parent)
        self._bytes_per_row = bytes_per_row
        self._offsets = offsets
        self._ascii_column = ascii_column
        self._data = b""
        self._fields: tuple[HexField, ...] = ()
        self._field_of: tuple[HexField | None, ...] = ()
        self._anchor: int | None = None
        self._cursor: int | None = None
        self._grid = self._fitting_grid()
        self.setProperty("bare", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setAccessibleName("Bytes")
        self._copy = QAction("Copy as hex", self)
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.triggered.connect(self.copy_selection)
        self.addAction(self._copy)
        self._copy_c = QAction("Copy as C array", self)
        self._copy_c.triggered.connect(self.copy_selection_as_c)
        self.addAction(self._copy_c)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    # --- what it shows

    def set_bytes(self, data: bytes, fields: Sequence[HexField] = ()) -> None:
        """Show bytes with fields over them.

        A selection that still fits stays, silently.
        """
        self._data = data
        self._fields = tuple(fields)
        self._field_of = tuple(field_at(self._fields, offset) for offset in range(len(data)))
        if max(self._anchor or 0, self._cursor or 0) >= len(data):
            self._anchor = self._cursor = None
        self._relayout()
        self._describe()

    def selection(self) -> tuple[int, int] | None:
        """The selected range, end exclusive, or None."""
        if self._anchor is None or self._cursor is None:
            return None
        return min(self._anchor, self._cursor), max(self._anchor, self._cursor) + 1

    def all_bytes(self) -> bytes:
        """The bytes it shows."""
        return self._data

    def selected_bytes(self) -> bytes:
        """The bytes of the selection; empty without one."""
        selection = self.selection()
        return b"" if selection is None else self._data[selection[0] : selection[1]]

    def select_range(self, start: int, end: int) -> None:
        """Select bytes `start` to `end` (exclusive) and scroll there.

        Raises:
            ValueError: Out of range.
        """
        if not 0 <= start < end <= len(self._data):
            raise ValueError(f"bytes {start} to {end} are not within {len(self._data)} bytes")
        # The cursor stands on the first byte, so that a long range is shown from its beginning.
        self._move(cursor=start, anchor=end - 1)

    def copy_selection(self) -> None:
        """Copy the selection as hex to the clipboard.

        Upper-case bytes with spaces between them.
        """
        if self.selection() is not None:
            QGuiApplication.clipboard().setText(self.selected_bytes().hex(" ").upper())

    def copy_selection_as_c(self) -> None:
        """Copy the selection as a C array to the clipboard.

        All bytes without a selection.
        """
        data = self.selected_bytes() if self.selection() is not None else self._data
        QGuiApplication.clipboard().setText(c_array(data, "bytes"))

    # --- selection

    def _move(self, cursor: int, anchor: int | None = None) -> None:
        before = self.selection()
        self._cursor = cursor
        self._anchor = cursor if anchor is None else anchor
        self._scroll_to(cursor)
        self.viewport().update()
        after = self.selection()
        if after is not None and after != before:
            self._describe()
            self.selection_changed.emit(*after)

    def _describe(self) -> None:
        selection = self.selection()
        if selection is None:
            self.setAccessibleDescription(f"{len(self._data)} bytes, nothing selected")
            return
        start, end = selection
        place = f"Byte {start}" if end == start + 1 else f"Bytes {start} to {end - 1}"
        field = self._field_of[start]
        name = f", {field.name}" if field else ""
        detail = f": {field.detail}" if field and field.detail else ""
        shown = self._data[start : min(end, start + 32)].hex(" ").upper()
        self.setAccessibleDescription(f"{place} of {len(self._data)}, {shown}{name}{detail}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(event.key())
        if event.matches(QKeySequence.StandardKey.SelectAll) and self._data:
            self._move(cursor=0, anchor=len(self._data) - 1)
        elif step is None or not self._data:
            super().keyPressEvent(event)
        elif self._cursor is None:
            self._move(0)
        else:
            everywhere = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            target = step(self._cursor, self._bytes_per_row, self._visible_rows())
            if everywhere and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
                target = 0 if event.key() == Qt.Key.Key_Home else len(self._data) - 1
            target = max(0, min(target, len(self._data) - 1))
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move(target, self._anchor if extend else None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        offset = self._offset_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and offset is not None:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._move(offset, self._anchor if extend else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        offset = self._offset_at(event.position().toPoint())
        if event.buttons() & Qt.MouseButton.LeftButton and offset is not None and self._anchor is not None:
            self._move(offset, self._anchor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        offset = self._offset_at(event.position().toPoint())
        field = None if offset is None else self._field_of[offset]
        if field is not None:
            self.select_range(field.start, field.end)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tooltip_at(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    def tooltip_at(self, position: QPoint) -> str:
        """Name, place and meaning of the field under a point.

        A point of the viewport; empty where there is no field.
        """
        offset = self._offset_at(position)
        field = None if offset is None else self._field_of[offset]
        if field is None:
            return ""
        place = f"bytes {field.start}–{field.end - 1}" if field.end > field.start + 1 else f"byte {field.start}"
        return f"{field.name} ({place})" + (f"\n{field.detail}" if field.detail else "")

    # --- geometry

    def sizeHint(self) -> QSize:
        rows = self._row_count()
        return QSize(
            round(self._grid.width(ascii_column=self._ascii_column)) + self.verticalScrollBar().sizeHint().width(),
            rows * self._grid.row_height + 2 * _PADDING + 2,
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._grid.row_height * 8, self._grid.row_height * 4)

    def _fitting_grid(self) -> HexGrid:
        last_row = max(0, (len(self._data) - 1) // self._bytes_per_row * self._bytes_per_row)
        return HexGrid.for_font(mono_font(), self._bytes_per_row, len(self._offsets.text(last_row)))

    def _relayout(self) -> None:
        self._grid = self._fitting_grid()
        content = self._row_count() * self._grid.row_height + 2 * _PADDING
        height, width = self.viewport().height(), self.viewport().width()
        self.verticalScrollBar().setSingleStep(self._grid.row_height)
        self.verticalScrollBar().setPageStep(height)
        self.verticalScrollBar().setRange(0, max(0, content - height))
        self.horizontalScrollBar().setPageStep(width)
        self.horizontalScrollBar().setRange(0, max(0, round(self._grid.width(ascii_column=self._ascii_column)) - width))
        self.updateGeometry()
        self.viewport().update()

    def _row_count(self) -> int:
        return -(-len(self._data) // self._bytes_per_row)

    def _visible_rows(self) -> int:
        return max(1, self.viewport().height() // self._grid.row_height)

    def _row_top(self, row: int) -> int:
        return _PADDING + row * self._grid.row_height - self.verticalScrollBar().value()

    def _scroll_x(self) -> int:
        return self.horizontalScrollBar().value()

    def _scroll_to(self, offset: int) -> None:
        top = _PADDING + offset // self._bytes_per_row * self._grid.row_height
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if top < bar.value() + _PADDING:
            bar.setValue(top - _PADDING)
        elif top + self._grid.row_height > bar.value() + height:
            bar.setValue(top + self._grid.row_height + _PADDING - height)

    def _offset_at(self, position: QPoint) -> int | None:
        row = (position.y() - self._row_top(0)) // self._grid.row_height
        x = position.x() + self._scroll_x()
        column = self._grid.column_at(x)
        if column is None and self._ascii_column:
            column = self._grid.ascii_column_at(x)
        if column is None or row < 0:
            return None
        offset = row * self._bytes_per_row + column
        return offset if offset < len(self._data) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._relayout()

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(mono_font())
        painter.translate(-self._scroll_x(), 0)
        first = max(0, (event.rect().top() - self._row_top(0)) // self._grid.row_height)
        last = (event.rect().bottom() - self._row_top(0)) // self._grid.row_height
        for row in range(first, min(last + 1, self._row_count())):
            self._paint_row(painter, row)

    def _paint_row(self, painter: QPainter, row: int) -> None:
        palette, grid, top = current_palette(), self._grid, self._row_top(row)
        start = row * self._bytes_per_row
        end = min(start + self._bytes_per_row, len(self._data))
        painter.setPen(palette.muted)
        painter.drawText(
            QRectF(MARGIN, top, grid.offset_width, grid.row_height),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            self._offsets.text(start),
        )
        self._paint_fields(painter, start, end, top)
        self._paint_selection(painter, start, end, top)
        painter.setPen(palette.text)
        for offset in range(start, end):
            x = grid.byte_x(offset - start)
            painter.drawText(
                QRectF(x, top, grid.char_width * 2, grid.row_height),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip,
                f"{self._data[offset]:02X}",
            )
        if self._ascii_column:
            self._paint_ascii(painter, start, end, top)

    def _paint_fields(self, painter: QPainter, start: int, end: int, top: int) -> None:
        palette = current_palette()
        painter.setPen(Qt.PenStyle.NoPen)
        first = start
        while first < end:
            field = self._field_of[first]
            last = first
            while last + 1 < end and self._field_of[last + 1] is field:
                last += 1
            color = role_color(field.role, palette) if field else None
            if color is not None:
                painter.setBrush(color)
                painter.drawRoundedRect(self._grid.run_rect(first - start, last - start, top), 3, 3)
            first = last + 1

    def _paint_selection(self, painter: QPainter, start: int, end: int, top: int) -> None:
        selection = self.selection()
        if selection is None:
            return
        first, last = max(start, selection[0]), min(end, selection[1]) - 1
        if first > last:
            return
        palette = current_palette()
        painter.setPen(QPen(palette.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._grid.run_rect(first - start, last - start, top), 3, 3)

    def _paint_ascii(self, painter: QPainter, start: int, end: int, top: int) -> None:
        palette = current_palette()
        selection = self.selection() or (0, 0)
        for offset in range(start, end):
            byte = self._data[offset]
            selected = selection[0] <= offset < selection[1]
            painter.setPen(palette.accent if selected else palette.muted)
            painter.drawText(
                QRectF(self._grid.ascii_x(offset - start), top, self._grid.char_width, self._grid.row_height),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip,
                chr(byte) if 0x20 <= byte < 0x7F else "·",
            )


# From the cursor, the bytes in a row and the rows in a page to the new cursor, before it is clamped.
_STEPS: Final[Mapping[int, Callable[[int, int, int], int]]] = MappingProxyType(
    {
        Qt.Key.Key_Left: lambda cursor, row, page: cursor - 1,
        Qt.Key.Key_Right: lambda cursor, row, page: cursor + 1,
        Qt.Key.Key_Up: lambda cursor, row, page: cursor - row if cursor >= row else cursor,
        Qt.Key.Key_Down: lambda cursor, row, page: cursor + row,
        Qt.Key.Key_PageUp: lambda cursor, row, page: cursor - row * page if cursor >= row * page else cursor % row,
        Qt.Key.Key_PageDown: lambda cursor, row, page: cursor + row * page,
        Qt.Key.Key_Home: lambda cursor, row, page: cursor - cursor % row,
        Qt.Key.Key_End: lambda cursor, row, page: cursor - cursor % row + row - 1,
    }
)
