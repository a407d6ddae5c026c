"""Asking before something is lost."""

from collections.abc import Collection
from typing import Annotated

import typer

from atecc_bench.cli.common.ask import ask
from atecc_bench.cli.common.output import console
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.link.transports.network_ports import far_host
from atecc_bench.workflows.confirmation import CONFIRM_DIGITS, check_digits, check_profile_name

OverNetworkOption = Annotated[
    bool, typer.Option("--over-network", help="Send secret keys to another computer's port, in clear, unasked.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def confirm(
    serial_number: str, what: str, *, json: bool, asked_by: str = "This would", hint: str = "Nothing was changed."
) -> None:
    """Ask somebody to confirm `what` by the serial number's last digits.

    `what` is an infinitive, and the serial number is the chip's.

    Raises:
        InputError: `confirmation-needed` where nobody can be asked.
        CancelledError: Ctrl+C at the question.
        NotConfirmedError: `not-confirmed`.
    """
    if json:
        raise nobody_to_ask(f"{asked_by} {what}", json=True)
    question = f"Type the last {CONFIRM_DIGITS} digits of the serial number to {what}"
    typed = ask(question, nobody_to_ask(f"{asked_by} {what}", json=False))
    check_digits(serial_number, typed, hint)


def confirm_profile(profile: str, what: str, *, json: bool) -> None:
    """Ask somebody to confirm a whole batch by the profile's name.

    `what` says what is confirmed.

    Raises:
        BenchError: What `confirm` raises.
    """
    if json:
        raise nobody_to_ask(f"This batch will {what}", json=True)
    typed = ask(f"Type the profile's name to {what}", nobody_to_ask(f"This batch will {what}", json=False))
    check_profile_name(profile, typed, "Nothing was written.")


def nobody_to_ask(what: str, *, json: bool) -> InputError:
    """Build the error for a confirmation that nobody can give.

    A program reads the answer there, or stdin has ended; `what` says what would happen.
    """
    why = "--json leaves nobody to ask" if json else "there is nobody to ask"
    return InputError("confirmation-needed", f"{what}, and {why}.", "Give --yes when that is meant.")


def check_far_secrets(ports: Collection[str], *, yes: bool, over_network: bool) -> None:
    """Warn before secrets go to a board at another computer.

    Where nobody is asked it has to be told beforehand.

    Raises:
        RefusedError: `secrets-over-network`.
    """
    hosts = [host for host in map(far_host, ports) if host is not None]
    if not hosts or over_network:
        return
    what = f"Secret keys would go to {', '.join(dict.fromkeys(hosts))} over the network in clear"
    if yes:
        raise RefusedError(
            "secrets-over-network", f"{what}, where everybody on the way reads them.",
            "Use a board at this computer, or say that the network is yours alone: --over-network.",
        )  # fmt: skip
    console(stderr=True).print(f"Warning: {what}, where everybody on the way reads them.", style="bold yellow")


def slots_text(slots: Collection[int]) -> str:
    """Slots as a sentence has them, such as `slots 10 and 12`."""
    *most, last = map(str, slots)
    return f"slots {', '.join(most)} and {last}" if most else f"slot {last}"
