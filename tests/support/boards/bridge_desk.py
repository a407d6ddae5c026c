"""A twin on a bus, and the twin's bridge in the shape of the firmware's core."""

from dataclasses import dataclass

from atecc_bench.twin.board.bridge import KitBridge
from atecc_bench.twin.board.i2c_bus import Bus, BusChip, SimClock
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.faults import Fault
from atecc_bench.twin.state.memory import Eeprom

SEED = 608


@dataclass
class Desk:
    """A twin on a bus, with its clock."""

    bus: Bus
    clock: SimClock
    elements: tuple[SecureElement, ...]


def desk(chips: int, *faults: Fault) -> Desk:
    clock = SimClock()
    elements: list[SecureElement] = []
    for number in range(chips):
        entropy = seeded_entropy(SEED + number)
        elements.append(SecureElement(Eeprom.factory(entropy), entropy))
    bus = Bus([BusChip(element, clock, faults) for element in elements], faults)
    return Desk(bus, clock, tuple(elements))


class PythonBridge:
    """The twin's bridge, hearing bytes as the core does."""

    def __init__(self, bus: Bus, clock: SimClock) -> None:
        self._bridge = KitBridge(bus, clock)
        self._line = b""

    def hear(self, data: bytes) -> bytes:
        *lines, self._line = (self._line + data).split(b"\n")
        return b"".join(self._bridge.handle(line) for line in lines)
