"""A RISC-V chip of Espressif as its ROM leaves it when it starts what is in RAM or in flash, on Unicorn."""

import ctypes
import mmap
from typing import Any

import unicorn
from unicorn import riscv_const
from unicorn.unicorn_py3.unicorn import Uc, UcError

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import EmulationError, StartedFrom
from tests.support.emulated.peripherals import Peripherals
from tests.support.emulated.specs import ChipSpec

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


class RiscvChip:
    """The chip: Unicorn's RISC-V core, memory and registers.

    The time goes on before each block of instructions; after `count_instructions` with each of them.
    """

    def __init__(
        self, spec: ChipSpec, clocks: str, rate: int, entry: int, started: StartedFrom = StartedFrom.RAM
    ) -> None:
        self.spec = spec
        self.name, self.memory, self.pins_at_start = spec.name, spec.memory, spec.pins_at_start
        self.around = Peripherals(spec, spec.clock(clocks), rate, started)
        self.time, self.loops, self.uart = self.around.time, self.around.loops, self.around.uart
        self.usb, self.watchdogs = self.around.usb, self.around.watchdogs
        self._registers_start, self._registers_size = spec.registers
        self._pc = entry
        self._stopping = False
        self._failure: EmulationError | None = None
        self._counter, self._counter_runs = (_MPCCR, [False, False]) if spec.has_counters else (_TRAPS, [True, True])
        self._counter_reads: dict[int, int] = {}
        self._block_lengths: dict[tuple[int, int], int] = {}
        self._engine = self._build()
        self.uart.interrupted = lambda: bool(self._engine.reg_read(riscv_const.UC_RISCV_REG_MSTATUS) & _MIE)

    def connect(self, wires: I2cWires, wired: dict[int, str]) -> None:
        """Connect GPIOs to the I2C wires."""
        self.around.connect(wires, wired)

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

    def _build(self) -> Any:
        engine = Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
        self._sram = mmap.mmap(-1, self.spec.size)  # one piece of memory, on some chips at two addresses
        pointer = ctypes.addressof(ctypes.c_char.from_buffer(self._sram))
        for start in self.spec.aliases:
            is_data = len(self.spec.aliases) > 1 and start == self.spec.aliases[0]
            rights = unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE if is_data else unicorn.UC_PROT_ALL
            engine.mem_map_ptr(start, self.spec.size, rights, pointer)
        engine.mmio_map(self._registers_start, self._registers_size, self._read, None, self._write, None)
        engine.hook_add(unicorn.UC_HOOK_INTR, self._trap)
        self._count = engine.hook_add(unicorn.UC_HOOK_BLOCK, self._count_block)
        engine.reg_write(riscv_const.UC_RISCV_REG_MSTATUS, _MIE)
        return engine

    def _read(self, engine: Any, offset: int, size: int, _data: Any) -> int:
        try:
            self._check(offset, size)
            return self.around.registers.read(self._registers_start + offset)
        except EmulationError as error:
            self._failure = error  # Unicorn hands on what is raised, but not from where it expects a number
            engine.emu_stop()
            return 0

    def _write(self, _engine: Any, offset: int, size: int, value: int, _data: Any) -> None:
        self._check(offset, size)
        self.around.registers.write(self._registers_start + offset, value)

    def _check(self, offset: int, size: int) -> None:
        if size != 4 or offset & 3:
            raise EmulationError(
                f"{size} bytes at {self._registers_start + offset:#010x}, where there is no whole register"
            )

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
