"""Sources of a certificate's serial number.

CryptoAuthLib's `atcacert_cert_sn_src_t`.
"""

import hashlib
from enum import IntEnum

from atecc_bench.errors import RefusedError


class SerialSource(IntEnum):
    """The high nibble of byte 70 of a compressed certificate."""

    STORED = 0x0
    STORED_DYNAMIC = 0x7
    DEVICE_SN = 0x8
    SIGNER_ID = 0x9
    PUB_KEY_HASH = 0xA
    DEVICE_SN_HASH = 0xB
    PUB_KEY_HASH_POS = 0xC
    DEVICE_SN_HASH_POS = 0xD
    PUB_KEY_HASH_RAW = 0xE
    DEVICE_SN_HASH_RAW = 0xF

    @property
    def specification_name(self) -> str:
        """The name in CryptoAuthLib, such as `SNSRC_PUB_KEY_HASH`."""
        return f"SNSRC_{self.name}"


_PUBLIC_KEY_HASHES = (SerialSource.PUB_KEY_HASH, SerialSource.PUB_KEY_HASH_POS, SerialSource.PUB_KEY_HASH_RAW)
DEVICE_SN_HASHES = (SerialSource.DEVICE_SN_HASH, SerialSource.DEVICE_SN_HASH_POS, SerialSource.DEVICE_SN_HASH_RAW)
_HASHES = frozenset((*_PUBLIC_KEY_HASHES, *DEVICE_SN_HASHES))
_LONGEST_HASH = 32
_PREFIX = b"\x40"


def hashed_serial_number(source: SerialSource, hashed: bytes, serial_dates: bytes, length: int) -> bytes:
    """Compute a serial number that hashes key or chip with dates.

    `hashed` is X‖Y (64 bytes) for the `PUB_KEY_HASH` sources and the chip's serial number (9 bytes) for the
    `DEVICE_SN_HASH` sources, `serial_dates` what `compressed.encode_dates` gives, `length` that of the number, up to
    32. The top bits are forced to 01, so that the number is positive and never shrinks; `_POS` only clears the first,
    and `_RAW` leaves both.

    Raises:
        RefusedError: `serial-source-not-supported` for a source that is no hash, and for a longer number.
    """
    if source not in _HASHES or not 0 < length <= _LONGEST_HASH:
        raise RefusedError(
            "serial-source-not-supported",
            f"A serial number of {length} bytes from {source.specification_name} is not the hash of anything.",
            f"Use a template with SNSRC_PUB_KEY_HASH and a serial number of up to {_LONGEST_HASH} bytes.",
        )
    digest = hashlib.sha256(hashed + serial_dates).digest()[:length]
    if source in (SerialSource.PUB_KEY_HASH, SerialSource.DEVICE_SN_HASH):
        return positive_serial_number(digest)
    if source in (SerialSource.PUB_KEY_HASH_POS, SerialSource.DEVICE_SN_HASH_POS):
        return bytes([digest[0] & 0x7F]) + digest[1:]
    return digest


def prefixed_serial_number(identity: bytes) -> bytes:
    """Return a serial number that begins with the byte 40.

    The chip's serial number (`DEVICE_SN`) or the signer id (`SIGNER_ID`) follows.
    """
    return _PREFIX + identity


def positive_serial_number(serial_number: bytes) -> bytes:
    """Force the top bits of a serial number to 01.

    It is positive then, and as long in DER as it is here.
    """
    return bytes([serial_number[0] & 0x7F | 0x40]) + serial_number[1:]


def check_minimal(serial_number: bytes) -> None:
    """Raise `RefusedError` (`serial-number-not-minimal`) unless these bytes are a positive DER INTEGER.

    The sources `_POS` and `_RAW` give such numbers for some keys and dates (X.690, section 8.3.2; RFC 5280,
    section 4.1.2.2).
    """
    first, second = serial_number[0], serial_number[1:2]
    if first & 0x80:
        why = "is negative"
    elif first == 0 and (not second or not second[0] & 0x80):
        why = "begins with a zero byte that DER does not allow"
    else:
        return
    raise RefusedError(
        "serial-number-not-minimal",
        f"The serial number that this key and these dates give, {serial_number.hex(' ').upper()}, {why}; verifiers "
        "refuse such a certificate.",
        "Issue from another hour, or for another key; SNSRC_PUB_KEY_HASH never has this problem.",
    )
