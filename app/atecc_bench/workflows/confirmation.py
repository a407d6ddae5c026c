"""Confirmations that are needed before something is lost.

What a person confirms, and how, is here once for the command line and the window.
"""

from collections.abc import Sequence
from typing import Final

from atecc_bench.errors import RefusedError
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.plan.plan import Plan

CONFIRM_DIGITS: Final = 6
"""How many of the last digits of a serial number are typed; the last two alone are the same on most chips."""


class NotConfirmedError(RefusedError):
    """Something else was typed than what confirms."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("not-confirmed", message, hint)


def confirming_digits(serial_number: str) -> str:
    """The digits of a serial number that confirm."""
    return serial_number[-CONFIRM_DIGITS:].lower()


def check_digits(serial_number: str, typed: str, hint: str) -> None:
    """Check the typed last digits of this chip's serial number.

    Raises:
        NotConfirmedError: Other digits were typed.
    """
    if typed.strip().lower() != confirming_digits(serial_number):
        raise NotConfirmedError("These are not the last six digits of the chip's serial number.", hint)


def check_profile_name(profile: str, typed: str, hint: str) -> None:
    """Check the typed name of the profile, which confirms a batch.

    Raises:
        NotConfirmedError: Another name was typed.
    """
    if typed.strip() != profile:
        raise NotConfirmedError(f"The name of the profile is {profile}.", hint)


def effects_text(plan: Plan) -> str:
    """Describe what a plan does that has to be confirmed.

    The text is an infinitive without "to".
    """
    effects = ["lock this chip for ever"] if plan.irreversible else []
    effects += ["replace what it holds" if effects else "replace what this chip holds"] if plan.replaced else []
    effects = effects or ["provision this chip all the same"]
    return " and ".join(effects)


def batch_effects_text(profile: Profile, ports: Sequence[str], count: int) -> str:
    """Describe what a batch of `count` devices at each port does.

    The text is an infinitive without "to".
    """
    total = len(ports) * count
    which = f"{total} chips" if total > 1 else "a chip"
    return f"lock {which} for ever" if profile.locks_something else f"provision {which}"
