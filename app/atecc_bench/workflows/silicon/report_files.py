"""The report of a silicon check as a file.

Its name asks for the form.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.workflows.silicon.report_document import SiliconReport
from atecc_bench.workflows.silicon.report_page import page_html, page_text

ENDINGS = (".json", ".html", ".txt")
FOLDER = "silicon"


def check_ending(path: Path) -> None:
    """Check that a file's name tells a form.

    Raises:
        InputError: `ending-unknown`.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            "ending-unknown",
            f"{path} does not end in {', '.join(ENDINGS)}, and the ending says what is written.",
            "The .json file is the report itself, which can be sent and read again; the others are pages of it.",
        )


def report_bytes(report: SiliconReport, ending: str) -> bytes:
    """The report in the form of a file with one of `ENDINGS`."""
    match ending.lower():
        case ".json":
            return (json.dumps(report.to_json(), indent=1) + "\n").encode("ascii")
        case ".html":
            return page_html(report).encode("utf-8")
        case _:
            return page_text(report).encode("utf-8")


def keep_report(report: SiliconReport, data_folder: Path, now: datetime | None = None) -> Path:
    """Keep a report in the data folder, as the document.

    It is for one that could not be written where it was wanted. Returns its path, `silicon/<UTC time>.json`.

    Raises:
        InputError: `not-writable`.
    """
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S%fZ")
    path = data_folder / FOLDER / f"{stamp}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(report_bytes(report, ".json"))
    except OSError as error:
        raise InputError(
            "not-writable", f"{path} cannot be written: {error.strerror}.", "Choose another data folder."
        ) from error
    return path
