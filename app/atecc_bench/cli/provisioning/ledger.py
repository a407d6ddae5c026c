"""Verbs of the ledger: what is in it, and making it again."""

import csv
import io
import json as json_format
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting, wrapping_table
from atecc_bench.cli.common.output_files import check_new, write_new_lines
from atecc_bench.errors import InputError
from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.ledger.open_ledger import OpenLedger
from atecc_bench.ledger.pages import DeviceRow, devices_page, every_device, runs_page
from atecc_bench.ledger.status import Status, rebuild, status_of
from atecc_bench.ledger.user_records import choose_ledger, user_ledger

VirtualOption = Annotated[bool, typer.Option("--virtual", help="Of chips in software.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")]
_COLUMNS = ("serial_number", "virtual", "passes", "passed_at", "public_keys", "certificates")


def status(*, json: JsonOption = False) -> None:
    """Say where the ledger is and what it holds.

    Ends with 1 when records contradict each other.
    """
    with reporting(as_json=json):
        found = status_of(user_ledger(), _go_on)
        _print_status(found, json=json)
    if found.conflicts:
        raise typer.Exit(1)


def rebuild_(*, json: JsonOption = False) -> None:
    """Make this station's part of the ledger again, from its records.

    A damaged file is put aside.
    """
    with reporting(as_json=json):
        found = status_of(rebuild(user_ledger(), _go_on), _go_on)
        _print_status(found, json=json)


def use(
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="URL of a PostgreSQL database; file is the one in the data folder."),
    ],
    *,
    json: JsonOption = False,
) -> None:
    """Use a ledger that stations share.

    With the word `file`, use the one in the data folder.

    What this station has on record is taken over into it.
    """
    with reporting(as_json=json):
        ledger = user_ledger()
        server = "" if url == "file" else url
        chosen = FolderLedger(ledger.data_folder, ledger.records, lambda: server)
        found = status_of(chosen, _go_on)
        if found.away:
            raise InputError("ledger-unreachable", found.away, "Check the URL and the server; nothing was changed.")
        choose_ledger(server)
        _print_status(found, json=json)


def devices(
    after: Annotated[str, typer.Option("--after", metavar="SERIAL", help="Those behind this serial number.")] = "",
    limit: LimitOption = 50,
    *,
    virtual: VirtualOption = False,
    json: JsonOption = False,
) -> None:
    """List devices by serial number, page by page."""
    with reporting(as_json=json):
        opened = _current()
        opened.take_over(_go_on)
        with opened.database.reading() as connection:
            page = devices_page(connection, virtual=virtual, after=after, at_most=limit)
    if json:
        print_json({"devices": [row.document for row in page.rows], "next": page.after})
        return
    table = wrapping_table("Serial number", "Passed", "Last", "Public key")
    for row in page.rows:
        at = f"{row.passed_at:%Y-%m-%d %H:%M}" if row.passed_at else ""
        table.add_row(row.serial_number, str(row.passes), at, "\n".join(key[:16] + "…" for key in row.public_keys))
    console().print(table)
    _print_more(page.after)


def runs(
    serial_number: Annotated[str, typer.Argument(metavar="SERIAL", help="Of this chip alone; of all by default.")] = "",
    verdict: Annotated[str, typer.Option("--verdict", help="Those with this verdict: PASS, FAIL, …")] = "",
    after: Annotated[str, typer.Option("--after", metavar="PLACE", help="Those behind the page before.")] = "",
    limit: LimitOption = 50,
    *,
    virtual: VirtualOption = False,
    json: JsonOption = False,
) -> None:
    """List runs, the newest first, page by page."""
    with reporting(as_json=json):
        opened = _current()
        opened.take_over(_go_on)
        wanted = "".join(serial_number.split()).lower()
        with opened.database.reading() as connection:
            page = runs_page(
                connection, virtual=virtual, serial_number=wanted, verdict=verdict, after=after, at_most=limit
            )
    if json:
        print_json({"runs": [row.document for row in page.rows], "next": page.after})
        return
    table = wrapping_table("Run", "Serial number", "Ended", "Profile", "Station")
    for row in page.rows:
        why = f" ({row.error or row.failed_step})" if row.error or row.failed_step else ""
        table.add_row(row.name, row.serial_number, f"{row.verdict or row.state}{why}", row.profile, row.station)
    console().print(table)
    _print_more(page.after)


def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new file, which ends in .jsonl or .csv.")],
    *,
    virtual: VirtualOption = False,
    json: JsonOption = False,
) -> None:
    """Write all devices into a file, JSON Lines or CSV."""
    with reporting(as_json=json):
        ending = check_new(out, ".jsonl", ".csv")
        opened = _current()
        opened.take_over(_go_on)
        with opened.database.reading() as connection:
            rows = every_device(connection, virtual=virtual)
            count = write_new_lines(out, _json_lines(rows) if ending == ".jsonl" else _csv_lines(rows))
    devices_written = count if ending == ".jsonl" else count - 1
    if json:
        print_json({"path": str(out), "devices": devices_written})
    else:
        console().print(f"{out}: {devices_written} devices")


def _json_lines(rows: Iterable[DeviceRow]) -> Iterator[str]:
    return (json_format.dumps(row.document) + "\n" for row in rows)


def _csv_lines(rows: Iterable[DeviceRow]) -> Iterator[str]:
    yield _csv(_COLUMNS)
    for row in rows:
        document = row.document
        several = {name: " ".join(getattr(row, name)) for name in ("public_keys", "certificates")}
        yield _csv([str({**document, **several}[name] or "") for name in _COLUMNS])


def _csv(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _print_status(found: Status, *, json: bool) -> None:
    if json:
        print_json(found.document)
        return
    out, table = console(), wrapping_table()
    table.add_row("Ledger", found.place)
    if found.away:
        table.add_row("Away", f"{found.away} What happens here meanwhile waits in {found.place}.")
    table.add_row("Station", f"{found.station}, one of {found.stations}" if found.stations > 1 else found.station)
    table.add_row("Devices", f"{found.devices}, and {found.virtual_devices} in software")
    table.add_row("Passed", str(found.passes))
    table.add_row("Runs", f"{found.runs}, of which {found.open_runs} open")
    table.add_row("Certificates", str(found.certificates))
    out.print(table)
    for one in found.conflicts:
        whose = f"{one.serial_number} and {one.other}" if one.other else one.serial_number
        out.print(f"Records contradict each other at {one.station}: {one.kind} {whose} ({one.detail})")


def _print_more(after: str | None) -> None:
    if after is not None:
        console().print(f"There are more: --after {after}")


def _current() -> OpenLedger:
    """The ledger that answers now.

    Where that is not the one of all stations, it is said.
    """
    ledger = user_ledger()
    current = ledger.opened.current()
    if ledger.opened.away:
        console(stderr=True).print(f"{ledger.opened.away} This is what this bench knows by itself.")
    return current


def _go_on() -> None:
    """Nobody ends it but Ctrl+C."""
