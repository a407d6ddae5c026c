"""Verbs of data slots: read, write, lock."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.chip.protocol.zones import slot_size
from atecc_bench.chip.session.encrypted_access import SlotKey
from atecc_bench.cli.chip.key_secret import KeysOption, known_keys
from atecc_bench.cli.common.confirm import YesOption, confirm
from atecc_bench.cli.common.input_files import read_bytes, read_public_key
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
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.cli.common.passphrase import EscrowPassphraseFileOption
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.slot_access import read_slot_bytes, write_slot_bytes
from atecc_bench.pki.keys.key_files import pad_public_key

SlotOption = Annotated[int, typer.Option("--slot", metavar="N", min=0, max=15, help="Number of the slot.")]
OffsetOption = Annotated[int, typer.Option("--offset", min=0, help="First byte.")]


def read(
    port: PortOption,
    slot: SlotOption,
    offset: OffsetOption = 0,
    length: Annotated[int | None, typer.Option("--length", min=1, help="By default up to the end.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The new file, .bin or .hex.")] = None,
    keys: KeysOption = None,
    passphrase_file: EscrowPassphraseFileOption = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Read a slot.

    One that is read encrypted goes to a file only. Changes nothing on the chip.
    """
    with reporting(as_json=json):
        ending = check_new(out, ".bin", ".hex") if out is not None else ""
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            read_key = slot_policy(config, slot).read_key
            if read_key is not None and out is None:
                raise InputError(
                    "file-needed",
                    f"Slot {slot} is read encrypted, so what it holds is not shown.",
                    "Give a file for it with --out.",
                )
            key = _slot_key(known_keys(keys, passphrase_file, config.serial_number), read_key)
            count = slot_size(slot) - offset if length is None else length
            data = read_slot_bytes(device.session, config, slot, offset, count, key)
        if out is not None:
            write_new(out, data if ending == ".bin" else f"{data.hex()}\n".encode("ascii"))
    if json:
        content = {"path": str(out)} if out else {"data": data.hex()}
        print_json({"virtual": device.board.info.virtual, "slot": slot, "offset": offset, **content})
    elif out is not None:
        mark = virtual_mark(device.board.info)
        where = f"slot {slot} of chip {config.serial_number.hex()}{mark}"
        console().print(f"{len(data)} bytes from byte {offset} of {where} are in {out}.")
    else:
        for start in range(0, len(data), 16):
            typer.echo(f"{offset + start:4}  {data[start : start + 16].hex(' ').upper()}")


def write(
    port: PortOption,
    slot: SlotOption,
    file: Annotated[str, typer.Option("--file", metavar="FILE", help="The bytes to write; - reads stdin.")],
    offset: OffsetOption = 0,
    keys: KeysOption = None,
    passphrase_file: EscrowPassphraseFileOption = None,
    *,
    public_key: Annotated[
        bool, typer.Option("--public-key", help="The file is a public key: its padded 72 bytes are written.")
    ] = False,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Write bytes into a slot, after saving what they overwrite.

    It is saved where it can be read.
    """
    with reporting(as_json=json):
        data = pad_public_key(read_public_key(file)) if public_key else read_bytes(file)
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            serial_number, virtual = config.serial_number.hex(), device.board.info.virtual
            key = _slot_key(
                known_keys(keys, passphrase_file, config.serial_number), slot_policy(config, slot).write_key
            )
            if not yes:
                confirm(serial_number, f"overwrite {len(data)} bytes of slot {slot}", json=json)
            saved: list[str] = []

            def save(old: bytes) -> None:
                record = records_of(device, serial_number).begin(datetime.now(UTC))
                record.save_slots({slot: old})
                saved.extend(str(path) for path in record.artifacts.values())

            write_slot_bytes(device.session, config, slot, offset, data, key, save)
    if json:
        print_json({"virtual": virtual, "slot": slot, "offset": offset, "length": len(data), "saved": saved})
        return
    mark = virtual_mark(device.board.info)
    console().print(f"{len(data)} bytes are written from byte {offset} of slot {slot} of chip {serial_number}{mark}.")
    for path in saved:
        console().print(f"What was there before: {path}")


def lock(
    port: PortOption,
    slot: SlotOption,
    *,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Lock one slot FOR EVER.

    What it holds now can never be changed again.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        config = device.session.read_config()
        policy = slot_policy(config, slot)
        if policy.locked:
            raise RefusedError("slot-locked", f"Slot {slot} is locked already.", "Nothing was changed.")
        if not policy.lockable or not config.data_locked:
            why = "its KeyConfig does not allow it" if not policy.lockable else "the data zone is not locked yet"
            raise RefusedError(
                "slot-not-lockable", f"Slot {slot} cannot be locked on its own: {why}.", "Nothing was changed."
            )
        if not yes:
            confirm(config.serial_number.hex(), f"lock slot {slot} for ever", json=json)
        device.session.lock_slot(slot)
        if not device.session.read_config().slot_is_locked(slot):
            raise RefusedError(
                "lock-not-taken", f"The chip does not show slot {slot} as locked.", "Look again with `config read`."
            )
    if json:
        print_json({"virtual": device.board.info.virtual, "slot": slot, "locked": True})
    else:
        mark = virtual_mark(device.board.info)
        console().print(f"Slot {slot} of chip {config.serial_number.hex()}{mark} is locked for ever.")


def _slot_key(known: Mapping[int, bytes], slot: int | None) -> SlotKey | None:
    return SlotKey(slot, known[slot]) if slot is not None and slot in known else None
