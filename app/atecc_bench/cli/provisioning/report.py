"""The verb that makes a page of what was provisioned."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.ledger.user_records import user_records
from atecc_bench.provision.report.device_history import device_history
from atecc_bench.provision.report.report_html import report_html, report_title


def report_verb(make_pdf: Callable[[str, str], bytes]) -> Callable[..., None]:
    """The verb; `make_pdf` makes a PDF of a title and HTML."""

    def report(
        serial_number: Annotated[
            str, typer.Argument(metavar="SERIAL", help="Serial number of the chip, 18 hex digits.")
        ],
        out: Annotated[
            Path | None,
            typer.Option(
                "--out", metavar="FILE", help="The new file, which ends in .html or .pdf; SERIAL.html by default."
            ),
        ] = None,
        *,
        virtual: Annotated[bool, typer.Option("--virtual", help="Of a chip in software.")] = False,
        json: JsonOption = False,
    ) -> None:
        """Make one page on the provisioning of a chip, HTML or PDF.

        With --json print what its record says.
        """
        with reporting(as_json=json):
            wanted = "".join(serial_number.split()).lower()
            runs = device_history(user_records().for_chip(wanted, virtual=virtual))
            if json:
                documents = [run.model_dump(mode="json") for run in runs]
                print_json({**documents[0], "runs": documents})
                return
            target = out or Path(f"{wanted}.html")
            is_pdf = check_new(target, ".html", ".htm", ".pdf") == ".pdf"
            html = report_html(runs)
            write_new(target, make_pdf(report_title(runs), html) if is_pdf else html.encode("utf-8"))
        console().print(f"{target}: {runs[0].headline}, chip {wanted}, {runs[0].at}")

    return report
