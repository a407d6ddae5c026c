"""The list of differing ranges.

What each is, where it comes from, and how it begins on both sides.
"""

from atecc_bench.ui.pages.compare.comparison_view_model import Shown, span_text
from atecc_bench.ui.widgets.tables.row_model import Cell, CellStyle, Column, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable

MOST_ROWS = 1000


class RangesTable(RowTable):
    """A row for each range, up to a thousand."""

    def __init__(self) -> None:
        columns = (
            Column("Bytes", 78),
            Column("Length", 76),
            Column("Field", 158),
            Column("Comes from", None),
            Column("Expected", 166),
            Column("Stored", 166),
        )
        super().__init__(columns, name="Differing ranges")

    def set_shown(self, shown: Shown) -> None:
        """Show the ranges of this comparison."""
        self.set_rows([_row(shown, index) for index in range(min(len(shown.comparison.ranges), MOST_ROWS))])


def _row(shown: Shown, index: int) -> Row:
    r, comparison = shown.comparison.ranges[index], shown.comparison
    return Row(
        (
            Cell(span_text(r), CellStyle.MONO),
            Cell(str(r.length or r.stored_length)),
            Cell(r.field or "outside fields"),
            Cell(shown.origin(r), CellStyle.MUTED),
            Cell(shown.short_hex(comparison.expected, r.start, r.end + 1), CellStyle.EXPECTED),
            Cell(shown.short_hex(comparison.stored, r.stored_start, r.stored_end + 1), CellStyle.STORED),
        )
    )
