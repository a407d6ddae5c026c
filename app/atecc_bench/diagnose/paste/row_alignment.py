"""Places of rows when a line of a comparison is damaged.

A row of a printed comparison belongs where its neighbours leave room for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from atecc_bench.diagnose.paste.dump_rows import DumpRow


def placed(rows: Sequence[DumpRow]) -> Mapping[int, Sequence[DumpRow]]:
    """The rows of comparisons by their lines.

    Each row gets the offset that both neighbours ask for. Each row has its offset in front; one without it between
    others with theirs was damaged, and is left out when it does not fill the place between them.
    """
    found: dict[int, list[DumpRow]] = {}
    end: int | None = None
    for index, row in enumerate(rows):
        after = rows[index + 1].offset if index + 1 < len(rows) else None
        fitting = _fitting(row, end, after)
        if fitting is not None:
            end = None if fitting.offset is None else fitting.offset + len(fitting.data)
            found.setdefault(row.line, []).append(fitting)
    return found


def _fitting(row: DumpRow, end: int | None, after: int | None) -> DumpRow | None:
    wanted = end or 0
    if after == wanted + len(row.data) and row.offset != wanted:
        return replace(row, offset=wanted)
    if row.offset is not None or (end is None and after is None):
        return row
    return replace(row, offset=end) if after is None else None
