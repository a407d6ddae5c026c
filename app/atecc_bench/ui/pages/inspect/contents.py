"""Data slots, OTP and counters of a chip.

What could be read, and why the rest could not.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.device_options import count_match_slot
from atecc_bench.chip.protocol.counters import LARGEST, decode_counter
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.diagnose.bundle.bundle_file import BundledSlot
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.tables.row_model import Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable

_SHOWN = 12  # bytes in the list


class ContentsPanel(QWidget):
    """A list of what the chip holds.

    The bytes of the selected part are below.
    """

    def __init__(self) -> None:
        super().__init__()
        self._contents: list[bytes] = []
        self._table = RowTable(
            (Column("Part", 110), Column("Bytes", 64), Column("What it holds", None)), name="Contents"
        )
        self._table.row_selected.connect(self._show)
        self.view = HexView(ascii_column=True)
        self.view.setAccessibleName("Bytes of the selected part")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self._table)
        split.addWidget(self.view)
        split.setSizes([260, 150])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    @property
    def table(self) -> RowTable:
        """The list."""
        return self._table

    def show_contents(self, config: ConfigZone, slots: dict[int, BundledSlot], otp: bytes | None) -> None:
        """Show what was read."""
        rows: list[Row] = []
        self._contents = []
        for number, raw in enumerate(config.counters):
            self._contents.append(raw)
            rows.append(_row(f"Counter {number}", raw, _counter_words(config, number)))
        why = "" if otp is not None else "It can be read once the data zone is locked."
        self._contents.append(otp or b"")
        rows.append(_row("OTP", otp, why))
        for slot in range(SLOT_COUNT):
            found = slots.get(slot, BundledSlot(why="It was not read."))
            self._contents.append(found.contents or b"")
            rows.append(_row(f"Slot {slot}", found.contents, found.why))
        self._table.set_rows(rows)
        self._table.select_row(self._table.selected_row() or 0)

    def _show(self, row: int) -> None:
        self.view.set_bytes(self._contents[row])


def _counter_words(config: ConfigZone, number: int) -> str:
    value = decode_counter(config.counters[number])
    slot = count_match_slot(config) if config.part.is_608 and number == 0 else None
    limit = f", up to the limit in slot {slot}" if slot is not None else ""
    return f"{value} of {LARGEST}{limit}"


def _row(part: str, contents: bytes | None, words: str) -> Row:
    size = "" if contents is None else str(len(contents))
    if contents is not None and not words:
        words = contents[:_SHOWN].hex(" ").upper() + (" …" if len(contents) > _SHOWN else "")
        return Row((Cell(part), Cell(size, CellStyle.MONO), Cell(words, CellStyle.MONO)))
    mark = Mark.SKIPPED if contents is None else None
    return Row((Cell(part), Cell(size, CellStyle.MONO), Cell(words, CellStyle.MUTED, mark)), tooltip=words)
