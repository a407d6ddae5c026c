"""Verbs of symmetric and IO protection keys.

`key set` writes and escrows them, and `key check` proves them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.cli.common.confirm import OverNetworkOption, YesOption, check_far_secrets, confirm, slots_text
from atecc_bench.cli.common.input_files import read_bytes
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
from atecc_bench.cli.common.passphrase import (
    EscrowPassphraseFileOption,
    EscrowRecipientOption,
    escrow_passphrase,
    escrow_recipients,
    new_escrow_passphrase,
)
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.secret_keys import check_keys, derived_keys, plan_key_writes, random_key, write_keys
from atecc_bench.records.escrow import EscrowedKeys, load_escrow, save_escrow

KeysOption = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="Escrow file of this chip with the keys that are needed.")
]


def set_(
    port: PortOption,
    slots: Annotated[list[int], typer.Option("--slot", metavar="N", min=0, max=15, help="May be given several times.")],
    escrow: Annotated[Path, typer.Option("--escrow", metavar="FILE", help="The new, encrypted file with the keys.")],
    derive_from: Annotated[
        str | None,
        typer.Option("--derive-from", metavar="FILE", help="Master key (binary); without one the keys are random."),
    ] = None,
    keys: KeysOption = None,
    passphrase_file: EscrowPassphraseFileOption = None,
    recipient: EscrowRecipientOption = None,
    *,
    yes: YesOption = False,
    over_network: OverNetworkOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Make secret keys for this chip, escrow them, and write them.

    They are never shown.
    """
    with reporting(as_json=json):
        master = None if derive_from is None else read_bytes(derive_from)
        check_far_secrets([port], yes=yes, over_network=over_network)
        recipients = escrow_recipients(recipient)
        passphrase = new_escrow_passphrase(passphrase_file)
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            known = known_keys(keys, passphrase_file, config.serial_number)
            writes = plan_key_writes(config, slots, known)
            make = random_key if master is None else derived_keys(master, config.serial_number)
            made = {write.slot: make(write.slot) for write in writes}
            if not json:
                for write in writes:
                    how = "in clear" if write.write_key is None else f"encrypted with the key in slot {write.write_key}"
                    console().print(f"Slot {write.slot}, {how}. {' '.join(slot_policy(config, write.slot).sentences)}")
            if not yes:
                named = slots_text([write.slot for write in writes])
                confirm(config.serial_number.hex(), f"replace the keys in {named}", json=json)
            save_escrow(escrow, EscrowedKeys(config.serial_number, made), passphrase, recipients)
            write_keys(device.session, writes, made, known)
            check_keys(device.session, made)
    if json:
        rows = [{"slot": write.slot, "encrypted": write.write_key is not None} for write in writes]
        print_json({
            "virtual": device.board.info.virtual, "serial_number": config.serial_number.hex(), "written": rows,
            "escrow": str(escrow), "proved": True,
        })  # fmt: skip
        return
    what = f"The keys of {slots_text([write.slot for write in writes])} of chip {config.serial_number.hex()}"
    what = f"{what}{virtual_mark(device.board.info)} are written"
    console().print(f"{what}, and each is proved by CheckMac. They are in {escrow}, encrypted.")


def check(
    port: PortOption,
    keys: Annotated[Path, typer.Option("--keys", metavar="FILE", help="Escrow file of this chip.")],
    passphrase_file: EscrowPassphraseFileOption = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Prove that the chip holds the keys of an escrow file.

    The proof is by CheckMac. Changes nothing but counted uses.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        serial_number = device.session.serial_number()
        known = known_keys(keys, passphrase_file, serial_number)
        check_keys(device.session, known)
    if json:
        print_json({
            "virtual": device.board.info.virtual, "serial_number": serial_number.hex(), "slots": sorted(known),
            "proved": True,
        })  # fmt: skip
    else:
        console().print(f"CheckMac proved the keys in {slots_text(sorted(known))}.")


def known_keys(path: Path | None, passphrase_file: Path | None, serial_number: bytes) -> Mapping[int, bytes]:
    """Load a chip's keys from its escrow file, by slot.

    The file is that of the chip with this serial number. Without a file there are none.

    Raises:
        InputError: What `load_escrow` raises.
        RefusedError: `other-device`.
    """
    if path is None:
        return {}
    content = read_bytes(str(path))
    escrowed = load_escrow(content, escrow_passphrase(path, passphrase_file))
    if escrowed.serial_number != serial_number:
        raise RefusedError(
            "other-device",
            f"The escrow file is of the chip {escrowed.serial_number.hex()}, and this one is {serial_number.hex()}.",
            "Give the escrow file of this chip, or connect the other one.",
        )
    return escrowed.keys
