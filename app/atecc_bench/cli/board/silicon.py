"""The verb that holds a chip against its twin."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.cli.common.confirm import YesOption, confirm
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    console,
    print_error,
    print_json,
    reporting,
)
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.errors import DeviceError, InputError
from atecc_bench.user_folders import data_folder
from atecc_bench.workflows.silicon.check_chip import SACRIFICE_INTENT, check_chip, prepare_sacrifice
from atecc_bench.workflows.silicon.findings import Depth
from atecc_bench.workflows.silicon.report_document import LONGEST_MARKING, SiliconReport, read_report
from atecc_bench.workflows.silicon.report_files import ENDINGS, keep_report, report_bytes
from atecc_bench.workflows.silicon.report_page import page_text
from atecc_bench.workflows.silicon.silicon_check import CheckProgress


def silicon_check(
    port: Annotated[
        str | None, typer.Option("--port", metavar="URL", help="Device name, virtual://PRESET, or any pyserial URL.")
    ] = None,
    read: Annotated[
        str | None, typer.Option("--read", metavar="FILE", help="Show a report that somebody made; - is stdin.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="New file for the report, .json, or a page of it, .html or .txt."),
    ] = None,
    date_code: Annotated[
        str, typer.Option("--date-code", metavar="TEXT", help="What is printed on the chip, for the report.")
    ] = "",
    *,
    sacrifice: Annotated[
        bool, typer.Option("--sacrifice", help="Take a BLANK chip through its whole life; it is used up for ever.")
    ] = False,
    use_lock: Annotated[
        bool,
        typer.Option("--use-lock", help="With --sacrifice: use a blank ATECC608 up for the question of UseLock alone."),
    ] = False,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Hold a chip against its twin and report where they differ.

    Changes nothing on the chip unless --sacrifice is given.
    """
    with reporting(as_json=json):
        if (port is None) == (read is None) or (read is not None and (sacrifice or date_code or yes)):
            raise InputError(
                "usage", "Either a chip is checked or a report is read.", "Give --port URL, or --read FILE alone."
            )
        if use_lock and not sacrifice:
            raise InputError("usage", "--use-lock uses a chip up.", "Give --sacrifice too, and a blank chip.")
        if len(date_code) > LONGEST_MARKING:
            raise InputError("usage", f"--date-code is longer than {LONGEST_MARKING} characters.", "Shorten it.")
        if out is not None:
            check_new(out, *ENDINGS)
        if read is not None:
            report = read_report(read_bytes(read, LARGEST_FILE), "stdin" if read == "-" else read)
        else:
            depth = (Depth.USE_LOCK if use_lock else Depth.SACRIFICE) if sacrifice else Depth.LOOK
            report = _check(port or "", baud, depth, date_code, yes=yes, json=json)
        if out is not None and read is not None:
            write_new(out, report_bytes(report, out.suffix))
    unwritten = None if out is None or read is not None else _write(report, out)
    if json:
        print_json(report.to_json())
    elif out is None or read is None:
        console().print(page_text(report).rstrip())
    if out is not None and not json and unwritten is None:
        console().print(f"Report: {out}")
    if read is not None:
        return
    if report.error is not None and not json:
        print_error(DeviceError(report.error.id, report.error.message, report.error.hint))
    if unwritten is not None:
        print_error(unwritten)  # stdout has the report, also where it is a document
        raise typer.Exit(unwritten.exit_code)
    raise typer.Exit(report.exit_code)


def _write(report: SiliconReport, out: Path) -> InputError | None:
    """Write the report of a check; when that fails keep it elsewhere.

    A chip that was used up cannot be asked again.
    """
    try:
        write_new(out, report_bytes(report, out.suffix))
    except InputError as error:
        try:
            hint = f"The report is kept in {keep_report(report, data_folder())}, and stands on stdout."
        except InputError as other:
            hint = f"{other.message} The report stands on stdout alone: keep that."
        return InputError(error.id, error.message, hint)
    return None


def _check(port: str, baud: int, depth: Depth, date_code: str, *, yes: bool, json: bool) -> SiliconReport:
    with open_device(port, baud=baud) as device:
        if depth is not Depth.LOOK:
            serial_number = prepare_sacrifice(device, depth)
            if not yes:
                confirm(serial_number, SACRIFICE_INTENT, json=json)
        with _progress(as_json=json) as show:
            return check_chip(device, depth, show, date_code)


@contextmanager
def _progress(*, as_json: bool) -> Generator[Callable[[CheckProgress], None]]:
    out = console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, console=out, transient=True, disable=as_json or not out.is_terminal) as bar:
        task = bar.add_task("Silicon check", total=None)

        def show(progress: CheckProgress) -> None:
            bar.update(task, completed=progress.done, total=progress.total, description=progress.title)

        yield show
