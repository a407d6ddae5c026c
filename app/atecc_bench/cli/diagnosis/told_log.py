"""What logs without certificates say, and codes alone.

For people and as documents.
"""

from dataclasses import dataclass

from atecc_bench.cli.chip.config_source import FoundConfig
from atecc_bench.cli.common.output import console
from atecc_bench.diagnose.codes.code_text import lines_of_code
from atecc_bench.diagnose.codes.explain_code import CodeExplanation
from atecc_bench.diagnose.codes.spellings import Reading
from atecc_bench.diagnose.symptoms.read_log import LogCause, LogReading


@dataclass(frozen=True)
class ToldLog:
    """A log in which codes and words speak for causes.

    `config` is the configuration that stands in the same log, if one does.
    """

    reading: LogReading
    config: FoundConfig | None = None


def log_document(reading: LogReading) -> dict[str, object]:
    """The reading as its JSON document."""
    return {
        "causes": [_cause_document(cause) for cause in reading.causes],
        "codes": [
            {
                "line": code.line,
                "text": code.text,
                "layer": code.row.layer.value,
                "number": code.row.number,
                "name": code.row.name,
                "meaning": code.row.meaning,
            }
            for code in reading.codes
        ],
        "frames": [
            {"line": one.line, "bytes": one.frame.raw.hex(), "sentences": list(one.frame.sentences)}
            for one in reading.frames
        ],
        "scans": [
            {"line": scan.line, "addresses": sorted(scan.addresses), "held": sorted(scan.held)}
            for scan in reading.scans
        ],
    }  # fmt: skip


def _cause_document(cause: LogCause) -> dict[str, object]:
    return {
        "id": cause.id.value,
        "summary": cause.summary,
        "evidence": list(cause.evidence),
        "fix": cause.fix,
        "confidence": cause.confidence.value,
    }


def told_document(told: ToldLog) -> dict[str, object]:
    """The document of a log that holds no comparison."""
    of_config = () if told.config is None else told.config.remarks
    return {**log_document(told.reading), "remarks": [*of_config, *told.reading.remarks]}


def print_log(reading: LogReading) -> None:
    """Tell a person the causes, best first, and their lines."""
    out = console()
    if not reading.causes:
        out.print("It names no cause by itself.", style="bold")
    for cause in reading.causes:
        out.print(f"{cause.summary} ({cause.confidence.value})  [{cause.id.value}]", style="bold")
        for line in cause.evidence:
            out.print(f"  {line}")
        out.print(f"  What to do: {cause.fix}")
    for remark in reading.remarks:
        out.print(f"Remark: {remark}")


def print_told(told: ToldLog) -> None:
    """Tell a person what a log says."""
    if told.config is not None:
        told.config.print_remarks()
    print_log(told.reading)
    if not told.reading.causes:
        for code in told.reading.codes[:5]:
            console().print(f"  line {code.line}: {code.row.number} {code.row.name}: {code.row.meaning}")


def code_document(explained: CodeExplanation) -> dict[str, object]:
    """The explanation of a code as its JSON document."""
    return {
        "code": explained.text,
        "summary": explained.summary,
        "status": None if explained.status is None else f"{explained.status:02X}",
        "readings": [_reading_document(reading) for reading in explained.readings],
        "causes": [{"id": c.value, "summary": c.summary, "fix": c.fix} for c in explained.causes],
        "frame": None if explained.frame is None else list(explained.frame.sentences),
    }


def _reading_document(reading: Reading) -> dict[str, object]:
    row = reading.row
    return {
        "layer": row.layer.value,
        "number": row.number,
        "names": list(row.names),
        "how": reading.how,
        "meaning": row.meaning,
        "from": [layer.value for layer in row.origins],
        "status": None if row.status is None else f"{int(row.status):02X}",
        "causes": [cause.value for cause in row.causes],
        "next": row.next,
    }


def print_code(explained: CodeExplanation) -> None:
    """Tell a person what a code means."""
    summary, *lines = lines_of_code(explained)
    console().print(summary, style="bold")
    for line in lines:
        console().print(line)
