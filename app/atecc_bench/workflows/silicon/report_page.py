"""The report of a silicon check for people.

It is text, or one HTML page that browsers and Qt both show.
"""

from collections.abc import Iterable, Sequence
from html import escape

from atecc_bench.twin.rules.assumptions import ASSUMPTIONS
from atecc_bench.workflows.silicon.findings import Verdict
from atecc_bench.workflows.silicon.report_document import ReportedAssumption, ReportedCheck, SiliconReport

_COLOURS = {Verdict.CONFIRMED: "#157F3C", Verdict.CONTRADICTED: "#B42318", Verdict.NOT_ASKED: "#667085"}
_WORDS = {Verdict.CONFIRMED: "confirmed", Verdict.CONTRADICTED: "CONTRADICTED", Verdict.NOT_ASKED: "not asked"}
_BYTES_A_LINE = 16
_KNOWN = frozenset(assumption.id for assumption in ASSUMPTIONS)


def facts_of(report: SiliconReport) -> tuple[tuple[str, str], ...]:
    """What was checked, as pairs of words."""
    locks = f"configuration {_locked(report.config_locked)}, data {_locked(report.data_locked)}"
    facts = [
        ("Chip", f"{report.part}, {report.variant}, revision {report.revision}"),
        ("Serial number", f"{report.serial_number} (xx: this chip's own)"),
        ("Zones", f"{locks}, when the check began"),
        ("Depth", f"{report.depth.value}"),
        ("Bridge", report.bridge or "unknown"),
        ("ATECC Bench", f"{report.program}, {report.at}"),
    ]
    if report.date_code:
        facts.insert(1, ("Marking", report.date_code))
    if report.virtual:
        facts.insert(0, ("VIRTUAL", "a chip in software: this says nothing about silicon"))
    return tuple(facts)


def summary_text(report: SiliconReport) -> str:
    """What came of it in a few lines.

    They have the count, and the first answer of each check that differs.
    """
    lines = [_sentence(report) + "."]
    if report.error is not None:
        lines.append(f"Ended early: {report.error.message} {report.error.hint}")
    for check in report.contradicted:
        first = next(one for one in check.observations if not one.agrees)
        lines.append(f"{check.title}{_about(check)}: {first.question}: chip {first.chip}, twin {first.twin}.")
    return "\n".join(lines)


def page_text(report: SiliconReport) -> str:
    """The report as text, lines of any length."""
    lines = [_sentence(report), ""]
    lines += [f"{name + ':':<15} {value}" for name, value in facts_of(report)]
    if report.error is not None:
        lines += ["", f"Ended early: {report.error.message} {report.error.hint}"]
    if report.contradicted:
        lines += ["", "Where the chip answered otherwise than the twin"]
        for check in report.contradicted:
            lines.append(f"  {check.title} ({check.stage}){_about(check)}")
            lines += [
                f"    {one.question}: chip {one.chip}, twin {one.twin}" for one in check.observations if not one.agrees
            ]
    lines += ["", "Assumptions of the twin"]
    asked = [one for one in _in_order(report) if one.verdict is not Verdict.NOT_ASKED]
    lines += [f"  {_WORDS[one.verdict]:<12} {_name(one)}: {one.subject}" for one in asked]
    others = [one for one in report.assumptions if one.verdict is Verdict.NOT_ASKED]
    for why in dict.fromkeys(one.why for one in others):
        lines.append(f"  not asked    {', '.join(_name(one) for one in others if one.why == why)}")
        lines.append(f"               {why}")
    if report.times:
        lines += ["", "Times in milliseconds, less those of the wire"]
        lines += [
            f"  {t.command:<12} {t.fastest_ms:8.1f} to {t.slowest_ms:8.1f} in {t.count:3}, table {t.longest_ms}"
            for t in report.times
        ]
    return "\n".join((*lines, ""))


def page_html(report: SiliconReport) -> str:
    """The report as one HTML page."""
    parts = [
        f"<h1>{escape(_sentence(report))}</h1>",
        _table((f"<b>{escape(name)}</b>", escape(value)) for name, value in facts_of(report)),
    ]
    if report.error is not None:
        parts.append(f"<p><b>Ended early.</b> {escape(report.error.message)} {escape(report.error.hint)}</p>")
    if report.contradicted:
        parts.append("<h2>Where the chip answered otherwise than the twin</h2>")
        parts += [_contradiction(check) for check in report.contradicted]
    parts.append("<h2>Assumptions of the twin</h2>")
    parts.append(
        _table(
            (
                f'<b style="color:{_COLOURS[one.verdict]}">{_WORDS[one.verdict]}</b>',
                f"<code>{escape(_name(one))}</code>",
                f"{escape(one.subject)}: {escape(one.behaviour)}{escape(_why(one))}",
            )
            for one in _in_order(report)
        )
    )
    parts.append("<h2>Checks</h2>")
    parts.append(
        _table(
            (
                f'<span style="color:{_COLOURS[check.verdict]}">{_WORDS[check.verdict]}</span>',
                escape(check.stage),
                escape(check.title),
                escape(check.why or f"{len(check.observations)} answers"),
            )
            for check in report.checks
        )
    )
    if report.times:
        parts.append("<h2>Times</h2><p>Milliseconds, less those of the bytes on the wire.</p>")
        rows = [("Command", "fastest", "slowest", "times", "table")]
        rows += [
            (escape(t.command), f"{t.fastest_ms:.1f}", f"{t.slowest_ms:.1f}", str(t.count), str(t.longest_ms))
            for t in report.times
        ]
        parts.append(_table(rows))
    raw = report.configuration
    step = 2 * _BYTES_A_LINE
    rows = [raw[at : at + step] for at in range(0, len(raw), step)]
    dump = "\n".join(
        f"{number * _BYTES_A_LINE:3}  {' '.join(row[at : at + 2] for at in range(0, step, 2))}"
        for number, row in enumerate(rows)
    )
    parts.append(f"<h2>Configuration when the check began</h2><pre>{escape(dump)}</pre>")
    style = "body{font-family:sans-serif;font-size:10pt}td{padding:2px 12px 2px 0;vertical-align:top}"
    head = f'<meta charset="utf-8"><title>{escape(_sentence(report))}</title><style>{style}</style>'
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _sentence(report: SiliconReport) -> str:
    return f"Silicon check of {report.headline}"


def _locked(locked: bool) -> str:  # noqa: FBT001 - in words
    return "locked" if locked else "open"


def _about(check: ReportedCheck) -> str:
    return f": {check.assumption}" if check.assumption else ""


def _why(one: ReportedAssumption) -> str:
    return f" ({one.why})" if one.why else ""


def _name(one: ReportedAssumption) -> str:
    return one.id if one.id in _KNOWN else f"{one.id} (this version does not have it)"


def _in_order(report: SiliconReport) -> list[ReportedAssumption]:
    order = (Verdict.CONTRADICTED, Verdict.CONFIRMED, Verdict.NOT_ASKED)
    return sorted(report.assumptions, key=lambda one: order.index(one.verdict))


def _contradiction(check: ReportedCheck) -> str:
    rows: list[Sequence[str]] = [("<b>Question</b>", "<b>Chip</b>", "<b>Twin</b>", "<b>Command</b>", "<b>Answer</b>")]
    rows += [
        (
            escape(one.question),
            escape(one.chip),
            escape(one.twin),
            f"<code>{escape(one.command or '')}</code>",
            f"<code>{escape(one.answer or '')}</code>",
        )
        for one in check.observations
        if not one.agrees
    ]
    return f"<h3>{escape(check.title)} ({escape(check.stage)}{escape(_about(check))})</h3>{_table(rows)}"


def _table(rows: Iterable[Iterable[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{body}</table>"
