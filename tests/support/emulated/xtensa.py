"""The call0 subset of the Xtensa instruction set, translated block by block into Python.

One instruction takes one cycle, which is the least a real core takes. Encodings and effects follow the "Xtensa
Instruction Set Architecture Reference Manual"; `test_xtensa_against_qemu.py` compares each with QEMU.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from tests.support.emulated.machine import EmulationError, Time

M = 0xFFFFFFFF
PS_WOE = 1 << 18
PS_INTLEVEL = 0xF
_B4CONST = (-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256)
_B4CONSTU = (32768, 65536, *_B4CONST[2:])
_LONGEST_BLOCK = 64
_PLACES = re.compile(r"\{(?:now|resume|ram|end)\}")

Block = Callable[[list[int], "Xtensa"], int]


class XtensaBus(Protocol):
    """What the CPU is connected to. `ram` is reached without a call, from `ram_start` on."""

    ram: bytearray
    ram_start: int

    def fetch(self, address: int) -> bytes:
        """Three bytes of code."""
        ...

    def literal(self, address: int) -> int:
        """A word of code memory that an L32R reads."""
        ...

    def load(self, address: int, size: int) -> int:
        """Read 1, 2 or 4 bytes."""
        ...

    def store(self, address: int, size: int, value: int) -> None:
        """Write 1, 2 or 4 bytes."""
        ...

    def counter(self, place: int) -> int:
        """The cycle counter, read by the instruction at `place`."""
        ...


def signed(value: int) -> int:
    """A 32-bit pattern as a number with a sign."""
    return value - 0x100000000 if value & 0x80000000 else value


def _extend(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


@dataclass
class Instruction:
    """One instruction: the Python lines for it, the registers it names, and where it goes on.

    `{now}` in a line stands for bringing the time up to this instruction, `{resume}` for going on from a later one,
    `{ram}` and `{end}` for the first address of RAM and the one behind the last.
    Without a `target` the next instruction follows; with a `condition` the target is a branch.
    """

    name: str
    size: int
    lines: list[str]
    registers: tuple[int, ...]
    target: str | None = None
    condition: str | None = None


class Xtensa:
    """A core with 16 registers in view, as the ROM's windowed call leaves it."""

    def __init__(self, bus: XtensaBus, time: Time, pc: int) -> None:
        self.bus = bus
        self.time = time
        self.pc = pc
        self.registers = [0xDEAD0000 + n for n in range(16)]
        self.sar = 0
        self.ps = PS_WOE  # and interrupts on: INTLEVEL is 0
        self.intenable = 0xFFFFFFFF
        self.stopped = False
        self.executed: set[str] = set()
        self._blocks: dict[int, Block] = {}

    @property
    def takes_interrupts(self) -> bool:
        """Whether an interrupt would be served now."""
        return bool(self.intenable) and not self.ps & PS_INTLEVEL

    def run(self) -> None:
        """Run until somebody sets `stopped`."""
        self.stopped = False
        registers = self.registers
        pc = self.pc
        while not self.stopped:
            block = self._blocks.get(pc)
            if block is None:
                block = self._translate(pc)
            pc = block(registers, self)
        self.pc = pc

    def write_special(self, name: str, value: int) -> None:
        """WSR."""
        if name == "ps":
            self.ps = value
            self._blocks.clear()
        else:
            self.intenable = value

    def _translate(self, pc: int) -> Block:
        start, count = pc, 0
        ram_start = self.bus.ram_start
        ram_end = ram_start + len(self.bus.ram)
        body: list[str] = []
        while True:
            try:
                instruction = decode(pc, self.bus.fetch(pc), self.bus.literal)
            except EmulationError as error:
                body.append(f"raise EmulationError({str(error)!r})")  # if it ever comes to it
                break
            self.executed.add(instruction.name)
            high = [n for n in instruction.registers if n > 3]
            if high and self.ps & PS_WOE:
                words = f"{instruction.name} at {pc:#x} uses a{high[0]} while PS.WOE is set: a window exception"
                body.append(f"raise EmulationError({words!r})")
                break
            count += 1
            now, resume = f"m.time.cycles = c + {count}", f"c = m.time.cycles - {count}"
            says = {"{now}": now, "{resume}": resume, "{ram}": str(ram_start), "{end}": str(ram_end)}
            body += [_PLACES.sub(lambda place, says=says: says[place[0]], line) for line in instruction.lines]
            pc += instruction.size
            if instruction.target is not None and instruction.condition is None:
                body += [now, f"return {instruction.target}"]
                break
            if instruction.condition is not None:
                body += [f"if {instruction.condition}:", f"    {now}", f"    return {instruction.target}"]
            if instruction.condition is not None or count == _LONGEST_BLOCK:
                body += [now, f"return {pc}"]
                break
        source = "def block(r, m):\n    c = m.time.cycles\n"
        source += "".join(f"    {line}\n" for line in body)
        ram = memoryview(self.bus.ram)
        scope: dict[str, object] = {
            "signed": signed, "EmulationError": EmulationError, "bus": self.bus,
            "ram1": ram, "ram2": ram.cast("H"), "ram4": ram.cast("I"),
        }  # fmt: skip
        exec(compile(source, f"block at {start:#x}", "exec"), scope)  # noqa: S102 - the text is made above
        block = cast("Block", scope["block"])
        self._blocks[start] = block
        return block


def decode(pc: int, code: bytes, literal: Callable[[int], int]) -> Instruction:
    """Take one instruction apart and say it in Python."""
    word = int.from_bytes(code, "little")
    op0, t, s, r = word & 0xF, word >> 4 & 0xF, word >> 8 & 0xF, word >> 12 & 0xF
    if op0 >= 8:
        return _narrow(pc, op0, t, s, r)
    imm8 = word >> 16 & 0xFF
    match op0:
        case 0:
            return _qrst(pc, word, t, s, r)
        case 1:
            address = (pc + 3 & ~3) - 0x40000 + (word >> 8 << 2) & M
            return Instruction("l32r", 3, [f"r[{t}] = {literal(address)}"], (t,))
        case 2:
            return _load_store(pc, t, s, r, imm8)
        case 5 if t & 3 == 0:
            target = (pc & ~3) + 4 + (_extend(word >> 6, 18) << 2) & M
            return Instruction("call0", 3, [f"r[0] = {pc + 3}"], (0,), str(target))
        case 6:
            return _jump_or_compare(pc, word, t, s, r)
        case 7:
            return _compare_registers(pc, t, s, r, pc + 4 + _extend(imm8, 8))
        case _:
            raise _unknown(pc, word)


def _unknown(pc: int, word: int) -> EmulationError:
    return EmulationError(f"{word:06x} at {pc:#010x} is no instruction that this interpreter knows")


def _address(base: int, offset: int, size: int) -> tuple[str, str]:
    """Lines for an address, and the condition on which it lies in RAM."""
    aligned = f" and not x & {size - 1}" if size > 1 else ""
    return f"x = r[{base}] + {offset} & {M}", f"{{ram}} <= x < {{end}}{aligned}"


def _index(size: int) -> str:
    return f"ram{size}[x - {{ram}} >> {size.bit_length() - 1}]"


def _load(name: str, length: int, size: int, base: int, offset: int, to: int, pattern: str = "{}") -> Instruction:
    address, in_ram = _address(base, offset, size)
    lines = [
        address,
        f"if {in_ram}: v = {_index(size)}",
        "else:",
        "    {now}",
        f"    v = bus.load(x, {size})",
        f"r[{to}] = {pattern.format('v')}",
    ]
    return Instruction(name, length, lines, (base, to))


def _store(name: str, length: int, size: int, base: int, offset: int, of: int) -> Instruction:
    address, in_ram = _address(base, offset, size)
    value = f"r[{of}]" if size == 4 else f"r[{of}] & {(1 << 8 * size) - 1}"
    lines = [
        address,
        f"if {in_ram}: {_index(size)} = {value}",
        "else:",
        "    {now}",
        f"    bus.store(x, {size}, {value})",
    ]
    return Instruction(name, length, lines, (base, of))


def _load_store(pc: int, t: int, s: int, r: int, imm8: int) -> Instruction:
    match r:
        case 0:
            return _load("l8ui", 3, 1, s, imm8, t)
        case 1:
            return _load("l16ui", 3, 2, s, imm8 << 1, t)
        case 2:
            return _load("l32i", 3, 4, s, imm8 << 2, t)
        case 4:
            return _store("s8i", 3, 1, s, imm8, t)
        case 5:
            return _store("s16i", 3, 2, s, imm8 << 1, t)
        case 6:
            return _store("s32i", 3, 4, s, imm8 << 2, t)
        case 9:
            return _load("l16si", 3, 2, s, imm8 << 1, t, f"(({{}} ^ 0x8000) - 0x8000 & {M})")
        case 10:
            return Instruction("movi", 3, [f"r[{t}] = {_extend(s << 8 | imm8, 12) & M}"], (t,))
        case 12:
            return Instruction("addi", 3, [f"r[{t}] = r[{s}] + {_extend(imm8, 8)} & {M}"], (s, t))
        case 13:
            return Instruction("addmi", 3, [f"r[{t}] = r[{s}] + {_extend(imm8, 8) << 8} & {M}"], (s, t))
        case _:
            raise _unknown(pc, r << 12 | 2)


def _branch(name: str, size: int, condition: str, target: int, *registers: int) -> Instruction:
    return Instruction(name, size, [], registers, str(target & M), condition)


def _jump_or_compare(pc: int, word: int, t: int, s: int, r: int) -> Instruction:
    n, m = t & 3, t >> 2
    if n == 0:
        return Instruction("j", 3, [], (), str(pc + 4 + _extend(word >> 6, 18) & M))
    if n == 1:
        name = ("beqz", "bnez", "bltz", "bgez")[m]
        condition = ("r[{}] == 0", "r[{}] != 0", "r[{}] >= 0x80000000", "r[{}] < 0x80000000")[m].format(s)
        return _branch(name, 3, condition, pc + 4 + _extend(word >> 12, 12), s)
    target = pc + 4 + _extend(word >> 16 & 0xFF, 8)
    if n == 2:
        name = ("beqi", "bnei", "blti", "bgei")[m]
        constant = _B4CONST[r]
        if m < 2:
            condition = f"r[{s}] {('==', '!=')[m]} {constant & M}"
        else:
            condition = f"signed(r[{s}]) {('<', '>=')[m - 2]} {constant}"
        return _branch(name, 3, condition, target, s)
    if m >= 2:
        return _branch(("bltui", "bgeui")[m - 2], 3, f"r[{s}] {('<', '>=')[m - 2]} {_B4CONSTU[r]}", target, s)
    raise _unknown(pc, word)


def _compare_registers(pc: int, t: int, s: int, r: int, target: int) -> Instruction:
    a, b = f"r[{s}]", f"r[{t}]"
    conditions = {
        0: ("bnone", f"{a} & {b} == 0"),
        1: ("beq", f"{a} == {b}"),
        2: ("blt", f"signed({a}) < signed({b})"),
        3: ("bltu", f"{a} < {b}"),
        4: ("ball", f"~{a} & {b} == 0"),
        5: ("bbc", f"not {a} >> ({b} & 31) & 1"),
        8: ("bany", f"{a} & {b} != 0"),
        9: ("bne", f"{a} != {b}"),
        10: ("bge", f"signed({a}) >= signed({b})"),
        11: ("bgeu", f"{a} >= {b}"),
        12: ("bnall", f"~{a} & {b} != 0"),
        13: ("bbs", f"{a} >> ({b} & 31) & 1"),
    }
    if r in conditions:
        return _branch(conditions[r][0], 3, conditions[r][1], target, s, t)
    bit = (r & 1) << 4 | t
    name, negation = ("bbci", "not ") if r < 8 else ("bbsi", "")
    return _branch(name, 3, f"{negation}{a} >> {bit} & 1", target, s)


def _narrow(pc: int, op0: int, t: int, s: int, r: int) -> Instruction:
    match op0:
        case 8:
            return _load("l32i.n", 2, 4, s, r << 2, t)
        case 9:
            return _store("s32i.n", 2, 4, s, r << 2, t)
        case 10:
            return Instruction("add.n", 2, [f"r[{r}] = r[{s}] + r[{t}] & {M}"], (r, s, t))
        case 11:
            return Instruction("addi.n", 2, [f"r[{r}] = r[{s}] + {t or -1} & {M}"], (r, s))
        case 12 if t < 8:
            value = (t & 7) << 4 | r
            return Instruction("movi.n", 2, [f"r[{s}] = {(value - 128 if value >= 96 else value) & M}"], (s,))
        case 12:
            name, sign = ("beqz.n", "==") if t < 12 else ("bnez.n", "!=")
            return _branch(name, 2, f"r[{s}] {sign} 0", pc + 4 + ((t & 3) << 4 | r), s)
        case 13 if r == 0:
            return Instruction("mov.n", 2, [f"r[{t}] = r[{s}]"], (s, t))
        case 13 if r == 15 and t == 0:
            return Instruction("ret.n", 2, [], (0,), "r[0]")
        case 13 if r == 15 and t == 3:
            return Instruction("nop.n", 2, ["pass"], ())
        case _:
            raise _unknown(pc, r << 12 | s << 8 | t << 4 | op0)


_THREE_REGISTERS = {
    1: ("and", "r[{s}] & r[{t}]"),
    2: ("or", "r[{s}] | r[{t}]"),
    3: ("xor", "r[{s}] ^ r[{t}]"),
    8: ("add", "r[{s}] + r[{t}]"),
    9: ("addx2", "(r[{s}] << 1) + r[{t}]"),
    10: ("addx4", "(r[{s}] << 2) + r[{t}]"),
    11: ("addx8", "(r[{s}] << 3) + r[{t}]"),
    12: ("sub", "r[{s}] - r[{t}]"),
    13: ("subx2", "(r[{s}] << 1) - r[{t}]"),
    14: ("subx4", "(r[{s}] << 2) - r[{t}]"),
    15: ("subx8", "(r[{s}] << 3) - r[{t}]"),
}
_CONDITIONAL_MOVES = {
    8: ("moveqz", "r[{t}] == 0"),
    9: ("movnez", "r[{t}] != 0"),
    10: ("movltz", "r[{t}] >= 0x80000000"),
    11: ("movgez", "r[{t}] < 0x80000000"),
}
_SPECIAL = {3: "sar", 228: "intenable", 230: "ps", 234: "ccount"}
_SYNC = {0: "isync", 1: "rsync", 2: "esync", 3: "dsync", 12: "memw", 13: "extw", 15: "nop"}


def _qrst(pc: int, word: int, t: int, s: int, r: int) -> Instruction:
    op1, op2 = word >> 16 & 0xF, word >> 20
    match op1:
        case 0 if op2 in _THREE_REGISTERS:
            name, value = _THREE_REGISTERS[op2]
            return Instruction(name, 3, [f"r[{r}] = {value.format(s=s, t=t)} & {M}"], (r, s, t))
        case 0 if op2 == 6 and s < 2:
            value = f"-r[{t}] & {M}" if s == 0 else f"abs(signed(r[{t}]))"
            return Instruction(("neg", "abs")[s], 3, [f"r[{r}] = {value}"], (r, t))
        case 0 if op2 == 4:
            return _shift_amount(pc, word, t, s, r)
        case 0 if op2 == 0:
            return _control(pc, word, t, s, r)
        case 1:
            return _shift(pc, word, op2, t, s, r)
        case 2 if op2 == 8:
            return Instruction("mull", 3, [f"r[{r}] = r[{s}] * r[{t}] & {M}"], (r, s, t))
        case 3 if op2 in _CONDITIONAL_MOVES:
            name, condition = _CONDITIONAL_MOVES[op2]
            line = f"if {condition.format(t=t)}: r[{r}] = r[{s}]"
            return Instruction(name, 3, [line], (r, s, t))
        case 3 if op2 < 2:
            return _special(pc, word, op2, t)
        case 4 | 5:
            amount = (op1 & 1) << 4 | s
            return Instruction("extui", 3, [f"r[{r}] = r[{t}] >> {amount} & {(2 << op2) - 1}"], (r, t))
        case _:
            raise _unknown(pc, word)


def _shift_amount(pc: int, word: int, t: int, s: int, r: int) -> Instruction:
    match r:
        case 0:
            return Instruction("ssr", 3, [f"m.sar = r[{s}] & 31"], (s,))
        case 1:
            return Instruction("ssl", 3, [f"m.sar = 32 - (r[{s}] & 31)"], (s,))
        case 2:
            return Instruction("ssa8l", 3, [f"m.sar = (r[{s}] & 3) << 3"], (s,))
        case 4:
            return Instruction("ssai", 3, [f"m.sar = {(t & 1) << 4 | s}"], ())
        case 14:
            line = f"r[{t}] = max(0, 31 - (r[{s}] ^ (r[{s}] >> 31) * {M}).bit_length())"
            return Instruction("nsa", 3, [line], (s, t))
        case 15:
            return Instruction("nsau", 3, [f"r[{t}] = 32 - r[{s}].bit_length()"], (s, t))
        case _:
            raise _unknown(pc, word)


def _shift(pc: int, word: int, op2: int, t: int, s: int, r: int) -> Instruction:
    match op2:
        case 0 | 1:
            return Instruction("slli", 3, [f"r[{r}] = r[{s}] << {32 - ((op2 & 1) << 4 | t)} & {M}"], (r, s))
        case 2 | 3:
            return Instruction("srai", 3, [f"r[{r}] = signed(r[{t}]) >> {(op2 & 1) << 4 | s} & {M}"], (r, t))
        case 4:
            return Instruction("srli", 3, [f"r[{r}] = r[{t}] >> {s}"], (r, t))
        case 8:
            return Instruction("src", 3, [f"r[{r}] = (r[{s}] << 32 | r[{t}]) >> m.sar & {M}"], (r, s, t))
        case 9:
            return Instruction("srl", 3, [f"r[{r}] = r[{t}] >> m.sar"], (r, t))
        case 10:
            return Instruction("sll", 3, [f"r[{r}] = r[{s}] << (32 - m.sar) & {M}"], (r, s))
        case 11:
            return Instruction("sra", 3, [f"r[{r}] = signed(r[{t}]) >> m.sar & {M}"], (r, t))
        case 12:
            return Instruction("mul16u", 3, [f"r[{r}] = (r[{s}] & 0xFFFF) * (r[{t}] & 0xFFFF)"], (r, s, t))
        case 13:
            half = "((r[{}] & 0xFFFF ^ 0x8000) - 0x8000)"
            return Instruction("mul16s", 3, [f"r[{r}] = {half.format(s)} * {half.format(t)} & {M}"], (r, s, t))
        case _:
            raise _unknown(pc, word)


def _control(pc: int, word: int, t: int, s: int, r: int) -> Instruction:
    match r, t:
        case 0, 8:
            return Instruction("ret", 3, [], (0,), "r[0]")
        case 0, 10:
            return Instruction("jx", 3, [], (s,), f"r[{s}]")
        case 0, 12:
            return Instruction("callx0", 3, [f"target = r[{s}]", f"r[0] = {pc + 3}"], (0, s), "target")
        case 2, _ if t in _SYNC:
            return Instruction(_SYNC[t], 3, ["pass"], ())
        case _:
            raise _unknown(pc, word)


def _special(pc: int, word: int, op2: int, t: int) -> Instruction:
    name = _SPECIAL.get(word >> 8 & 0xFF)
    if name == "sar":
        line = f"r[{t}] = m.sar" if op2 == 0 else f"m.sar = r[{t}] & 63"
        return Instruction(("rsr.sar", "wsr.sar")[op2], 3, [line], (t,))
    if name == "ccount" and op2 == 0:
        lines = ["{now}", f"r[{t}] = bus.counter({pc}) & {M}", "{resume}"]
        return Instruction("rsr.ccount", 3, lines, (t,))
    if name in ("ps", "intenable") and op2 == 1:
        line = f"m.write_special('{name}', r[{t}])"
        return Instruction(f"wsr.{name}", 3, [line], (t,), str(pc + 3))
    raise _unknown(pc, word)
