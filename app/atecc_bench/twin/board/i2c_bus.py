"""The I2C side of a chip.

Off, asleep, idle or awake, word addresses, busy times, output buffer, watchdog.
"""

from collections.abc import Iterable, Sequence
from enum import Enum, IntEnum

from atecc_bench.chip.protocol.commands import SelfTestMode
from atecc_bench.chip.protocol.packet import ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.timing import WATCHDOG_LONG_508_S, WATCHDOG_LONG_608_S, WATCHDOG_TYPICAL_S
from atecc_bench.twin.element.secure_element import Execution, SecureElement
from atecc_bench.twin.rules.refusal_reasons import CHIP_MODE, Reason, ReasonId
from atecc_bench.twin.state.faults import Fault, FaultKind, FaultyFrom, numbers_of
from atecc_bench.twin.state.memory import PowerLostError


class SimClock:
    """Simulated time in seconds.

    It never goes back, and nobody waits for it.
    """

    def __init__(self) -> None:
        self.now = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def catch_up(self, wall: float) -> None:
        """Advance simulated time to a moment on the wall clock.

        Unless it is ahead of it already.
        """
        self.now = max(self.now, wall)


class WordAddress(IntEnum):
    """The first byte of every write to the chip."""

    RESET = 0x00
    SLEEP = 0x01
    IDLE = 0x02
    COMMAND = 0x03


class PowerState(Enum):
    """Power state of a chip that is not executing."""

    OFF = "off"
    ASLEEP = "asleep"
    IDLE = "idle"
    AWAKE = "awake"


_AFTER_WAKE = ResponsePacket.of_status(Status.AFTER_WAKE).to_bytes()
# CryptoAuthLib's hosts know this answer by its four bytes; its last two are not the CRC of the first two.
_AFTER_FAILED_SELF_TEST = bytes.fromhex("0407C440")
_PAST_THE_END = 0xFF


class BusChip:
    """One chip on the bus.

    Where a method says so, `False` or `None` stands for a missing acknowledgement.
    """

    def __init__(self, element: SecureElement, clock: SimClock, faults: Iterable[Fault] = ()) -> None:
        self.element = element
        self.told_to_sleep = False  # since the last wake; the watchdog tells nobody
        self._clock = clock
        faults = tuple(faults)
        self._silenced = FaultyFrom(faults, FaultKind.CHIP_SILENT)
        self._self_test = FaultyFrom(faults, FaultKind.SELF_TEST)
        self._wrong_address = max(numbers_of(faults, FaultKind.WRONG_ADDRESS), default=None)
        element.memory.lose_power_during(*numbers_of(faults, FaultKind.POWER_LOST))
        self._silent = False
        self._state = PowerState.ASLEEP
        self._awake_until = 0.0
        self._busy_until = 0.0
        self._output = b""
        self._output_position = 0
        self._address = self._configured_address()

    @property
    def address(self) -> int:
        """The 8-bit I2C address since the last wake."""
        return self._address

    @property
    def state(self) -> PowerState:
        """The power state now.

        Reaching the end of the watchdog puts the chip to sleep.
        """
        if self._state is PowerState.AWAKE and self._clock.now >= self._awake_until:
            self._fall_asleep()
        return self._state

    @property
    def ready_at(self) -> float:
        """End of the running command, in simulated seconds."""
        return self._busy_until

    def lose_power(self) -> None:
        """The supply fails; nothing but the EEPROM outlives that."""
        self._fall_asleep()
        self.element.lose_power()
        self._busy_until = 0.0
        self._state = PowerState.OFF

    def restore_power(self) -> None:
        """The supply returns; a chip that was off is asleep then."""
        if self._state is PowerState.OFF:
            self._state = PowerState.ASLEEP

    def wake(self) -> None:
        """Receive a wake pulse.

        A chip that is awake or off does not notice it.
        """
        if self.state in (PowerState.AWAKE, PowerState.OFF):
            return
        config = self.element.memory.config
        watchdog = WATCHDOG_TYPICAL_S
        if config.long_watchdog:
            watchdog = WATCHDOG_LONG_608_S if config.part.is_608 else WATCHDOG_LONG_508_S
        self._state = PowerState.AWAKE
        self.told_to_sleep = False
        self._awake_until = self._clock.now + watchdog
        self._address = self._configured_address()
        failures = SelfTestMode.ALL if self._self_test.happens() else 0
        self.element.wake(failures)
        self._set_output(_AFTER_FAILED_SELF_TEST if failures else _AFTER_WAKE)

    def acknowledges(self) -> bool:
        """Whether the chip answers to its address now."""
        return self.state is PowerState.AWAKE and not self._silent and self._clock.now >= self._busy_until

    def write(self, data: bytes) -> bool:
        """Receive a write transfer: word address and what follows it.

        Without any byte it only asks who is there.
        """
        if self.state is PowerState.ASLEEP and data[:1] == bytes([WordAddress.SLEEP]):
            self.told_to_sleep = True  # though the watchdog was faster
        if not self.acknowledges():
            return False
        if not data:
            return True
        match data[0]:
            case WordAddress.RESET:
                self._output_position = 0
            case WordAddress.SLEEP:
                self._fall_asleep()
                self.told_to_sleep = True
            case WordAddress.IDLE:
                self._state = PowerState.IDLE
            case WordAddress.COMMAND if len(data) > 1:
                self._run(data[1:])
            case _:
                # Acknowledged, and without effect: i2cdump goes through all of them on a published ATECC508A.
                pass
        return True

    def read(self, length: int) -> bytes | None:
        """Answer a read transfer.

        `length` bytes of the output buffer from where the last one ended; after its end it begins anew.
        """
        if not self.acknowledges():
            return None
        start = self._output_position if self._output_position < len(self._output) else 0
        self._output_position = start
        self._output_position += length
        return self._output[start : start + length].ljust(length, bytes([_PAST_THE_END]))

    def _configured_address(self) -> int:
        return self._wrong_address or self.element.memory.config.effective_i2c_address()

    def _run(self, packet: bytes) -> None:
        self._silent = self._silenced.happens()
        if self._silent:
            return
        ends = self._clock.now + self.element.milliseconds(packet) / 1000
        try:
            execution = _cut_off_by_watchdog() if ends > self._awake_until else self.element.execute(packet)
        except PowerLostError:
            self.lose_power()
            return
        self._busy_until = self._clock.now + execution.milliseconds / 1000
        self._set_output(execution.response)
        if execution.goes_idle:
            self._state = PowerState.IDLE

    def _set_output(self, output: bytes) -> None:
        self._output, self._output_position = output, 0

    def _fall_asleep(self) -> None:
        self._state = PowerState.ASLEEP
        self.element.lose_registers()
        self._set_output(b"")


class BusStuckError(Exception):
    """No transfer can begin, because SDA does not rise."""


class Bus:
    """The chips on the two wires.

    A wake pulse reaches all of them, a transfer the one it addresses.

    Raises:
        BusStuckError: From whatever needs the wires, while SDA is stuck low.
    """

    def __init__(self, chips: Sequence[BusChip], faults: Iterable[Fault] = ()) -> None:
        self.chips = tuple(chips)
        self._sda_low = FaultyFrom(faults, FaultKind.SDA_LOW)

    def replace(self, chips: Sequence[BusChip]) -> None:
        """Take the chips away and put these in."""
        self.chips = tuple(chips)

    def wake(self) -> None:
        """Hold SDA low long enough for a wake pulse."""
        self._transfer()
        for chip in self.chips:
            chip.wake()

    def addresses(self) -> tuple[int, ...]:
        """The 8-bit addresses that acknowledge now, in ascending order."""
        self._transfer()
        return tuple(sorted({chip.address for chip in self.chips if chip.acknowledges()}))

    def write(self, address: int, data: bytes) -> bool:
        """Write to an 8-bit address; `False` when nobody acknowledges."""
        self._transfer()
        chip = self._at(address)
        return chip is not None and chip.write(data)

    def read(self, address: int, length: int) -> bytes | None:
        """Read from an 8-bit address; `None` when nobody acknowledges."""
        self._transfer()
        chip = self._at(address)
        return None if chip is None else chip.read(length)

    def ready_at(self, address: int) -> float:
        """Simulated time at which polling an address is acknowledged.

        The address is the 8-bit form.
        """
        chip = self._at(address)
        return 0.0 if chip is None else chip.ready_at

    def _transfer(self) -> None:
        if self._sda_low.happens():
            raise BusStuckError

    def _at(self, address: int) -> BusChip | None:
        return next((chip for chip in self.chips if chip.address == address), None)


def _cut_off_by_watchdog() -> Execution:
    answer = ResponsePacket.of_status(Status.WATCHDOG_ABOUT_TO_EXPIRE).to_bytes()
    sentence = "The watchdog would put the chip to sleep before the command ends; idle and wake it first."
    return Execution(answer, 0, Reason(ReasonId.WATCHDOG_TOO_SHORT, sentence, CHIP_MODE))
