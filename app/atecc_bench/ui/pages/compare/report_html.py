"""The comparison as a report for paper, readable in black and white."""

from html import escape

from atecc_bench.ui.pages.compare.comparison_view_model import Shown, span_text
from atecc_bench.ui.widgets.hex.diff_rows import Cell, DiffRange, aligned_rows

_BYTES_PER_ROW = 8
_MOST_ROWS = 2000


def report_html(shown: Shown) -> str:
    """A comparison as HTML for paper.

    The sentence, its evidence, what to do, the ranges, and the bytes. Differing bytes are underlined where they were
    expected, and bold where they are stored.
    """
    comparison = shown.comparison
    parts = [f"<h2>{escape(shown.headline)}</h2>"]
    for number, cause in enumerate(shown.causes):
        if number:
            parts.append(f"<p><b>Also: {escape(cause.summary)}</b></p>")
        evidence = "".join(f"<li>{escape(line)}</li>" for line in cause.evidence)
        parts.append(f"<p>Confidence: {cause.confidence.value}</p><ul>{evidence}</ul>")
        parts.append(f"<p>What to do: {escape(cause.fix)}</p>")
    sides = f"Expected: {shown.expected}, {len(comparison.expected)} bytes. "
    sides += f"Stored: {shown.stored}, {len(comparison.stored)} bytes."
    parts.append(f"<p>{escape(sides)}</p>")
    parts += [f"<p>Recognised: {escape(line)}</p>" for line in shown.recognised]
    parts.append(_ranges(shown) + _bytes(shown))
    return f"<html><body style='font-size:9pt'>{''.join(parts)}</body></html>"


def _ranges(shown: Shown) -> str:
    rows = "".join(
        f"<tr><td>{span_text(r)}</td><td>{r.length or r.stored_length}</td><td>{escape(r.path) or '–'}</td>"
        f"<td>{escape(shown.origin(r))}</td></tr>"
        for r in shown.comparison.ranges[:_MOST_ROWS]
    )
    head = "<tr><th>Bytes</th><th>Length</th><th>Field</th><th>Comes from</th></tr>"
    return f"<table cellpadding='3'>{head}{rows}</table>" if rows else ""


def _bytes(shown: Shown) -> str:
    comparison = shown.comparison
    ranges = [DiffRange(r.start, r.end + 1, r.field, (r.stored_start, r.stored_end + 1)) for r in comparison.ranges]
    lines: list[str] = []
    for row in aligned_rows(comparison.expected, comparison.stored, ranges, _BYTES_PER_ROW)[:_MOST_ROWS]:
        lines.append(f"{_side(row.expected, 'u')}  |  {_side(row.stored, 'b')}")
    return f"<pre style='font-size:8pt'>{chr(10).join(lines)}</pre>"


def _side(cells: tuple[Cell | None, ...], mark: str) -> str:
    first = next((cell.offset for cell in cells if cell is not None), None)
    words = ["  " if c is None else f"<{mark}>{c.value:02X}</{mark}>" if c.differs else f"{c.value:02X}" for c in cells]
    return f"{'' if first is None else f'{first:04X}':4}  {' '.join(words)}"
