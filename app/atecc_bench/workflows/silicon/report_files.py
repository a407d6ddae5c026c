"""The report of a silicon check as a file.

Its name asks for the form.
"""

import json
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.workflows.silicon.report_document import SiliconReport
from atecc_bench.workflows.silicon.report_page import page_html, page_text

ENDINGS = (".json", ".html", ".txt")


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
