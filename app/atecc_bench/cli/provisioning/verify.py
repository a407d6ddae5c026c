"""The verb that holds a finished chip against its record."""

from datetime import UTC, datetime

import typer

from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_error,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.errors import ExitCode
from atecc_bench.ledger.user_records import user_records
from atecc_bench.workflows.devices.second_opinion import SecondOpinion, second_opinion


def verify(port: PortOption, *, baud: BaudOption = USUAL_BAUD, json: JsonOption = False) -> None:
    """Hold a finished chip, at any board, against its record.

    Reads only: configuration, locks, keys and certificates are those of its PASS, and the chip signs for them. At
    another board than the one that provisioned it this finds out what that one may have kept to itself. Ends with 1
    where something differs.
    """
    with reporting(as_json=json):
        with open_device(port, baud=baud) as device:
            found = second_opinion(device, user_records(), datetime.now(UTC))
            info = device.board.info
        if json:
            print_json(_document(found))
        else:
            _print(found, virtual_mark(info))
    raise typer.Exit(ExitCode.DONE if found.agrees else ExitCode.NO)


def _document(found: SecondOpinion) -> dict[str, object]:
    proved = [] if found.outcome is None else sorted(found.outcome.proved)
    return {
        "virtual": found.run.virtual,
        "serial_number": found.run.serial_number,
        "agrees": found.agrees,
        "profile": found.run.profile,
        "provisioned": found.run.at,
        "proved": [proof.value for proof in proved],
        "differs": found.error.document if found.error else None,
    }


def _print(found: SecondOpinion, mark: str) -> None:
    out = console()
    whose = f"{found.run.serial_number}{mark}, provisioned {found.run.at} with {found.run.profile}"
    if found.agrees and found.outcome is not None:
        out.print(f"As on record: {whose}.", style="bold green")
        out.print(f"Proved: {'; '.join(proof.sentence for proof in sorted(found.outcome.proved))}.")
        return
    out.print(f"Not as on record: {whose}.", style="bold red")
    if found.error is not None:
        print_error(found.error)
