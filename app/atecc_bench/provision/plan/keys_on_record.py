"""Secret keys that an earlier run wrote and locked.

They are random keys. This finds which of them are known to be in the chip still.

That a slot is locked says nothing of what is in it: somebody else may have locked it, empty or with a key of his own.
"""

from collections.abc import Iterable

from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.chip.session.encrypted_access import SlotKey, holds_key
from atecc_bench.errors import InputError
from atecc_bench.profiles.model import Key
from atecc_bench.profiles.proofs_and_layouts import KeySource
from atecc_bench.provision.model.chip_survey import Survey
from atecc_bench.provision.model.step import StepId
from atecc_bench.records.escrow import escrowed_slots, load_escrow
from atecc_bench.records.run_records import ChipRecords, DeviceRecord


def keys_on_record(
    session: ChipSession, records: ChipRecords, found: Survey, wanted: Iterable[Key], passphrase: bytes
) -> frozenset[int]:
    """Return the locked slots whose key is known from an earlier run.

    They are among the slots of the wanted keys, and their random key is the one that a run of ours wrote and proved.

    CheckMac shows it where `passphrase` opens the escrow file of that run. Where it does not, the journal of the run
    has to say that it locked the slot itself, after CheckMac had proved the key.

    Raises:
        DeviceError: The chip or the board fails.
    """
    if not found.config.data_locked:
        return frozenset()
    random = (key.slot for key in wanted if key.source is KeySource.GENERATE)
    locked = [slot for slot in random if found.config.slot_is_locked(slot)]
    mine = records.runs() if locked else []
    return frozenset(slot for slot in locked if _is_there(session, mine, found, slot, passphrase))


def _is_there(session: ChipSession, mine: list[DeviceRecord], found: Survey, slot: int, passphrase: bytes) -> bool:
    """Whether a locked slot still has the key on record.

    A locked slot is never written again, so the last run that filled it and proved it is the one that counts.
    """
    for record in mine:
        run = record.past_run()
        escrow = record.read("escrow_json") if "escrow_json" in record.artifacts else b""
        if run is None or StepId.FILL_KEYS not in run.done or slot not in escrowed_slots(escrow, found.serial_number):
            continue
        try:
            key = SlotKey(slot, load_escrow(escrow, passphrase).keys[slot])
        except InputError:
            return StepId.LOCK_SLOTS in run.done
        try:
            return holds_key(session, key)
        except ChipStatusError:
            return False
    return False
