"""Watches what goes to a chip that must stay as it is."""

import re

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_effects import CommandEffect, effect_of
from atecc_bench.chip.console.command_spec import describe_command
from atecc_bench.chip.protocol.commands import (
    TEMP_KEY_AS_KEY,
    AesMode,
    GenDigZone,
    InfoMode,
    MacMode,
    NonceMode,
    Opcode,
    ShaMode,
    VerifyMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.link.transports.trace import Exchange, Trace

_TALK = re.compile(r"(?:e:t|ecc:talk)\(([0-9A-Fa-f]*)\)")
# Of the bridge, or to wake a chip and let it sleep.
_HARMLESS = ("b:", "board:", "e:w()", "e:i()", "e:s()", "ecc:wake()", "ecc:idle()", "ecc:sleep()", "ecc:physical:")
_NONCE_KIND = 0x03
_AES_MODE = _SHA_MODE = 0x07


class DeviceGuard:
    """Hears of every request of a connection, and keeps those after which the chip may not be what it was.

    `uncounted` are the slots whose uses nobody counts, as far as the configuration is known.
    """

    def __init__(self) -> None:
        self.uncounted: frozenset[int] = frozenset()
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
        if may_change(packet, self.uncounted):
            self.changing.append(describe_command(packet, FORMS))


def may_change(packet: CommandPacket, uncounted: frozenset[int] = frozenset()) -> bool:
    """Whether the chip holds something else after a packet: also the seed of its random numbers, or a count of uses."""
    match packet.opcode:
        case Opcode.RANDOM:
            return packet.param1 != NonceMode.RANDOM_NO_SEED_UPDATE
        case Opcode.NONCE:
            return packet.param1 & _NONCE_KIND == NonceMode.RANDOM_WITH_SEED_UPDATE
        case Opcode.VERIFY:  # the other modes use a key of the chip, or make one valid or invalid
            return packet.param1 & ~VerifyMode.MESSAGE_DIGEST_BUFFER != VerifyMode.EXTERNAL
        case Opcode.SHA if packet.param1 & _SHA_MODE == ShaMode.HMAC_START:
            return packet.param2 not in uncounted
        case Opcode.INFO if packet.param1 == InfoMode.VOLATILE_KEY_PERMIT:
            return bool(packet.param2)
        case Opcode.READ | Opcode.INFO | Opcode.SHA | Opcode.GEN_KEY | Opcode.COUNTER | Opcode.SELF_TEST:
            return effect_of(packet) is not CommandEffect.NOTHING
        case Opcode.AES:
            return packet.param2 != TEMP_KEY_AS_KEY and packet.param1 & _AES_MODE != AesMode.GFM
        case Opcode.MAC if packet.param1 & MacMode.BLOCK1_TEMP_KEY:
            return False
        case Opcode.GEN_DIG if packet.param1 != GenDigZone.DATA:
            return False
        case Opcode.MAC | Opcode.GEN_DIG:
            return packet.param2 not in uncounted
        case Opcode.PAUSE:
            return False
        case _:  # the use of a key may be counted
            return True
