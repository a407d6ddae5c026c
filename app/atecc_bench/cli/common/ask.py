"""Asking somebody at the terminal."""

import sys

import typer

from atecc_bench.cli.common.stop_signals import asking
from atecc_bench.errors import InputError
from atecc_bench.link.transports.errors import CancelledError


def ask(question: str, unanswered: InputError, *, hidden: bool = False, twice: bool = False) -> str:
    """Ask on stderr, and return what is typed.

    `unanswered` is raised when stdin has ended and nobody is there. Ctrl+C and SIGTERM end it at once.

    Raises:
        CancelledError: Somebody wished to stop, or closed the terminal's input.
        InputError: `unanswered`.
    """
    with asking():
        try:
            return typer.prompt(question, hide_input=hidden, confirmation_prompt=twice, err=True)
        except typer.Abort as ended:
            if not hidden:
                typer.echo(err=True)  # the answer is in a line of its own
            if ended.__context__ is not None and isinstance(ended.__context__, EOFError) and not sys.stdin.isatty():
                raise unanswered from ended
            raise CancelledError from ended
