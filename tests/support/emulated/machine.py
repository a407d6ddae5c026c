"""Time, memory and registers of an emulated chip. Whatever a real chip would not forgive raises EmulationError."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

_LONGEST_TURN = 600  # cycles; what takes longer is work


class StartedFrom(Enum):
    """Where the ROM had the image from."""

    RAM = "what was loaded into RAM"
    FLASH = "the place of the bootloader in flash"


class EmulationError(Exception):
    """The image did what would go wrong on a chip."""


@dataclass
class Time:
    """CPU cycles since the start, and how many there are in a second."""

    hertz: int
    cycles: int = 0

    @property
    def seconds(self) -> float:
        """The time since the start."""
        return self.cycles / self.hertz

    def cycles_of(self, seconds: float) -> int:
        """CPU cycles in a time."""
        return round(seconds * self.hertz)


class DelayLoops:
    """Fast-forwards loops that do nothing but look at the cycle counter.

    A read of the counter at the same place, soon after the last and with nothing written in between, is its next turn.
    Each turn takes `stride` times what the loop has run already, so that a wait is never cut short and becomes longer
    by at most that part. `longest` is the most that may be skipped now, in cycles.
    """

    def __init__(self, time: Time) -> None:
        self.stride = 0.25
        self.longest: Callable[[], int] = lambda: 1 << 62
        self.deadline = 0
        self.expired: Callable[[], None] = lambda: None
        self._time = time
        self._place = 0
        self._begun = 0
        self._last = 0

    def acted(self) -> None:
        """Something was written, or taken from a FIFO."""
        self._place = 0

    def turn(self, place: int) -> None:
        """The counter is read at `place`. Calls `expired` when the time is past `deadline`."""
        if self._time.cycles > self.deadline:
            self.expired()
        if place != self._place or self._time.cycles - self._last > _LONGEST_TURN:
            self._place, self._begun = place, self._time.cycles
        else:
            self._time.cycles += min(int((self._time.cycles - self._begun) * self.stride), self.longest())
        self._last = self._time.cycles


Read = Callable[[], int]
Write = Callable[[int], None]


@dataclass
class Registers:
    """The registers an image may touch, by address; any other access is an error."""

    loops: DelayLoops
    readers: dict[int, Read] = field(default_factory=dict[int, Read])
    writers: dict[int, Write] = field(default_factory=dict[int, Write])

    def add(self, address: int, read: Read | None = None, write: Write | None = None) -> None:
        """List a register; what is None may not be done."""
        if read is not None:
            self.readers[address] = read
        if write is not None:
            self.writers[address] = write

    def add_plain(self, address: int, value: int = 0) -> "PlainRegister":
        """List a register that only remembers."""
        register = PlainRegister(value)
        self.add(address, register.read, register.write)
        return register

    def read(self, address: int) -> int:
        """Read 32 bits."""
        reader = self.readers.get(address)
        if reader is None:
            raise EmulationError(f"read of {address:#010x}, which is no register that the image may read")
        return reader() & 0xFFFFFFFF

    def write(self, address: int, value: int) -> None:
        """Write 32 bits."""
        writer = self.writers.get(address)
        if writer is None:
            raise EmulationError(f"write of {value:#x} to {address:#010x}, which is no register that it may write")
        self.loops.acted()
        writer(value)


@dataclass
class PlainRegister:
    """A register that only remembers."""

    value: int = 0

    def read(self) -> int:
        """What was written last."""
        return self.value

    def write(self, value: int) -> None:
        """Remember."""
        self.value = value


class Watchdog:
    """A watchdog behind its write protection, running as the ROM leaves it."""

    def __init__(
        self,
        registers: Registers,
        config: int,
        protect: int,
        key: int,
        stops: Callable[[int], bool],
        value: int = 0,
    ) -> None:
        self.runs = True
        self._key = key
        self._stops = stops
        self._open = False
        self._value = value
        registers.add(protect, write=self._unlock)
        registers.add(config, lambda: self._value, self._configure)

    def _unlock(self, value: int) -> None:
        self._open = value == self._key

    def _configure(self, value: int) -> None:
        if not self._open:
            return  # as on the chip: what is written to a protected register is lost
        self._value = value
        self.runs = not self._stops(value)
