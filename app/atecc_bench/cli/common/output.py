"""Output of every verb, for people or as JSON.

It is one JSON document or lines for people, and errors in both forms.
"""

import json
import logging
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from atecc_bench.cli.common.stop_signals import begin_answer
from atecc_bench.errors import BenchError
from atecc_bench.link.transports.errors import CancelledError

# What a verb that prints JSON or opens no port can do without is imported where it is used.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from atecc_bench.link.transports.connection import BoardInfo

_logger = logging.getLogger(__name__)
_NO_WIDTH = 10_000
USUAL_BAUD: Final = 115200  # at which every bridge starts


def check_named(port: "str | list[str] | None") -> "str | list[str] | None":
    """Refuse a port without a name as wrong usage.

    It is no trouble with a device."""
    named = port if isinstance(port, list) else [port]
    if any(one is not None and not one.strip() for one in named):
        raise typer.BadParameter("it names no port")
    return port


PortOption = Annotated[
    str,
    typer.Option(
        "--port", metavar="URL", help="Device name, virtual://PRESET, or any pyserial URL.", callback=check_named
    ),
]
PortsOption = Annotated[
    list[str],
    typer.Option(
        "--port",
        metavar="URL",
        help="Device name, virtual://PRESET, or any pyserial URL; can be repeated.",
        callback=check_named,
    ),
]
BaudOption = Annotated[int, typer.Option("--baud", min=9600, max=2_000_000, help="Rate to talk to the bridge at.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON document on stdout."""
    begin_answer()
    # ASCII, so that no code page of a terminal or a file can spoil it.
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def console(*, stderr: bool = False) -> "Console":
    """Console to which text for people goes.

    What comes from a chip or a certificate is never markup, nor an emoji's name. Only a terminal has a width: what goes
    elsewhere is neither cut nor wrapped.
    """
    from atecc_bench.cli.common.visible_console import VisibleConsole

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _NO_WIDTH
    return VisibleConsole(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False, width=width)


def wrapping_table(*headers: str) -> "Table":
    """Table for people.

    Its cells are wrapped where there is no room, never cut. Without a header the table has two columns and no head.
    """
    from rich.table import Column, Table

    columns = [Column(header, overflow="fold") for header in headers or ("", "")]
    return Table(*columns, box=None, show_header=bool(headers))


def virtual_mark(board: "BoardInfo") -> str:
    """What must stand beside everything that comes from a board in software."""
    return " VIRTUAL" if board.virtual else ""


def error_document(error: BenchError) -> dict[str, object]:
    """An error as the command line's documents carry it."""
    return {"error": error.document}


def print_error(error: BenchError) -> None:
    """Tell a person on stderr what happened and what to try."""
    out = console(stderr=True)
    out.print("Error:", style="bold red", end=" ")
    out.print(error.message)
    if error.hint:
        out.print(error.hint)


def tell_error(error: BenchError, *, as_json: bool) -> None:
    """Answer with an error, in the form that was asked for."""
    _logger.info("%s: %s", error.id, error.message)
    begin_answer()
    if as_json:
        print_json(error_document(error))
    else:
        print_error(error)


@contextmanager
def reporting(*, as_json: bool) -> Generator[None]:
    """Turn a BenchError into its output and its exit code."""
    try:
        yield
    except BenchError as error:
        tell_error(error, as_json=as_json)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as interrupt:
        error = CancelledError()
        tell_error(error, as_json=as_json)
        raise typer.Exit(error.exit_code) from interrupt
