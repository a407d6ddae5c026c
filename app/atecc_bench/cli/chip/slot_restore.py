"""The verb `slot restore`: put back what slots held before a run."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from atecc_bench.cli.common.confirm import YesOption, confirm, slots_text
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
    wrapping_table,
)
from atecc_bench.errors import InputError
from atecc_bench.workflows.slots.restore_slots import SavedSlots, check_restorable, choose_saved, restore, saved_slots


def restore_verb(
    port: PortOption,
    slots: Annotated[
        list[int] | None, typer.Option("--slot", metavar="N", min=0, max=15, help="Only these; by default all.")
    ] = None,
    record: Annotated[
        str | None, typer.Option("--record", metavar="NAME", help="Which one; by default the newest.")
    ] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="Only show what there is to restore.")] = False,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Put back what slots held before a run or a write.

    It is read back and compared.
    """
    with reporting(as_json=json), open_device(port, baud=baud) as device:
        config = device.session.read_config()
        serial_number, virtual = config.serial_number.hex(), device.board.info.virtual
        records = records_of(device, serial_number)
        saved = saved_slots(records)
        if list_all:
            _print(saved, virtual=virtual, json=json)
            return
        chosen = choose_saved(saved, serial_number, record)
        wanted = _wanted(chosen, slots)
        check_restorable(config, wanted)
        if not yes:
            confirm(serial_number, f"overwrite {slots_text(wanted)} with what {chosen.name} saved", json=json)
        kept: list[str] = []

        def save(present: Mapping[int, bytes]) -> None:
            new = records.begin(datetime.now(UTC))
            new.save_slots(present)
            kept.extend(str(path) for path in new.artifacts.values())

        written = restore(device.session, wanted, save)
        mark = virtual_mark(device.board.info)
    if json:
        document = {"virtual": virtual, "serial_number": serial_number, "record": chosen.name}
        print_json({**document, "slots": list(wanted), "written": list(written), "saved": kept})
        return
    what = f"{slots_text(written)} of" if written else "nothing to do:"
    console().print(f"Restored from {chosen.name}, read back and compared: {what} chip {serial_number}{mark}")
    for path in kept:
        console().print(f"What was there before: {path}", markup=False)


def _wanted(saved: SavedSlots, slots: list[int] | None) -> dict[int, bytes]:
    missing = [slot for slot in slots or () if slot not in saved.slots]
    if missing:
        raise InputError(
            "nothing-saved",
            f"The record {saved.name} holds nothing of slot {missing[0]}.",
            f"It holds slots {', '.join(map(str, saved.slots))}.",
        )
    return {slot: data for slot, data in saved.slots.items() if not slots or slot in slots}


def _print(saved: tuple[SavedSlots, ...], *, virtual: bool, json: bool) -> None:
    if json:
        rows = [
            {
                "record": one.name,
                "slots": list(one.slots),
                "path": str(one.record.artifacts["saved_json"]),
                **({"error": one.error.document} if one.error else {}),
            }
            for one in saved
        ]
        print_json({"virtual": virtual, "saved": rows})
        return
    table = wrapping_table("Record", "Slots", "File")
    for one in saved:
        slots = "not readable" if one.error else ", ".join(map(str, one.slots))
        table.add_row(one.name, slots, str(one.record.artifacts["saved_json"]))
    console().print(table)
