"""Options of several verbs about clouds, and how they show calls."""

from collections.abc import Sequence
from typing import Annotated

import typer

from atecc_bench.cli.common.input_files import read_text
from atecc_bench.cli.common.output import console, wrapping_table
from atecc_bench.cloud.cloud_actions import ActionOutcome, CloudAction
from atecc_bench.cloud.registration import read_registration
from atecc_bench.errors import InputError
from atecc_bench.profiles.registration_part import AwsRegistration

PlanOption = Annotated[bool, typer.Option("--plan", help="Only show the calls that would change something.")]
RegistrationOption = Annotated[
    str | None,
    typer.Option("--registration", metavar="FILE", help="What a device becomes: thing, group and policy (YAML)."),
]
RegionOption = Annotated[str | None, typer.Option("--region", help="AWS region; by default boto3's own.")]
FieldsOption = Annotated[
    list[str] | None, typer.Option("--field", metavar="ID=TEXT", help="A field of the registration; can be repeated.")
]
_WORDS = {
    ActionOutcome.PLANNED: "would call",
    ActionOutcome.DONE: "done",
    ActionOutcome.THERE: "is there",
    ActionOutcome.DIFFERS: "left as it is",
}


def registration_of(file: str | None) -> AwsRegistration:
    """The registration in a file; without one a certificate and its thing.

    Raises:
        InputError: `bad-registration`.
    """
    if file is None:
        return AwsRegistration()
    found = read_registration(read_text(file), file).aws
    if found is None:
        raise InputError("bad-registration", f"{file}: it is not for AWS IoT.", "See docs/clouds.md.")
    return found


def fields_of(given: list[str] | None) -> dict[str, str]:
    """Texts by id, as `--field` has them.

    Raises:
        InputError: `usage`.
    """
    found: dict[str, str] = {}
    for one in given or []:
        name, sign, text = one.partition("=")
        if not sign:
            raise InputError("usage", f"--field {one!r} has no equals sign.", "Give it as ID=TEXT.")
        found[name] = text
    return found


def print_actions(actions: Sequence[CloudAction]) -> None:
    """Show calls and what was there, one line each."""
    table = wrapping_table("", "Call", "")
    for action in actions:
        table.add_row(_WORDS[action.outcome], action.call, action.sentence)
    console().print(table)
