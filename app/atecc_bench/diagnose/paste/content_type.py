"""Kind of bytes out of a dump, by what is in them."""

from enum import StrEnum

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.errors import BenchError
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH, CompressedCertificate
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.der import SEQUENCE
from atecc_bench.pki.keys.key_files import (
    PADDED_PUBLIC_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    public_key_from_bytes,
    unpad_public_key,
)

_SERIAL_NUMBER_START = b"\x01\x23"
_SERIAL_NUMBER_ENDS = (0xEE, 0x01)  # of a TrustCUSTOM, and of TrustFLEX and Trust&GO
_FAMILIES = (b"\0\0\x50", b"\0\0\x60")  # bytes 4 to 6 of the revision
_FEWEST_CONFIG, _MOST_CONFIG = 64, 160


class Content(StrEnum):
    """Kinds of contents."""

    CERTIFICATE = "certificate"
    DAMAGED_CERTIFICATE = "damaged or incomplete certificate"
    CONFIGURATION = "configuration zone"
    DAMAGED_CONFIGURATION = "damaged or incomplete configuration zone"
    COMPRESSED_CERTIFICATE = "compressed certificate"
    PUBLIC_KEY = "public key"
    UNKNOWN = "bytes of an unknown kind"


def content_of(data: bytes) -> Content:
    """Say what these bytes are.

    What is not whole or not sound is said to be so.
    """
    if _is_certificate(data):
        return Content.CERTIFICATE
    if data[:2] == _SERIAL_NUMBER_START:
        if len(data) == CONFIG_SIZE and (data[4:7] in _FAMILIES or data[12] in _SERIAL_NUMBER_ENDS):
            return Content.CONFIGURATION
        if _FEWEST_CONFIG <= len(data) <= _MOST_CONFIG:
            return Content.DAMAGED_CONFIGURATION
    if _is_public_key(data):
        return Content.PUBLIC_KEY
    if len(data) == COMPRESSED_LENGTH and _is_compressed(data):
        return Content.COMPRESSED_CERTIFICATE
    declared = declared_length(data)
    if declared is not None and data[declared_header(data) : declared_header(data) + 1] == bytes([SEQUENCE]):
        return Content.DAMAGED_CERTIFICATE
    return Content.UNKNOWN


def declared_length(data: bytes) -> int | None:
    """Length that the DER sequence at the beginning declares.

    None when there is no sequence.
    """
    if len(data) < 4 or data[0] != SEQUENCE:
        return None
    if data[1] < 0x80:
        return 2 + data[1]
    if data[1] == 0x81:
        return 3 + data[2]
    if data[1] == 0x82:
        return 4 + int.from_bytes(data[2:4])
    return None


def declared_header(data: bytes) -> int:
    """The length of tag and length at the beginning of such bytes."""
    return 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)


def _is_certificate(data: bytes) -> bool:
    if declared_length(data) != len(data):
        return False
    try:
        certificate_fields(data)
    except BenchError:
        return False
    return True


def _is_public_key(data: bytes) -> bool:
    try:
        if len(data) == PADDED_PUBLIC_KEY_LENGTH:
            data = unpad_public_key(data)
        elif len(data) == PUBLIC_KEY_LENGTH + 1 and data[0] == 4:
            data = data[1:]
        if len(data) != PUBLIC_KEY_LENGTH:
            return False
        public_key_from_bytes(data)
    except BenchError:
        return False
    return True


def _is_compressed(data: bytes) -> bool:
    try:
        CompressedCertificate.parse(data)
    except BenchError:
        return False
    return True
