"""Asking chip and twin the same, one command after the other."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Literal

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import InfoMode, NonceMode, Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.timing import execution_time_ms
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE, Zone
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.link.transports.errors import NoChipError
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.workflows.silicon.findings import MeasuredTime, NotAskedError, Observation
from atecc_bench.workflows.silicon.following_twin import FollowingEntropy, drawn_number

FILLING = bytes(range(0x40, 0x60))
"""What the checks load into registers from outside."""

_NUM_IN = bytes(range(20))
_STATE_MASK = b"\xff\x80"  # of Info State: flags of TempKey, and whether it is valid


class Compare(Enum):
    """How two answers have to agree."""

    BYTES = auto()
    SHAPE = auto()  # status and length: the bytes are the chip's own


class Shown(Enum):
    """What of an exchange a report may tell."""

    PACKETS = auto()
    COMMAND = auto()  # the answer holds something that only this chip has, unless it is a status
    WORDS = auto()  # so does the command


@dataclass
class Clock:
    """The time, and a way to let it pass; both in seconds."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass
class _Times:
    part_ms: int
    measured: list[float] = field(default_factory=list[float])


class Asking:
    """The chip and the twin that follows it.

    Each command goes to the chip first, so that the twin can draw the number that the chip drew. The observations of
    the check under way are kept until they are taken. `virtual` says that the chip is software too.

    Raises:
        DeviceError: From whatever asks, when the link fails.
    """

    def __init__(
        self, session: ChipSession, twin: SecureElement, entropy: FollowingEntropy, clock: Clock, *, virtual: bool
    ) -> None:
        self.virtual = virtual
        self._session = session
        self._entropy = entropy
        self._clock = clock
        self._observations: list[Observation] = []
        self._after: Literal["", "idle", "sleep"] = ""
        self._times: dict[str, _Times] = {}
        self.twin = twin

    @property
    def config(self) -> ConfigZone:
        """The configuration zone that both should have now."""
        return self.twin.memory.config

    @property
    def is_608(self) -> bool:
        """Whether the chip is an ATECC608."""
        return self.config.part.is_608

    @property
    def temp_key(self) -> bytes:
        """The 32 bytes that TempKey of both should hold now.

        They are zeros when it is empty.
        """
        return (self.twin.state().temp_key.value or bytes(BLOCK))[:BLOCK]

    def key(self, slot: int) -> bytes:
        """The 32-byte key that a slot of both should hold now."""
        return self.twin.memory.contents(Zone.DATA, slot)[:BLOCK]

    def ask(
        self, question: str, command: CommandPacket, compare: Compare = Compare.BYTES, shown: Shown = Shown.PACKETS
    ) -> bytes:
        """Send a command to both and return the chip's payload.

        It may be a status.
        """
        chip, twin = self._both(command)
        self._note_answers(question, command, (chip, twin), compare, shown)
        return chip

    def need(self, question: str, command: CommandPacket) -> None:
        """Send both a command that the question under way needs done.

        Whether a chip does it is what another check asks, so that a difference is none of this one.

        Raises:
            NotAskedError: They did not both answer the same.
        """
        chip, twin = self._both(command)
        if chip != twin:
            self.sleep()
            raise NotAskedError(f"It needs “{question}”, which this chip answers with {_words(chip)}.")
        self._note_answers(question, command, (chip, twin), Compare.BYTES, Shown.PACKETS)

    def _note_answers(
        self, question: str, command: CommandPacket, answers: tuple[bytes, bytes], compare: Compare, shown: Shown
    ) -> None:
        chip, twin = answers
        same = chip == twin if compare is Compare.BYTES else _shape(chip) == _shape(twin)
        tells = shown is not Shown.WORDS
        whole = len(chip) == 1 or (shown is Shown.PACKETS and compare is Compare.BYTES)
        self._note(
            Observation(
                question,
                same,
                _words(chip),
                _words(twin) if _words(chip) != _words(twin) or same else f"{_words(twin)}, other ones",
                command.to_bytes() if tells else None,
                ResponsePacket(chip).to_bytes() if tells and whole else None,
            )
        )

    def tell(self, command: CommandPacket) -> bool:
        """Send a command to both and compare nothing.

        Returns whether both carried it out.
        """
        return all(len(payload) > 1 or payload[0] == Status.SUCCESS for payload in self._both(command))

    def _both(self, command: CommandPacket) -> tuple[bytes, bytes]:
        chip = self.send(command)
        self._entropy.follow(drawn_number(command, chip))
        twin = ResponsePacket.parse(self.twin.execute(command.to_bytes()).response).payload
        self._entropy.follow(None)
        return chip, twin

    def send(self, command: CommandPacket) -> bytes:
        """Send a command to the chip alone; its time is measured."""
        began, wire = self._clock.now(), self._session.wire_seconds
        try:
            payload = self._session.execute(command)
        except ChipStatusError as error:
            payload = bytes((error.code,))
        spent = self._clock.now() - began - (self._session.wire_seconds - wire)
        self._note_time(command.opcode, max(spent, 0.0) * 1000)
        return payload

    def see(self, question: str, *, agrees: bool, chip: str, twin: str) -> None:
        """Note something that was seen otherwise than by one command to both."""
        self._note(Observation(question, agrees, chip, twin))

    def _note(self, seen: Observation) -> None:
        self._observations.append(replace(seen, after=self._after))
        self._after = ""

    def take(self) -> tuple[Observation, ...]:
        """The observations since the last time."""
        taken, self._observations = tuple(self._observations), []
        return taken

    def sleep(self) -> None:
        """Let both sleep, which empties their registers."""
        self._session.sleep()
        self.twin.lose_registers()
        self._after = "sleep"

    def idle(self) -> None:
        """Let the chip idle, which the twin need not notice."""
        self._session.idle()
        self._after = "idle"

    def wake(self) -> bytes:
        """Wake the chip; its four bytes."""
        return self._session.wake()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._clock.wait(seconds)

    def move_to(self, address: int) -> None:
        """Let both sleep, and talk to the chip at another 8-bit address.

        Where the chip was thought to be it need not be.
        """
        with suppress(NoChipError):
            self._session.sleep()
        self._session.select(address)
        self.twin.lose_registers()

    def fill_temp_key(self) -> None:
        """Load TempKey of both from outside."""
        self.ask("Nonce takes 32 bytes as they are", commands.nonce_pass_through(FILLING))

    def fresh_nonce(self) -> None:
        """Begin TempKey of both with a random number of the chip.

        The chip makes no new seed for it.
        """
        self.ask("Nonce draws a random number", commands.nonce_random(_NUM_IN, NonceMode.RANDOM_NO_SEED_UPDATE))

    def state(self, after: str) -> None:
        """Ask for the state of TempKey.

        What Info tells of authorizations is left out.
        """
        command = CommandPacket(Opcode.INFO, InfoMode.STATE)
        told = [self.send(command), ResponsePacket.parse(self.twin.execute(command.to_bytes()).response).payload]
        chip, twin = (_temp_key_state(payload) for payload in told)
        self._note(
            Observation(
                f"TempKey after {after}", chip == twin, chip, twin, command.to_bytes(),
                ResponsePacket(told[0]).to_bytes(),
            )
        )  # fmt: skip

    def follow_configuration(self) -> None:
        """Give the twin the configuration that the chip has.

        It is for after they went apart.
        """
        raw = b"".join(self.send(commands.read_block(Zone.CONFIG, 0, at)) for at in range(0, CONFIG_SIZE, BLOCK))
        if len(raw) == CONFIG_SIZE:
            self.twin.memory.write(Zone.CONFIG, 0, 0, raw)
        self.sleep()

    def times(self) -> tuple[MeasuredTime, ...]:
        """What was measured so far, by command."""
        return tuple(
            MeasuredTime(name, len(t.measured), min(t.measured), max(t.measured), t.part_ms)
            for name, t in sorted(self._times.items())
        )

    def fastest_ms(self, command: CommandPacket, tries: int, before: tuple[CommandPacket, ...] = ()) -> float:
        """Measure the fastest time of a command, in milliseconds.

        It is sent to the chip alone `tries` times, each time after those of `before`.
        """
        measured = self._times_of(command.opcode).measured
        spent: list[float] = []
        for _ in range(tries):
            for needed in before:
                self.send(needed)
            self.send(command)
            spent.append(measured[-1])
        return min(spent)

    def _note_time(self, opcode: int, milliseconds: float) -> None:
        self._times_of(opcode).measured.append(milliseconds)

    def _times_of(self, opcode: int) -> _Times:
        longest = execution_time_ms(self.config.part, opcode, self.config.clock_divider)
        return self._times.setdefault(Opcode(opcode).command_name, _Times(longest))


def _temp_key_state(payload: bytes) -> str:
    if len(payload) < len(_STATE_MASK):
        return _words(payload)
    return bytes(byte & mask for byte, mask in zip(payload, _STATE_MASK, strict=False)).hex(" ")


def _shape(payload: bytes) -> tuple[int, bytes]:
    return len(payload), payload if len(payload) == 1 else b""


def _words(payload: bytes) -> str:
    if len(payload) == 1:
        return "OK" if payload[0] == Status.SUCCESS else f"{payload[0]:02X}"
    return f"{len(payload)} bytes"
