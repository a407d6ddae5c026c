"""Asking before something is lost: the last six digits of the chip's serial number."""

from typing import Annotated

import typer

from atecc_bench.errors import InputError, RefusedError

CONFIRM_DIGITS = 6

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def confirm(serial_number: str, what: str, *, json: bool) -> None:
    """Let somebody confirm `what`, an infinitive.

    Raises:
        InputError: `confirmation-needed` where a program reads the answer.
        RefusedError: `not-confirmed`.

    """
    if json:
        raise nobody_to_ask(f"This would {what}")
    typed = typer.prompt(f"Type the last {CONFIRM_DIGITS} digits of the serial number to {what}")
    if typed.strip().lower() != serial_number[-CONFIRM_DIGITS:]:
        raise RefusedError(
            "not-confirmed", "These are not the last six digits of the chip's serial number.", "Nothing was changed."
        )


def nobody_to_ask(what: str) -> InputError:
    """The error where a program reads the answer; `what` says what would happen."""
    return InputError(
        "confirmation-needed", f"{what}, and --json leaves nobody to ask.", "Give --yes when that is meant."
    )  # fmt: skip
