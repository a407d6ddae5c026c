"""Commands as the datasheets name them: opcodes, modes, and packets built from named parameters."""

from enum import IntEnum, IntFlag

from atecc_bench.chip.packet import CommandPacket
from atecc_bench.chip.zones import BLOCK, WORD, Zone, address


class Opcode(IntEnum):
    """Opcodes of the ATECC508A, ATECC608A and ATECC608B."""

    PAUSE = 0x01
    READ = 0x02
    MAC = 0x08
    HMAC = 0x11
    WRITE = 0x12
    GEN_DIG = 0x15
    NONCE = 0x16
    LOCK = 0x17
    RANDOM = 0x1B
    DERIVE_KEY = 0x1C
    UPDATE_EXTRA = 0x20
    COUNTER = 0x24
    CHECK_MAC = 0x28
    INFO = 0x30
    GEN_KEY = 0x40
    SIGN = 0x41
    ECDH = 0x43
    VERIFY = 0x45
    PRIV_WRITE = 0x46
    SHA = 0x47
    AES = 0x51
    KDF = 0x56
    SELF_TEST = 0x77
    SECURE_BOOT = 0x80


LONG_ACCESS = 0x80  # Read and Write: 32 bytes instead of 4


class InfoMode(IntEnum):
    """Info, param1."""

    REVISION = 0x00
    KEY_VALID = 0x01
    STATE = 0x02


class LockMode(IntFlag):
    """Lock, param1."""

    CONFIG = 0x00
    DATA_AND_OTP = 0x01
    SLOT = 0x02
    NO_CRC = 0x80


class NonceMode(IntFlag):
    """Nonce, param1: bits 0 and 1 say what is done, bit 6 aims a pass-through at the digest buffer."""

    RANDOM_WITH_SEED_UPDATE = 0x00
    RANDOM_NO_SEED_UPDATE = 0x01
    PASS_THROUGH = 0x03
    MESSAGE_DIGEST_BUFFER = 0x40


class GenKeyMode(IntFlag):
    """GenKey, param1."""

    PUBLIC = 0x00
    PRIVATE = 0x04
    DIGEST = 0x08
    PUBLIC_KEY_DIGEST = 0x10


class SignMode(IntFlag):
    """Sign, param1: the ATECC608 may take the message from its message digest buffer."""

    INTERNAL = 0x00
    MESSAGE_DIGEST_BUFFER = 0x20
    EXTERNAL = 0x80


class VerifyMode(IntFlag):
    """Verify, param1."""

    STORED = 0x00
    EXTERNAL = 0x02
    MESSAGE_DIGEST_BUFFER = 0x20


VERIFY_KEY_TYPE_P256 = 0x0004  # Verify External, param2


def info(mode: InfoMode = InfoMode.REVISION) -> CommandPacket:
    """Four bytes about the chip; by default its revision."""
    return CommandPacket(Opcode.INFO, mode)


def read_block(zone: Zone, slot: int, offset: int) -> CommandPacket:
    """Read 32 bytes at a block boundary."""
    return CommandPacket(Opcode.READ, zone | LONG_ACCESS, address(zone, slot, offset))


def read_word(zone: Zone, slot: int, offset: int) -> CommandPacket:
    """Read 4 bytes at a word boundary."""
    return CommandPacket(Opcode.READ, zone, address(zone, slot, offset))


def write(zone: Zone, slot: int, offset: int, data: bytes) -> CommandPacket:
    """Write 4 or 32 bytes in clear."""
    if len(data) not in (WORD, BLOCK):
        raise ValueError(f"Write takes 4 or 32 bytes, not {len(data)}")
    size = LONG_ACCESS if len(data) == BLOCK else 0
    return CommandPacket(Opcode.WRITE, zone | size, address(zone, slot, offset), data)


def lock(mode: LockMode, summary_crc: int | None) -> CommandPacket:
    """Lock a zone for ever; with `summary_crc` only if the chip computes the same CRC over its contents."""
    if summary_crc is None:
        return CommandPacket(Opcode.LOCK, mode | LockMode.NO_CRC)
    return CommandPacket(Opcode.LOCK, mode, summary_crc)


def random() -> CommandPacket:
    """Thirty-two random bytes, updating the seed in EEPROM as the datasheet recommends."""
    return CommandPacket(Opcode.RANDOM)


def nonce_pass_through(message: bytes, target: NonceMode = NonceMode.PASS_THROUGH) -> CommandPacket:
    """Load 32 bytes into TempKey, or with MESSAGE_DIGEST_BUFFER set into that."""
    return CommandPacket(Opcode.NONCE, target | NonceMode.PASS_THROUGH, 0, message)


def gen_key(mode: GenKeyMode, slot: int) -> CommandPacket:
    """Make a new private key in `slot`, or compute the public key of the one that is there."""
    return CommandPacket(Opcode.GEN_KEY, mode, slot)


def sign(slot: int, mode: SignMode = SignMode.EXTERNAL) -> CommandPacket:
    """Sign the digest in TempKey with the private key in `slot`."""
    return CommandPacket(Opcode.SIGN, mode, slot)


def verify_external(signature: bytes, public_key: bytes) -> CommandPacket:
    """Verify a signature (R‖S) over the digest in TempKey with a public key (X‖Y) from the host."""
    return CommandPacket(Opcode.VERIFY, VerifyMode.EXTERNAL, VERIFY_KEY_TYPE_P256, signature + public_key)
