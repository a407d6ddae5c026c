"""Bridges that lie about what is read, whatever it is: more kinds, for verbs that only look."""

import random
from collections.abc import Callable

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import Zone
from tests.support.cases.lying_bridges import DONE, LIES, NOBODY, Lie, Send, Talk, is_config_read, patched, place

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


def _is(opcode: Opcode) -> Callable[[CommandPacket], bool]:
    return lambda command: command.opcode == opcode


def _bit(at: int) -> Change:
    return lambda data: bytes(byte ^ (at == place) for place, byte in enumerate(data))


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
)  # fmt: skip
ALL_LIES = (*LIES, *OTHER_LIES)
