"""An ESP32 as its ROM leaves it when it starts what was loaded into RAM or lies in flash.

Memory and registers: "ESP32 Technical Reference Manual" and the headers of ESP-IDF that firmware/bare/esp32/registers.h
names. DRAM is what neither the ROM's variables nor its stack use; IRAM takes 32-bit accesses alone.
"""

from dataclasses import dataclass

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import DelayLoops, EmulationError, Registers, StartedFrom, Time, Watchdog
from tests.support.emulated.pins import PadBits, Pins
from tests.support.emulated.uart import Uart
from tests.support.emulated.xtensa import RAM_SIZE, RAM_START, Xtensa

IRAM_START, IRAM_SIZE = 0x40080000, 0x20000
_UART = 0x3FF40000
_UART_SEND = 0x60000000
_GPIO = 0x3FF44000
_IO_MUX = 0x3FF49000
_RTC = 0x3FF48000
_TIMER = 0x3FF5F000
_SYSCON = 0x3FF66000
_WATCHDOG_KEY = 0x50D83AA1
_WATCHDOG_ENABLED = 1 << 31 | 1 << 14 | 1 << 10  # WDT_EN, and WDT_FLASHBOOT_MOD_EN of either kind
_FLASH_BOOT = 1 << 14 | 1 << 10  # what the ROM leaves set when it starts what is in flash
_TIMER_RUNS = 3 << 30
_MUX_OFFSETS = {
    0: 0x44, 2: 0x40, 4: 0x48, 5: 0x6C, 12: 0x34, 13: 0x38, 14: 0x30, 15: 0x3C, 16: 0x4C, 17: 0x50, 18: 0x70,
    19: 0x74, 21: 0x7C, 22: 0x80, 23: 0x8C, 25: 0x24, 26: 0x28, 27: 0x2C, 32: 0x1C, 33: 0x20,
}  # fmt: skip


@dataclass(frozen=True)
class Esp32Clocks:
    """What the clock tree is set to: crystal and PLL in hertz, and which of them the CPU runs from."""

    cpu: int
    apb: int
    from_pll: bool
    pre_divider: int = 1


CLOCKS = {
    "40 MHz crystal": Esp32Clocks(40_000_000, 40_000_000, from_pll=False),
    "26 MHz crystal": Esp32Clocks(26_000_000, 26_000_000, from_pll=False),
    "40 MHz crystal, halved": Esp32Clocks(20_000_000, 20_000_000, from_pll=False, pre_divider=2),
    "PLL, 80 MHz": Esp32Clocks(80_000_000, 80_000_000, from_pll=True),
    "PLL, 160 MHz": Esp32Clocks(160_000_000, 80_000_000, from_pll=True),
    "PLL, 240 MHz": Esp32Clocks(240_000_000, 80_000_000, from_pll=True),
}
USUAL_CLOCKS = "40 MHz crystal"


class Esp32:
    """The chip: an Xtensa core, memory and registers."""

    name = "ESP32"
    pins_at_start = (21, 22)
    memory = ((RAM_START, RAM_SIZE), (IRAM_START, IRAM_SIZE))

    def __init__(self, clocks: str, rate: int, entry: int, started: StartedFrom = StartedFrom.RAM) -> None:
        setup = CLOCKS[clocks]
        self.time = Time(setup.cpu)
        self.loops = DelayLoops(self.time)
        self.ram = bytearray(RAM_SIZE)
        self.iram = bytearray(IRAM_SIZE)
        self.registers = Registers(self.loops)
        self.uart = Uart(self.time, self.loops, lambda: setup.apb, self._divider)
        self.uart.host_rate = rate
        self.cpu = Xtensa(self, self.time, entry)
        self.uart.interrupted = lambda: self.cpu.takes_interrupts
        self._setup = setup
        self._latched = 0
        self._list_registers(rate, started)

    def connect(self, wires: I2cWires, wired: dict[int, str]) -> None:
        """Connect GPIOs to the I2C wires."""
        pins = Pins(PadBits(256 | 1 << 10, 2), wires, wired)
        for number, offset in _MUX_OFFSETS.items():
            matrix = self.registers.add_plain(_GPIO + 0x530 + 4 * number, 0x100)
            pins.add_pin(number, matrix, self.registers.add_plain(_IO_MUX + offset))
        pins.add_bank(self.registers, 0, _GPIO + 0x0C, (_GPIO + 0x24, _GPIO + 0x28), _GPIO + 0x3C)
        pins.add_bank(self.registers, 32, _GPIO + 0x18, (_GPIO + 0x30, _GPIO + 0x34), _GPIO + 0x40)

    def put(self, address: int, data: bytes) -> None:
        """What the ROM does with a segment."""
        for memory, start in ((self.ram, RAM_START), (self.iram, IRAM_START)):
            if start <= address and address + len(data) <= start + len(memory):
                memory[address - start : address - start + len(data)] = data
                return
        raise EmulationError(f"a segment of {len(data)} bytes at {address:#x} is not in memory that is free")

    def fetch(self, address: int) -> bytes:
        """Three bytes of code."""
        if not IRAM_START <= address < IRAM_START + IRAM_SIZE:
            raise EmulationError(f"the CPU goes to {address:#010x}, where there is no code")
        return bytes(self.iram[address - IRAM_START : address - IRAM_START + 3])

    def literal(self, address: int) -> int:
        """A word of IRAM."""
        return self.load(address, 4)

    def load(self, address: int, size: int) -> int:
        """Read what is not RAM."""
        if IRAM_START <= address < IRAM_START + IRAM_SIZE:
            self._check_iram(address, size)
            return int.from_bytes(self.iram[address - IRAM_START : address - IRAM_START + 4], "little")
        self._check_register(address, size)
        return self.registers.read(address)

    def store(self, address: int, size: int, value: int) -> None:
        """Write what is not RAM."""
        if IRAM_START <= address < IRAM_START + IRAM_SIZE:
            raise EmulationError(f"{size} bytes are written into the code at {address:#010x}")
        self._check_register(address, size)
        self.registers.write(address, value)

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

    def watchdogs(self) -> list[str]:
        """Those that still run."""
        return [name for name, watchdog in self._watchdogs.items() if watchdog.runs]

    def _check_iram(self, address: int, size: int) -> None:
        if size != 4 or address & 3:
            raise EmulationError(f"{size} bytes at {address:#010x}: IRAM takes 32-bit accesses alone")

    def _check_register(self, address: int, size: int) -> None:
        if size != 4 or address & 3:
            raise EmulationError(f"{size} bytes at {address:#010x}, where there is neither RAM nor a whole register")

    def _divider(self) -> float:
        return (self._clkdiv.value & 0xFFFFF) + (self._clkdiv.value >> 20 & 0xF) / 16

    def _list_registers(self, rate: int, started: StartedFrom) -> None:
        uart, add = self.uart, self.registers.add
        sixteenths = round(self._setup.apb * 16 / rate)
        self._clkdiv = self.registers.add_plain(_UART + 0x14, sixteenths >> 4 | (sixteenths & 15) << 20)
        add(_UART, uart.take)
        add(_UART_SEND, write=uart.put)
        add(_UART + 0x0C, lambda: uart.interrupts, self._set_uart_interrupts)
        add(_UART + 0x1C, lambda: uart.waiting() & 0xFF | uart.unsent() << 16 | uart.sends() << 24)
        add(_UART + 0x60, lambda: self._fifo_addresses())
        add(_RTC + 0x70, lambda: self._setup.from_pll << 27)
        add(_SYSCON, lambda: self._setup.pre_divider - 1)
        self._timer = self.registers.add_plain(_TIMER)
        add(_TIMER + 0x04, lambda: self._latched)
        add(_TIMER + 0x0C, write=self._latch)
        self._watchdogs = {
            name: Watchdog(
                *(self.registers, config, protect, _WATCHDOG_KEY, lambda value: not value & _WATCHDOG_ENABLED),
                value=_FLASH_BOOT if started is StartedFrom.FLASH else _WATCHDOG_ENABLED,
            )
            for name, config, protect in (
                ("RWDT", _RTC + 0x8C, _RTC + 0xA4),
                ("MWDT0", _TIMER + 0x48, _TIMER + 0x64),
            )
        }

    def _set_uart_interrupts(self, value: int) -> None:
        self.uart.interrupts = value

    def _fifo_addresses(self) -> int:
        self.uart.waiting()
        return self.uart.read_count % 128 << 2 | self.uart.written % 128 << 13

    def _latch(self, value: int) -> None:
        divider = self._timer.value >> 13 & 0xFFFF
        if self._timer.value & _TIMER_RUNS == _TIMER_RUNS and divider >= 2:
            self._latched = self.time.cycles * self._setup.apb // self._setup.cpu // divider & 0xFFFFFFFF
