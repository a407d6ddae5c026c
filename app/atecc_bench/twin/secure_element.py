"""The secure element in software: a packet goes in, an answer, its duration and the reason of a refusal come out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from atecc_bench.chip.commands import LONG_ACCESS, Opcode
from atecc_bench.chip.packet import LONGEST_COMMAND, CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.status import Status
from atecc_bench.chip.timing import execution_time_ms
from atecc_bench.chip.zones import Zone
from atecc_bench.twin.chip_state import ChipState
from atecc_bench.twin.ecc_commands import gen_key, sign, verify
from atecc_bench.twin.entropy import Entropy
from atecc_bench.twin.memory import Eeprom
from atecc_bench.twin.memory_commands import lock, read, write
from atecc_bench.twin.nonce_commands import info, nonce, random
from atecc_bench.twin.reasons import Reason, ReasonId, RefusalError, not_modelled, parse_error

_HANDLERS: Mapping[int, Callable[[ChipState, CommandPacket], bytes]] = {
    Opcode.INFO: info,
    Opcode.READ: read,
    Opcode.WRITE: write,
    Opcode.LOCK: lock,
    Opcode.RANDOM: random,
    Opcode.NONCE: nonce,
    Opcode.GEN_KEY: gen_key,
    Opcode.SIGN: sign,
    Opcode.VERIFY: verify,
}


@dataclass(frozen=True)
class Execution:
    """What a command led to: the raw answer packet, its execution time, and why it was refused."""

    response: bytes
    milliseconds: int
    reason: Reason | None


class SecureElement:
    """The chip behind the bus: EEPROM, registers and commands."""

    def __init__(self, memory: Eeprom, entropy: Entropy) -> None:
        self._state = ChipState(memory, entropy)

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
        """Carry out a raw command packet, from its count byte to its CRC. Any bytes get a legal answer."""
        milliseconds = self.milliseconds(packet)
        try:
            payload = self._carry_out(packet)
        except RefusalError as refusal:
            answer = ResponsePacket.of_status(refusal.status).to_bytes()
            return Execution(answer, milliseconds, refusal.reason)
        return Execution(ResponsePacket(payload).to_bytes(), milliseconds, None)

    def wake(self, self_test_failures: int) -> None:
        """What happens on a wake pulse: the Failure register is what the self test after waking makes it."""
        self._state.self_test_failures = self_test_failures

    def lose_registers(self) -> None:
        """What sleep does: TempKey and the message digest buffer are gone."""
        self._state.clear_registers()

    def _carry_out(self, packet: bytes) -> bytes:
        try:
            command = CommandPacket.parse(packet[: LONGEST_COMMAND + 1])
        except PacketError as error:
            reason = Reason(ReasonId.PACKET_DAMAGED, error.message)
            raise RefusalError(Status.COMMUNICATION_ERROR, reason) from error
        if self._state.self_test_failures and not _works_after_failed_self_test(command):
            sentence = "A self test failed; until it passes, only SelfTest and reading the configuration zone work."
            raise RefusalError(Status.SELF_TEST_ERROR, Reason(ReasonId.SELF_TEST_FAILED, sentence))
        handler = _HANDLERS.get(command.opcode)
        if handler is not None:
            return handler(self._state, command)
        if command.opcode in list(Opcode):
            raise not_modelled(f"the command {Opcode(command.opcode).name}")
        raise parse_error(ReasonId.UNKNOWN_OPCODE, f"No command has the opcode {command.opcode:02X}.")


def _works_after_failed_self_test(command: CommandPacket) -> bool:
    reads_config = command.opcode == Opcode.READ and command.param1 & ~LONG_ACCESS == Zone.CONFIG
    return reads_config or command.opcode == Opcode.SELF_TEST
