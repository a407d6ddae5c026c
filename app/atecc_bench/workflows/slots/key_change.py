"""Putting a private key into a slot on its own.

The change is on record before the chip hears of it, and again when the key is there.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.errors import BenchError
from atecc_bench.records.journal import KEPT, Event
from atecc_bench.records.run_records import DeviceRecord


@contextmanager
def changing_key(
    session: ChipSession, record: DeviceRecord, serial_number: str, slot: int
) -> Generator[Callable[[bytes], None]]:
    """Record a key change around the code that makes it.

    The code puts a key into a slot, and gives what this yields the public key (X‖Y) when it is there.

    A process that dies meanwhile leaves a key that nobody vouches for. Where the change fails and the chip shows the
    key that it showed before, the record says that it was kept.

    Raises:
        InputError: `record-not-writable`.
    """
    before = _shown(session, slot)
    journal = record.journal()
    journal.note(Event.BEGIN, serial_number=serial_number, profile="")
    journal.note(Event.KEY_BEGINS, slot=slot)

    def changed(public_key: bytes) -> None:
        journal.note(Event.KEY, slot=slot, public_key=public_key.hex())
        journal.note(Event.END, verdict="key changed", error=None)

    try:
        yield changed
    except BenchError:
        with suppress(BenchError):  # the chip may be out of reach
            if before is not None and _shown(session, slot) == before:
                journal.note(Event.END, verdict=KEPT, error=None)
        raise


def _shown(session: ChipSession, slot: int) -> bytes | None:
    try:
        return session.public_key(slot)
    except ChipStatusError:
        return None
