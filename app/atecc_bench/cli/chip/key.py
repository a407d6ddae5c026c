"""Verbs about the private keys in a chip: public, generate, prove.

`key_import`, `key_csr` and `key_set` add others.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import SlotPolicy, slot_policy
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.cli.common.confirm import YesOption, confirm
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.errors import ExitCode, RefusedError
from atecc_bench.onchip.read_certificates import prove_possession
from atecc_bench.pki.keys.fingerprints import public_key_fingerprints
from atecc_bench.pki.keys.key_files import certificate_public_key, load_certificate, public_key_jwk, public_key_pem
from atecc_bench.records.run_records import DeviceRecord
from atecc_bench.workflows.comparison.certificates_on_chip import known_certificates
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.slots.key_change import changing_key

SlotOption = Annotated[int, typer.Option("--slot", metavar="N", min=0, max=15, help="Slot of the private key.")]


class PublicKeyForm(StrEnum):
    """How a public key is printed."""

    PEM = "pem"
    RAW = "raw"
    JWK = "jwk"
    SPKI_SHA256 = "spki-sha256"
    SKI = "ski"


def public(
    port: PortOption,
    slot: SlotOption,
    form: Annotated[PublicKeyForm, typer.Option("--format", help="What to print.")] = PublicKeyForm.PEM,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Show the public key of the private key in a slot.

    Changes nothing on the chip.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        key = live_public_key(device, slot)
    if json:
        print_json({"virtual": device.board.info.virtual, "slot": slot, **key_forms(key)})
    else:
        typer.echo(key_forms(key)[form.value.replace("-", "_")].rstrip())


def generate(
    port: PortOption,
    slot: SlotOption,
    *,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Make a new private key in the chip, destroying the old one.

    The old key is gone, and every certificate for it is worthless.
    """
    with reporting(as_json=json):
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            policy = slot_policy(config, slot)
            _check(policy)
            if not json:
                for sentence in policy.sentences:
                    console().print(sentence)
            warnings = old_key_warnings(device, config, slot)
            if not json:
                for warning in warnings:
                    console().print(f"Warning: {warning}")
            if not yes:
                confirm(config.serial_number.hex(), f"replace the key in slot {slot}", json=json)
            record = new_record(device, config)
            with changing_key(device.session, record, config.serial_number.hex(), slot) as changed:
                key = device.session.generate_key(slot)
                changed(key)
        document = {"virtual": device.board.info.virtual, "slot": slot, **key_forms(key), "warnings": list(warnings)}
    if json:
        print_json(document)
    else:
        chip = f"chip {config.serial_number.hex()}{virtual_mark(device.board.info)}"
        console(stderr=True).print(f"There is a new private key in slot {slot} of {chip}. Its public key:")
        typer.echo(public_key_pem(key).decode("ascii").rstrip())


def prove(port: PortOption, slot: SlotOption, *, baud: BaudOption = USUAL_BAUD, json: JsonOption = False) -> None:
    """Prove that the chip holds the private key of a slot.

    The chip signs a fresh challenge, which is verified with the public key of the slot.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        key = live_public_key(device, slot)
        prove_possession(device.session, slot, key)
    if json:
        print_json({"virtual": device.board.info.virtual, "slot": slot, "proved": True, **key_forms(key)})
    else:
        console().print(f"The chip holds the private key of slot {slot}: it signed a fresh challenge.")


def live_public_key(device: ConnectedChip, slot: int) -> bytes:
    """The public key (X‖Y) of the private key in a slot.

    Raises:
        RefusedError: `no-key` when the chip gives none.

    """
    try:
        return device.session.public_key(slot)
    except ChipStatusError as error:
        if error.exit_code != ExitCode.NO:
            raise
        raise RefusedError(
            "no-key",
            f"The chip gives no public key for slot {slot}: there is no private key in it yet, or its configuration "
            "keeps it.",
            f'`atecc-bench explain --port {device.board.url} --command "genkey slot={slot}"` says more.',
        ) from error


def new_record(device: ConnectedChip, config: ConfigZone) -> DeviceRecord:
    """Start the record in which a changed key will be noted.

    The chip is known again by it.
    """
    return records_of(device, config.serial_number.hex()).begin(datetime.now(UTC))


def key_forms(key: bytes) -> dict[str, str]:
    """A public key (X‖Y) in every form that is printed."""
    prints = public_key_fingerprints(key)
    return {
        "pem": public_key_pem(key).decode("ascii"),
        "jwk": public_key_jwk(key),
        "raw": key.hex(),
        "spki_sha256": prints.spki_sha256.hex(),
        "ski": prints.key_identifier.hex(),
    }


def old_key_warnings(device: ConnectedChip, config: ConfigZone, slot: int) -> tuple[str, ...]:
    """Warn of what replacing the key in a slot makes worthless.

    There are no warnings when there is no key yet.
    """
    try:
        old = device.session.public_key(slot)
    except ChipStatusError:
        return ()
    warnings = [f"Slot {slot} has a key already. Every certificate for it is worthless once it is replaced."]
    known = known_certificates(device.session, records_of(device, config.serial_number.hex()))
    if known is not None and certificate_public_key(load_certificate(known.device)) == old:
        warnings.append(f"The device certificate of {known.source} is for this very key.")
    return tuple(warnings)


def _check(policy: SlotPolicy) -> None:
    if not policy.can_generate:
        raise RefusedError(
            "slot-not-generatable",
            f"No key can be generated in slot {policy.slot}: its SlotConfig and KeyConfig, or its lock, forbid it.",
            "Look at the slot with `atecc-bench config decode`. Nothing was changed.",
        )
