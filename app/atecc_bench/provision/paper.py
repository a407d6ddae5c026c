"""One page on the provisioning of one device, for people: HTML that browsers and Qt's rich text both show."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from atecc_bench.errors import InputError
from atecc_bench.provision.outcome import Verdict

_SHA256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_NAMES = {"device_pem": "Device certificate", "signer_pem": "Signer certificate", "root_pem": "Root certificate"}
_GROUP = 32  # hex digits of a fingerprint in one line


class _Step(BaseModel):
    id: str
    status: str
    seconds: float


class _Timing(BaseModel):
    total_s: float
    chip_s: float
    wire_s: float


class _Error(BaseModel):
    id: str
    message: str
    hint: str


class ReportDocument(BaseModel):
    """The document of `provision --json`, as `result.json` of a record keeps it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    virtual: bool
    verdict: Verdict
    serial_number: Annotated[str, Field(pattern="^[0-9a-f]{18}$")]
    profile: str
    profile_sha256: _SHA256 | None = None
    at: str = ""
    rehearsed: bool = False
    already_provisioned: bool = False
    steps: tuple[_Step, ...]
    timing: _Timing
    fingerprints: dict[str, _SHA256] = Field(default_factory=dict[str, _SHA256])
    version: str
    bridge: str = ""
    error: _Error | None = None

    @property
    def headline(self) -> str:
        """The verdict in capitals; one on a chip in software says so."""
        return f"{self.verdict.value} · VIRTUAL" if self.virtual else self.verdict.value

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        if self.error is not None:
            return self.error.message
        what = "was provisioned already and is right" if self.already_provisioned else "is provisioned"
        return f"Chip {self.serial_number} {what}: chain verified, possession of the key proved."


def read_document(content: bytes, source: Path) -> ReportDocument:
    """Read a `result.json`.

    Raises:
        InputError: `not-a-report`.

    """
    try:
        return ReportDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise InputError(
            "not-a-report",
            f"{source} does not hold the result of a provisioning: {where}: {first['msg']}.",
            "Give the result.json of a device's record.",
        ) from error


def report_html(report: ReportDocument) -> str:
    """The page: verdict, device, profile and its hash, fingerprints, steps and times, versions."""
    colour = "#7C3AED" if report.virtual else "#157F3C"
    if report.verdict is not Verdict.PASS:
        colour = "#B42318"
    facts = [
        ("Serial number", _mono(report.serial_number)),
        ("Profile", escape(report.profile)),
        ("SHA-256 of the profile", _fingerprint(report.profile_sha256 or "")),
        ("Time", escape(report.at.replace("T", " ").replace("+00:00", " UTC"))),
        *((_NAMES.get(name, name), _fingerprint(value)) for name, value in report.fingerprints.items()),
        ("ATECC Bench", escape(report.version)),
        ("Bridge firmware", escape(report.bridge or "unknown")),
    ]
    if report.virtual:
        facts.insert(1, ("Chip", "<b>VIRTUAL</b>: a chip in software, nothing here happened to silicon"))
    steps = ((escape(s.id.replace("-", " ").capitalize()), escape(s.status), _seconds(s)) for s in report.steps)
    timing = report.timing
    parts = [
        f'<h1 style="color:{colour}">{escape(report.headline)}</h1>',
        f"<p>{escape(report.sentence)}</p>",
        f"<p>{escape(report.error.hint)}</p>" if report.error else "",
        _table((f"<b>{escape(name)}</b>", value) for name, value in facts),
        "<h3>Steps</h3>",
        _table([("<b>Step</b>", "<b>Result</b>", "<b>Seconds</b>"), *steps]),
        f"<p>{timing.total_s:.2f} s in all; chip {timing.chip_s:.2f} s, wire {timing.wire_s:.2f} s. "
        "Fingerprints are SHA-256 over the certificate in DER.</p>",
    ]
    title = escape(f"{report.serial_number} {report.headline}")
    style = "body{font-family:sans-serif;font-size:9pt}td{padding:3px 16px 3px 0;vertical-align:top}"
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _seconds(step: _Step) -> str:
    return f"{step.seconds:.2f}" if step.seconds else "–"


def _mono(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _fingerprint(digits: str) -> str:
    """Cut in lines of equal length, so that it can be compared by eye and fits on paper."""
    return "<br>".join(_mono(digits[start : start + _GROUP]) for start in range(0, len(digits), _GROUP)) or "unknown"


def _table(rows: Iterable[Iterable[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{body}</table>"
