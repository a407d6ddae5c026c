"""The sixteen slots of a chip and what each may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from atecc_bench.ui.widgets.row_model import Align, Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.row_table import RowTable


@dataclass(frozen=True)
class SlotRow:
    """One slot in words. `warning` is a sentence when something about the slot wants attention."""

    slot: int
    holds: str
    sign: bool
    internal: bool
    ecdh: bool
    read: str
    write: str
    key: str
    used_for: str
    warning: str = ""


class SlotTable(RowTable):
    """One row per slot, with a dot for each thing its key may do."""

    def __init__(self) -> None:
        super().__init__(
            (
                Column("Slot", 52),
                Column("Holds", 128),
                Column("Sign", 56, Align.CENTER),
                Column("Int", 48, Align.CENTER),
                Column("ECDH", 64, Align.CENTER),
                Column("Read", 72),
                Column("Write", 72),
                Column("Key", 48),
                Column("Used for", None),
            ),
            name="Slots",
        )

    def set_slots(self, slots: Sequence[SlotRow]) -> None:
        """Show these slots."""
        self.set_rows([_row(slot) for slot in slots])


def _row(slot: SlotRow) -> Row:
    return Row(
        (
            Cell(str(slot.slot), CellStyle.MONO),
            Cell(slot.holds),
            _yes(slot.sign),
            _yes(slot.internal),
            _yes(slot.ecdh),
            Cell(slot.read),
            Cell(slot.write),
            Cell(slot.key, CellStyle.MONO),
            Cell(slot.used_for, CellStyle.MUTED, Mark.WARNING if slot.warning else None),
        ),
        tooltip=slot.warning,
    )


def _yes(value: bool) -> Cell:  # noqa: FBT001 - the value of a cell
    return Cell(mark=Mark.DOT if value else None)
