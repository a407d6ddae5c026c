"""Identity of the chip, and findings about its configuration.

Who the chip is, by evidence, and what is wrong.
"""

from PySide6.QtCore import Signal

from atecc_bench.diagnose.config.identify import Identification
from atecc_bench.diagnose.config.lint import Finding, Severity
from atecc_bench.ui.widgets.tables.row_model import Cell, CellStyle, Column, Mark, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable

_MARKS = {Severity.DANGER: Mark.SQUARE, Severity.WARNING: Mark.WARNING, Severity.NOTE: Mark.PLANNED}
_SHOWN_DIFFERENCES = 40


class FindingsTable(RowTable):
    """Findings of the lint; one that is selected tells its bytes."""

    finding_selected = Signal(object)
    """The `Finding`."""

    def __init__(self) -> None:
        super().__init__(
            (Column("How grave", 110), Column("Finding", None), Column("What to do", 260)), name="Findings"
        )
        self._findings: tuple[Finding, ...] = ()
        self.row_selected.connect(self._tell)

    def set_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show these findings."""
        self._findings = findings
        self.set_rows([
            Row((Cell(f.severity.value, mark=_MARKS[f.severity]), Cell(f.sentence), Cell(f.advice, CellStyle.MUTED)))
            for f in findings
        ])  # fmt: skip

    def _tell(self, row: int) -> None:
        if row < len(self._findings):
            self.finding_selected.emit(self._findings[row])


class IdentityTable(RowTable):
    """The evidence for part and variant.

    The differences to the nearest known configuration stand below it.
    """

    def __init__(self) -> None:
        super().__init__((Column("Where", 190), Column("What it says", None)), name="Identity")

    def set_identification(self, identified: Identification) -> None:
        """Show it."""
        rows = [Row((Cell(e.where, CellStyle.MONO), Cell(e.sentence))) for e in identified.evidence]
        nearest = identified.nearest
        if not nearest.exact:
            rows += [
                Row((Cell(d.field.name, CellStyle.MONO), Cell(f"{d.sentence}.")))
                for d in nearest.differences[:_SHOWN_DIFFERENCES]
            ]
        rows.append(Row((Cell("source", CellStyle.MONO), Cell(nearest.configuration.source, CellStyle.MUTED))))
        self.set_rows(rows)
