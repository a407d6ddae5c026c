"""The verb `key import`: an existing private key into a slot."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.cli.chip.key import SlotOption, key_forms, new_record, old_key_warnings
from atecc_bench.cli.chip.key_secret import KeysOption, known_keys
from atecc_bench.cli.common.confirm import OverNetworkOption, YesOption, check_far_secrets, confirm
from atecc_bench.cli.common.input_files import read_private_key
from atecc_bench.cli.common.open_device import open_device
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
from atecc_bench.cli.common.passphrase import EscrowPassphraseFileOption, passphrase_in
from atecc_bench.onchip.key_import import check_import, import_key
from atecc_bench.workflows.slots.key_change import changing_key


def import_(
    port: PortOption,
    slot: SlotOption,
    key_file: Annotated[str, typer.Option("--file", metavar="FILE", help="P-256 private key: PEM, DER, JWK.")],
    key_passphrase_file: Annotated[
        Path | None, typer.Option("--key-passphrase-file", metavar="FILE", help="Passphrase of --file, if encrypted.")
    ] = None,
    keys: KeysOption = None,
    passphrase_file: EscrowPassphraseFileOption = None,
    *,
    raw: Annotated[
        bool, typer.Option("--raw", help="The file is the key's 32 bytes: raw, hex, Base64 or a C array.")
    ] = False,
    yes: YesOption = False,
    over_network: OverNetworkOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Bring an existing private key into a slot.

    It is written in clear before the data lock, encrypted after it.
    """
    with reporting(as_json=json):
        check_far_secrets([port], yes=yes, over_network=over_network)
        passphrase = passphrase_in(key_passphrase_file) if key_passphrase_file else None
        key = read_private_key(key_file, passphrase, raw=raw)
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            write_key_slot = check_import(config, slot)
            known = known_keys(keys, passphrase_file, config.serial_number)
            write_key = None if write_key_slot is None else known.get(write_key_slot)
            warnings = old_key_warnings(device, config, slot)
            if not json:
                for sentence in (*slot_policy(config, slot).sentences, *(f"Warning: {text}" for text in warnings)):
                    console().print(sentence)
            if not yes:
                confirm(config.serial_number.hex(), f"put this key into slot {slot}", json=json)
            record = new_record(device, config)
            with changing_key(device.session, record, config.serial_number.hex(), slot) as changed:
                imported = import_key(device.session, slot, key, write_key)
                changed(imported.public_key)
    how = "encrypted" if imported.encrypted else "in clear"
    if json:
        print_json({
            "virtual": device.board.info.virtual, "slot": slot, "encrypted": imported.encrypted,
            "proved": imported.proved, "warnings": list(warnings), **key_forms(imported.public_key),
        })  # fmt: skip
        return
    proof = (
        "The chip signed a fresh challenge with it." if imported.proved else "The slot's keys sign no outside digests."
    )
    chip = f"chip {config.serial_number.hex()}{virtual_mark(device.board.info)}"
    console().print(f"The key is in slot {slot} of {chip}, written {how}. {proof}")
    typer.echo(key_forms(imported.public_key)["pem"].rstrip())
