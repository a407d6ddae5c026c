"""Writing slots in clear, with what was written read back and compared."""

from collections.abc import Mapping

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import RefusedError

SAVED_HINT = "The old contents are saved. Check the wiring and write again."


class ReadBackError(RefusedError):
    """Something else was read back than was written."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__("read-back-differs", f"What was read back differs from what was written: {what}.", hint)


def check_read_back(slot: int, found: bytes, written: bytes, hint: str) -> None:
    """Check that a slot holds what was written to it.

    Raises:
        ReadBackError: It holds something else.
    """
    if found != written:
        raise ReadBackError(f"slot {slot}", hint)


def write_slots_verified(session: ChipSession, contents: Mapping[int, bytes], hint: str = SAVED_HINT) -> None:
    """Write slots in their order, then read each back and compare.

    The data zone must be locked, and the slots writable and readable in clear. `hint` says what to do when one differs.

    Raises:
        ReadBackError: A slot holds something else.

    """
    for slot, content in contents.items():
        session.write_slot(slot, content)
    for slot, content in contents.items():
        check_read_back(slot, session.read_slot(slot, 0, len(content)), content, hint)
