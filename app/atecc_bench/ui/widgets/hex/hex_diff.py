"""Two byte strings side by side: expected is blue, stored is orange."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from atecc_bench.ui.widgets.basics import Card, TextRole
from atecc_bench.ui.widgets.hex.diff_pane import BYTES_PER_ROW, DiffPane, Side
from atecc_bench.ui.widgets.hex.diff_rows import DiffRange, EqualRun, aligned_rows, folded
from atecc_bench.ui.widgets.hex.hex_fields import HexField
from atecc_bench.ui.widgets.hex.minimap import Minimap

_READ_OUT: Final = 128  # bytes; nobody listens to a megabyte, and spelling it holds up the window


class HexDiff(QWidget):
    """Expected and stored bytes side by side, with a map.

    Aligned and scrolled together; the map is at the right. F8 or N goes to the next difference, Shift+F8 or P to the
    previous one, E unfolds the equal bytes or folds them again, Ctrl+C copies the current difference of the side that
    has the focus.
    """

    range_selected = Signal(int)
    """Index of the range that became the current one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._expected = b""
        self._stored = b""
        self._ranges: tuple[DiffRange, ...] = ()
        self._blocks = folded(aligned_rows(b"", b"", (), BYTES_PER_ROW), ())
        self._unfolded: set[EqualRun] = set()
        self._lines = self._blocks
        self._current: int | None = None
        self._cards = {
            Side.EXPECTED: Card("Expected", " ", title_role=TextRole.EXPECTED),
            Side.STORED: Card("Stored", " ", title_role=TextRole.STORED),
        }
        self._panes = {side: DiffPane(side) for side in Side}
        self._minimap = Minimap()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for side, pane in self._panes.items():
            self._cards[side].body.addWidget(pane)
            row.addWidget(self._cards[side], 1)
            pane.range_clicked.connect(self.select_range)
            pane.line_clicked.connect(self._unfold_line)
            self._add_copy(pane)
        row.addWidget(self._minimap)
        self._minimap.place_chosen.connect(self._show_column)
        self._synchronise()
        self._add_actions()

    def set_subtitles(self, expected: str, stored: str) -> None:
        """Say where each side comes from, for example "device.pem · 419 bytes"."""
        self._cards[Side.EXPECTED].subtitle.setText(expected)
        self._cards[Side.STORED].subtitle.setText(stored)

    def set_comparison(
        self,
        expected: bytes,
        stored: bytes,
        ranges: Sequence[DiffRange],
        fields: Sequence[HexField] = (),
        unknown: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Show a comparison.

        `fields` name the equal bytes that are folded away, by expected offset. Bytes in `unknown`, start and end
        (exclusive) on both sides, are known of neither and shown as dots.
        """
        self._expected, self._stored, self._ranges = expected, stored, tuple(ranges)
        rows = aligned_rows(expected, stored, ranges, BYTES_PER_ROW)
        self._blocks = folded(rows, fields)
        self._unfolded.clear()
        for pane in self._panes.values():
            pane.set_unknown(unknown)
        self._set_current(None)
        self._minimap.set_ranges(rows.columns, [rows.columns_of_range(index) for index in range(len(ranges))])
        self._show_lines()

    def select_range(self, index: int) -> None:
        """Make a difference the current one and scroll to it.

        Raises:
            IndexError: The index is unknown.
        """
        if not 0 <= index < len(self._ranges):
            raise IndexError(f"there are {len(self._ranges)} ranges, not {index + 1}")
        changed = index != self._current
        self._set_current(index)
        rows = self._lines.rows
        start, end = rows.columns_of_range(index)
        first, last = (self._lines.line_of_row(rows.row_of(column)) for column in (start, max(start, end - 1)))
        self._panes[Side.STORED].show_lines(first, last)
        if changed:
            self.range_selected.emit(index)

    def go_next(self) -> None:
        """Go to the next difference; after the last comes the first."""
        if self._ranges:
            self.select_range(0 if self._current is None else (self._current + 1) % len(self._ranges))

    def go_previous(self) -> None:
        """Go to the previous difference; before the first comes the last."""
        if self._ranges:
            self.select_range(((self._current or 0) - 1) % len(self._ranges))

    def fold_or_unfold(self) -> None:
        """Unfold every run of equal bytes, or fold them all.

        They are folded when none is.
        """
        runs = {block for block in self._blocks.items if isinstance(block, EqualRun)}
        self._unfolded = set() if runs <= self._unfolded else runs
        self._show_lines()

    # --- how the parts move together

    def _add_actions(self) -> None:
        self._add_action("Next difference", self.go_next, "F8", "N")
        self._add_action("Previous difference", self.go_previous, "Shift+F8", "P")
        self._add_action("Unfold or fold equal bytes", self.fold_or_unfold, "E")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _add_action(self, text: str, action: Callable[[], None], *keys: str) -> None:
        added = QAction(text, self)
        added.setShortcuts([QKeySequence(key) for key in keys])
        added.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        added.triggered.connect(action)
        self.addAction(added)

    def _add_copy(self, pane: DiffPane) -> None:
        copy = QAction("Copy as hex", pane)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(pane.copy_range)
        pane.addAction(copy)

    def _synchronise(self) -> None:
        left, right = self._panes[Side.EXPECTED], self._panes[Side.STORED]
        for bar, other in (
            (left.verticalScrollBar(), right.verticalScrollBar()),
            (left.horizontalScrollBar(), right.horizontalScrollBar()),
        ):
            bar.valueChanged.connect(other.setValue)
            other.valueChanged.connect(bar.setValue)
        right.verticalScrollBar().valueChanged.connect(self._update_minimap)
        right.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            self._update_minimap()
        return super().eventFilter(watched, event)

    def _show_lines(self) -> None:
        self._lines = self._blocks.unfolded(self._unfolded)
        for pane in self._panes.values():
            pane.set_lines(self._lines)
        self._update_minimap()

    def _unfold_line(self, number: int) -> None:
        run = self._lines.items[number]
        if isinstance(run, EqualRun):
            self._unfolded.add(run)
            self._show_lines()

    def _show_column(self, column: int) -> None:
        number = self._lines.line_of_row(self._lines.rows.row_of(column))
        self._panes[Side.STORED].show_lines(number, number)

    def _update_minimap(self) -> None:
        if self._lines:
            first, last = (min(n, len(self._lines) - 1) for n in self._panes[Side.STORED].shown_lines())
            top, bottom = self._lines.rows_of(first)[0], self._lines.rows_of(last)[1]
            self._minimap.set_shown(top * BYTES_PER_ROW, (bottom + 1) * BYTES_PER_ROW - 1)

    def _set_current(self, index: int | None) -> None:
        self._current = index
        self._minimap.set_current(index)
        for side, pane in self._panes.items():
            pane.set_current(index, self._bytes_of(side, index))
            pane.setAccessibleDescription(self._description(side, index))

    def _description(self, side: Side, index: int | None) -> str:
        if index is None:
            return f"{len(self._ranges)} differences, none selected"
        found, data = self._ranges[index], self._bytes_of(side, index)
        more = len(data) - _READ_OUT
        return (
            f"Difference {index + 1} of {len(self._ranges)}: {found.label}, "
            f"bytes {found.start} to {found.end_exclusive - 1}, {side.value.lower()} "
            f"{data[:_READ_OUT].hex(' ').upper()}" + (f" and {more} more" if more > 0 else "")
        )

    def _bytes_of(self, side: Side, index: int | None) -> bytes:
        if index is None:
            return b""
        found = self._ranges[index]
        if side is Side.EXPECTED:
            return self._expected[found.start : found.end_exclusive]
        start, end = found.stored_span
        return self._stored[start:end]
