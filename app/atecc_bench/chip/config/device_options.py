"""Options of the ATECC608 that concern the whole chip, taken apart.

Bytes 18, 68 to 74, 90 and 91. On an ATECC508A they mean something else: ask the part first.
"""

from dataclasses import dataclass
from enum import IntEnum

from atecc_bench.chip.config.config_zone import ConfigZone

_USE_LOCK_ENABLED = 0xA
_NO_KDF_IV = 0xF0


class OutputProtection(IntEnum):
    """Whether ECDH or KDF may answer their secret.

    What is not documented counts as forbidden.
    """

    CLEAR = 0
    ENCRYPTED = 1
    FORBIDDEN = 2
    RESERVED = 3


@dataclass(frozen=True)
class ChipOptions:
    """Bytes 90 and 91."""

    self_test_at_wake: bool
    io_protection: bool
    kdf_aes: bool
    auto_clear_first_fail: bool
    ecdh_protection: OutputProtection
    kdf_protection: OutputProtection
    io_protection_slot: int

    @classmethod
    def of(cls, config: ConfigZone) -> "ChipOptions":
        """Take the word apart."""
        word = config.chip_options
        return cls(
            bool(word & 1), bool(word & 2), bool(word & 4), bool(word & 8),
            OutputProtection(word >> 8 & 3), OutputProtection(word >> 10 & 3), word >> 12,
        )  # fmt: skip


class SecureBootKind(IntEnum):
    """SecureBootMode: what the chip keeps between two boots."""

    DISABLED = 0
    FULL_BOTH = 1
    FULL_SIGNATURE = 2
    FULL_DIGEST = 3


@dataclass(frozen=True)
class SecureBootOptions:
    """Bytes 70 and 71. `store_slot` keeps the signature or the digest."""

    kind: SecureBootKind
    sets_latch: bool
    random_nonce: bool
    store_slot: int
    public_key_slot: int

    @classmethod
    def of(cls, config: ConfigZone) -> "SecureBootOptions":
        """Take the word apart."""
        word = int.from_bytes(config.use_flags[2:4], "little")
        return cls(SecureBootKind(word & 3), bool(word & 8), bool(word & 16), word >> 8 & 0xF, word >> 12)


def count_match_slot(config: ConfigZone) -> int | None:
    """Slot that holds the limit of counter 0, or None (byte 18)."""
    return config.count_match >> 4 if config.count_match & 1 else None


def use_lock_slot(config: ConfigZone) -> int | None:
    """Slot whose key ends the use lock, or None (byte 68).

    None: the lock is not enabled.
    """
    byte = config.use_flags[0]
    return byte >> 4 if byte & 0xF == _USE_LOCK_ENABLED else None


def volatile_permit_slot(config: ConfigZone) -> int | None:
    """Slot whose key permits setting the persistent latch (byte 69).

    None when anybody may set it.
    """
    byte = config.use_flags[1]
    return byte & 0xF if byte & 0x80 else None


def kdf_iv(config: ConfigZone) -> tuple[int, bytes] | None:
    """Position and value that KDF's IV function demands, or None.

    Where in the input of KDF which two bytes must stand (bytes 72 to 74); None when the function is off.
    """
    location = config.use_flags[4]
    return None if location == _NO_KDF_IV else (location, config.use_flags[5:7])
