"""An answer of the chip as raw bytes.

It is told without its command. Format: data sheets, "I/O groups": count, payload, CRC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.packet import SHORTEST_RESPONSE
from atecc_bench.chip.protocol.status import Status

_OVERHEAD = 3  # count and CRC
_STATUS_FRAME = 4
_SELF_TEST_AT_WAKE = bytes.fromhex("0407C440")  # with a CRC that is not one (CryptoAuthLib, atca_hal.c)


class ReplyKind(StrEnum):
    """What the bytes of an answer are."""

    STATUS = "status"
    DATA = "data"
    BUS_HIGH = "bus high"
    BUS_LOW = "bus low"
    DAMAGED = "damaged"


ANSWER_LENGTHS: Mapping[int, str] = MappingProxyType({
    1: "every command that answers a status alone: Write, Lock, Nonce (pass-through), GenDig, CheckMac, Verify, "
       "DeriveKey, UpdateExtra, PrivWrite, SHA start and update, SelfTest, ECDH and KDF into a slot or register; any "
       "command that is refused",
    4: "Info, Counter, Read of 4 bytes",
    16: "AES",
    32: "Read of 32 bytes, Random, Nonce (random), MAC, HMAC, SHA end, ECDH, KDF; Verify and SecureBoot with a MAC",
    64: "GenKey, Sign; ECDH and KDF encrypted, KDF of 64 bytes",
})  # fmt: skip
"""Commands by the number of bytes of their answer, without count and CRC."""


@dataclass(frozen=True)
class ReplyFrame:
    """Raw bytes of an answer, taken apart.

    `payload` is what stands between count and CRC. `right_crc` is the CRC that these bytes would have to have.
    """

    raw: bytes
    kind: ReplyKind
    payload: bytes
    right_crc: bytes

    @property
    def crc_fits(self) -> bool:
        """Whether the CRC is that of the bytes before it."""
        return self.raw[-2:] == self.right_crc

    @property
    def status(self) -> int | None:
        """The status byte; None for data."""
        return self.payload[0] if self.kind is ReplyKind.STATUS else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it is, for people."""
        shown = self.raw.hex(" ").upper()
        if self.kind is ReplyKind.BUS_HIGH:
            return (f"{shown}: the lines stayed high; nothing drove them, so no chip answered.",)
        if self.kind is ReplyKind.BUS_LOW:
            return (f"{shown}: the data line stayed low, or the buffer was never filled.",)
        if self.kind is ReplyKind.DAMAGED:
            return (f"{shown}: no answer of the chip; its first byte is not the number of its bytes.",)
        said = [f"{shown}: an answer of {len(self.raw)} bytes."]
        if self.raw == _SELF_TEST_AT_WAKE:
            said.append(
                "At the wake it says that the self test failed (07); its CRC is C4 40 then, and not the right one."
            )
        elif not self.crc_fits:
            right = self.right_crc.hex(" ").upper()
            said.append(f"Its CRC is wrong, {right} would be right: a byte of it was damaged or copied wrongly.")
        if self.status is not None:
            said.append(_status_sentence(self.status))
        else:
            by = ANSWER_LENGTHS.get(len(self.payload))
            of = f"answered by {by}" if by else "what SHA gives out as its context, or of another part"
            said.append(f"{len(self.payload)} bytes of data, {of}.")
        return tuple(said)


def _status_sentence(status: int) -> str:
    try:
        return f"Status {status:02X}: {Status(status).meaning}"
    except ValueError:
        return f"Status {status:02X}, which the data sheet does not know."


def read_reply(raw: bytes) -> ReplyFrame:
    """Take the raw bytes of an answer apart; at least four."""
    right = crc16_bytes(raw[:-2])
    if not raw.rstrip(b"\x00").strip(b"\xff") and raw[0]:  # a buffer of zeros that the bus filled with ones
        return ReplyFrame(raw, ReplyKind.BUS_HIGH, b"", right)
    if not raw.strip(b"\x00"):
        return ReplyFrame(raw, ReplyKind.BUS_LOW, b"", right)
    count = raw[0]
    if SHORTEST_RESPONSE <= count < len(raw):  # the buffer was longer than the answer
        raw = raw[:count]
        right = crc16_bytes(raw[:-2])
    if count != len(raw) or count < SHORTEST_RESPONSE:
        return ReplyFrame(raw, ReplyKind.DAMAGED, b"", right)
    kind = ReplyKind.STATUS if count == _STATUS_FRAME else ReplyKind.DATA
    return ReplyFrame(raw, kind, raw[1 : len(raw) - _OVERHEAD + 1], right)
