"""The verb about registrations that wait."""

from typing import Annotated

import typer

from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.errors import ExitCode
from atecc_bench.ledger.user_records import user_records
from atecc_bench.workflows.devices.registering import SentRegistration, queue_of, send_waiting


def queue(
    *,
    send: Annotated[bool, typer.Option("--send", help="Try all that waits, the oldest first.")] = False,
    virtual: Annotated[bool, typer.Option("--virtual", help="Those of chips in software instead.")] = False,
    json: JsonOption = False,
) -> None:
    """Show the registrations that wait for a cloud, or send them.

    Ends with 1 when some still wait after --send.
    """
    with reporting(as_json=json):
        waiting = queue_of(user_records(), virtual=virtual)
        tell = _ignore if json else _print_sent
        sent = send_waiting(waiting, tell=tell) if send else ()
        left = waiting.waiting()
    if json:
        print_json({
            "sent": [one.entry.serial_number for one in sent if one.error is None],
            "waiting": [
                {"serial_number": one.serial_number, "at": one.at, "tried": one.tried, "error": one.error}
                for one in left
            ],
        })  # fmt: skip
    else:
        for one in left:
            why = f": {one.error['message']}" if one.error else ""
            console().print(f"Waits: {one.serial_number}, since {one.at}, tried {one.tried} times{why}")
        console().print(f"{len(left)} registrations wait." if left else "No registration waits.")
    raise typer.Exit(ExitCode.NO if send and left else ExitCode.DONE)


def _print_sent(sent: SentRegistration) -> None:
    if sent.error is None:
        console().print(f"Registered: {sent.entry.serial_number}")


def _ignore(sent: SentRegistration) -> None:
    del sent
