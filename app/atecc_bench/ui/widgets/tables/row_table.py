"""A table of plain rows that looks the same on every page."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QItemSelection, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from atecc_bench.ui.style.icons import Icon, draw_icon
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import mono_font, text_font
from atecc_bench.ui.widgets.tables.row_model import (
    CELL_ROLE,
    ROW_ROLE,
    Align,
    Cell,
    CellStyle,
    Column,
    Index,
    Mark,
    Row,
    RowHeight,
    RowModel,
)

_PADDING_X: Final = 10
_PADDING_Y: Final = 6
_MARK: Final = 12
_LEAST_FLEXIBLE: Final = 160


class RowTable(QTableView):
    """Rows with one line below each.

    One row can be selected, by mouse and by keyboard.
    """

    row_selected = Signal(int)
    """The number of the row that was selected."""

    def __init__(self, columns: Sequence[Column], *, name: str, lines: RowHeight = RowHeight.WRAPPED) -> None:
        super().__init__()
        self._model = RowModel(columns)
        self.setModel(self._model)
        self.setItemDelegate(_RowDelegate(self._model, self, lines))
        self.setAccessibleName(name)
        self.setProperty("bare", "true")
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        if lines is RowHeight.WRAPPED:
            self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        else:
            # Asking thousands of rows for their height takes longer than anybody waits for a page.
            self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            self.verticalHeader().setDefaultSectionSize(QFontMetrics(mono_font()).height() + 2 * _PADDING_Y + 1)
        self._lay_out_columns(columns)
        self.selectionModel().selectionChanged.connect(self._report_selection)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows; the selected row stays selected if it still exists."""
        selected = self.selected_row()
        self._model.set_rows(rows)
        if selected is not None and selected < len(rows):
            self.select_row(selected)

    def append_rows(self, rows: Sequence[Row]) -> None:
        """Add rows at the end; the selection stays."""
        self._model.append_rows(rows)

    def select_row(self, row: int) -> None:
        """Select a row and scroll to it.

        Raises:
            IndexError: The row is unknown.
        """
        if not 0 <= row < self._model.rowCount():
            raise IndexError(f"there are {self._model.rowCount()} rows, not {row + 1}")
        self.setCurrentIndex(self._model.index(row, 0))

    def selected_row(self) -> int | None:
        """The number of the selected row."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def content_height(self) -> int:
        """Height in pixels that shows every row without scrolling."""
        return self.horizontalHeader().sizeHint().height() + self.verticalHeader().length() + 2 * self.frameWidth()

    def _lay_out_columns(self, columns: Sequence[Column]) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)
        for number, column in enumerate(columns):
            if column.width is not None:
                header.resizeSection(number, column.width)
        self._fit_columns()

    def _fit_columns(self) -> None:
        widths = [column.width for column in self._model.columns]
        fixed = sum(width for width in widths if width is not None)
        flexible = widths.count(None)
        for number, width in enumerate(widths):
            if width is None:
                room = (self.viewport().width() - fixed) // flexible
                self.horizontalHeader().resizeSection(number, max(_LEAST_FLEXIBLE, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _report_selection(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes:
            self.row_selected.emit(indexes[0].row())


class _RowDelegate(QStyledItemDelegate):
    """Paints a cell and knows how high its text is."""

    def __init__(self, model: RowModel, table: RowTable, lines: RowHeight) -> None:
        super().__init__(table)
        self._model = model
        self._lines = lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell: Cell = index.data(CELL_ROLE)
        metrics = QFontMetrics(_font(cell.style, bold=_is_bold(index)))
        height = metrics.height()
        rect: QRect = option.rect  # type: ignore[attr-defined]  # the stubs leave out its fields
        if self._wraps(index) and rect.width() > 0:
            room = QRect(0, 0, rect.width() - 2 * _PADDING_X, 10_000)
            height = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, cell.text).height()
        return QSize(40, max(height, metrics.height()) + 2 * _PADDING_Y + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette = current_palette()
        cell: Cell = index.data(CELL_ROLE)
        row: Row = index.data(ROW_ROLE)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if row.irreversible:
            painter.fillRect(rect, palette.irreversible_tint)
        elif state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.selection)
        if state & QStyle.StateFlag.State_Selected and index.column() == 0:
            focused = bool(state & QStyle.StateFlag.State_Active) and self._table_has_focus()
            painter.fillRect(
                QRect(rect.left(), rect.top(), 3, rect.height()), palette.accent if focused else palette.muted
            )
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), palette.line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_content(painter, rect.adjusted(_PADDING_X, 0, -_PADDING_X, -1), cell, index)
        painter.restore()

    def _table_has_focus(self) -> bool:
        table = self.parent()
        return isinstance(table, RowTable) and table.hasFocus()

    def _wraps(self, index: Index) -> bool:
        return self._lines is RowHeight.WRAPPED and self._model.columns[index.column()].width is None

    def _paint_content(self, painter: QPainter, rect: QRect, cell: Cell, index: Index) -> None:
        palette = current_palette()
        align = self._model.columns[index.column()].align
        irreversible = index.data(ROW_ROLE).irreversible
        if cell.mark is not None:
            rect = self._paint_mark(painter, rect, cell.mark, align, alone=not cell.text)
        painter.setFont(_font(cell.style, bold=_is_bold(index)))
        colors = {
            CellStyle.MUTED: palette.text if irreversible else palette.muted,
            CellStyle.EXPECTED: palette.expected,
            CellStyle.STORED: palette.stored,
            CellStyle.STRONG: palette.irreversible if irreversible else palette.text,
        }
        painter.setPen(colors.get(cell.style, palette.text))
        flags = align.value | Qt.AlignmentFlag.AlignVCenter
        if self._wraps(index):
            painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextWordWrap), cell.text)
            return
        elided = painter.fontMetrics().elidedText(cell.text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(flags), elided)

    @staticmethod
    def _paint_mark(painter: QPainter, rect: QRect, mark: Mark, align: Align, *, alone: bool) -> QRect:
        middle = rect.center().y() + 0.5
        left = rect.center().x() + 0.5 - _MARK / 2 if alone and align is Align.CENTER else rect.left()
        _draw_mark(painter, mark, QRectF(left, middle - _MARK / 2, _MARK, _MARK))
        return rect.adjusted(_MARK + 6, 0, 0, 0)


def _draw_mark(painter: QPainter, mark: Mark, box: QRectF) -> None:
    palette = current_palette()
    painter.setPen(Qt.PenStyle.NoPen)
    match mark:
        case Mark.DOT:
            painter.setBrush(palette.accent)
            painter.drawEllipse(box.center(), 4.5, 4.5)
        case Mark.CHECK:
            draw_icon(painter, Icon.CHECK, box.adjusted(-1, -1, 1, 1), palette.good)
        case Mark.PLANNED:
            painter.setPen(QPen(palette.muted, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.center(), 4, 4)
        case Mark.RUNNING:
            painter.setPen(QPen(palette.accent, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.center(), 5, 5)
            painter.setBrush(palette.accent)
            painter.drawEllipse(box.center(), 2, 2)
        case Mark.FAILED:
            painter.setPen(QPen(palette.irreversible, 2))
            cross = box.adjusted(2, 2, -2, -2)
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        case Mark.SKIPPED:
            painter.setPen(QPen(palette.muted, 1.6))
            centre = box.center()
            painter.drawLine(centre - QPointF(4, 0), centre + QPointF(4, 0))
        case Mark.SQUARE:
            painter.setBrush(palette.irreversible)
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        case Mark.WARNING:
            draw_icon(painter, Icon.WARNING, box.adjusted(-1, -1, 1, 1), palette.stored)


def _is_bold(index: Index) -> bool:
    return index.data(CELL_ROLE).style is CellStyle.STRONG and index.data(ROW_ROLE).irreversible


def _font(style: CellStyle, *, bold: bool) -> QFont:
    if style in (CellStyle.MONO, CellStyle.EXPECTED, CellStyle.STORED):
        return mono_font()
    return text_font(1.0, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
