"""Confirming what can never be undone."""

import typer

from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.cli.output import console
from atecc_bench.errors import InputError

DIGITS = 6


def confirm_serial(config: ConfigZone, given: str | None, sentence: str, *, json: bool) -> None:
    """Ask for the last six digits of the chip's serial number, unless they were given.

    Raises:
        InputError: `not-confirmed`.

    """
    serial = config.serial_number.hex()
    if given is None and not json:
        console().print(f"Chip {serial}: {sentence}", style="bold red")
        given = typer.prompt("The last six digits of its serial number")
    if given is None or given.strip().lower() != serial[-DIGITS:]:
        raise InputError(
            "not-confirmed",
            "Nothing was done: the last six digits of the serial number were not given, or are of another chip.",
            f"This is the chip {serial}. Add --confirm with its last six digits.",
        )
