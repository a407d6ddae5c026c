"""Packets between host and chip: count, body, CRC (ATECC608A datasheet, "I/O groups").

A command is count, opcode, param1, param2 (little-endian), data, CRC; an answer is count, payload, CRC.
The count covers itself and the CRC. The I2C word address is not part of the packet.
"""

from dataclasses import dataclass, field

from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.status import Status
from atecc_bench.errors import DeviceError

SHORTEST_COMMAND = 7
SHORTEST_RESPONSE = 4
LONGEST_COMMAND = 155  # count, opcode, three parameter bytes, 148 bytes of data, CRC


class PacketError(DeviceError):
    """Bytes that are no packet: wrong length, count or CRC."""

    passing = True


@dataclass(frozen=True)
class CommandPacket:
    """One command packet.

    `param1` is 8 bits, `param2` 16 bits, `data` at most 148 bytes; `secret` when a key is in it.
    """

    opcode: int
    param1: int = 0
    param2: int = 0
    data: bytes = b""
    secret: bool = field(default=False, compare=False, kw_only=True)

    def __repr__(self) -> str:
        data = f"<{len(self.data)} bytes not shown>" if self.secret else repr(self.data)
        return f"CommandPacket({self.opcode:#04x}, {self.param1:#04x}, {self.param2:#06x}, {data})"

    def to_bytes(self) -> bytes:
        """The packet from its count byte to its CRC."""
        count = SHORTEST_COMMAND + len(self.data)
        body = bytes((count, self.opcode, self.param1)) + self.param2.to_bytes(2, "little") + self.data
        return body + crc16_bytes(body)

    @classmethod
    def parse(cls, raw: bytes) -> "CommandPacket":
        """Take a packet apart.

        Raises:
            PacketError: Wrong length (`packet-length`) or CRC (`packet-crc`).

        """
        body = _checked_body(raw, SHORTEST_COMMAND)
        return cls(body[0], body[1], int.from_bytes(body[2:4], "little"), body[4:])


@dataclass(frozen=True)
class ResponsePacket:
    """One answer: a status byte, or the bytes asked for."""

    payload: bytes

    @property
    def status_code(self) -> int | None:
        """The status byte when the answer is one, else None.

        Every data answer is longer than a byte.
        """
        return self.payload[0] if len(self.payload) == 1 else None

    def to_bytes(self) -> bytes:
        """The packet from its count byte to its CRC."""
        body = bytes((len(self.payload) + 3,)) + self.payload
        return body + crc16_bytes(body)

    @classmethod
    def of_status(cls, status: Status) -> "ResponsePacket":
        """The four-byte answer that carries a status."""
        return cls(bytes((status,)))

    @classmethod
    def parse(cls, raw: bytes) -> "ResponsePacket":
        """Take an answer apart.

        Raises:
            PacketError: Wrong length (`packet-length`) or CRC (`packet-crc`).

        """
        return cls(_checked_body(raw, SHORTEST_RESPONSE))


def _checked_body(raw: bytes, shortest: int) -> bytes:
    if len(raw) < shortest or raw[0] != len(raw):
        count = f", its count byte says {raw[0]}" if raw else ""
        raise PacketError(
            "packet-length",
            f"The packet has {len(raw)} bytes{count}.",
            "Bytes were lost or added on the way. Check the cable and the I2C wiring, then try again.",
        )
    if crc16_bytes(raw[:-2]) != raw[-2:]:
        raise PacketError(
            "packet-crc",
            "The packet's CRC does not match its bytes.",
            "Bytes were changed on the way. Check wiring, pull-ups and bus speed, then try again.",
        )
    return raw[1:-2]
