"""An Xtensa chip of Espressif as its ROM leaves it when it starts what was loaded into RAM or lies in flash.

IRAM takes 32-bit accesses alone.
"""

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import EmulationError, StartedFrom
from tests.support.emulated.peripherals import Peripherals
from tests.support.emulated.specs import ChipSpec
from tests.support.emulated.xtensa import Xtensa


class XtensaChip:
    """The chip: an Xtensa core, memory and registers."""

    def __init__(
        self, spec: ChipSpec, clocks: str, rate: int, entry: int, started: StartedFrom = StartedFrom.RAM
    ) -> None:
        self.spec = spec
        self.name, self.memory, self.pins_at_start = spec.name, spec.memory, spec.pins_at_start
        self.around = Peripherals(spec, spec.clock(clocks), rate, started)
        self.time, self.loops, self.uart = self.around.time, self.around.loops, self.around.uart
        self.usb, self.watchdogs = self.around.usb, self.around.watchdogs
        self.ram_start, self._iram_start = spec.aliases
        self.ram = bytearray(spec.size)
        self._iram = self.ram if spec.is_one_memory else bytearray(spec.size)
        self.cpu = Xtensa(self, self.time, entry)
        self.uart.interrupted = lambda: self.cpu.takes_interrupts

    def connect(self, wires: I2cWires, wired: dict[int, str]) -> None:
        """Connect GPIOs to the I2C wires."""
        self.around.connect(wires, wired)

    def put(self, address: int, data: bytes) -> None:
        """What the ROM does with a segment."""
        for memory, start in ((self.ram, self.ram_start), (self._iram, self._iram_start)):
            if start <= address and address + len(data) <= start + len(memory):
                memory[address - start : address - start + len(data)] = data
                return
        raise EmulationError(f"a segment of {len(data)} bytes at {address:#x} is not in memory that is free")

    def peek(self, address: int, size: int) -> bytes:
        """What is in memory, at either address of it."""
        in_iram = self._is_iram(address)
        memory, start = (self._iram, self._iram_start) if in_iram else (self.ram, self.ram_start)
        return bytes(memory[address - start : address - start + size])

    def fetch(self, address: int) -> bytes:
        """Three bytes of code."""
        if not self._is_iram(address):
            raise EmulationError(f"the CPU goes to {address:#010x}, where there is no code")
        return self.peek(address, 3)

    def literal(self, address: int) -> int:
        """A word of IRAM."""
        return self.load(address, 4)

    def load(self, address: int, size: int) -> int:
        """Read what is not RAM."""
        if self._is_iram(address):
            if size != 4 or address & 3:
                raise EmulationError(f"{size} bytes at {address:#010x}: IRAM takes 32-bit accesses alone")
            return int.from_bytes(self.peek(address, 4), "little")
        self._check_register(address, size)
        return self.around.registers.read(address)

    def store(self, address: int, size: int, value: int) -> None:
        """Write what is not RAM."""
        if self._is_iram(address):
            raise EmulationError(f"{size} bytes are written into the code at {address:#010x}")
        self._check_register(address, size)
        self.around.registers.write(address, value)

    def counter(self, place: int) -> int:
        """CCOUNT."""
        self.loops.turn(place)
        return self.time.cycles

    def count_instructions(self) -> None:
        """The interpreter always does."""

    def run(self) -> None:
        """Run until `stop`."""
        self.cpu.run()

    def stop(self) -> None:
        """End `run` soon."""
        self.cpu.stopped = True

    def _is_iram(self, address: int) -> bool:
        return self._iram_start <= address < self._iram_start + len(self._iram)

    def _check_register(self, address: int, size: int) -> None:
        if size != 4 or address & 3:
            raise EmulationError(f"{size} bytes at {address:#010x}, where there is neither RAM nor a whole register")
