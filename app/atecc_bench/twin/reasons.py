"""Why the twin refuses a command: a stable id, one plain sentence, and the configuration bytes that decided."""

from dataclasses import dataclass
from enum import StrEnum

from atecc_bench.chip.status import Status

ByteRanges = tuple[tuple[int, int], ...]

CHIP_MODE: ByteRanges = ((19, 19),)
LOCK_VALUE: ByteRanges = ((86, 86),)
LOCK_CONFIG: ByteRanges = ((87, 87),)
SLOT_LOCKED: ByteRanges = ((88, 89),)


def slot_config_bytes(slot: int) -> ByteRanges:
    """Where the SlotConfig of a slot lies in the configuration zone."""
    return ((20 + 2 * slot, 21 + 2 * slot),)


def key_config_bytes(slot: int) -> ByteRanges:
    """Where the KeyConfig of a slot lies in the configuration zone."""
    return ((96 + 2 * slot, 97 + 2 * slot),)


class ReasonId(StrEnum):
    """Every reason there is. The values are stable: other programs read them."""

    PACKET_DAMAGED = "packet-damaged"
    UNKNOWN_OPCODE = "unknown-opcode"
    NOT_MODELLED = "not-modelled"
    BAD_PARAMETER = "bad-parameter"
    BAD_LENGTH = "bad-length"
    NO_SUCH_ADDRESS = "no-such-address"
    WATCHDOG_TOO_SHORT = "watchdog-too-short"
    SELF_TEST_FAILED = "self-test-failed"
    CONFIG_LOCKED = "config-locked"
    CONFIG_NOT_LOCKED = "config-not-locked"
    CONFIG_BYTES_FIXED = "config-bytes-fixed"
    DATA_LOCKED = "data-locked"
    DATA_NOT_LOCKED = "data-not-locked"
    WORD_WRITE_BEFORE_DATA_LOCK = "word-write-before-data-lock"
    LOCK_CRC_MISMATCH = "lock-crc-mismatch"
    SLOT_LOCKED = "slot-locked"
    SLOT_NOT_LOCKABLE = "slot-not-lockable"
    SLOT_NEVER_READABLE = "slot-never-readable"
    SLOT_READ_ENCRYPTED = "slot-read-encrypted"
    SLOT_NEVER_WRITABLE = "slot-never-writable"
    SLOT_WRITE_ENCRYPTED = "slot-write-encrypted"
    SECRET_SLOT_WORD_WRITE = "secret-slot-word-write"  # noqa: S105 - a reason, not a password
    VALID_PUBLIC_KEY_KEPT = "valid-public-key-kept"
    PRIVATE_KEY_SLOT = "private-key-slot"
    NOT_A_PRIVATE_KEY_SLOT = "not-a-private-key-slot"
    NOT_A_PUBLIC_KEY_SLOT = "not-a-public-key-slot"
    GENKEY_NOT_ALLOWED = "genkey-not-allowed"
    PUB_INFO_OFF = "pub-info-off"
    NO_PRIVATE_KEY = "no-private-key"
    EXTERNAL_SIGN_NOT_ALLOWED = "external-sign-not-allowed"
    AUTHORIZATION_NEEDED = "authorization-needed"
    RANDOM_NONCE_NEEDED = "random-nonce-needed"
    NO_DIGEST = "no-digest"
    PUBLIC_KEY_NOT_VALIDATED = "public-key-not-validated"
    PUBLIC_KEY_INVALID = "public-key-invalid"
    SIGNATURE_MISMATCH = "signature-mismatch"


@dataclass(frozen=True)
class Reason:
    """Why a command was refused. `bytes` are inclusive ranges of the configuration zone, none when no byte decided."""

    id: ReasonId
    sentence: str
    bytes: ByteRanges = ()


class RefusalError(Exception):
    """A command stops here: the status that goes out on the wire, and the reason behind it."""

    def __init__(self, status: Status, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.status = status
        self.reason = reason


def parse_error(id: ReasonId, sentence: str) -> RefusalError:  # noqa: A002
    """The command is illegal in any state of the chip."""
    return RefusalError(Status.PARSE_ERROR, Reason(id, sentence))


def refused(id: ReasonId, sentence: str, decided_by: ByteRanges = ()) -> RefusalError:  # noqa: A002
    """The command is legal, but not in this state of the chip or by its configuration."""
    return RefusalError(Status.EXECUTION_ERROR, Reason(id, sentence, decided_by))


def not_modelled(what: str) -> RefusalError:
    """The real chip knows this, the twin does not yet."""
    return parse_error(ReasonId.NOT_MODELLED, f"The twin does not model {what} yet; a real chip may accept it.")
