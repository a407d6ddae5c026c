"""Reasons why the twin refuses a command.

A stable id, one plain sentence, and the configuration bytes that decided.
"""

from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.chip.protocol.status import Status

ByteRanges = tuple[tuple[int, int], ...]

AES_ENABLE: ByteRanges = ((13, 13),)
COUNT_MATCH: ByteRanges = ((18, 18),)  # OTPmode on the ATECC508A
CHIP_MODE: ByteRanges = ((19, 19),)
USE_LOCK: ByteRanges = ((68, 68),)
LAST_KEY_USE: ByteRanges = ((68, 83),)  # ATECC508A
VOLATILE_KEY_PERMISSION: ByteRanges = ((69, 69),)
SECURE_BOOT: ByteRanges = ((70, 71),)
KDF_IV: ByteRanges = ((72, 74),)
LOCK_VALUE: ByteRanges = ((86, 86),)
LOCK_CONFIG: ByteRanges = ((87, 87),)
SLOT_LOCKED: ByteRanges = ((88, 89),)
CHIP_OPTIONS: ByteRanges = ((90, 91),)


def counter_bytes(counter: int) -> ByteRanges:
    """Bytes of a monotonic counter in the configuration zone."""
    return ((52 + 8 * counter, 59 + 8 * counter),)


def x509_format_bytes(x509_id: int) -> ByteRanges:
    """Bytes of the X509format that a KeyConfig names."""
    return ((92 + x509_id, 92 + x509_id),)


class ReasonId(StrEnum):
    """Every reason there is. The values are stable: other programs read them."""

    PACKET_DAMAGED = "packet-damaged"
    UNKNOWN_OPCODE = "unknown-opcode"
    BAD_PARAMETER = "bad-parameter"
    BAD_LENGTH = "bad-length"
    NO_SUCH_ADDRESS = "no-such-address"
    WATCHDOG_TOO_SHORT = "watchdog-too-short"
    SELF_TEST_FAILED = "self-test-failed"
    # Zones and slots
    CONFIG_LOCKED = "config-locked"
    CONFIG_NOT_LOCKED = "config-not-locked"
    CONFIG_BYTES_FIXED = "config-bytes-fixed"
    DATA_LOCKED = "data-locked"
    DATA_NOT_LOCKED = "data-not-locked"
    WORD_WRITE_BEFORE_DATA_LOCK = "word-write-before-data-lock"
    LOCK_CRC_MISMATCH = "lock-crc-mismatch"
    OTP_READ_ONLY = "otp-read-only"
    OTP_LEGACY = "otp-legacy"
    OTP_ONLY_CONSUMED = "otp-only-consumed"
    SLOT_LOCKED = "slot-locked"
    SLOT_NOT_LOCKABLE = "slot-not-lockable"
    SLOT_NEVER_READABLE = "slot-never-readable"
    SLOT_READ_ENCRYPTED = "slot-read-encrypted"
    SLOT_NEVER_WRITABLE = "slot-never-writable"
    SLOT_WRITE_ENCRYPTED = "slot-write-encrypted"
    SLOT_WRITE_CLEAR = "slot-write-clear"
    SECRET_SLOT_WORD_WRITE = "secret-slot-word-write"  # noqa: S105 - a reason, not a password
    VALID_PUBLIC_KEY_KEPT = "valid-public-key-kept"
    EXTRA_BYTE_ALREADY_SET = "extra-byte-already-set"
    # What a slot holds
    PRIVATE_KEY_SLOT = "private-key-slot"
    NOT_A_PRIVATE_KEY_SLOT = "not-a-private-key-slot"
    NOT_A_PUBLIC_KEY_SLOT = "not-a-public-key-slot"
    NOT_A_SECRET_KEY_SLOT = "not-a-secret-key-slot"  # noqa: S105 - a reason, not a password
    NOT_AN_AES_KEY_SLOT = "not-an-aes-key-slot"
    NO_PRIVATE_KEY = "no-private-key"
    PRIVATE_KEY_INVALID = "private-key-invalid"
    # Whether a key may be used now
    USE_LOCKED = "use-locked"
    AUTHORIZATION_NEEDED = "authorization-needed"
    PERSISTENT_LATCH_CLEAR = "persistent-latch-clear"
    LATCH_NOT_PERMITTED = "latch-not-permitted"
    RANDOM_NONCE_NEEDED = "random-nonce-needed"
    KEY_USED_UP = "key-used-up"
    COUNT_MATCH_REACHED = "count-match-reached"
    COUNTER_AT_END = "counter-at-end"
    KEY_NOT_LIMITED = "key-not-limited"
    NO_MAC = "no-mac"
    # Private keys
    GENKEY_NOT_ALLOWED = "genkey-not-allowed"
    PUB_INFO_OFF = "pub-info-off"
    PRIV_WRITE_NOT_ALLOWED = "priv-write-not-allowed"
    PRIV_WRITE_ENCRYPTED = "priv-write-encrypted"
    EXTERNAL_SIGN_NOT_ALLOWED = "external-sign-not-allowed"
    INTERNAL_SIGN_NOT_ALLOWED = "internal-sign-not-allowed"
    NO_INTERNAL_MESSAGE = "no-internal-message"
    ECDH_NOT_ALLOWED = "ecdh-not-allowed"
    ECDH_RESULT_STAYS = "ecdh-result-stays"
    ECDH_NO_RESULT_SLOT = "ecdh-no-result-slot"
    # Registers
    NO_DIGEST = "no-digest"
    NO_SYSTEM_NONCE = "no-system-nonce"
    TEMP_KEY_EMPTY = "temp-key-empty"
    TEMP_KEY_TOO_SHORT = "temp-key-too-short"
    TEMP_KEY_SOURCE = "temp-key-source"
    TEMP_KEY_NO_MAC = "temp-key-no-mac"
    TEMP_KEY_OF_OTHER_KEY = "temp-key-of-other-key"
    TEMP_KEY_PRIVATE = "temp-key-private"
    TEMP_KEY_NOT_PRIVATE = "temp-key-not-private"
    ALTERNATE_KEY_EMPTY = "alternate-key-empty"
    SHA_NOT_STARTED = "sha-not-started"
    SHA_NOT_AT_BLOCK_BOUNDARY = "sha-not-at-block-boundary"
    SHA_CONTEXT_NOT_READABLE = "sha-context-not-readable"
    # Public keys
    PUBLIC_KEY_NOT_VALIDATED = "public-key-not-validated"
    PUBLIC_KEY_NEEDS_NO_VALIDATION = "public-key-needs-no-validation"
    PUBLIC_KEY_INVALID = "public-key-invalid"
    NOT_THE_KEY_TO_VALIDATE = "not-the-key-to-validate"
    VALIDATION_PURPOSE = "validation-purpose"
    X509_FORMAT = "x509-format"
    # Proofs that failed
    SIGNATURE_MISMATCH = "signature-mismatch"
    CHECK_MAC_MISMATCH = "check-mac-mismatch"
    WRITE_MAC_MISMATCH = "write-mac-mismatch"
    # Derived keys and encrypted answers
    DERIVE_KEY_NOT_ALLOWED = "derive-key-not-allowed"
    DERIVE_KEY_MAC_NEEDED = "derive-key-mac-needed"
    AES_DISABLED = "aes-disabled"
    KDF_AES_DISABLED = "kdf-aes-disabled"
    KDF_SOURCE_NOT_ALLOWED = "kdf-source-not-allowed"
    KDF_TARGET_NOT_ALLOWED = "kdf-target-not-allowed"
    KDF_IV_OFF = "kdf-iv-off"
    KDF_IV_MISMATCH = "kdf-iv-mismatch"
    OUTPUT_MUST_BE_ENCRYPTED = "output-must-be-encrypted"
    OUTPUT_FORBIDDEN = "output-forbidden"
    IO_PROTECTION_OFF = "io-protection-off"
    # Secure boot
    SECURE_BOOT_DISABLED = "secure-boot-disabled"
    SECURE_BOOT_NOTHING_STORED = "secure-boot-nothing-stored"
    SECURE_BOOT_PROHIBITED = "secure-boot-prohibited"
    SECURE_BOOT_NONCE_NEEDED = "secure-boot-nonce-needed"
    SECURE_BOOT_MISMATCH = "secure-boot-mismatch"


@dataclass(frozen=True)
class Reason:
    """Why a command was refused.

    `bytes` are inclusive ranges of the configuration zone, none when no byte decided.
    """

    id: ReasonId
    sentence: str
    bytes: ByteRanges = ()

    @property
    def where(self) -> str:
        """The bytes that decided, for people.

        `byte 13`, `bytes 28–29, 88–89`; empty when none did.
        """
        parts = [f"{first}" if first == last else f"{first}–{last}" for first, last in self.bytes]
        single = len(self.bytes) == 1 and self.bytes[0][0] == self.bytes[0][1]
        return f"{'byte' if single else 'bytes'} {', '.join(parts)}" if parts else ""


class RefusalError(Exception):
    """Refusal of a command.

    The status that goes out on the wire, and the reason behind it.
    """

    def __init__(self, status: Status, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.status = status
        self.reason = reason


def parse_error(id: ReasonId, sentence: str, decided_by: ByteRanges = ()) -> RefusalError:  # noqa: A002
    """The command is illegal in any state of the chip.

    Only AES answers so by its state too: then bytes of the configuration decided.
    """
    return RefusalError(Status.PARSE_ERROR, Reason(id, sentence, decided_by))


def refused(id: ReasonId, sentence: str, decided_by: ByteRanges = ()) -> RefusalError:  # noqa: A002
    """Refusal of a legal command.

    Refused in this state of the chip or by its configuration.
    """
    return RefusalError(Status.EXECUTION_ERROR, Reason(id, sentence, decided_by))


def mismatch(id: ReasonId, sentence: str) -> RefusalError:  # noqa: A002
    """Refusal of a wrong proof.

    The command itself was carried out.
    """
    return RefusalError(Status.CHECKMAC_OR_VERIFY_MISCOMPARE, Reason(id, sentence))


def ecc_fault(id: ReasonId, sentence: str) -> RefusalError:  # noqa: A002
    """A computation on the curve failed."""
    return RefusalError(Status.ECC_FAULT, Reason(id, sentence))
