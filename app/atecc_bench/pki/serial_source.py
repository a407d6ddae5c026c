"""Where a certificate's serial number comes from: CryptoAuthLib's `atcacert_cert_sn_src_t`."""

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


def hashed_serial_number(source: SerialSource, public_key: bytes, serial_dates: bytes, length: int) -> bytes:
    """Compute the serial number of a certificate from its key and dates.

    `public_key` is X‖Y (64 bytes), `serial_dates` what `compressed.encode_dates` gives,
    `length` that of the number. The
    top bits are forced to 01, so that the number is positive and never shrinks. Raises `RefusedError`
    (`serial-source-not-supported`) for a source other than `PUB_KEY_HASH`.
    """
    if source is not SerialSource.PUB_KEY_HASH:
        raise RefusedError(
            "serial-source-not-supported",
            f"The serial number comes from {source.specification_name}, which cannot be computed here; "
            "SNSRC_PUB_KEY_HASH and SNSRC_STORED can.",
            "Use a template with one of those two.",
        )
    return positive_serial_number(hashlib.sha256(public_key + serial_dates).digest()[:length])


def positive_serial_number(serial_number: bytes) -> bytes:
    """Force the top bits to 01: positive, and as long in DER as it is here."""
    return bytes([serial_number[0] & 0x7F | 0x40]) + serial_number[1:]
