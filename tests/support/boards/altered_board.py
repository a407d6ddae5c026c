"""Virtual boards whose chip has one rule of its own, checked against the twin that keeps them all."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from atecc_bench.link.board.connection import connect
from atecc_bench.twin.board.i2c_bus import BusChip
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.workflows.silicon.silicon_check import SiliconFindings, check_silicon
from tests.support.cases.altered_chips import Altered, AlteredElement

_MADE_AT = "atecc_bench.twin.ports.presets.SecureElement"


def findings_of(altered: Altered) -> SiliconFindings:
    """All that the silicon check finds of a chip with this rule; a blank one is used up."""
    register_virtual_scheme()
    with _altered(altered), connect(f"virtual://{altered.preset}") as board:
        return check_silicon(board.open_chip(), altered.depth, lambda _: None, virtual=True)


@contextmanager
def _altered(altered: Altered) -> Generator[None]:
    with ExitStack() as patches:
        patches.enter_context(patch(_MADE_AT, lambda memory, entropy: AlteredElement(altered, memory, entropy)))
        if altered.moves_at_once:
            address = property(BusChip._configured_address)
            patches.enter_context(patch.object(BusChip, "address", address))
        yield
