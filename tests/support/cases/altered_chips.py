"""Virtual chips with one rule of their own: each contradicts one assumption of the twin, in one clause of it.

A change is a real one: the chip that has it behaves so, whatever is asked of it. It works while a command is carried
out and is gone afterwards, so that the twin beside it keeps the rules.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.commands import (
    Opcode,
)
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.twin.element.secure_element import Execution, SecureElement
from atecc_bench.twin.rules import use_limits
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.workflows.silicon.findings import Depth

Go = Callable[[], Execution]
LOCKED, UNLOCKED = 0x00, 0x55


@dataclass(frozen=True)
class Altered:
    """One rule of a chip that is otherwise: the assumption it contradicts, and in what.

    Where the rule is no assumption but documented, `assumption` is empty and `check` names the one that asks it.
    `change` carries a command out by calling what it is given; `prepare` edits the EEPROM before the first command,
    `sleeps` has what becomes of the registers in a sleep, `slower` multiplies execution times, `moves_at_once` is about
    the I2C address.
    """

    assumption: str
    what: str
    change: Callable[[ChipState, CommandPacket, Go], Execution] = lambda _, __, go: go()
    prepare: Callable[[Eeprom], None] = lambda _: None
    sleeps: Callable[[ChipState], None] = ChipState.clear_registers
    preset: str = "fresh"
    slower: int = 1
    moves_at_once: bool = False
    check: str = ""

    @property
    def depth(self) -> Depth:
        """How the chip is asked."""
        if self.assumption == "use-lock":
            return Depth.USE_LOCK
        return Depth.SACRIFICE if self.preset in ("fresh", "atecc508a") else Depth.LOOK

    def __str__(self) -> str:
        return f"{self.assumption or self.check}: {self.what}"


class AlteredElement(SecureElement):
    """A chip in software with one rule of its own."""

    def __init__(self, altered: Altered, memory: Eeprom, entropy: Entropy) -> None:
        super().__init__(memory, entropy)
        self._altered = altered
        altered.prepare(memory)

    def milliseconds(self, packet: bytes) -> int:
        return super().milliseconds(packet) * self._altered.slower

    def execute(self, packet: bytes) -> Execution:
        return self._altered.change(
            self._state, CommandPacket.parse(packet), lambda: super(AlteredElement, self).execute(packet)
        )

    def lose_registers(self) -> None:
        self._altered.sleeps(self._state)


def answer(payload: bytes | Status) -> Execution:
    raw = bytes((payload,)) if isinstance(payload, Status) else payload
    return Execution(ResponsePacket(raw).to_bytes(), 1, None)


@contextmanager
def as_if(chip: ChipState, edit: Callable[[ConfigZone], ConfigZone]) -> Generator[None]:
    """The configuration is another one meanwhile; what a command writes to the rest of it stays."""
    memory = chip.memory
    before = memory.contents(Zone.CONFIG)
    meanwhile = edit(memory.config).to_bytes()
    edited = [at for at in range(len(before)) if meanwhile[at] != before[at]]
    for at in edited:
        memory._config[at] = meanwhile[at]
    memory._parsed = None
    try:
        yield
    finally:
        for at in edited:
            memory._config[at] = before[at]
        memory._parsed = None


def keys(config: ConfigZone, slot: int, **changes: bool) -> ConfigZone:
    edited = list(config.key_configs)
    edited[slot] = replace(edited[slot], **changes)
    return replace(config, key_configs=tuple(edited))


def slots(config: ConfigZone, slot: int, **changes: int) -> ConfigZone:
    edited = list(config.slot_configs)
    edited[slot] = replace(edited[slot], **changes)
    return replace(config, slot_configs=tuple(edited))


def other_status(reason: ReasonId, status: Status) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """A refusal for this reason has another status."""

    def change(_: ChipState, __: CommandPacket, go: Go) -> Execution:
        done = go()
        return answer(status) if done.reason is not None and done.reason.id is reason else done

    return change


def while_configured(
    fits: Callable[[ChipState, CommandPacket], bool], edit: Callable[[ConfigZone, CommandPacket], ConfigZone]
) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """Commands that fit are carried out as if the configuration were another one."""

    def change(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
        if not fits(chip, command):
            return go()
        with as_if(chip, lambda config: edit(config, command)):
            return go()

    return change


def of_opcode(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket], bool]:
    return lambda _, command: command.opcode in opcodes


def refuses(
    fits: Callable[[ChipState, CommandPacket], bool], status: Status = Status.EXECUTION_ERROR
) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """Commands that fit are refused."""
    return lambda chip, command, go: answer(status) if fits(chip, command) else go()


def keeps_temp_key(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """These commands leave TempKey as it was."""

    def change(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
        before = replace(chip.temp_key)
        done = go()
        if command.opcode in opcodes and done.reason is None:
            chip.temp_key = before
        return done

    return change


def clears_temp_key(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """These commands use TempKey up."""

    def change(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
        done = go()
        if command.opcode in opcodes and done.reason is None:
            chip.temp_key.clear()
        return done

    return change


def data_unlocked(chip: ChipState) -> bool:
    return chip.memory.config.config_locked and not chip.memory.config.data_locked


def works_early(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """These commands do not wait for the data lock."""
    return while_configured(
        lambda chip, command: command.opcode in opcodes and data_unlocked(chip),
        lambda config, _: replace(config, lock_value=LOCKED),
    )


def waits_for_data_lock(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """These commands want both zones locked."""
    return refuses(lambda chip, command: command.opcode in opcodes and data_unlocked(chip))


def works_before_any_lock(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """These commands do not wait for the configuration lock."""
    return while_configured(
        lambda chip, command: command.opcode in opcodes and not chip.memory.config.config_locked,
        lambda config, _: replace(config, lock_config=LOCKED),
    )


def waits_for_config_lock(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    """These commands want the configuration locked."""
    return refuses(lambda chip, command: command.opcode in opcodes and not chip.memory.config.config_locked)


def counts_too(fits: Callable[[CommandPacket], bool]) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    def change(chip: ChipState, command: CommandPacket, go: Go) -> Execution:
        done = go()
        if done.reason is None and fits(command) and command.param2 < SLOT_COUNT:
            use_limits.count_use(chip.memory, command.param2)
        return done

    return change


def counts_not(*opcodes: Opcode) -> Callable[[ChipState, CommandPacket, Go], Execution]:
    def slot_of(command: CommandPacket) -> int:
        return command.param2 & 0xF

    return while_configured(
        lambda _, command: command.opcode in opcodes and command.param2 & 0xFF < SLOT_COUNT,
        lambda config, command: slots(config, slot_of(command), limited_use=False),
    )
