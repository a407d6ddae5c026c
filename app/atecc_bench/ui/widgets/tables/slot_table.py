"""The sixteen slots of a chip and their capabilities.

A sentence stands behind every cell.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, Signal

from atecc_bench.chip.config.slot_matrix import Ability, SlotCell
from atecc_bench.chip.config.slot_policy import Holds
from atecc_bench.ui.widgets.tables.row_model import Align, Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable

_DOTS = (Ability.SIGN, Ability.INTERNAL, Ability.ECDH, Ability.GENERATE)
_WIDTHS = {
    Ability.HOLDS: 104, Ability.SIGN: 50, Ability.INTERNAL: 42, Ability.ECDH: 58, Ability.READ: 56, Ability.WRITE: 58,
    Ability.GENERATE: 48, Ability.LOCK: 62, Ability.AUTHORISED: 54,
}  # fmt: skip
_SHORT = {Holds.ECC_PRIVATE.value: "ECC private", Holds.ECC_PUBLIC.value: "ECC public"}


class SlotTable(RowTable):
    """One row per slot, one column per ability."""

    cell_selected = Signal(int, object)
    """The slot, and the `SlotCell` that was selected; None for the columns that are no abilities."""

    def __init__(self) -> None:
        columns = [
            Column(ability.value, width, Align.CENTER if ability in _DOTS else Align.LEFT)
            for ability, width in _WIDTHS.items()
        ]
        super().__init__((Column("Slot", 50), *columns, Column("Used for", None)), name="Slots")
        self._matrix: tuple[tuple[SlotCell, ...], ...] = ()
        self.selectionModel().currentChanged.connect(self._tell)

    def set_slots(self, matrix: Sequence[Sequence[SlotCell]], uses: Mapping[int, str]) -> None:
        """Show this matrix.

        `uses` says in a word what slots are used for.
        """
        self._matrix = tuple(tuple(row) for row in matrix)
        self.set_rows([_row(slot, cells, uses.get(slot, "")) for slot, cells in enumerate(self._matrix)])

    def _tell(self, current: QModelIndex, before: QModelIndex) -> None:
        del before
        if 0 <= current.row() < len(self._matrix):
            cells = self._matrix[current.row()]
            number = current.column() - 1
            self.cell_selected.emit(current.row(), cells[number] if 0 <= number < len(cells) else None)


def _row(slot: int, cells: Sequence[SlotCell], used_for: str) -> Row:
    return Row((Cell(str(slot), CellStyle.MONO), *map(_cell, cells), Cell(used_for, CellStyle.MUTED)))


def _cell(cell: SlotCell) -> Cell:
    if cell.ability in _DOTS:
        return Cell(mark=Mark.DOT if cell.allowed else None, tooltip=cell.sentence)
    mono = CellStyle.MONO if cell.ability is Ability.AUTHORISED else CellStyle.BODY
    return Cell(_SHORT.get(cell.text, cell.text), mono, tooltip=cell.sentence)
