"""An ESP32-C3 as its ROM leaves it when it starts what was loaded into RAM or lies in flash, on Unicorn.

Memory and registers: "ESP32-C3 Technical Reference Manual" and the headers of ESP-IDF that
firmware/bare/esp32c3/registers.h names. IRAM and DRAM are the same bytes; from 0x3FCCAE00 on they are the ROM's.
"""

import ctypes
import mmap
from dataclasses import dataclass
from typing import Any

import unicorn
from unicorn import riscv_const
from unicorn.unicorn_py3.unicorn import Uc, UcError

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import DelayLoops, EmulationError, Registers, StartedFrom, Time, Watchdog
from tests.support.emulated.pins import PadBits, Pins
from tests.support.emulated.uart import Uart

SRAM_SIZE = 0x4B000  # up to the next whole page below the ROM's buffers at 0x3FCCAE00
DRAM_START, IRAM_START = 0x3FC80000, 0x40380000
_PERIPHERALS, _PERIPHERALS_SIZE = 0x60000000, 0xD0000
_GPIO = 0x60004000
_RTC = 0x60008000
_IO_MUX = 0x60009000
_TIMER = 0x6001F000
_SYSTIMER = 0x60023000
_USB = 0x60043000
_SYSTEM = 0x600C0000
_WATCHDOG_KEY, _SUPER_KEY = 0x50D83AA1, 0x8F1D312A
_WATCHDOG_ENABLED = 1 << 31 | 1 << 14 | 1 << 12  # WDT_EN, and WDT_FLASHBOOT_MOD_EN of either kind
_FLASH_BOOT = 1 << 14 | 1 << 12  # what the ROM leaves set when it starts what is in flash
_AUTO_FEED = 1 << 31
_USB_PACKET = 64  # bytes
_TAKE_OVER = 1 << 22  # TIMG_WDT_CONF_UPDATE_EN
_XTAL = 40_000_000
_SYSTIMER_HERTZ = 16_000_000
_GPIO_COUNT = 22
_MIE = 1 << 3
_MPCER, _MPCMR, _MPCCR = 0x7E0, 0x7E1, 0x7E2
_CSR_OPCODE = 0x73


@dataclass(frozen=True)
class Esp32C3Clocks:
    """What the clock tree is set to, in hertz, and the clock source of the UART: 1 APB, 3 crystal."""

    cpu: int
    apb: int
    from_pll: bool
    uart_source: int

    @property
    def uart(self) -> int:
        """The clock of the UART in hertz."""
        return _XTAL if self.uart_source == 3 else self.apb


CLOCKS = {
    "20 MHz": Esp32C3Clocks(20_000_000, 20_000_000, from_pll=False, uart_source=3),
    "20 MHz, UART on APB": Esp32C3Clocks(20_000_000, 20_000_000, from_pll=False, uart_source=1),
    "40 MHz": Esp32C3Clocks(40_000_000, 40_000_000, from_pll=False, uart_source=3),
    "PLL, 80 MHz": Esp32C3Clocks(80_000_000, 80_000_000, from_pll=True, uart_source=1),
    "PLL, 160 MHz": Esp32C3Clocks(160_000_000, 80_000_000, from_pll=True, uart_source=3),
}
USUAL_CLOCKS = "20 MHz"


class Esp32C3:
    """The chip: Unicorn's RISC-V core, memory and registers.

    The time goes on before each block of instructions; after `count_instructions` with each of them.
    """

    name = "ESP32C3"
    pins_at_start = (4, 5)
    memory = ((DRAM_START, SRAM_SIZE), (IRAM_START, SRAM_SIZE))

    def __init__(self, clocks: str, rate: int, entry: int, started: StartedFrom = StartedFrom.RAM) -> None:
        setup = CLOCKS[clocks]
        self.time = Time(setup.cpu)
        self.loops = DelayLoops(self.time)
        self.registers = Registers(self.loops)
        self.uart = Uart(self.time, self.loops, lambda: setup.uart, self._divider)
        self.uart.host_rate = rate
        self.usb_to_chip = bytearray()
        self.usb_listens = True
        self.usb_from_chip = bytearray()
        self._usb_packet = bytearray()  # what the host gets once the chip says that it is complete
        self._setup = setup
        self._pc = entry
        self._stopping = False
        self._failure: EmulationError | None = None
        self._counter_runs = [False, False]
        self._counter_reads: dict[int, int] = {}
        self._block_lengths: dict[tuple[int, int], int] = {}
        self._engine = self._build()
        self.uart.interrupted = lambda: bool(self._engine.reg_read(riscv_const.UC_RISCV_REG_MSTATUS) & _MIE)
        self._latched = 0
        self._list_registers(rate, started)

    def connect(self, wires: I2cWires, wired: dict[int, str]) -> None:
        """Connect GPIOs to the I2C wires."""
        pins = Pins(PadBits(128 | 1 << 9, 1), wires, wired)
        for number in range(_GPIO_COUNT):
            matrix = self.registers.add_plain(_GPIO + 0x554 + 4 * number, 0x80)
            pins.add_pin(number, matrix, self.registers.add_plain(_IO_MUX + 4 + 4 * number))
        pins.add_bank(self.registers, 0, _GPIO + 0x0C, (_GPIO + 0x24, _GPIO + 0x28), _GPIO + 0x3C)

    def put(self, address: int, data: bytes) -> None:
        """What the ROM does with a segment."""
        for start, size in self.memory:
            if start <= address and address + len(data) <= start + size:
                self._engine.mem_write(address, data)
                return
        raise EmulationError(f"a segment of {len(data)} bytes at {address:#x} is not in memory that is free")

    def peek(self, address: int, size: int) -> bytes:
        """What is in memory."""
        return bytes(self._engine.mem_read(address, size))

    def count_instructions(self) -> None:
        """From here on be exact, and several times slower."""
        self._engine.hook_del(self._count)
        self._count = self._engine.hook_add(unicorn.UC_HOOK_CODE, self._count_instruction)
        self._engine.ctl_flush_tb()

    def run(self) -> None:
        """Run until `stop`."""
        self._stopping = False
        try:
            self._engine.emu_start(self._pc, 0)
        except UcError as error:
            where = self._engine.reg_read(riscv_const.UC_RISCV_REG_PC)
            raise EmulationError(f"{error} at {where:#010x}") from error
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End `run` where the next block or instruction begins; within one Unicorn does not know where it is."""
        self._stopping = True

    def watchdogs(self) -> list[str]:
        """Those that still run."""
        return [name for name, watchdog in self._watchdogs.items() if watchdog.runs]

    def _build(self) -> Any:
        engine = Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
        self._sram = mmap.mmap(-1, SRAM_SIZE)  # one piece of memory at two addresses
        pointer = ctypes.addressof(ctypes.c_char.from_buffer(self._sram))
        engine.mem_map_ptr(DRAM_START, SRAM_SIZE, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE, pointer)
        engine.mem_map_ptr(IRAM_START, SRAM_SIZE, unicorn.UC_PROT_ALL, pointer)
        engine.mmio_map(_PERIPHERALS, _PERIPHERALS_SIZE, self._read, None, self._write, None)
        engine.hook_add(unicorn.UC_HOOK_INTR, self._trap)
        self._count = engine.hook_add(unicorn.UC_HOOK_BLOCK, self._count_block)
        engine.reg_write(riscv_const.UC_RISCV_REG_MSTATUS, _MIE)
        return engine

    def _read(self, engine: Any, offset: int, size: int, _data: Any) -> int:
        try:
            self._check(offset, size)
            return self.registers.read(_PERIPHERALS + offset)
        except EmulationError as error:
            self._failure = error  # Unicorn hands on what is raised, but not from where it expects a number
            engine.emu_stop()
            return 0

    def _write(self, _engine: Any, offset: int, size: int, value: int, _data: Any) -> None:
        self._check(offset, size)
        self.registers.write(_PERIPHERALS + offset, value)

    def _check(self, offset: int, size: int) -> None:
        if size != 4 or offset & 3:
            raise EmulationError(f"{size} bytes at {_PERIPHERALS + offset:#010x}, where there is no whole register")

    def _count_instruction(self, engine: Any, address: int, _size: int, _data: Any) -> None:
        if self._stopping:
            self._pc = address
            engine.emu_stop()
            return
        self.time.cycles += 1

    def _count_block(self, engine: Any, address: int, size: int, _data: Any) -> None:
        if self._stopping:
            self._pc = address
            engine.emu_stop()
            return
        length = self._block_lengths.get((address, size))
        if length is None:
            code = engine.mem_read(address, size)
            length = position = 0
            while position < size:
                position += 4 if code[position] & 3 == 3 else 2
                length += 1
            self._block_lengths[address, size] = length
        self.time.cycles += length

    def _trap(self, engine: Any, number: int, _data: Any) -> None:
        """Unicorn traps what a plain RV32 does not have, and means to go on behind it: this chip's counters."""
        behind = engine.reg_read(riscv_const.UC_RISCV_REG_PC)
        destination = self._counter_reads.get(behind)
        if destination is None:
            self._decode_trap(engine, number, behind)
            return
        self.loops.turn(behind)
        engine.reg_write(destination, self.time.cycles & 0xFFFFFFFF)

    def _decode_trap(self, engine: Any, number: int, behind: int) -> None:
        word = int.from_bytes(engine.mem_read(behind - 4, 4), "little")
        csr, source, funct3, destination = word >> 20, word >> 15 & 31, word >> 12 & 7, word >> 7 & 31
        if word & 0x7F != _CSR_OPCODE:
            raise EmulationError(f"exception {number} before {behind:#010x}")
        if csr in (_MPCER, _MPCMR) and (funct3, destination) == (1, 0):
            value = engine.reg_read(riscv_const.UC_RISCV_REG_X0 + source)
            self._counter_runs[csr - _MPCER] = value == 1
        elif csr == _MPCCR and (funct3, source) == (2, 0) and self._counter_runs == [True, True]:
            self._counter_reads[behind] = riscv_const.UC_RISCV_REG_X0 + destination
            self._trap(engine, number, None)
        else:
            raise EmulationError(f"{word:08x} before {behind:#010x} is nothing that this chip can do now")

    def _divider(self) -> float:
        before = (self._clk_conf.value >> 12 & 0xFF) + 1
        return ((self._clkdiv.value & 0xFFF) + (self._clkdiv.value >> 20 & 0xF) / 16) * before

    def _list_registers(self, rate: int, started: StartedFrom) -> None:
        uart, registers, setup = self.uart, self.registers, self._setup
        add = registers.add
        sixteenths = round(setup.uart * 16 / rate)
        self._clkdiv = registers.add_plain(_PERIPHERALS + 0x14, sixteenths >> 4 | (sixteenths & 15) << 20)
        self._clk_conf = registers.add_plain(_PERIPHERALS + 0x78, 0x03400000 | setup.uart_source << 20)
        registers.add_plain(_PERIPHERALS + 0x80, 0x40000500)
        add(_PERIPHERALS, uart.take, uart.put)
        add(_PERIPHERALS + 0x0C, lambda: uart.interrupts, self._set_uart_interrupts)
        add(_PERIPHERALS + 0x1C, lambda: uart.waiting() | uart.unsent() << 16)
        add(_PERIPHERALS + 0x6C, lambda: uart.sends() << 4)
        add(_SYSTEM + 0x58, lambda: _XTAL // setup.apb - 1 if not setup.from_pll else 1 << 10)
        add(_SYSTIMER + 0x04, lambda: 1 << 29, self._latch)
        add(_SYSTIMER + 0x44, lambda: self._latched)
        add(_USB, self._take_usb, self._put_usb)
        add(_USB + 0x04, lambda: bool(self.usb_to_chip) << 2 | self._usb_room() << 1, self._flush_usb)
        left = _FLASH_BOOT if started is StartedFrom.FLASH else _WATCHDOG_ENABLED
        self._watchdogs = {
            "RWDT": Watchdog(
                *(registers, _RTC + 0x90, _RTC + 0xA8, _WATCHDOG_KEY, lambda value: not value & _WATCHDOG_ENABLED),
                value=left,
            ),
            # A change of its configuration counts once it is told to take it over.
            "MWDT0": Watchdog(
                *(registers, _TIMER + 0x48, _TIMER + 0x64, _WATCHDOG_KEY),
                lambda value: bool(value & _TAKE_OVER) and not value & _WATCHDOG_ENABLED,
                value=left,
            ),
        }
        self._watchdogs["super watchdog"] = Watchdog(
            registers, _RTC + 0xAC, _RTC + 0xB0, _SUPER_KEY, lambda value: bool(value & _AUTO_FEED)
        )

    def _set_uart_interrupts(self, value: int) -> None:
        self.uart.interrupts = value

    def _latch(self, value: int) -> None:
        if value == 1 << 30:
            self._latched = self.time.cycles * _SYSTIMER_HERTZ // self.time.hertz & 0xFFFFFFFF

    def _take_usb(self) -> int:
        self.loops.acted()
        return self.usb_to_chip.pop(0)

    def _usb_room(self) -> bool:
        return self.usb_listens and len(self._usb_packet) < _USB_PACKET

    def _put_usb(self, value: int) -> None:
        if not self._usb_room():
            raise EmulationError("a byte is written to EP1, which is full")
        self._usb_packet.append(value & 0xFF)

    def _flush_usb(self, value: int) -> None:
        if value != 1:
            raise EmulationError(f"{value:#x} is written to EP1_CONF")
        self.usb_from_chip += self._usb_packet
        self._usb_packet.clear()
