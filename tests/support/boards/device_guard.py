"""Watches what goes to a chip that must stay as it is."""

import re

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_effects import CommandEffect, effect_of
from atecc_bench.chip.console.command_spec import describe_command
from atecc_bench.chip.protocol.commands import NonceMode, Opcode, VerifyMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.link.transports.trace import Exchange, Trace

_TALK = re.compile(r"(?:e:t|ecc:talk)\(([0-9A-Fa-f]*)\)")
# Of the bridge, or to wake a chip and let it sleep.
_HARMLESS = ("b:", "board:", "e:w()", "e:i()", "e:s()", "ecc:wake()", "ecc:idle()", "ecc:sleep()", "ecc:physical:")
_NONCE_KIND = 0x03


class DeviceGuard:
    """Hears of every request of a connection, and keeps those after which the chip may not be what it was."""

    def __init__(self) -> None:
        self.trace = Trace()
        self.trace.listen(self._hear)
        self.packets: list[CommandPacket] = []
        self.changing: list[str] = []

    def _hear(self, exchange: Exchange) -> None:
        request = exchange.request
        if request.startswith(_HARMLESS):
            return
        talk = _TALK.fullmatch(request)
        if talk is None:  # a secret that is not shown, or of a kind that nobody has thought of
            self.changing.append(request)
            return
        packet = CommandPacket.parse(bytes.fromhex(talk[1]))
        self.packets.append(packet)
        if may_change(packet):
            self.changing.append(describe_command(packet, FORMS))


def may_change(packet: CommandPacket) -> bool:
    """Whether the chip holds something else after a packet: also the seed of its random numbers, or a count of uses."""
    match packet.opcode:
        case Opcode.RANDOM:
            return packet.param1 != NonceMode.RANDOM_NO_SEED_UPDATE
        case Opcode.NONCE:
            return packet.param1 & _NONCE_KIND == NonceMode.RANDOM_WITH_SEED_UPDATE
        case Opcode.VERIFY:  # the other modes use a key of the chip, or make one valid or invalid
            return packet.param1 != VerifyMode.EXTERNAL
        case Opcode.READ | Opcode.INFO | Opcode.SHA | Opcode.GEN_KEY | Opcode.COUNTER | Opcode.SELF_TEST:
            return effect_of(packet) is not CommandEffect.NOTHING
        case _:  # the use of a key may be counted
            return True
