"""Rows of plain cells as a Qt model."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from atecc_bench.ui.widgets.basics import plain_tooltip

Index = QModelIndex | QPersistentModelIndex

CELL_ROLE: Final = int(Qt.ItemDataRole.UserRole)
ROW_ROLE: Final = CELL_ROLE + 1


class CellStyle(Enum):
    """How the text of a cell looks."""

    BODY = "body"
    MUTED = "muted"
    MONO = "mono"
    STRONG = "strong"
    EXPECTED = "expected"
    STORED = "stored"


class Mark(Enum):
    """A small drawing before the text of a cell.

    The value is what screen readers say for it.
    """

    DOT = "yes"
    CHECK = "done"
    PLANNED = "planned"
    RUNNING = "running"
    FAILED = "failed"
    SKIPPED = "skipped"
    SQUARE = "cannot be undone"
    WARNING = "warning"


class Align(Enum):
    """Alignment of a column's text."""

    LEFT = Qt.AlignmentFlag.AlignLeft
    CENTER = Qt.AlignmentFlag.AlignHCenter
    RIGHT = Qt.AlignmentFlag.AlignRight


class RowHeight(Enum):
    """How high rows are."""

    WRAPPED = "as high as their text needs"
    SINGLE = "one line each, for long tables"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Its heading, its width in pixels or None to take what is left, and its alignment.
    """

    title: str
    width: int | None
    align: Align = Align.LEFT


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Text, how it looks, a mark before it, and a tooltip of its own.
    """

    text: str = ""
    style: CellStyle = CellStyle.BODY
    mark: Mark | None = None
    tooltip: str = ""


@dataclass(frozen=True)
class Row:
    """One row; `irreversible` makes it red, `tooltip` shows over the whole row."""

    cells: tuple[Cell, ...]
    irreversible: bool = False
    tooltip: str = ""


class RowModel(QAbstractTableModel):
    """Rows of cells for Qt.

    The accessible text of a cell puts its mark into words.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def append_rows(self, rows: Sequence[Row]) -> None:
        """Add rows at the end."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows = (*self.rows, *rows)
            self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        cell = row.cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            mark = cell.mark.value if cell.mark else ""
            words = (self.columns[index.column()].title, cell.text, mark, cell.tooltip)
            return " ".join(word for word in words if word)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(cell.tooltip or row.tooltip)
        return {CELL_ROLE: cell, ROW_ROLE: row}.get(role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].align.value | Qt.AlignmentFlag.AlignVCenter
        return None
