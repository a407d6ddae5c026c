"""Putting back what slots held before a run.

The checks come first, then each slot is written, read back and compared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_bytes import bytes_text, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.protocol.zones import SLOT_COUNT, slot_size
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.verified_writes import write_slots_verified
from atecc_bench.onchip.write_chain import check_writable
from atecc_bench.plain_json import load_json
from atecc_bench.records.run_records import ChipRecords, DeviceRecord

_SAVED = "saved_json"


@dataclass(frozen=True)
class SavedSlots:
    """Saved contents of slots, and the record that has them.

    The contents are from the start of each slot. `error` says why the record cannot be read.
    """

    record: DeviceRecord
    slots: Mapping[int, bytes]
    error: InputError | None = None

    @property
    def name(self) -> str:
        """The name of the record's folder: when the run began."""
        return self.record.folder.name


def saved_slots(records: ChipRecords) -> tuple[SavedSlots, ...]:
    """List everything that was saved of a chip, the newest first.

    It includes what can no longer be read.
    """
    kept = (record for record in records.runs() if _SAVED in record.artifacts)
    return tuple(saved for record in kept if (saved := _saved(record)) is not None)


def _saved(record: DeviceRecord) -> SavedSlots | None:
    try:
        document = load_json(record.read(_SAVED))
        saved = document.get("slots")
        if saved is None:
            return None  # a configuration was saved
        slots = {int(slot): bytes.fromhex(text) for slot, text in saved.items()}
    except InputError as error:
        return SavedSlots(record, {}, error)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return SavedSlots(record, {}, _not_readable(record, "does not hold what slots held"))
    bad = [slot for slot, data in slots.items() if not 0 <= slot < SLOT_COUNT or len(data) > slot_size(slot)]
    if bad:
        return SavedSlots(record, {}, _not_readable(record, f"holds more of slot {bad[0]} than there is"))
    return SavedSlots(record, slots)


def _not_readable(record: DeviceRecord, why: str) -> InputError:
    return InputError(
        "record-not-readable", f"{record.artifacts[_SAVED]} {why}.", "Choose another record with --record."
    )


def choose_saved(saved: tuple[SavedSlots, ...], serial_number: str, record: str | None) -> SavedSlots:
    """The newest, or that of the record with this name.

    Raises:
        InputError: `nothing-saved`, `no-record`, `record-not-readable`.
    """
    if not saved:
        raise InputError(
            "nothing-saved",
            f"Nothing is on record that slots of the chip {serial_number} held before.",
            "What a provisioning or a write overwrites is saved first, where it can be read.",
        )
    found = saved[0] if record is None else next((one for one in saved if one.name == record), None)
    if found is None:
        raise InputError(
            "no-record",
            f"There is no record {record} with saved slots of the chip {serial_number}.",
            f"There are {', '.join(one.name for one in saved)}.",
        )
    if found.error is not None:
        raise found.error
    return found


def check_restorable(config: ConfigZone, slots: Mapping[int, bytes]) -> None:
    """Check that these slots can be written in clear and read back.

    Raises:
        RefusedError: `data-zone-open`, `slot-not-writable` and `slot-not-readable` name the bytes in the way.
    """
    if not (config.config_locked and config.data_locked):
        raise RefusedError(
            "data-zone-open",
            "The zones of this chip are not locked yet, so what its slots hold cannot be read back.",
            "This is not the chip as it was when its slots were saved. Nothing was written.",
        )
    check_writable(config, slots)
    for slot in slots:
        if slot_policy(config, slot).read is not Access.CLEAR:
            raise RefusedError(
                "slot-not-readable",
                f"Slot {slot} cannot be read in clear: so say {bytes_text(slot_config_bytes(slot))} (SlotConfig).",
                "It could be written and not proved. Nothing was written.",
            )


def restore(
    session: ChipSession, slots: Mapping[int, bytes], save: Callable[[Mapping[int, bytes]], None]
) -> tuple[int, ...]:
    """Write those slots that hold something else, and return them.

    `save` gets what they hold now before that. All is checked first; every slot is read back and compared.

    Raises:
        RefusedError: `read-back-differs`.
        BenchError: What `check_restorable` raises.
    """
    config = session.read_config()
    check_restorable(config, slots)
    present = {slot: session.read_slot(slot, 0, len(data)) for slot, data in slots.items()}
    stale = tuple(slot for slot, data in slots.items() if present[slot] != data)
    if stale:
        save({slot: present[slot] for slot in stale})
    hint = "What it held is saved. Check the wiring and restore again."
    write_slots_verified(session, {slot: slots[slot] for slot in stale}, hint)
    return stale
