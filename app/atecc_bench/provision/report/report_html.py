"""A page for people on the provisioning of one device.

It is HTML that browsers and Qt's rich text both show.
"""

from collections.abc import Iterable, Sequence
from html import escape

from atecc_bench.provision.model.results import StepStatus
from atecc_bench.provision.model.step import StepEffect
from atecc_bench.provision.report.run_document import Ending, RunDocument

_NAMES = {"device_pem": "Device certificate", "signer_pem": "Signer certificate", "root_pem": "Root certificate"}
_GROUP = 32  # hex digits of a fingerprint in one line
_COLOURS = {Ending.PASS: "#157F3C", Ending.WAITING: "#B45309", Ending.FAIL: "#B42318"}
_VIRTUAL_COLOUR = "#7C3AED"
_ABREAST = 3  # steps beside each other
_ROOM = 25  # lines for runs that the page has


def report_title(runs: Sequence[RunDocument]) -> str:
    """The page's title: chip and verdict."""
    return f"{runs[0].serial_number} {runs[0].headline}"


def report_html(runs: Sequence[RunDocument]) -> str:
    """Make the HTML page on the runs of one device.

    There is one run at least, the newest first. The page has verdict, device, profile, fingerprints, and each run's
    steps. The newest run is told, each that wrote something, and the checks after that; of very many only the newest.
    """
    newest = runs[0]
    colour = _VIRTUAL_COLOUR if newest.virtual and newest.ending is Ending.PASS else _COLOURS[newest.ending]
    shown = _shown(runs)
    left = len(runs) - len(shown)
    facts = [
        ("Serial number", _mono(newest.serial_number)),
        ("Profile", escape(newest.profile)),
        ("SHA-256 of the profile", _fingerprint(newest.profile_sha256 or "")),
        *((_NAMES.get(name, name), _fingerprint(value)) for name, value in newest.fingerprints.items()),
        ("ATECC Bench", escape(newest.version)),
        ("Bridge firmware", escape(newest.bridge or "unknown")),
    ]
    if newest.virtual:
        facts.insert(1, ("Chip", "<b>VIRTUAL</b>: a chip in software, nothing here happened to silicon"))
    parts = [
        f'<h1 style="color:{colour}">{escape(newest.headline)}</h1>',
        f"<p>{escape(newest.sentence)} {escape(newest.proved)}</p>",
        f"<p>{escape(newest.rests_on)}</p>" if newest.rests_on else "",
        _hint(newest),
        f"<p><b>Since this run:</b> {escape(' '.join(newest.since))}</p>" if newest.since else "",
        _table((f"<b>{escape(name)}</b>", value) for name, value in facts),
        "<h3>Runs, the newest first</h3>" if len(shown) > 1 else "<h3>Steps</h3>",
        *(_run(run, newest) for run in shown),
        f"<p>{left} more run{'s' if left > 1 else ''} of this chip {'are' if left > 1 else 'is'} on record.</p>"
        if left
        else "",
        "<p>Seconds stand beside each step, which was done unless it says otherwise. "
        "Fingerprints are SHA-256 over the certificate in DER.</p>",
    ]
    style = "body{font-family:sans-serif;font-size:9pt}td{padding:2px 12px 2px 0;vertical-align:top}"
    head = f'<meta charset="utf-8"><title>{escape(report_title(runs))}</title><style>{style}</style>'
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _shown(runs: Sequence[RunDocument]) -> list[RunDocument]:
    """Choose the runs that the page shows.

    They are the newest run, those that locked something, others that wrote, and checks after them, while there is room.
    """
    last = next((index for index, run in enumerate(runs) if run.wrote), len(runs))
    worth = {0: 0} | dict.fromkeys(range(1, last), 3)
    worth |= {index: 1 if run.locked else 2 for index, run in enumerate(runs) if index and run.wrote}
    shown: list[int] = []
    room = _ROOM
    for index in sorted(worth, key=lambda index: (worth[index], index)):
        room -= _lines(runs[index])
        if room < 0 and shown:
            break
        shown.append(index)
    return [runs[index] for index in sorted(shown)]


def _lines(run: RunDocument) -> int:
    return 2 - (-len(run.steps) // _ABREAST) + (0 if run.ending is Ending.PASS else 2)


def _hint(run: RunDocument) -> str:
    if run.error is None:
        return ""
    told = run.error.hint if run.error.message in run.sentence else f"{run.error.message} {run.error.hint}"
    return f"<p>{escape(told)}</p>"


def _run(run: RunDocument, newest: RunDocument) -> str:
    """Write one run as HTML.

    It tells when the run was, how it ended, what else was otherwise than in the newest, and its steps with their times.
    """
    facts = [run.at[:19].replace("T", " ") + " UTC" if run.at else "", run.headline]
    facts += [run.profile] if run.profile_sha256 != newest.profile_sha256 else []
    facts += [f"ATECC Bench {run.version}"] if run.version != newest.version else []
    took = f" &nbsp; {escape(run.timing.sentence)}" if run.timing else ""
    said = f"<br>{escape(run.sentence)}" if run is not newest and run.ending is not Ending.PASS else ""
    steps = [_step(run, index) for index in range(len(run.steps))]
    rows = [
        [cell for cells in steps[start : start + _ABREAST] for cell in cells]
        for start in range(0, len(steps), _ABREAST)
    ]
    return f"<p><b>{escape(' · '.join(filter(None, facts)))}</b>{took}{said}</p>{_table(rows)}"


def _step(run: RunDocument, index: int) -> list[str]:
    step = run.steps[index]
    for_ever = any(planned.id == step.id and planned.effect == StepEffect.FOR_EVER for planned in run.plan)
    status = "" if step.status == StepStatus.DONE else f" <b>{escape(step.status)}</b>"
    seconds = f"{step.seconds:.2f}" if step.seconds else "–"
    return [f"{escape(run.title_of(step.id))}{' (for ever)' if for_ever else ''}{status}", seconds]


def _mono(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _fingerprint(digits: str) -> str:
    """Cut a fingerprint into lines of equal length.

    Then it can be compared by eye and fits on paper.
    """
    return "<br>".join(_mono(digits[start : start + _GROUP]) for start in range(0, len(digits), _GROUP)) or "unknown"


def _table(rows: Iterable[Iterable[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{body}</table>"
