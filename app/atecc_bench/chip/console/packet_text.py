"""Command packets as people write them in hex.

From count to CRC as on the wire; or opcode, param1, param2 and data alone, as data sheets and forums have it.
"""

import re
from dataclasses import dataclass

from atecc_bench.chip.console.data_lengths import data_length
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.packet import SHORTEST_COMMAND, SHORTEST_RESPONSE, CommandPacket
from atecc_bench.errors import InputError

SHORTEST_BODY = 4  # opcode, param1, param2
_WORD_ADDRESS = 0x03
_OPEN = re.compile(r"(?:\.{2,}|…|\betc\.?|\b(?:xx|XX|\?\?)(?:\s*(?:xx|XX|\?\?))*)\s*$")
_BETWEEN = re.compile(r"0[xX]|[\s:,;|\[\](){}<>-]|b?['\"]")
_OPCODES = frozenset(int(opcode) for opcode in Opcode)


@dataclass(frozen=True)
class HexText:
    """A text that may be a packet in hex.

    Its digits, and whether the end was left out.
    """

    digits: str
    is_open: bool


def hex_text(text: str) -> HexText | None:
    """The hex digits of a text.

    None where there is anything else in it, or too little for a packet.
    """
    bare = _OPEN.sub("", text.strip())
    digits = _BETWEEN.sub("", bare)
    if not re.fullmatch(r"[0-9A-Fa-f]+", digits) or len(digits) < 2 * SHORTEST_BODY:
        return None
    return HexText(digits, bare != text.strip())


def packet_of_hex(found: HexText) -> tuple[CommandPacket, bool]:
    """The packet that hex digits are, and whether it is whole.

    Not whole is one whose end was left out, or that came without its count.

    Raises:
        InputError: `command-packet`.
    """
    if len(found.digits) % 2:
        raise InputError("command-packet", "The packet has an odd number of hex digits.", "Paste the whole packet.")
    raw = bytes.fromhex(found.digits)
    bodies = (raw, raw[1:]) if raw[0] == _WORD_ADDRESS else (raw,)
    for body in bodies:
        if body[0] == len(body) and len(body) >= SHORTEST_COMMAND and crc16_bytes(body[:-2]) == body[-2:]:
            return CommandPacket.parse(body), True
    for body in bodies:
        if body[0] == len(body) + 2 and len(body) >= SHORTEST_COMMAND - 2:
            return CommandPacket.parse(body + crc16_bytes(body)), True  # the CRC was left out
        starts = len(body) > SHORTEST_BODY and body[0] >= SHORTEST_COMMAND and body[1] in _OPCODES
        if starts and (body[0] == len(body) + 1 or (found.is_open and _is_count(body))):
            return _of_body(body[1 : body[0] - 2]), False  # the end was left out, with a part of the CRC
    for body in bodies:
        if len(body) >= SHORTEST_BODY and body[0] in _OPCODES and not _is_answer(raw):
            return _without_crc(body), False
    raise _no_packet(raw)


def _is_count(body: bytes) -> bool:
    """Whether the first byte is the count of the command behind it."""
    of_any_length = body[1] in (Opcode.SHA, Opcode.KDF)
    return body[0] >= len(body) and (of_any_length or body[0] - SHORTEST_COMMAND == data_length(body[1], body[2]))


def _of_body(body: bytes) -> CommandPacket:
    return CommandPacket(body[0], body[1], int.from_bytes(body[2:4], "little"), body[4:])


def _without_crc(body: bytes) -> CommandPacket:
    """A body that may have its CRC behind it.

    It was made with the count that is not there.
    """
    head = body[:-2]
    if len(head) >= SHORTEST_BODY and crc16_bytes(bytes((len(body) + 1,)) + head) == body[-2:]:
        return _of_body(head)
    return _of_body(body)


def _is_answer(raw: bytes) -> bool:
    fits = len(raw) >= SHORTEST_RESPONSE and raw[0] == len(raw)
    return fits and crc16_bytes(raw[:-2]) == raw[-2:]


def _no_packet(raw: bytes) -> InputError:
    shown = raw[:8].hex(" ").upper()
    if _is_answer(raw):
        return InputError(
            "command-packet",
            f"{shown} is an answer of the chip and no command.",
            f"What it says: atecc-bench explain {raw.hex(' ').upper()}",
        )
    if raw[0] == len(raw) and len(raw) >= SHORTEST_COMMAND:
        right = crc16_bytes(raw[:-2]).hex(" ").upper()
        return InputError(
            "command-packet",
            f"The CRC of this packet is wrong: {right} would be right.",
            "Paste it from its count byte to its CRC, or leave count and CRC out.",
        )
    return InputError(
        "command-packet",
        f"These {len(raw)} bytes are not a command packet: count byte or CRC does not fit, and no opcode stands first.",
        "Paste it from its count byte to its CRC, or opcode, param1, param2 and data, or type the command as words.",
    )
