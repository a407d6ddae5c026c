"""Commands that a log shows.

Packets that were sent, and functions of libraries with their slot.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from atecc_bench.chip.console.byte_text import bytes_of_text
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import describe_command, parse_command
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import SHORTEST_COMMAND, CommandPacket
from atecc_bench.errors import InputError

_SENT = re.compile(r"\b(?:tx|send\w*|sent|command packet|request|i2c w)\b[^0-9A-Fa-f\[]{0,20}(.*)$", re.IGNORECASE)
_OPCODE = re.compile(r"\bopcode\b[\s=:]*(?:0[xX])?([0-9A-Fa-f]{2})\b", re.IGNORECASE)
_BYTES = re.compile(r"(?:(?:0[xX])?[0-9A-Fa-f]{2}\b[\s,:'\"-]*){5,}")
_EMPTY = re.compile(r"\s\w+=(?=\s|$)")  # what only makes a packet long is filled up by who reads the words
_NUMBER = r"\(?\s*(?:slot\s*=?\s*)?(0[xX][0-9A-Fa-f]+|\d{1,2})\b"
_CALLS = tuple(
    (re.compile(pattern.replace("#", _NUMBER), re.IGNORECASE), words)
    for pattern, words in (
        (r"\batcab_genkey#|\becc-gen\s+(0x[0-9a-f]+|\d+)|generatePrivateKey#", "genkey key=private slot={}"),
        (r"\batcab_get_pubkey#|generatePublicKey#", "genkey key=public slot={}"),
        (r"\batcab_sign#|\becSign#", "sign slot={}"),
        (r"\batcab_ecdh#", "ecdh slot={}"),
        (r"\batcab_priv_write#", "privwrite slot={}"),
        (r"\batcab_lock_data_slot#", "lock zone=slot slot={}"),
        (r"\batcab_(?:read|write)_pubkey#", "read slot={}"),
        (r"\batcab_aes_(?:en|de)crypt#", "aes slot={}"),
        (r"\batcab_read_enc#", "read slot={}"),
        (r"\bgenerate-keys\s+#", "genkey key=private slot={}"),
        (r"\block(?:ing)? (?:of )?slot[ :=]*#.{0,30}(?:fail|error|0x0?f)", "lock zone=slot slot={}"),
        (r"\batcab_lock_config_zone()", "lock zone=config check=no"),
        (r"\batcab_lock_data_zone()", "lock zone=data check=no"),
    )
)


@dataclass(frozen=True)
class LoggedCommand:
    """A command in a line; lines count from 1."""

    line: int
    packet: CommandPacket

    @property
    def words(self) -> str:
        """The command as it can be typed.

        What only makes it long is left out.
        """
        bare = CommandPacket(self.packet.opcode, self.packet.param1, self.packet.param2)
        return _EMPTY.sub("", describe_command(self.packet if len(self.packet.data) <= 4 else bare, FORMS))


def commands_in(lines: Sequence[str]) -> Iterator[LoggedCommand]:
    """The commands of a log, in their order."""
    for number, line in enumerate(lines, 1):
        sent = _SENT.search(line)
        packet = None if sent is None else _packet(sent[1])
        if packet is not None:
            yield LoggedCommand(number, packet)
            continue
        opcode = _OPCODE.search(line)
        if opcode is not None and int(opcode[1], 16) in {int(one) for one in Opcode}:
            yield LoggedCommand(number, CommandPacket(int(opcode[1], 16), 0, 0, b""))
            continue
        for pattern, words in _CALLS:
            match = pattern.search(line)
            if match is not None:
                slot = next((group for group in match.groups() if group), "0")
                try:
                    yield LoggedCommand(number, parse_command(words.format(int(slot, 0)), FORMS, filler=0))
                except (InputError, ValueError):
                    continue


def _packet(text: str) -> CommandPacket | None:
    match = _BYTES.search(text)
    raw = None if match is None else bytes_of_text(match[0].strip(" ,:'\"-"))
    if raw is None or len(raw) < SHORTEST_COMMAND - 2:
        return None
    if raw[0] == 0x03 and len(raw) > 1 and raw[1] >= SHORTEST_COMMAND:
        raw = raw[1:]
    count, known = raw[0], {int(opcode) for opcode in Opcode}
    if count < SHORTEST_COMMAND or len(raw) < SHORTEST_COMMAND - 2 or raw[1] not in known:
        return None
    return CommandPacket(raw[1], raw[2], int.from_bytes(raw[3:5], "little"), bytes(count - SHORTEST_COMMAND))
