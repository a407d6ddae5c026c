"""The steps of a plan before, while and after they run.

What cannot be undone is red.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent

from atecc_bench.ui.widgets.tables.row_model import Align, Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable


class PlanStatus(Enum):
    """How far a step of a plan is."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class PlanRow:
    """One step of a plan.

    `seconds` is what it took, or is expected to take, None if unknown.
    """

    title: str
    what: str
    status: PlanStatus
    irreversible: bool = False
    seconds: float | None = None


class PlanTable(RowTable):
    """One row per step, all of them shown.

    It is as high as its rows.
    """

    def __init__(self) -> None:
        super().__init__(
            (
                Column("", 36, Align.CENTER),
                Column("Step", 168),
                Column("What it does", None),
                Column("Time", 80, Align.RIGHT),
            ),
            name="Plan",
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_plan(self, rows: Sequence[PlanRow]) -> None:
        """Show these steps."""
        self.set_rows([_row(row) for row in rows])
        self._fit_height()

    def row_bottom(self, row: int) -> int:
        """Lower end of a row, in pixels from the table's top."""
        return self.horizontalHeader().height() + self.rowViewportPosition(row) + self.rowHeight(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        self.resizeRowsToContents()
        self.setFixedHeight(self.content_height())


def _row(step: PlanRow) -> Row:
    planned = step.status is PlanStatus.PLANNED
    mark = Mark.SQUARE if step.irreversible and planned else _MARKS[step.status]
    return Row(
        (
            Cell(mark=mark),
            Cell(step.title, CellStyle.STRONG),
            Cell(step.what, CellStyle.MUTED),
            Cell(f"{step.seconds:.2f} s" if step.seconds else "–", CellStyle.MONO),
        ),
        irreversible=step.irreversible,
        tooltip="This can never be undone." if step.irreversible else "",
    )


_MARKS: Final[Mapping[PlanStatus, Mark]] = MappingProxyType(
    {
        PlanStatus.PLANNED: Mark.PLANNED,
        PlanStatus.RUNNING: Mark.RUNNING,
        PlanStatus.DONE: Mark.CHECK,
        PlanStatus.FAILED: Mark.FAILED,
        PlanStatus.SKIPPED: Mark.SKIPPED,
    }
)
