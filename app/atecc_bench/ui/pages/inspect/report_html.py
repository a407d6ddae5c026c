"""A chip's configuration as a report for paper.

What it is, what is wrong, what each slot can do, every field.
"""

from collections.abc import Iterable
from html import escape

from atecc_bench.chip.config.slot_matrix import slot_matrix
from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.diagnose.config.identify import identify
from atecc_bench.diagnose.config.told import told_fields, told_findings
from atecc_bench.ui.state.subject import Subject

_BYTES_PER_ROW = 16


def report_html(subject: Subject) -> str:
    """The report on what is looked at."""
    config = subject.config
    identified = identify(config, subject.otp, subject.revision, subject.unknown)
    what = f"{identified.title}, serial number {config.serial_number.hex()}"
    if subject.unknown:
        what = f"A configuration for an {identified.part.value}, not of one chip"
    parts = [
        f"<h2>{escape(what)}</h2>",
        _paragraph(f"From: {subject.source}. Configuration: {identified.configuration}."),
    ]
    parts += [_paragraph(remark) for remark in subject.remarks]
    findings = told_findings(config, subject.unknown)
    parts.append("<h3>Findings</h3>" if findings else _paragraph("No findings."))
    parts += [_paragraph(f"{f.severity.value}: {f.sentence} {f.advice}") for f in findings]
    matrix = slot_matrix(config)
    heads = ["Slot", *(cell.ability.value for cell in matrix[0])]
    parts.append(f"<h3>Slots</h3>{_table(heads, ([str(n), *(c.text for c in row)] for n, row in enumerate(matrix)))}")
    policies = ((str(slot), " ".join(slot_policy(config, slot).sentences)) for slot in range(len(matrix)))
    parts.append(_table(("Slot", "In words"), policies))
    fields = ((f"{f.start}–{f.end - 1}", f.name, f.value, f.meaning) for f in told_fields(config, subject.unknown))
    parts.append(f"<h3>Fields</h3>{_table(('Bytes', 'Field', 'Value', 'Meaning'), fields)}")
    raw = config.to_bytes()
    shown = [".." if at in subject.unknown else f"{byte:02X}" for at, byte in enumerate(raw)]
    rows = (f"{o:4}  {' '.join(shown[o : o + _BYTES_PER_ROW])}" for o in range(0, len(raw), _BYTES_PER_ROW))
    parts.append(f"<h3>Bytes</h3><pre>{chr(10).join(rows)}</pre>")
    return f"<html><body style='font-size:9pt'>{''.join(parts)}</body></html>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th align='left'>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    return f"<table cellpadding='3'><tr>{head}</tr>{body}</table>"
