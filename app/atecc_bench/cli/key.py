"""Verbs about the keys in a chip: public, generate, prove."""

from enum import StrEnum
from typing import Annotated

import typer

from atecc_bench.chip.slot_policy import SlotPolicy, slot_policy
from atecc_bench.cli.device import open_device
from atecc_bench.cli.output import JsonOption, PortOption, console, print_json, reporting
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.fingerprints import public_key_fingerprints
from atecc_bench.pki.keys import public_key_pem
from atecc_bench.pki.on_chip import prove_possession

app = typer.Typer(no_args_is_help=True, help="Keys in a chip: public key, generation, proof of possession.")

SlotOption = Annotated[int, typer.Option("--slot", metavar="N", min=0, max=15, help="Slot of the private key.")]


class PublicKeyForm(StrEnum):
    """How a public key is printed."""

    PEM = "pem"
    RAW = "raw"
    SPKI_SHA256 = "spki-sha256"
    SKI = "ski"


@app.command("public")
def public(
    port: PortOption,
    slot: SlotOption,
    form: Annotated[PublicKeyForm, typer.Option("--form", help="What to print.")] = PublicKeyForm.PEM,
    *,
    json: JsonOption = False,
) -> None:
    """Show the public key of the private key in a slot. Changes nothing on the chip."""
    with reporting(as_json=json), open_device(port) as device:
        key = device.session.public_key(slot)
    if json:
        print_json({"virtual": device.board.info.virtual, "slot": slot, **_forms(key)})
    else:
        typer.echo(_forms(key)[form.value.replace("-", "_")].rstrip())


@app.command("generate")
def generate(
    port: PortOption,
    slot: SlotOption,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; the present key of the slot is lost.")] = False,
    json: JsonOption = False,
) -> None:
    """Make a new private key inside the chip. The old key is gone, and every certificate for it is worthless."""
    with reporting(as_json=json):
        with open_device(port) as device:
            config = device.session.read_config()
            policy = slot_policy(config, slot)
            _check(policy)
            if not json:
                for sentence in policy.sentences:
                    console().print(sentence)
            if not yes:
                _confirm(config.serial_number.hex(), slot, json=json)
            key = device.session.generate_key(slot)
        document = {"virtual": device.board.info.virtual, "slot": slot, **_forms(key)}
    if json:
        print_json(document)
    else:
        typer.echo(public_key_pem(key).decode("ascii").rstrip())


@app.command("prove")
def prove(port: PortOption, slot: SlotOption, *, json: JsonOption = False) -> None:
    """Let the chip sign a fresh challenge and verify it with the public key of the slot."""
    with reporting(as_json=json), open_device(port) as device:
        key = device.session.public_key(slot)
        prove_possession(device.session, slot, key)
    if json:
        print_json({"virtual": device.board.info.virtual, "slot": slot, "proved": True, **_forms(key)})
    else:
        console().print(f"The chip holds the private key of slot {slot}: it signed a fresh challenge.")


def _forms(key: bytes) -> dict[str, str]:
    prints = public_key_fingerprints(key)
    return {
        "pem": public_key_pem(key).decode("ascii"),
        "raw": key.hex(),
        "spki_sha256": prints.spki_sha256.hex(),
        "ski": prints.key_identifier.hex(),
    }


def _check(policy: SlotPolicy) -> None:
    if not policy.can_generate:
        raise RefusedError(
            "slot-not-generatable",
            f"No key can be generated in slot {policy.slot}: its SlotConfig and KeyConfig, or its lock, forbid it.",
            "Look at the slot with `atecc-bench config decode`. Nothing was changed.",
        )


def _confirm(serial_number: str, slot: int, *, json: bool) -> None:
    if json:
        raise InputError(
            "confirmation-needed",
            f"The present key of slot {slot} would be lost, and --json leaves nobody to ask.",
            "Give --yes when that is meant.",
        )
    typed = typer.prompt(f"Type the last six digits of the serial number to replace the key in slot {slot}")
    if typed.strip().lower() != serial_number[-6:]:
        raise RefusedError(
            "not-confirmed", "These are not the last six digits of the chip's serial number.", "Nothing was changed."
        )
