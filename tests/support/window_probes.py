"""What tests see of widgets that the program itself does not ask."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QScrollBar

from atecc_bench.chip.config.slot_matrix import Ability
from atecc_bench.ui.pages.console.command_panel import CommandPanel
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.widgets.hex.diff_pane import Side
from atecc_bench.ui.widgets.hex.diff_rows import ByteRow, EqualRun
from atecc_bench.ui.widgets.hex.hex_diff import HexDiff
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.tables.slot_table import SlotTable


def current_page(window: MainWindow) -> str:
    """Name of the page on show, empty before the first."""
    current = window._stack.page()
    return next((name for name, widget in window._widgets.items() if widget is current), "")


def visible_lines(diff: HexDiff) -> tuple[ByteRow | EqualRun, ...]:
    """The lines as both panes have them now."""
    return tuple(diff._lines)


def current_range(diff: HexDiff) -> int | None:
    """Index of the current difference."""
    return diff._current


def stored_scroll_bar(diff: HexDiff) -> QScrollBar:
    """The bar that scrolls both panes."""
    return diff._panes[Side.STORED].verticalScrollBar()


def byte_rect(view: HexView, offset: int) -> QRect:
    """Rectangle of a byte in the viewport."""
    row, column = divmod(offset, view._bytes_per_row)
    return view._grid.run_rect(column, column, view._row_top(row)).translated(-view._scroll_x(), 0).toRect()


def set_words(panel: CommandPanel, words: str) -> None:
    """Type words, or a packet in hex."""
    panel._words.setText(words)


def select_cell(table: SlotTable, slot: int, ability: Ability) -> None:
    """Select a cell, as the arrow keys and the mouse do."""
    table.setCurrentIndex(table.model().index(slot, 1 + list(Ability).index(ability)))
