"""Bridges that lie about what is read, whatever it is: more kinds, for verbs that only look."""

import random
import secrets
from collections.abc import Callable

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.cases.lying_bridges import DONE, LIES, NOBODY, Lie, Send, Talk, is_config_read, patched, place

_NUMBER = 20  # bytes that the host gives to a random Nonce
FAILED = ResponsePacket.of_status(Status.EXECUTION_ERROR).to_bytes()
Change = Callable[[bytes], bytes]


def _changed(applies: Callable[[CommandPacket], bool], change: Change) -> Callable[[], Talk]:
    """Change the payload of answers to some commands."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if not applies(command) or len(reply) <= len(DONE):
            return reply
        return ResponsePacket(change(ResponsePacket.parse(reply).payload)).to_bytes()

    return lambda: talk


def _reads_slot(slot: int) -> Callable[[CommandPacket], bool]:
    return lambda command: command.opcode == Opcode.READ and place(command)[:2] == (Zone.DATA, slot)


def _reads_dates(command: CommandPacket) -> bool:
    return command.opcode == Opcode.READ and place(command) == (Zone.DATA, 10, 64)


def _is(opcode: Opcode) -> Callable[[CommandPacket], bool]:
    return lambda command: command.opcode == opcode


def _bit(at: int) -> Change:
    return lambda data: bytes(byte ^ (at == place) for place, byte in enumerate(data))


def _cut(data: bytes) -> bytes:
    """Leave out the last byte of a block; the bridge itself reads words."""
    return data[:-1] if len(data) > 4 else data


def _shown(patches: dict[int, int]) -> Callable[[], Talk]:
    """Show other bytes of the configuration."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        return patched(reply, command, patches) if is_config_read(command) and len(reply) > len(DONE) else reply

    return lambda: talk


def _success(*opcodes: Opcode) -> Callable[[], Talk]:
    """Say done to some commands, and pass none of them on."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        return DONE if command.opcode in opcodes else send(command)

    return lambda: talk


def _answer_of_before() -> Talk:
    """Give each Read the answer of the Read before it, where that is as long."""
    before: list[bytes] = []

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if command.opcode != Opcode.READ:
            return reply
        before.append(reply)
        return before[-2] if before[1:] and len(before[-2]) == len(reply) else reply

    return talk


def _every_third_damaged() -> Talk:
    """Damage the CRC of every third answer."""
    count = [0]

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        count[0] += 1
        return reply if count[0] % 3 else reply[:-1] + bytes([reply[-1] ^ 1])

    return talk


def _noise() -> Talk:
    chance = random.Random(3)  # noqa: S311 - the same noise every time
    return _changed(is_config_read, lambda data: chance.randbytes(len(data)))()


def _to_another_slot(opcode: Opcode, slot: int, other: int) -> Callable[[], Talk]:
    """Have a command for the key of one slot carried out with that of another."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        if command.opcode == opcode and command.param2 == slot:
            return send(CommandPacket(command.opcode, command.param1, other, command.data))
        return send(command)

    return lambda: talk


def _another_chip_from(number: int) -> Callable[[], Talk]:
    """Pass on to another chip of the same kind from the so manieth command on."""

    def begin() -> Talk:
        entropy = seeded_entropy(77)
        other, count = SecureElement(Eeprom.factory(entropy), entropy), [0]

        def talk(send: Send, command: CommandPacket) -> bytes:
            count[0] += 1
            return send(command) if count[0] < number else other.execute(command.to_bytes()).response

        return talk

    return begin


def _first_answers_for_ever() -> Talk:
    """Answer each Read as it was answered the first time, whatever was written since."""
    first: dict[bytes, bytes] = {}

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        return first.setdefault(command.to_bytes(), reply) if command.opcode == Opcode.READ else reply

    return talk


def _said(reply: bytes, *opcodes: Opcode) -> Callable[[], Talk]:
    """Carry some commands out, and answer something else."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        honest = send(command)
        return reply if command.opcode in opcodes else honest

    return lambda: talk


def _errors_hidden() -> Talk:
    """Say done wherever the chip says that it refuses."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        return DONE if len(reply) == len(DONE) else reply

    return talk


def _nonce_swallowed() -> Talk:
    """Answer a random Nonce oneself, so that the chip's TempKey is of before."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        if command.opcode == Opcode.NONCE and len(command.data) == _NUMBER:
            return ResponsePacket(secrets.token_bytes(32)).to_bytes()
        return send(command)

    return talk


def _lie(name: str, begin: Callable[[], Talk], why: str) -> Lie:
    return Lie(name, begin, NOBODY, why)


OTHER_LIES = (
    _lie("configuration of zeros", _changed(is_config_read, lambda data: bytes(len(data))), "no such serial number"),
    _lie("configuration of FF", _changed(is_config_read, lambda data: b"\xff" * len(data)), "no such serial number"),
    _lie("configuration of noise", _noise, "no such serial number"),
    _lie("configuration shifted", _changed(is_config_read, lambda data: data[1:] + data[:1]), "no such serial number"),
    _lie("configuration shown as not locked", _shown({87: 0x55}), "the CRC and the chip's answers differ"),
    _lie("data zone shown as not locked", _shown({86: 0x55}), "the chip's answers differ"),
    _lie("slot 4 shown as not secret", _shown({28: 0x0F}), "GenDig hashes what is there"),
    _lie("all slots shown as locked", _shown({88: 0, 89: 0}), "SlotLocked is in block 2"),
    _lie("another revision", _changed(_is(Opcode.INFO), lambda data: b"\x00\x00\x50\x00"), "the serial number's part"),
    _lie("text of slot 8 changed", _changed(_reads_slot(8), _bit(2)), "it is compared"),
    _lie("certificate of the device changed", _changed(_reads_slot(10), _bit(5)), "its signature"),
    _lie("public key of the signer changed", _changed(_reads_slot(11), _bit(9)), "its certificate's signature"),
    _lie("certificate of the signer changed", _changed(_reads_slot(12), _bit(5)), "its signature"),
    _lie("signatures of noise", _changed(_is(Opcode.SIGN), lambda data: bytes(range(1, 65))), "a fresh challenge"),
    _lie("a point on no curve", _changed(_is(Opcode.GEN_KEY), lambda data: b"\x01" * 64), "it is on no curve"),
    _lie("Write swallowed", _success(Opcode.WRITE), "what is written is read back"),
    _lie("Lock swallowed", _success(Opcode.LOCK), "the locks are read back"),
    _lie("CheckMac says yes", _success(Opcode.CHECK_MAC), "it is asked about a wrong key"),
    _lie("answers to the question before", _answer_of_before, "no such serial number"),
    _lie("every third answer damaged", _every_third_damaged, "each has a CRC"),
    _lie("Verify says yes", _success(Opcode.VERIFY), "nothing rests on the chip's Verify"),
    _lie("Counter of zeros", _changed(_is(Opcode.COUNTER), lambda data: bytes(len(data))), "nothing rests on counters"),
    _lie("Random constant", _changed(_is(Opcode.RANDOM), lambda data: b"\x5a" * len(data)), "nothing rests on Random"),
    _lie("Nonce answered by the board", _nonce_swallowed, "the chip signs for another number"),
    _lie("GenDig swallowed", _success(Opcode.GEN_DIG), "the digest is another"),
    _lie("MAC of noise", _changed(_is(Opcode.MAC), lambda data: bytes(range(32))), "nothing rests on MAC"),
    _lie("public key of slot 2 for that of slot 0", _to_another_slot(Opcode.GEN_KEY, 0, 2),
         "what is signed is another key's"),
    _lie("signatures by slot 2 for slot 0", _to_another_slot(Opcode.SIGN, 0, 2), "they fit another key"),
    _lie("another chip from the middle on", _another_chip_from(40), "its serial number, locks and keys"),
    _lie("another chip from the start on", _another_chip_from(4), "what it says it is and what it holds contradict"),
    _lie("first answers for ever", _first_answers_for_ever, "what is written is read back"),
    _lie("Lock done and said to have failed", _said(FAILED, Opcode.LOCK), "the locks are read back"),
    _lie("refusals said to be done", _errors_hidden, "a wrong key is asked about"),
    _lie("dates of the certificate changed", _changed(_reads_dates, _bit(0)), "it is rebuilt"),
    _lie("policy of slot 2 shown otherwise", _shown({24: 0x00}), "it is compared; GenDig hashes what is there"),
    _lie("answers to Read a byte short", _changed(_is(Opcode.READ), _cut), "their length"),
)  # fmt: skip
ALL_LIES = (*LIES, *OTHER_LIES)
