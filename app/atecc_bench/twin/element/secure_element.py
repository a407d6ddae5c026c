"""The secure element in software.

A packet goes in, an answer, its duration and the reason of a refusal come out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from atecc_bench.chip.protocol.commands import LONG_ACCESS, Opcode
from atecc_bench.chip.protocol.packet import LONGEST_COMMAND, CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.timing import execution_time_ms
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.commands.aes import aes
from atecc_bench.twin.commands.counter import counter, update_extra
from atecc_bench.twin.commands.ecdh import ecdh
from atecc_bench.twin.commands.gendig_derivekey import derive_key, gen_dig
from atecc_bench.twin.commands.genkey_sign_privwrite import gen_key, priv_write, sign
from atecc_bench.twin.commands.info import info, pause, self_test
from atecc_bench.twin.commands.kdf import kdf
from atecc_bench.twin.commands.mac_checkmac import check_mac, hmac_command, mac
from atecc_bench.twin.commands.nonce import nonce, random
from atecc_bench.twin.commands.read_write_lock import lock, read, write
from atecc_bench.twin.commands.secure_boot import secure_boot
from atecc_bench.twin.commands.sha import sha
from atecc_bench.twin.commands.verify import verify
from atecc_bench.twin.rules.refusal_reasons import Reason, ReasonId, RefusalError, parse_error
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.memory import Eeprom

_Handlers = Mapping[int, Callable[[ChipState, CommandPacket], bytes]]

_COMMON: _Handlers = {
    Opcode.CHECK_MAC: check_mac,
    Opcode.COUNTER: counter,
    Opcode.DERIVE_KEY: derive_key,
    Opcode.ECDH: ecdh,
    Opcode.GEN_DIG: gen_dig,
    Opcode.GEN_KEY: gen_key,
    Opcode.INFO: info,
    Opcode.LOCK: lock,
    Opcode.MAC: mac,
    Opcode.NONCE: nonce,
    Opcode.PRIV_WRITE: priv_write,
    Opcode.RANDOM: random,
    Opcode.READ: read,
    Opcode.SHA: sha,
    Opcode.SIGN: sign,
    Opcode.UPDATE_EXTRA: update_extra,
    Opcode.VERIFY: verify,
    Opcode.WRITE: write,
}
_HANDLERS_508: _Handlers = {**_COMMON, Opcode.HMAC: hmac_command, Opcode.PAUSE: pause}
_HANDLERS_608: _Handlers = {
    **_COMMON,
    Opcode.AES: aes,
    Opcode.KDF: kdf,
    Opcode.SECURE_BOOT: secure_boot,
    Opcode.SELF_TEST: self_test,
}


@dataclass(frozen=True)
class Execution:
    """The result of a command.

    The raw answer packet, its execution time, and why it was refused. A chip that `goes_idle` keeps its answer to
    itself (Pause).
    """

    response: bytes
    milliseconds: int
    reason: Reason | None
    goes_idle: bool = False


class SecureElement:
    """The chip behind the bus: EEPROM, registers and commands."""

    def __init__(self, memory: Eeprom, entropy: Entropy) -> None:
        self._state = ChipState(memory, entropy)

    @classmethod
    def in_state(cls, state: ChipState) -> "SecureElement":
        """Make a chip in a given state.

        It works on a copy of its own.
        """
        element = cls(state.memory, state.entropy)
        element._state = state.copy()
        return element

    def copy(self, config: bytes | None = None) -> "SecureElement":
        """Another chip in the same state, registers and all.

        If wanted with another configuration (128 bytes).
        """
        element = SecureElement(self._state.memory, self._state.entropy)
        element._state = self._state.copy(config)
        return element

    def state(self) -> ChipState:
        """A copy of the chip's state, registers and all."""
        return self._state.copy()

    @property
    def memory(self) -> Eeprom:
        """The EEPROM."""
        return self._state.memory

    def milliseconds(self, packet: bytes) -> int:
        """How long the command in a raw packet takes."""
        opcode = packet[1] if len(packet) > 1 else 0
        config = self.memory.config
        return execution_time_ms(config.part, opcode, config.clock_divider)

    def execute(self, packet: bytes) -> Execution:
        """Carry out a raw command packet.

        The packet goes from its count byte to its CRC. Any bytes get a legal answer.
        """
        milliseconds = self.milliseconds(packet)
        try:
            payload = self._carry_out(packet)
        except RefusalError as refusal:
            answer = ResponsePacket.of_status(refusal.status).to_bytes()
            return Execution(answer, milliseconds, refusal.reason)
        goes_idle, self._state.pauses = self._state.pauses, False
        return Execution(ResponsePacket(payload).to_bytes(), milliseconds, None, goes_idle)

    def wake(self, self_test_failures: int) -> None:
        """Receive a wake pulse.

        The Failure register is what the self test after waking makes it.
        """
        self._state.self_test_failures = self_test_failures

    def lose_registers(self) -> None:
        """Lose all registers, as sleep does.

        TempKey, the buffers, a SHA computation and an authorization are gone.
        """
        self._state.clear_registers()

    def lose_power(self) -> None:
        """Lose everything but the EEPROM, as a failing supply does."""
        self._state.lose_power()

    def _carry_out(self, packet: bytes) -> bytes:
        try:
            command = CommandPacket.parse(packet[: LONGEST_COMMAND + 1])
        except PacketError as error:
            reason = Reason(ReasonId.PACKET_DAMAGED, error.message)
            raise RefusalError(Status.COMMUNICATION_ERROR, reason) from error
        if self._state.self_test_failures and not _works_after_failed_self_test(command):
            sentence = (
                "A self test failed; until the chip wakes again, only SelfTest and reading the configuration zone work."
            )
            raise RefusalError(Status.SELF_TEST_ERROR, Reason(ReasonId.SELF_TEST_FAILED, sentence))
        if command.opcode != Opcode.SHA:
            self._state.sha = None
        part = self.memory.config.part
        handler = (_HANDLERS_608 if part.is_608 else _HANDLERS_508).get(command.opcode)
        if handler is None:
            sentence = f"The {part.value} has no command with the opcode {command.opcode:02X}."
            raise parse_error(ReasonId.UNKNOWN_OPCODE, sentence)
        return handler(self._state, command)


def _works_after_failed_self_test(command: CommandPacket) -> bool:
    reads_config = command.opcode == Opcode.READ and command.param1 & ~LONG_ACCESS == Zone.CONFIG
    return reads_config or command.opcode == Opcode.SELF_TEST
