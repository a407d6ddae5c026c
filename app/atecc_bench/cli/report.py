"""The verb that makes a page of what was provisioned."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.new_files import write_new
from atecc_bench.cli.output import JsonOption, console, print_json, reporting
from atecc_bench.errors import InputError
from atecc_bench.provision.paper import read_document, report_html
from atecc_bench.provision.records import Records


def report(
    serial_number: Annotated[str, typer.Argument(metavar="SERIAL", help="Serial number of the chip, 18 hex digits.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The HTML file that is made; by default SERIAL.html.")
    ] = None,
    *,
    virtual: Annotated[bool, typer.Option("--virtual", help="Of a chip in software.")] = False,
    json: JsonOption = False,
) -> None:
    """Make one page of HTML on the last provisioning of a chip; with --json print what its record says."""
    with reporting(as_json=json):
        wanted = "".join(serial_number.split()).lower()
        runs = Records.of_user().of_device(wanted, virtual=virtual) if wanted.isalnum() else []
        run = next((run for run in runs if "result_json" in run.artifacts), None)
        if run is None:
            raise InputError(
                "no-record",
                f"There is no record of a chip {wanted}{' in software' if virtual else ''}.",
                "Check the serial number; chips in software need --virtual.",
            )
        path = run.artifacts["result_json"]
        document = read_document(run.read("result_json"), path)
        if json:
            print_json(document.model_dump(mode="json"))
            return
        target = out or Path(f"{wanted}.html")
        write_new(target, report_html(document).encode("utf-8"))
    console().print(f"{target}: {document.headline}, chip {wanted}, {document.at}")
