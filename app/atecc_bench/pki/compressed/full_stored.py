"""A certificate stored whole: CryptoAuthLib's `CERTTYPE_X509_FULL_STORED`, for what 72 bytes cannot represent."""

from collections.abc import Callable
from dataclasses import dataclass

from atecc_bench.chip.protocol.zones import slot_size
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.compressed.definition import DeviceLocation
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.der import SEQUENCE

FULL_CERTIFICATE_SLOT = 8

_HEADER_LENGTH = 4
_LONG_FORM_OF_TWO = 0x82


@dataclass(frozen=True, kw_only=True)
class FullStoredDefinition:
    """Place of a certificate that is stored whole, as DER.

    CryptoAuthLib reads it from the start of the slot.
    """

    comp_cert_dev_loc: DeviceLocation
    private_key_slot: int = 0


def full_stored_definition(der: bytes, slot: int = FULL_CERTIFICATE_SLOT) -> FullStoredDefinition:
    """The definition of this certificate (DER), stored whole.

    Raises:
        RefusedError: `certificate-too-long` when the slot has no room for it; the certificate then is for files only.
        InputError: `not-a-certificate` or `truncated-input`.
    """
    certificate_fields(der)
    room = slot_size(slot)
    if len(der) > room:
        raise RefusedError(
            "certificate-too-long",
            f"The certificate has {len(der)} bytes, and slot {slot} has room for {room}: it cannot be stored whole.",
            "Keep its file and put it into the firmware, or have it issued with shorter names and fewer extensions.",
        )
    return FullStoredDefinition(comp_cert_dev_loc=DeviceLocation(slot=slot, count=len(der)))


def read_full_stored(definition: FullStoredDefinition, read: Callable[[DeviceLocation], bytes]) -> bytes:
    """Read a whole certificate (DER) from the chip.

    It is as long as it says it is.

    Raises:
        InputError: `no-certificate-stored` when the slot holds something else.
    """
    slot = definition.comp_cert_dev_loc.slot
    header = read(DeviceLocation(slot=slot, count=_HEADER_LENGTH))
    length = _HEADER_LENGTH + int.from_bytes(header[2:])
    if header[0] != SEQUENCE or header[1] != _LONG_FORM_OF_TWO or length > slot_size(slot):
        raise InputError(
            "no-certificate-stored",
            f"Slot {slot} holds no whole certificate: it begins with {header.hex(' ').upper()}.",
            "Write the certificate first, or look into another slot.",
        )
    der = read(DeviceLocation(slot=slot, count=length))
    certificate_fields(der)
    return der
