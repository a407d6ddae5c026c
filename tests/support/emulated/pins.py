"""GPIOs: output drivers, the matrix and the pads in front of them, and the two that go to the I2C wires."""

from dataclasses import dataclass, field

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import EmulationError, PlainRegister, Registers


@dataclass(frozen=True)
class PadBits:
    """What a pad and the matrix must be set to before a GPIO is a GPIO."""

    output_select: int  # FUNC_OUT_SEL: the GPIO's own register, for level and for enable
    function: int  # MCU_SEL of IO_MUX
    input_enable: int = 1 << 9
    function_shift: int = 12


@dataclass
class Pin:
    """One GPIO. It drives low when it is enabled."""

    matrix: PlainRegister
    pad: PlainRegister
    enabled: bool = False
    output_high: bool = True


@dataclass
class Pins:
    """All GPIOs of a chip; `wired` says which are SDA and SCL."""

    bits: PadBits
    wires: I2cWires
    wired: dict[int, str]
    pins: dict[int, Pin] = field(default_factory=dict[int, Pin])
    _numbers: dict[tuple[int, int], list[int]] = field(default_factory=dict[tuple[int, int], list[int]])

    def add_pin(self, number: int, matrix: PlainRegister, pad: PlainRegister) -> None:
        """List a GPIO."""
        self.pins[number] = Pin(matrix, pad)

    def add_bank(self, registers: Registers, first: int, out_clear: int, enable: tuple[int, int], level: int) -> None:
        """List the registers of 32 GPIOs: OUT_W1TC, ENABLE_W1TS and ENABLE_W1TC, IN."""
        registers.add(out_clear, write=lambda value: self._clear(first, value))
        registers.add(enable[0], write=lambda value: self._enable(first, value, enabled=True))
        registers.add(enable[1], write=lambda value: self._enable(first, value, enabled=False))
        registers.add(level, read=lambda: self._levels(first))

    def _of(self, first: int, value: int) -> list[int]:
        numbers = [first + bit for bit in range(32) if value >> bit & 1]
        if any(number not in self.pins for number in numbers):
            raise EmulationError(f"GPIOs {numbers} are touched, and not all of them are there")
        return numbers

    def _clear(self, first: int, value: int) -> None:
        for number in self._of(first, value):
            self.pins[number].output_high = False

    def _enable(self, first: int, value: int, *, enabled: bool) -> None:
        known = self._numbers.get((first, value))
        if known is None:
            known = self._numbers[first, value] = self._of(first, value)
        for number in known:
            pin = self.pins[number]
            pin.enabled = enabled
            if enabled:
                self._check(number, pin)
            if number in self.wired:
                self.wires.drive(self.wired[number], low=enabled)

    def _check(self, number: int, pin: Pin) -> None:
        if pin.output_high:
            raise EmulationError(f"GPIO {number} would drive high against whoever pulls the wire down")
        if (
            pin.matrix.value != self.bits.output_select
            or pin.pad.value >> self.bits.function_shift != self.bits.function
        ):
            raise EmulationError(f"GPIO {number} is driven while its pad is not set up as a GPIO")

    def _levels(self, first: int) -> int:
        value = 0
        for number, pin in self.pins.items():
            if first <= number < first + 32 and pin.pad.value & self.bits.input_enable and not pin.enabled:
                wire = self.wired.get(number)
                # Where nothing is connected the pin's own pull-up has it.
                value |= (wire is None or self.wires.level(wire)) << number - first
        return value
