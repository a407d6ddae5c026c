"""The command line: all verbs in one place, each loaded when it is named."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.exceptions import TyperException

from atecc_bench import __version__
from atecc_bench.cli.common.lazy_verbs import add_lazy_group, add_lazy_verb, attribute_of
from atecc_bench.cli.common.output import error_document, print_json
from atecc_bench.cli.verb_table import TABLE, Entry, Kind
from atecc_bench.errors import ExitCode, InputError

PROGRAM = "atecc-bench"


def build_app(make_pdf: Callable[[str, str], bytes]) -> typer.Typer:
    """The command line without the window's verbs; `make_pdf` makes a PDF of a title and HTML, as the window does."""
    app = typer.Typer(
        name=PROGRAM,
        help="Provision, inspect and diagnose ATECC secure elements. Without a verb the window opens.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_begin)
    for entry in TABLE:
        match entry.kind:
            case Kind.GROUP:
                add_lazy_group(app, entry.name, entry.help, partial(attribute_of, entry.place))
            case Kind.VERB | Kind.VERB_WITH_PDF:
                add_lazy_verb(app, entry.name, entry.help, partial(_verb, entry, make_pdf))
    return app


def _verb(entry: Entry, make_pdf: Callable[[str, str], bytes]) -> Callable[..., None]:
    found = attribute_of(entry.place)
    return found(make_pdf) if entry.kind is Kind.VERB_WITH_PDF else found


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


_VersionOption = Annotated[
    bool, typer.Option("--version", help="Print name and version, and exit.", is_eager=True, callback=_tell_version)
]


def _begin(*, version: _VersionOption = False) -> None:
    """Do what every verb begins with."""
    del version


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a verb and return its exit code, or exit with it. Wrong usage is a document too where that was asked for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a code page has no arrows and no dashes
    group = typer.main.get_command(app)
    if "--json" not in arguments:
        group.main(list(arguments), prog_name=PROGRAM)
    try:
        return group.main(list(arguments), prog_name=PROGRAM, standalone_mode=False) or ExitCode.DONE
    except TyperException as error:
        print_json(error_document(InputError("usage", f"{error}.".replace("..", "."), "See `atecc-bench --help`.")))
        return ExitCode.USAGE
