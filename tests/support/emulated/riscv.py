"""A RISC-V chip of Espressif as its ROM leaves it when it starts what is in RAM or in flash, on Unicorn.

`registers` has its registers. Memory is what neither the variables nor the stack of the ROM use, by the bootloader.ld
of the chip in ESP-IDF.
"""

import ctypes
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import unicorn
from unicorn import riscv_const
from unicorn.unicorn_py3.unicorn import Uc, UcError

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import DelayLoops, EmulationError, Registers, StartedFrom, Time, Watchdog
from tests.support.emulated.pins import PadBits, Pins
from tests.support.emulated.registers import RISCV
from tests.support.emulated.uart import Uart

_PERIPHERALS, _PERIPHERALS_SIZE = 0x60000000, 0xD0000
_WATCHDOG_ENABLED = 1 << 31 | 1 << 14 | 1 << 12  # WDT_EN, and WDT_FLASHBOOT_MOD_EN of either kind
_FLASH_BOOT = 1 << 14 | 1 << 12  # what the ROM leaves set when it starts what is in flash
_USB_PACKET = 64  # bytes
_MIE = 1 << 3
_MPCER, _MPCMR, _MPCCR = 0x7E0, 0x7E1, 0x7E2
_CSR_OPCODE = 0x73
_MCYCLE, _TRAPS = 0xB00, 0x7FF
_CSR_READ_MASK, _READ_MCYCLE = 0xFFFFF07F, _MCYCLE << 20 | 2 << 12 | _CSR_OPCODE


def _trapping_mcycle(code: bytes) -> bytes:
    """Code in which reads of mcycle trap, as reads of unknown CSRs do: Unicorn would answer with a count of its own."""
    changed = bytearray(code)
    for at in range(0, len(code) - 3, 2):
        word = int.from_bytes(code[at : at + 4], "little")
        if word & _CSR_READ_MASK == _READ_MCYCLE:
            changed[at : at + 4] = (word & 0xFFFFF | _TRAPS << 20).to_bytes(4, "little")
    return bytes(changed)


@dataclass(frozen=True)
class RiscvClocks:
    """What the clock tree is set to: the CPU in hertz; the UART's source (3 is the crystal), and its hertz."""

    cpu: int
    uart: int
    uart_source: int = 3
    crystal: int = 0  # 0: the only one that goes with the chip
    slow: int = 136_000  # the RC oscillator


@dataclass(frozen=True)
class RiscvSpec:
    """One chip. `aliases` are the addresses at which its memory appears, `size` its free part in bytes.

    Without `has_counters` the CPU counts in mcycle alone (SOC_CPU_HAS_CSR_PC in soc_caps.h).
    """

    name: str
    pins_at_start: tuple[int, int]
    other_pins: tuple[int, int]
    gpio_count: int
    aliases: tuple[int, ...]
    size: int
    clocks: Mapping[str, RiscvClocks]
    has_counters: bool = True

    @property
    def has_usb(self) -> bool:
        """Whether it has USB-Serial-JTAG."""
        return "USB_SERIAL_JTAG_EP1" in RISCV[self.name]

    @property
    def memory(self) -> tuple[tuple[int, int], ...]:
        """Starts and sizes of the free memory."""
        return tuple((start, self.size) for start in self.aliases)


# The last whole page before the buffers of the ROM's download mode ends the free memory of each.
SPECS: Mapping[str, RiscvSpec] = {
    spec.name: spec
    for spec in (
        RiscvSpec(
            *("ESP32C2", (4, 5), (0, 1), 21, (0x3FCA0000, 0x40380000), 0x2B000),
            clocks={
                "20 MHz": RiscvClocks(20_000_000, 40_000_000, crystal=40_000_000),
                "20 MHz, fast slow clock": RiscvClocks(20_000_000, 40_000_000, crystal=40_000_000, slow=155_000),
                "20 MHz, slow slow clock": RiscvClocks(20_000_000, 40_000_000, crystal=40_000_000, slow=117_000),
                "26 MHz crystal": RiscvClocks(13_000_000, 26_000_000, crystal=26_000_000),
                "26 MHz crystal, fast slow clock": RiscvClocks(
                    13_000_000, 26_000_000, crystal=26_000_000, slow=155_000
                ),
                "26 MHz crystal, slow slow clock": RiscvClocks(
                    13_000_000, 26_000_000, crystal=26_000_000, slow=117_000
                ),
                "PLL, 120 MHz": RiscvClocks(120_000_000, 40_000_000, crystal=40_000_000),
            },
        ),
        RiscvSpec(
            *("ESP32C3", (4, 5), (8, 9), 22, (0x3FC80000, 0x40380000), 0x4A000),
            clocks={
                "20 MHz": RiscvClocks(20_000_000, 40_000_000),
                "20 MHz, UART on APB": RiscvClocks(20_000_000, 20_000_000, 1),
                "40 MHz": RiscvClocks(40_000_000, 40_000_000),
                "PLL, 80 MHz": RiscvClocks(80_000_000, 80_000_000, 1),
                "PLL, 160 MHz": RiscvClocks(160_000_000, 40_000_000),
            },
        ),
        RiscvSpec(
            *("ESP32C5", (8, 9), (0, 1), 29, (0x40800000,), 0x4E000),
            clocks={
                "48 MHz": RiscvClocks(48_000_000, 48_000_000, 0, crystal=48_000_000),
                "40 MHz": RiscvClocks(40_000_000, 40_000_000, 0, crystal=40_000_000),
                "PLL, 80 MHz": RiscvClocks(80_000_000, 80_000_000, 2, crystal=48_000_000),
                "PLL, 240 MHz": RiscvClocks(240_000_000, 48_000_000, 0, crystal=48_000_000),
            },
            has_counters=False,
        ),
        RiscvSpec(
            *("ESP32C6", (6, 7), (18, 19), 31, (0x40800000,), 0x6A000),
            clocks={
                "40 MHz": RiscvClocks(40_000_000, 40_000_000),
                "PLL, 80 MHz": RiscvClocks(80_000_000, 80_000_000, 1),
                "PLL, 160 MHz": RiscvClocks(160_000_000, 40_000_000),
            },
        ),
        RiscvSpec(
            *("ESP32C61", (5, 6), (0, 1), 30, (0x40800000,), 0x3E000),
            clocks={
                "40 MHz": RiscvClocks(40_000_000, 40_000_000, 0),
                "PLL, 80 MHz": RiscvClocks(80_000_000, 80_000_000, 2),
                "PLL, 160 MHz": RiscvClocks(160_000_000, 40_000_000, 0),
            },
            has_counters=False,
        ),
        RiscvSpec(
            *("ESP32H2", (10, 11), (12, 13), 28, (0x40800000,), 0x3B000),
            clocks={
                "32 MHz": RiscvClocks(32_000_000, 32_000_000),
                "PLL, 96 MHz": RiscvClocks(96_000_000, 48_000_000, 1),
            },
        ),
    )
}


class RiscvChip:
    """The chip: Unicorn's RISC-V core, memory and registers.

    The time goes on before each block of instructions; after `count_instructions` with each of them.
    """

    def __init__(
        self, spec: RiscvSpec, clocks: str, rate: int, entry: int, started: StartedFrom = StartedFrom.RAM
    ) -> None:
        setup = spec.clocks[clocks or next(iter(spec.clocks))]
        self.spec = spec
        self.name, self.memory, self.pins_at_start = spec.name, spec.memory, spec.pins_at_start
        self._at = {name: value for name, (value, _) in RISCV[spec.name].items()}
        self._crystal = setup.crystal or self._at["XTAL_HERTZ"]
        self._slow_latched = 0
        self.time = Time(setup.cpu)
        self.loops = DelayLoops(self.time)
        self.registers = Registers(self.loops)
        self.uart = Uart(self.time, self.loops, self._uart_hertz, self._divider)
        self.uart.host_rate = rate
        self.usb_to_chip = bytearray()
        self.usb_listens = True
        self.usb_from_chip = bytearray()
        self._usb_packet = bytearray()  # what the host gets once the chip says that it is complete
        self._setup = setup
        self._pc = entry
        self._stopping = False
        self._failure: EmulationError | None = None
        self._counter, self._counter_runs = (_MPCCR, [False, False]) if spec.has_counters else (_TRAPS, [True, True])
        self._counter_reads: dict[int, int] = {}
        self._block_lengths: dict[tuple[int, int], int] = {}
        self._engine = self._build()
        self.uart.interrupted = lambda: bool(self._engine.reg_read(riscv_const.UC_RISCV_REG_MSTATUS) & _MIE)
        self._latched = 0
        self._list_registers(rate, started)

    def connect(self, wires: I2cWires, wired: dict[int, str]) -> None:
        """Connect GPIOs to the I2C wires."""
        at = self._at
        pins = Pins(PadBits(at["SIG_GPIO_OUT"] | at["GPIO_FUNC_OEN_SEL"], at["IO_MUX_FUNCTION_GPIO"]), wires, wired)
        for number in range(self.spec.gpio_count):
            matrix = self.registers.add_plain(at["GPIO_FUNC_OUT_SEL_CFG(0)"] + 4 * number, at["SIG_GPIO_OUT"])
            pins.add_pin(number, matrix, self.registers.add_plain(at["IO_MUX_GPIO(0)"] + 4 * number))
        enable = (at["GPIO_ENABLE_W1TS"], at["GPIO_ENABLE_W1TC"])
        pins.add_bank(self.registers, 0, at["GPIO_OUT_W1TC"], enable, at["GPIO_IN"])

    def put(self, address: int, data: bytes) -> None:
        """What the ROM does with a segment."""
        for start, size in self.memory:
            if start <= address and address + len(data) <= start + size:
                self._engine.mem_write(address, data if self.spec.has_counters else _trapping_mcycle(data))
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
        self._sram = mmap.mmap(-1, self.spec.size)  # one piece of memory, on some chips at two addresses
        pointer = ctypes.addressof(ctypes.c_char.from_buffer(self._sram))
        for start in self.spec.aliases:
            is_data = len(self.spec.aliases) > 1 and start == self.spec.aliases[0]
            rights = unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE if is_data else unicorn.UC_PROT_ALL
            engine.mem_map_ptr(start, self.spec.size, rights, pointer)
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
        if self.spec.has_counters and csr in (_MPCER, _MPCMR) and (funct3, destination) == (1, 0):
            value = engine.reg_read(riscv_const.UC_RISCV_REG_X0 + source)
            self._counter_runs[csr - _MPCER] = value == 1
        elif csr == self._counter and (funct3, source) == (2, 0) and self._counter_runs == [True, True]:
            self._counter_reads[behind] = riscv_const.UC_RISCV_REG_X0 + destination
            self._trap(engine, number, None)
        else:
            raise EmulationError(f"{word:08x} before {behind:#010x} is nothing that this chip can do now")

    def _divider(self) -> float:
        before = (self._sclk.value >> 12 & 0xFF) + 1
        return ((self._clkdiv.value & 0xFFF) + (self._clkdiv.value >> 20 & 0xF) / 16) * before

    def _uart_hertz(self) -> int:
        """The clock that the image has chosen, or the one that the ROM has left."""
        is_crystal = self._sclk.value >> 20 & 3 == self._at["UART_SCLK_SEL_XTAL"]
        return self._crystal if is_crystal else self._setup.uart

    def _list_registers(self, rate: int, started: StartedFrom) -> None:
        uart, registers, setup, at = self.uart, self.registers, self._setup, self._at
        add = registers.add
        sixteenths = round(setup.uart * 16 / rate)
        self._clkdiv = registers.add_plain(at["UART_CLKDIV"], sixteenths >> 4 | (sixteenths & 15) << 20)
        self._sclk = registers.add_plain(at["UART_SCLK_CONF"], 0x00400000 | setup.uart_source << 20)
        self._updates = registers.add_plain(at["UART_UPDATE_AT"], 0x40000500 & ~at["UART_UPDATE"])
        add(at["UART_UPDATE_AT"], write=lambda value: self._updates.write(value & ~at["UART_UPDATE"]))
        add(at["UART_FIFO"], uart.take, uart.put)
        add(at["UART_INT_ENA"], lambda: uart.interrupts, self._set_uart_interrupts)
        add(at["UART_STATUS"], lambda: uart.waiting() | uart.unsent() << 16)
        add(at["UART_FSM_STATUS"], lambda: uart.sends() << 4)
        add(at["SYSTIMER_UNIT0_OP"], lambda: 1 << 29, self._latch)
        add(at["SYSTIMER_UNIT0_VALUE_LO"], lambda: self._latched)
        if "PCR_SYSCLK_CONF" in at:
            add(at["PCR_SYSCLK_CONF"], lambda: 1 << 31 | self._crystal // 1_000_000 << at["PCR_CLK_XTAL_FREQ_S"])
        if "RTC_CNTL_TIME_UPDATE" in at:
            add(at["RTC_CNTL_TIME_UPDATE"], lambda: 0, self._latch_slow)
            add(at["RTC_CNTL_TIME_LOW0"], lambda: self._slow_latched)
        self._list_watchdogs(_FLASH_BOOT if started is StartedFrom.FLASH else _WATCHDOG_ENABLED)
        if self.spec.has_usb:
            self._list_usb()

    def _list_usb(self) -> None:
        add, at = self.registers.add, self._at
        add(at["USB_SERIAL_JTAG_EP1"], self._take_usb, self._put_usb)
        free = at["USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE"]
        waits = at["USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL"]
        add(
            at["USB_SERIAL_JTAG_EP1_CONF"],
            lambda: bool(self.usb_to_chip) * waits | self._usb_room() * free,
            self._flush_usb,
        )

    def _list_watchdogs(self, left: int) -> None:
        """The watchdogs, configured as the ROM has left them."""
        registers, at = self.registers, self._at
        take_over, auto_feed = at["TIMG_WDT_CONF_UPDATE_EN"], at["RTC_CNTL_SWD_AUTO_FEED_EN"]
        self._watchdogs = {
            "RWDT": Watchdog(
                *(registers, at["RTC_CNTL_WDTCONFIG0"], at["RTC_CNTL_WDTWPROTECT"], at["WDT_WKEY"]),
                lambda value: not value & _WATCHDOG_ENABLED,
                value=left,
            ),
            # A change of its configuration counts once it is told to take it over.
            "MWDT0": Watchdog(
                *(registers, at["TIMG0_WDTCONFIG0"], at["TIMG0_WDTWPROTECT"], at["WDT_WKEY"]),
                lambda value: bool(value & take_over) and not value & _WATCHDOG_ENABLED,
                value=left,
            ),
            "super watchdog": Watchdog(
                *(registers, at["RTC_CNTL_SWD_CONF"], at["RTC_CNTL_SWD_WPROTECT"], at["SWD_WKEY"]),
                lambda value: bool(value & auto_feed),
            ),
        }

    def _set_uart_interrupts(self, value: int) -> None:
        self.uart.interrupts = value

    def _latch(self, value: int) -> None:
        if value == 1 << 30:
            self._latched = self.time.cycles * self._systimer_hertz() // self.time.hertz & 0xFFFFFFFF

    def _systimer_hertz(self) -> int:
        return self._at["SYSTIMER_MHZ"] * 1_000_000 if "SYSTIMER_MHZ" in self._at else self._crystal * 2 // 5

    def _latch_slow(self, value: int) -> None:
        if value & self._at["RTC_CNTL_TIME_UPDATE_NOW"]:
            self._slow_latched = self.time.cycles * self._setup.slow // self.time.hertz

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
