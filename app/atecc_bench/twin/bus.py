"""The I2C side of a chip: asleep, idle or awake, word addresses, busy times, the output buffer, the watchdog."""

from collections.abc import Sequence
from enum import Enum, IntEnum

from atecc_bench.chip.packet import ResponsePacket
from atecc_bench.chip.status import Status
from atecc_bench.chip.timing import WATCHDOG_LONG_508_S, WATCHDOG_LONG_608_S, WATCHDOG_TYPICAL_S
from atecc_bench.twin.reasons import CHIP_MODE, Reason, ReasonId
from atecc_bench.twin.secure_element import Execution, SecureElement


class SimClock:
    """Simulated time in seconds. It never goes back, and nobody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def catch_up(self, wall: float) -> None:
        """Go on to a moment on the wall clock, unless simulated time is ahead of it already."""
        self.now = max(self.now, wall)


class WordAddress(IntEnum):
    """The first byte of every write to the chip."""

    RESET = 0x00
    SLEEP = 0x01
    IDLE = 0x02
    COMMAND = 0x03


class PowerState(Enum):
    """What the chip is doing when it is not executing."""

    ASLEEP = "asleep"
    IDLE = "idle"
    AWAKE = "awake"


_AFTER_WAKE = ResponsePacket.of_status(Status.AFTER_WAKE).to_bytes()
_PAST_THE_END = 0xFF


class BusChip:
    """One chip on the bus. Where a method says so, `False` or `None` stands for a missing acknowledgement."""

    def __init__(self, element: SecureElement, clock: SimClock) -> None:
        self.element = element
        self.last_reason: Reason | None = None
        self._clock = clock
        self._state = PowerState.ASLEEP
        self._awake_until = 0.0
        self._busy_until = 0.0
        self._output = b""
        self._output_position = 0
        self._address = element.memory.config.effective_i2c_address()

    @property
    def address(self) -> int:
        """The 8-bit I2C address since the last wake."""
        return self._address

    @property
    def state(self) -> PowerState:
        """The power state now; reaching the end of the watchdog puts the chip to sleep."""
        if self._state is PowerState.AWAKE and self._clock.now >= self._awake_until:
            self._fall_asleep()
        return self._state

    @property
    def ready_at(self) -> float:
        """When the running command ends, in simulated seconds."""
        return self._busy_until

    def wake(self) -> None:
        """A wake pulse; a chip that is awake does not notice it."""
        if self.state is PowerState.AWAKE:
            return
        config = self.element.memory.config
        watchdog = WATCHDOG_TYPICAL_S
        if config.long_watchdog:
            watchdog = WATCHDOG_LONG_608_S if config.part.is_608 else WATCHDOG_LONG_508_S
        self._state = PowerState.AWAKE
        self._awake_until = self._clock.now + watchdog
        self._address = config.effective_i2c_address()
        self._set_output(_AFTER_WAKE)

    def acknowledges(self) -> bool:
        """Whether the chip answers to its address now."""
        return self.state is PowerState.AWAKE and self._clock.now >= self._busy_until

    def write(self, data: bytes) -> bool:
        """A write transfer: word address and what follows it."""
        if not self.acknowledges():
            return False
        match data[0]:
            case WordAddress.RESET:
                self._output_position = 0
            case WordAddress.SLEEP:
                self._fall_asleep()
            case WordAddress.IDLE:
                self._state = PowerState.IDLE
            case WordAddress.COMMAND:
                self._run(data[1:])
            case _:
                return False
        return True

    def read(self, length: int) -> bytes | None:
        """A read transfer: `length` bytes of the output buffer from where the last one ended."""
        if not self.acknowledges():
            return None
        start = self._output_position
        self._output_position += length
        return self._output[start : start + length].ljust(length, bytes([_PAST_THE_END]))

    def _run(self, packet: bytes) -> None:
        ends = self._clock.now + self.element.milliseconds(packet) / 1000
        execution = _cut_off_by_watchdog() if ends > self._awake_until else self.element.execute(packet)
        self.last_reason = execution.reason
        self._busy_until = self._clock.now + execution.milliseconds / 1000
        self._set_output(execution.response)

    def _set_output(self, output: bytes) -> None:
        self._output, self._output_position = output, 0

    def _fall_asleep(self) -> None:
        self._state = PowerState.ASLEEP
        self.element.lose_registers()
        self._set_output(b"")


class Bus:
    """The chips on the two wires. A wake pulse reaches all of them, a transfer the one it addresses."""

    def __init__(self, chips: Sequence[BusChip]) -> None:
        self._chips = tuple(chips)

    def wake(self) -> None:
        """Hold SDA low long enough for a wake pulse."""
        for chip in self._chips:
            chip.wake()

    def addresses(self) -> tuple[int, ...]:
        """The 8-bit addresses that acknowledge now, in ascending order."""
        return tuple(sorted({chip.address for chip in self._chips if chip.acknowledges()}))

    def write(self, address: int, data: bytes) -> bool:
        """Write to an 8-bit address; `False` when nobody acknowledges."""
        chip = self._at(address)
        return chip is not None and chip.write(data)

    def read(self, address: int, length: int) -> bytes | None:
        """Read from an 8-bit address; `None` when nobody acknowledges."""
        chip = self._at(address)
        return None if chip is None else chip.read(length)

    def ready_at(self, address: int) -> float:
        """When polling an 8-bit address meets with an acknowledgement, in simulated seconds."""
        chip = self._at(address)
        return 0.0 if chip is None else chip.ready_at

    def _at(self, address: int) -> BusChip | None:
        return next((chip for chip in self._chips if chip.address == address), None)


def _cut_off_by_watchdog() -> Execution:
    answer = ResponsePacket.of_status(Status.WATCHDOG_ABOUT_TO_EXPIRE).to_bytes()
    sentence = "The watchdog would put the chip to sleep before the command ends; idle and wake it first."
    return Execution(answer, 0, Reason(ReasonId.WATCHDOG_TOO_SHORT, sentence, CHIP_MODE))
