"""The command line with all its verbs.

They are in one place, and each is loaded when it is named.
"""

import glob
import logging
import platform
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from atecc_bench import __version__
from atecc_bench.cli.common.help_text import HelpfulGroup
from atecc_bench.cli.common.lazy_verbs import add_lazy_group, add_lazy_verb, attribute_of
from atecc_bench.cli.common.log_options import LogFileOption, LogLevelOption
from atecc_bench.cli.common.output import print_error, tell_error
from atecc_bench.cli.common.standard_streams import steady_streams
from atecc_bench.cli.common.stop_signals import has_come, take_no_more
from atecc_bench.cli.verb_table import TABLE, Entry, Kind
from atecc_bench.defects import note_defect
from atecc_bench.errors import BenchError, ExitCode, InputError
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.logs import begin_logging
from atecc_bench.visible_text import visible

PROGRAM = "atecc-bench"
WINDOW = "gui"  # the verb that goes on when none is named, where there is one
_logger = logging.getLogger(__name__)


def build_app(make_pdf: Callable[[str, str], bytes]) -> typer.Typer:
    """Build the command line without the window's verbs.

    `make_pdf` makes a PDF of a title and HTML, as the window does.
    """
    app = typer.Typer(
        name=PROGRAM,
        cls=HelpfulGroup,
        help="Provision, inspect and diagnose ATECC secure elements. Without a verb the window opens.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback(invoke_without_command=True)(_begin)
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


def _tell_licences(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        attribute_of("common.licences:print_licences")()
        raise typer.Exit


_LicencesOption = Annotated[
    bool,
    typer.Option(
        "--licences", help="Print the licences of all that is in it, and exit.", is_eager=True, callback=_tell_licences
    ),
]
_VersionOption = Annotated[
    bool, typer.Option("--version", help="Print name and version, and exit.", is_eager=True, callback=_tell_version)
]


def _begin(
    context: typer.Context,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
    *,
    version: _VersionOption = False,
    licences: _LicencesOption = False,
) -> None:
    """Do what every verb begins with.

    Without a verb go on as `gui`.
    """
    del version, licences
    begin_logging(log_level, log_file)
    _logger.info("%s %s on Python %s, %s", PROGRAM, __version__, platform.python_version(), sys.platform)
    context.with_resource(_noting_the_end())
    if context.invoked_subcommand is None:
        window = context.command.commands.get(WINDOW) if isinstance(context.command, TyperGroup) else None
        if window is None:
            context.fail("Missing command.")
        with window.make_context(WINDOW, [], parent=context) as inner:
            window.invoke(inner)


@contextmanager
def _noting_the_end() -> Generator[None]:
    """Log the exit code with which a verb ends.

    What the verb was given is nobody's business, and is not noted.
    """
    try:
        yield
    except typer.Exit as ended:
        _logger.info("Ended with exit code %d", ended.exit_code)
        raise
    except Exception as error:
        _logger.info("Ended by %s", type(error).__name__)
        raise
    else:
        _logger.info("Ended with exit code %d", ExitCode.DONE)


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a verb and return its exit code.

    Ctrl+C and SIGTERM, which `take_signals` took, do nothing any more when it returns.

    Wrong usage is a document too where that was asked for. What nobody foresaw, in the verb or in a thread of it, is
    noted and told as the error `internal`. `--json` may stand before the verb as well.
    """
    words = json_behind_verb(_expanded(arguments))
    as_json = "--json" in words
    logging.getLogger("atecc_bench").addHandler(logging.NullHandler())  # until it is known where the log goes
    threading.excepthook = _tell_of_thread
    code = ExitCode.DONE
    try:
        with steady_streams():
            code = _carried_out(app, words, as_json=as_json)
            take_no_more()  # the exit code is decided
    except BenchError as error:  # of the streams themselves, so that only stderr is left
        with steady_streams():  # stderr may lead to the same place
            print_error(error)
        code = max(code, error.exit_code)
    return code


def _carried_out(app: typer.Typer, words: Sequence[str], *, as_json: bool) -> int:
    group = typer.main.get_command(app)
    try:
        with group.make_context(PROGRAM, list(words)) as context:
            return group.invoke(context) or ExitCode.DONE
    except typer.Exit as ended:
        return ended.exit_code
    except TyperException as wrong:
        if _is_help(wrong) and not as_json:
            typer.echo(visible(wrong.format_message()), err=True)
            return ExitCode.USAGE
        error = _usage_error(wrong)
    except (typer.Abort, KeyboardInterrupt):
        error = CancelledError()
    except BenchError as raised:
        error = raised
    except Exception as defect:  # noqa: BLE001 - whatever it is, a person is told in a sentence
        error = note_defect(defect, "This verb")
        if has_come():  # what was interrupted may end by anything; the log has it
            error = CancelledError()
    tell_error(error, as_json=as_json)
    return error.exit_code


def _is_help(wrong: TyperException) -> bool:
    """Whether a group was named alone, which Typer answers with its help."""
    context = getattr(wrong, "ctx", None)
    return context is not None and wrong.format_message() == context.get_help()


def _usage_error(wrong: TyperException) -> InputError:
    context = getattr(wrong, "ctx", None)
    verb = PROGRAM if context is None else context.command_path
    said = "Missing verb" if _is_help(wrong) else wrong.format_message()
    said = said.replace("Value error, ", "").replace("Input should be", "it should be").replace("command", "verb")
    said = " ".join(said.split()).rstrip(".")
    return InputError("usage", said if said.endswith("?") else f"{said}.", f"See `{verb} --help`.")


def json_behind_verb(arguments: Sequence[str]) -> list[str]:
    """Move `--json` from before the verb to behind it."""
    groups = {entry.name for entry in TABLE if entry.kind is Kind.GROUP}
    before: list[str] = []
    names = 1
    rest = list(arguments)
    while rest and names:
        word = rest.pop(0)
        before.append(word)
        if word in ("--log-level", "--log-file") and rest:
            before.append(rest.pop(0))
        elif not word.startswith("-"):
            names += word in groups
            names -= 1
            groups.clear()
    is_told_at_once = any(
        word in ("--version", "--licences", "--help", "-h") for word in before
    )  # which is no verb's answer
    moved = [] if is_told_at_once else [word for word in before if word == "--json"][:1]
    end = rest.index("--") if "--" in rest else len(rest)
    return [*(word for word in before if word != "--json"), *rest[:end], *moved, *rest[end:]]


def _expanded(arguments: Sequence[str]) -> list[str]:
    """Names with * and ? as files, where no shell does that."""
    if sys.platform != "win32":
        return list(arguments)
    return [found for word in arguments for found in (sorted(glob.glob(word)) or [word])]  # noqa: PTH207 - names as given


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        print_error(note_defect(ended.exc_value, f"The thread {ended.thread.name if ended.thread else 'of this verb'}"))
