"""One program with many cases of each Xtensa instruction, to be run by QEMU and by the interpreter.

Each case loads operands, executes one instruction and stores what came out, so that the two only have to be compared
byte by byte.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.support.emulated.machine import EmulationError, Time
from tests.support.emulated.xtensa import Xtensa

ASSEMBLER, LINKER, OBJCOPY = (f"xtensa-lx106-elf-{tool}" for tool in ("as", "ld", "objcopy"))
QEMU = "qemu-system-xtensa"
CODE, RESULTS, SCRATCH = 0x50000000, 0x3FFC0000, 0x3FFD8000
_RAM_START, _RAM_SIZE = 0x3FFB0000, 0x2E000
_CASES = 14
_WORDS = (0, 1, 2, 0x7F, 0x80, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_TWO = ("beq", "bne", "blt", "bge", "bltu", "bgeu", "bany", "bnone", "ball", "bnall", "bbc", "bbs")
_THREE = (
    "add", "add.n", "addx2", "addx4", "addx8", "sub", "subx2", "subx4", "subx8", "and", "or", "xor", "mull",
    "mul16u", "mul16s", "src", "moveqz", "movnez", "movltz", "movgez",
)  # fmt: skip
_B4 = (-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256)
_B4U = (32768, 65536, *_B4[2:])


@dataclass(frozen=True)
class Case:
    """Operands of a6, a7 and a8, SAR, and the lines between loading and storing. The result is in a8."""

    name: str
    lines: tuple[str, ...]
    operands: tuple[int, int, int]
    sar: int = 0


def tools_are_here() -> bool:
    """Whether assembler, linker and QEMU are installed."""
    return all(shutil.which(tool) for tool in (ASSEMBLER, LINKER, OBJCOPY, QEMU))


def cases() -> list[Case]:
    """The same cases every time."""
    random = Random(608)  # noqa: S311 - no secret

    def word() -> int:
        return random.choice((random.choice(_WORDS), random.getrandbits(32), random.getrandbits(8)))

    found: list[Case] = []
    for _ in range(_CASES):
        for name, lines in _one_of_each(random):
            operands = (word(), word(), word())
            if random.random() < 0.25:
                operands = (operands[0], operands[0], operands[2])
            found.append(Case(name, lines, operands, random.randrange(32)))
    return found


def _one_of_each(random: Random) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in _THREE:
        yield name, (f"{name} a8, a6, a7",)
    for name in ("neg", "abs", "srl", "sra", "sll"):
        yield name, (f"{name} a8, a6",)
    for name in ("nsa", "nsau", "mov.n"):
        yield name, (f"{name} a8, a6",)
    for name in ("ssl", "ssr", "ssa8l"):
        yield name, (f"{name} a6", "rsr.sar a8")
    yield "ssai", (f"ssai {random.randrange(32)}", "rsr.sar a8")
    yield "wsr.sar", (f"movi a6, {random.randrange(33)}", "wsr.sar a6", "rsr.sar a8")
    yield "slli", (f"slli a8, a6, {random.randint(1, 31)}",)
    yield "srli", (f"srli a8, a6, {random.randint(0, 15)}",)
    yield "srai", (f"srai a8, a6, {random.randint(0, 31)}",)
    shift = random.randint(0, 31)
    yield "extui", (f"extui a8, a6, {shift}, {random.randint(1, min(16, 32 - shift))}",)
    yield "addi", (f"addi a8, a6, {random.randint(-128, 127)}",)
    yield "addi.n", (f"addi.n a8, a6, {random.choice((-1, *range(1, 16)))}",)
    yield "addmi", (f"addmi a8, a6, {random.randint(-128, 127) * 256}",)
    yield "movi", (f"movi a8, {random.randint(-2048, 2047)}",)
    yield "movi.n", (f"movi.n a8, {random.randint(-32, 95)}",)
    for name in _TWO:
        yield name, _branch(f"{name} a6, a7")
    for name in ("bbci", "bbsi"):
        yield name, _branch(f"{name} a6, {random.randrange(32)}")
    for name in ("beqz", "bnez", "bltz", "bgez", "beqz.n", "bnez.n"):
        yield name, _branch(f"{name} a6")
    for name in ("beqi", "bnei", "blti", "bgei"):
        constant = random.choice(_B4)
        before = (f"movi a6, {constant}",) if random.random() < 0.5 else ()
        yield name, (*before, *_branch(f"{name} a6, {constant}"))
    for name in ("bltui", "bgeui"):
        yield name, _branch(f"{name} a6, {random.choice(_B4U)}")
    yield from _memory(random)
    yield "j", ("movi a8, 1", "j 1f", "movi a8, 2", "1:")
    yield "jx", ("call0 by_jump",)
    yield "call0", ("call0 twice",)
    yield "callx0", ("l32r a7, twice_at", "callx0 a7")
    yield "ret", ("call0 thrice",)
    for name in ("memw", "extw", "isync", "rsync", "esync", "dsync", "nop", "nop.n"):
        yield name, (name, "mov.n a8, a6")


def _branch(condition: str) -> tuple[str, ...]:
    return ("movi a8, 0", f"{condition}, 1f", "movi a8, 1", "1:")


def _memory(random: Random) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, size in (("l8ui", 1), ("l16ui", 2), ("l16si", 2), ("l32i", 4), ("l32i.n", 4)):
        offset = random.randrange(15) * size
        # What is loaded was stored in one piece, so that the bytes of a word are told apart.
        store = (f"s32i a6, a5, {offset // 4 * 4}",)
        yield name, (*store, f"{name} a8, a5, {offset}")
    for name, size in (("s8i", 1), ("s16i", 2), ("s32i", 4), ("s32i.n", 4)):
        offset = random.randrange(15) * size
        word = offset // 4 * 4
        yield name, (f"s32i a6, a5, {word}", f"{name} a7, a5, {offset}", f"l32i a8, a5, {word}")


def build(folder: Path, all_cases: list[Case]) -> tuple[bytes, Path]:
    """Assemble; returns the bytes from CODE on, and the ELF file for QEMU."""
    words = sorted({word for case in all_cases for word in (*case.operands, case.sar)})
    lines = [".text", ".global _start", "_start: .begin no-transform", "j begin", ".align 4"]
    lines += [f"w{word:08x}: .word {word:#x}" for word in words]
    lines += [f"scratch: .word {SCRATCH:#x}", f"results: .word {RESULTS:#x}", "twice_at: .word twice"]
    lines += [f"length: .word {8 * len(all_cases)}", ".align 4", "begin: l32r a3, results", "l32r a5, scratch"]
    for case in all_cases:
        for register, operand in zip(("a6", "a7", "a8"), case.operands, strict=True):
            lines.append(f"l32r {register}, w{operand:08x}")
        lines += [f"l32r a9, w{case.sar:08x}", "wsr.sar a9", *case.lines]
        lines += ["s32i a8, a3, 0", "rsr.sar a9", "s32i a9, a3, 4", "addi a3, a3, 8"]
    lines += ["j done", ".align 4", "twice: add a8, a6, a6", "ret.n", ".align 4", "thrice: addx2 a8, a6, a6", "ret"]
    lines += [".align 4", "by_jump: l32r a7, twice_at", "jx a7"]
    lines += ["done: movi a2, 4", "movi a3, 1", "l32r a4, results", "l32r a5, length", "simcall"]
    lines += ["movi a2, 1", "movi a3, 0", "simcall", ".end no-transform"]
    source, objects, elf, raw = (folder / f"cases.{kind}" for kind in ("s", "o", "elf", "bin"))
    source.write_text("\n".join(lines) + "\n")
    subprocess.run([ASSEMBLER, "-o", objects, source], check=True)
    subprocess.run([LINKER, f"-Ttext={CODE:#x}", "-e", "_start", "-o", elf, objects], check=True)
    subprocess.run([OBJCOPY, "-O", "binary", "-j", ".text", elf, raw], check=True)
    return raw.read_bytes(), elf


def by_qemu(elf: Path) -> bytes:
    """What QEMU's lx106 stores."""
    command = [QEMU, "-M", "sim", "-cpu", "lx106", "-nographic", "-monitor", "none", "-semihosting", "-kernel", elf]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


class _DoneError(Exception):
    pass


class CaseBus:
    """Code and RAM, and nothing else. SIMCALL ends the run."""

    def __init__(self, code: bytes) -> None:
        self.ram = bytearray(_RAM_SIZE)
        self.ram_start = _RAM_START
        self._code = code

    def fetch(self, address: int) -> bytes:
        """Three bytes of code; SIMCALL is no instruction of a real core."""
        at = address - CODE
        code = self._code[at : at + 3]
        if code == bytes.fromhex("005100"):
            raise _DoneError
        return code

    def literal(self, address: int) -> int:
        """A word of code memory."""
        return int.from_bytes(self._code[address - CODE : address - CODE + 4], "little")

    def load(self, address: int, size: int) -> int:
        """Nothing but RAM is read."""
        raise EmulationError(f"load of {size} bytes from {address:#x}")

    def store(self, address: int, size: int, value: int) -> None:
        """Nothing but RAM is written."""
        raise EmulationError(f"store of {size} bytes {value:#x} to {address:#x}")

    def counter(self, place: int) -> int:
        """Time is no matter here."""
        raise EmulationError(f"the counter is read at {place:#x}")


def by_interpreter(code: bytes, count: int) -> tuple[bytes, set[str]]:
    """What the interpreter stores, and the names of the instructions it executed."""
    bus = CaseBus(code)
    cpu = Xtensa(bus, Time(1), CODE)
    cpu.ps = 0
    with suppress(_DoneError):
        cpu.run()
    start = RESULTS - _RAM_START
    return bytes(bus.ram[start : start + 8 * count]), cpu.executed
