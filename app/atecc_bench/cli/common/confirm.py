"""Asking before something is lost."""

from typing import Annotated

import typer

from atecc_bench.errors import InputError
from atecc_bench.workflows.confirmation import CONFIRM_DIGITS, check_digits, check_profile_name

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def confirm(
    serial_number: str, what: str, *, json: bool, asked_by: str = "This would", hint: str = "Nothing was changed."
) -> None:
    """Ask somebody to confirm `what` by the serial number's last digits.

    `what` is an infinitive, and the serial number is the chip's.

    Raises:
        InputError: `confirmation-needed` where a program reads the answer.
        NotConfirmedError: `not-confirmed`.
    """
    if json:
        raise nobody_to_ask(f"{asked_by} {what}")
    typed = typer.prompt(f"Type the last {CONFIRM_DIGITS} digits of the serial number to {what}")
    check_digits(serial_number, typed, hint)


def confirm_profile(profile: str, what: str, *, json: bool) -> None:
    """Ask somebody to confirm a whole batch by the profile's name.

    `what` says what is confirmed.

    Raises:
        BenchError: What `confirm` raises.
    """
    if json:
        raise nobody_to_ask(f"This batch will {what}")
    check_profile_name(profile, typer.prompt(f"Type the profile's name to {what}"), "Nothing was written.")


def nobody_to_ask(what: str) -> InputError:
    """Build the error for a confirmation that nobody can give.

    A program reads the answer there; `what` says what would happen.
    """
    return InputError(
        "confirmation-needed", f"{what}, and --json leaves nobody to ask.", "Give --yes when that is meant."
    )  # fmt: skip
