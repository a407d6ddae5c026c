"""TempKey computed on the host.

Nonces, digests, and the message that Sign makes itself. Layouts as in the data sheets ("Nonce", "GenDig", "GenKey",
"Sign") and in CryptoAuthLib's host functions. Values are 32 bytes, serial numbers 9, public keys X‖Y of 64 bytes.
"""

from dataclasses import dataclass
from hashlib import sha256

from atecc_bench.chip.protocol.commands import GenKeyMode, Opcode, SignMode
from atecc_bench.chip.protocol.packet import CommandPacket

SESSION_FILLER = bytes(25)


@dataclass(frozen=True)
class TempKeyFlags:
    """Flags of TempKey: the origin of its value.

    `from_random` is SourceFlag 0: the chip's own random number went in.
    """

    key_id: int = 0
    from_random: bool = False
    gen_dig_data: bool = False
    gen_key_data: bool = False
    no_mac: bool = False

    def to_byte(self) -> int:
        """The byte that Info State answers and that Sign hashes."""
        return (
            self.key_id | (not self.from_random) << 4 | self.gen_dig_data << 5 | self.gen_key_data << 6
            | self.no_mac << 7
        )  # fmt: skip


def command_head(command: CommandPacket) -> bytes:
    """Opcode, param1 and param2 (little-endian): four bytes of many messages."""
    return bytes((command.opcode, command.param1)) + command.param2.to_bytes(2, "little")


def short_identity(serial_number: bytes) -> bytes:
    """SN[8], SN[0] and SN[1]: what all chips of a kind share."""
    return serial_number[8:9] + serial_number[:2]


def nonce(start: bytes, num_in: bytes, mode: int) -> bytes:
    """TempKey after Nonce.

    `start` is the random number answered, or TempKey itself; `num_in` has 20 bytes.
    """
    return sha256(start + num_in + bytes((Opcode.NONCE, mode, 0))).digest()


def session_digest(
    first: bytes, head: bytes, serial_number: bytes, last: bytes, filler: bytes = SESSION_FILLER
) -> bytes:
    """The 96-byte message of GenDig, DeriveKey and the MAC of Write, hashed.

    `head` is four bytes, normally those of the command; `filler` 25 bytes, zeros but for GenDig Counter and KeyConfig.
    """
    return sha256(first + head + short_identity(serial_number) + filler + last).digest()


def counter_filler(count: int) -> bytes:
    """The filler of GenDig Counter."""
    return (b"\0" + count.to_bytes(4, "little")).ljust(len(SESSION_FILLER), b"\0")


def key_config_filler(slot_config: int, key_config: int, *, locked: bool) -> bytes:
    """The filler of GenDig KeyConfig.

    It is made from the two words of a slot and its lock.
    """
    words = slot_config.to_bytes(2, "little") + key_config.to_bytes(2, "little")
    return (b"\0" + words + bytes((not locked,))).ljust(len(SESSION_FILLER), b"\0")


def public_key_digest(temp_key: bytes, command: CommandPacket, serial_number: bytes, public_key: bytes) -> bytes:
    """TempKey after GenKey with a digest of the public key."""
    head = command_head(command)
    if command.param1 & GenKeyMode.PUBLIC_KEY_DIGEST:
        head = head[:1] + command.data
    return session_digest(temp_key, head, serial_number, public_key)


@dataclass(frozen=True)
class SignedSlot:
    """A slot as Sign Internal describes it.

    The slot that TempKey came from: its two words, and whether it is locked.
    """

    slot_config: int
    key_config: int
    locked: bool


def internal_message(
    temp_key: bytes, flags: TempKeyFlags, command: CommandPacket, slot: SignedSlot, serial_number: bytes
) -> bytes:
    """The 55 bytes that Sign Internal hashes and signs."""
    whole_serial = bool(command.param1 & SignMode.INCLUDE_SERIAL_NUMBER)
    return b"".join((
        temp_key,
        command_head(command),
        slot.slot_config.to_bytes(2, "little"),
        slot.key_config.to_bytes(2, "little"),
        bytes((flags.to_byte(), 0, 0)),
        serial_number[8:9],
        serial_number[4:8] if whole_serial else bytes(4),
        serial_number[:2],
        serial_number[2:4] if whole_serial else bytes(2),
        bytes((not slot.locked, bool(command.param1 & SignMode.INVALIDATE), 0)),
    ))  # fmt: skip


def message_of_other_data(temp_key: bytes, other_data: bytes, serial_number: bytes) -> bytes:
    """The internal message that Verify Validate and Invalidate put together again."""
    return b"".join((
        temp_key, bytes((Opcode.SIGN,)), other_data[:10], serial_number[8:9], other_data[10:14],
        serial_number[:2], other_data[14:],
    ))  # fmt: skip
