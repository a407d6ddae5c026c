"""Commands as the datasheets name them.

Opcodes, modes, and packets built from named parameters.
"""

from enum import IntEnum, IntFlag

from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, WORD, Zone, address


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

    @property
    def command_name(self) -> str:
        """The command's name as the datasheets write it: GenKey, SHA, SecureBoot."""
        if self.name in _ACRONYMS:
            return self.name
        return "".join(part.title() for part in self.name.split("_"))


_ACRONYMS = frozenset({"MAC", "HMAC", "ECDH", "SHA", "AES", "KDF"})

LONG_ACCESS = 0x80  # Read and Write: 32 bytes instead of 4


ENCRYPTED_ACCESS = 0x40  # Write and PrivWrite: encrypted although the data zone is not locked


class InfoMode(IntEnum):
    """Info, param1."""

    REVISION = 0x00
    KEY_VALID = 0x01
    STATE = 0x02
    GPIO = 0x03  # parts with a single-wire interface
    VOLATILE_KEY_PERMIT = 0x04  # ATECC608: the persistent latch


class LockMode(IntFlag):
    """Lock, param1."""

    CONFIG = 0x00
    DATA_AND_OTP = 0x01
    SLOT = 0x02
    NO_CRC = 0x80


class NonceMode(IntFlag):
    """Nonce, param1.

    Bits 0 and 1 say what is done, bits 5 to 7 size and target of a pass-through (ATECC608).
    """

    RANDOM_WITH_SEED_UPDATE = 0x00
    RANDOM_NO_SEED_UPDATE = 0x01
    PASS_THROUGH = 0x03
    LENGTH_64 = 0x20
    MESSAGE_DIGEST_BUFFER = 0x40
    ALTERNATE_KEY_BUFFER = 0x80


NONCE_ANSWER_TEMP_KEY = 0x8000  # Nonce, param2: hash TempKey instead of a random number, and answer the result


class GenKeyMode(IntFlag):
    """GenKey, param1."""

    PUBLIC = 0x00
    PRIVATE = 0x04
    DIGEST = 0x08
    PUBLIC_KEY_DIGEST = 0x10


class SignMode(IntFlag):
    """Sign, param1.

    The ATECC608 may take the message from its message digest buffer.
    """

    INTERNAL = 0x00
    INVALIDATE = 0x01  # Internal: the signature is for Verify Invalidate
    MESSAGE_DIGEST_BUFFER = 0x20
    INCLUDE_SERIAL_NUMBER = 0x40  # Internal
    EXTERNAL = 0x80


class VerifyMode(IntFlag):
    """Verify, param1."""

    STORED = 0x00
    VALIDATE_EXTERNAL = 0x01
    EXTERNAL = 0x02
    VALIDATE = 0x03
    INVALIDATE = 0x07
    MESSAGE_DIGEST_BUFFER = 0x20
    ANSWER_MAC = 0x80  # ATECC608: success is proved by a MAC with the IO protection key


VERIFY_KEY_TYPE_P256 = 0x0004  # Verify External, param2
TEMP_KEY_AS_KEY = 0xFFFF  # param2 of commands that may take their key from TempKey


class MacMode(IntFlag):
    """MAC, HMAC and CheckMac, param1."""

    CHALLENGE = 0x00
    BLOCK2_TEMP_KEY = 0x01
    BLOCK1_TEMP_KEY = 0x02
    SOURCE_FLAG = 0x04  # TempKey did not begin with a random number
    INCLUDE_OTP_88 = 0x10
    INCLUDE_OTP_64 = 0x20
    INCLUDE_SERIAL_NUMBER = 0x40


class GenDigZone(IntEnum):
    """GenDig, param1."""

    CONFIG = 0
    OTP = 1
    DATA = 2
    SHARED_NONCE = 3
    COUNTER = 4  # ATECC608
    KEY_CONFIG = 5  # ATECC608


class ShaMode(IntEnum):
    """SHA, param1 bits 0 to 2."""

    START = 0
    UPDATE = 1
    END = 2
    PUBLIC = 3
    HMAC_START = 4
    HMAC_END = 5  # ATECC508A
    READ_CONTEXT = 6  # ATECC608
    WRITE_CONTEXT = 7  # ATECC608


class ShaTarget(IntEnum):
    """SHA End on the ATECC608: where the digest stays.

    Param1, bits 6 and 7; the digest is answered in any case.
    """

    TEMP_KEY = 0x00
    MESSAGE_DIGEST_BUFFER = 0x40
    OUTPUT_ONLY = 0xC0


class EcdhMode(IntFlag):
    """ECDH on the ATECC608, param1; the ATECC508A knows 0 only."""

    SOURCE_TEMP_KEY = 0x01
    OUTPUT_ENCRYPTED = 0x02
    COPY_COMPATIBLE = 0x00
    COPY_SLOT = 0x04
    COPY_TEMP_KEY = 0x08
    COPY_OUTPUT = 0x0C


class AesMode(IntEnum):
    """AES, param1 bits 0 to 2.

    Bits 6 and 7 choose the 16-byte block of the key.
    """

    ENCRYPT = 0
    DECRYPT = 1
    GFM = 3


class KdfSource(IntEnum):
    """KDF, param1 bits 0 and 1."""

    TEMP_KEY = 0
    TEMP_KEY_UPPER = 1
    SLOT = 2
    ALTERNATE_KEY_BUFFER = 3


class KdfTarget(IntEnum):
    """KDF, param1 bits 2 to 4."""

    TEMP_KEY = 0x00
    TEMP_KEY_UPPER = 0x04
    SLOT = 0x08
    ALTERNATE_KEY_BUFFER = 0x0C
    OUTPUT = 0x10
    OUTPUT_ENCRYPTED = 0x14


class KdfAlgorithm(IntEnum):
    """KDF, param1 bits 5 and 6."""

    PRF = 0x00
    AES = 0x20
    HKDF = 0x40


class SecureBootMode(IntFlag):
    """SecureBoot, param1."""

    FULL = 0x05
    FULL_STORE = 0x06
    FULL_COPY = 0x07
    PROHIBIT = 0x40  # no SecureBoot until the next power-up
    ENCRYPTED = 0x80  # encrypted digest, and a MAC as the answer


class SelfTestMode(IntFlag):
    """SelfTest, param1 and its answer: one bit for each engine.

    The bits are those of Microchip's Trust&GO data sheets ("SelfTest Command"); bit 1 tests nothing. Without a bit the
    answer is the Failure register as it stands.
    """

    RANDOM = 0x01
    ECDSA = 0x04
    ECDH = 0x08
    AES = 0x10
    SHA = 0x20
    ALL = 0x3D


class UpdateExtraMode(IntEnum):
    """UpdateExtra, param1."""

    USER_EXTRA = 0
    USER_EXTRA_ADD = 1  # Selector on the ATECC508A
    COUNT_USE = 2


class CounterMode(IntEnum):
    """Counter, param1."""

    READ = 0
    INCREMENT = 1


def info(mode: InfoMode = InfoMode.REVISION) -> CommandPacket:
    """Four bytes about the chip; by default its revision."""
    return CommandPacket(Opcode.INFO, mode)


def read_block(zone: Zone, slot: int, offset: int) -> CommandPacket:
    """Read 32 bytes at a block boundary."""
    return CommandPacket(Opcode.READ, zone | LONG_ACCESS, address(zone, slot, offset))


def read_word(zone: Zone, slot: int, offset: int) -> CommandPacket:
    """Read 4 bytes at a word boundary."""
    return CommandPacket(Opcode.READ, zone, address(zone, slot, offset))


def write(zone: Zone, slot: int, offset: int, data: bytes, *, secret: bool = False) -> CommandPacket:
    """Write 4 or 32 bytes in clear.

    No trace keeps the data when it is `secret`.
    """
    if len(data) not in (WORD, BLOCK):
        raise ValueError(f"Write takes 4 or 32 bytes, not {len(data)}")
    size = LONG_ACCESS if len(data) == BLOCK else 0
    return CommandPacket(Opcode.WRITE, zone | size, address(zone, slot, offset), data, secret=secret)


def write_encrypted(zone: Zone, slot: int, offset: int, data: bytes = b"") -> CommandPacket:
    """Write 32 encrypted bytes.

    `data` is those and their MAC of 32 bytes.
    """
    return CommandPacket(Opcode.WRITE, zone | LONG_ACCESS | ENCRYPTED_ACCESS, address(zone, slot, offset), data)


def priv_write(slot: int, data: bytes = b"", *, encrypted: bool) -> CommandPacket:
    """Import a private key.

    `data` is 4 zero bytes and the key, 36 bytes in all, and a MAC of 32 bytes.
    """
    return CommandPacket(Opcode.PRIV_WRITE, ENCRYPTED_ACCESS if encrypted else 0, slot, data, secret=not encrypted)


def lock(mode: LockMode, summary_crc: int | None) -> CommandPacket:
    """Lock a zone for ever.

    With `summary_crc` only if the chip computes the same CRC over its contents.
    """
    if summary_crc is None:
        return CommandPacket(Opcode.LOCK, mode | LockMode.NO_CRC)
    return CommandPacket(Opcode.LOCK, mode, summary_crc)


def random() -> CommandPacket:
    """Thirty-two random bytes, updating the seed in EEPROM as the datasheet recommends."""
    return CommandPacket(Opcode.RANDOM)


def nonce_pass_through(message: bytes, target: NonceMode = NonceMode.PASS_THROUGH) -> CommandPacket:
    """Load 32 bytes into TempKey, or with MESSAGE_DIGEST_BUFFER set into that."""
    return CommandPacket(Opcode.NONCE, target | NonceMode.PASS_THROUGH, 0, message)


def nonce_random(num_in: bytes, mode: NonceMode) -> CommandPacket:
    """Start TempKey from a random number of the chip.

    The chip answers the number; 20 bytes of the host go in with it.
    """
    return CommandPacket(Opcode.NONCE, mode, 0, num_in)


def gen_dig_data(slot: int) -> CommandPacket:
    """Mix the key in `slot` into TempKey."""
    return CommandPacket(Opcode.GEN_DIG, GenDigZone.DATA, slot)


def gen_dig_config(block: int) -> CommandPacket:
    """Mix a block of the configuration zone, 0 to 3, into TempKey."""
    return CommandPacket(Opcode.GEN_DIG, GenDigZone.CONFIG, block)


def check_mac(slot: int, mode: MacMode, challenge: bytes, response: bytes, other_data: bytes) -> CommandPacket:
    """Compare a response with the one that the slot's key gives.

    `response` has 32 bytes, `other_data` 13.
    """
    return CommandPacket(Opcode.CHECK_MAC, mode, slot, challenge + response + other_data)


def gen_key(mode: GenKeyMode, slot: int) -> CommandPacket:
    """Make a new private key, or compute the existing one's public key."""
    return CommandPacket(Opcode.GEN_KEY, mode, slot)


def sign(slot: int, mode: SignMode = SignMode.EXTERNAL) -> CommandPacket:
    """Sign the digest in TempKey with the private key in `slot`."""
    return CommandPacket(Opcode.SIGN, mode, slot)


def verify_external(signature: bytes, public_key: bytes) -> CommandPacket:
    """Verify a signature with a public key from the host.

    `signature` is R‖S over the digest in TempKey, `public_key` X‖Y.
    """
    return CommandPacket(Opcode.VERIFY, VerifyMode.EXTERNAL, VERIFY_KEY_TYPE_P256, signature + public_key)
