"""A certificate definition: CryptoAuthLib's `atcacert_def_t`, with its field names.

It holds a template certificate, and where each changing part stands in the template and on the chip.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.dates import DateFormat
from atecc_bench.pki.encoding.der import parse_der


class DeviceZone(IntEnum):
    """Zones of the chip, with the values of CryptoAuthLib's `atcacert_device_zone_t`."""

    CONFIG = 0
    OTP = 1
    DATA = 2
    NONE = 7


class StandardElement(IntEnum):
    """The changing parts every definition knows, in the order of `atcacert_std_cert_element_t`."""

    PUBLIC_KEY = 0
    SIGNATURE = 1
    ISSUE_DATE = 2
    EXPIRE_DATE = 3
    SIGNER_ID = 4
    CERT_SN = 5
    AUTH_KEY_ID = 6
    SUBJ_KEY_ID = 7


@dataclass(frozen=True, kw_only=True)
class DeviceLocation:
    """Bytes on the chip, or the public key of a slot.

    `count` bytes at `offset`; with `is_genkey` the public key.
    """

    zone: DeviceZone = DeviceZone.DATA
    slot: int
    is_genkey: bool = False
    offset: int = 0
    count: int


@dataclass(frozen=True)
class CertificateLocation:
    """Bytes of the template.

    `count` 0 says that the definition does not have this part.
    """

    offset: int
    count: int

    @property
    def slice(self) -> slice:
        """The bytes as a slice of the certificate."""
        return slice(self.offset, self.offset + self.count)


@dataclass(frozen=True, kw_only=True)
class CertificateElement:
    """A part of the certificate that the chip stores.

    Byte for byte unless there are `transforms`, up to two. One without a zone is stored nowhere: it only names a part,
    as Microchip's own definitions do with `subject`.
    """

    id: str
    device_loc: DeviceLocation
    cert_loc: CertificateLocation
    transforms: tuple[Transform, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CertificateDefinition:
    """How one certificate is rebuilt from the chip.

    With `SNSRC_STORED_DYNAMIC` the serial number has its own length: its location begins at the length byte, and all
    later locations are those of the template, from which a certificate's own may differ.
    """

    template_id: int
    chain_id: int
    private_key_slot: int
    sn_source: SerialSource
    cert_sn_dev_loc: DeviceLocation
    issue_date_format: DateFormat
    expire_date_format: DateFormat
    tbs_cert_loc: CertificateLocation
    expire_years: int
    public_key_dev_loc: DeviceLocation
    comp_cert_dev_loc: DeviceLocation
    std_cert_elements: Mapping[StandardElement, CertificateLocation]
    cert_elements: tuple[CertificateElement, ...]
    cert_template: bytes

    def stores(self, element: StandardElement) -> bool:
        """True when the chip also stores this part byte for byte.

        What is stored then has the last word.
        """
        return element in self._stored_parts

    @cached_property
    def _stored_parts(self) -> frozenset[StandardElement]:
        stored = {extra.cert_loc for extra in self.stored_elements}
        return frozenset(part for part, location in self.std_cert_elements.items() if location in stored)

    @cached_property
    def stored_elements(self) -> tuple[CertificateElement, ...]:
        """Parts of `cert_elements` that the chip stores."""
        return tuple(extra for extra in self.cert_elements if extra.device_loc.zone is not DeviceZone.NONE)

    def shift_of(self, certificate: bytes | bytearray) -> int:
        """Bytes that a certificate's serial number exceeds the template's by.

        The certificate is DER.
        """
        if self.sn_source is not SerialSource.STORED_DYNAMIC:
            return 0
        location = self.std_cert_elements[StandardElement.CERT_SN]
        if location.offset >= len(certificate):
            return 0
        return certificate[location.offset] - self.cert_template[location.offset]

    def location_in(self, shift: int, location: CertificateLocation) -> CertificateLocation:
        """Place of a template's location in an actual certificate.

        The certificate's serial number is longer by `shift`.
        """
        if not shift:
            return location
        serial_number = self.std_cert_elements[StandardElement.CERT_SN].offset
        if location.offset < serial_number:
            return location
        if location.offset == serial_number:
            return CertificateLocation(location.offset, location.count + shift)
        return CertificateLocation(location.offset + shift, location.count)


NOWHERE = CertificateLocation(0, 0)
NOT_ON_DEVICE = DeviceLocation(zone=DeviceZone.NONE, slot=0, count=0)
CHIP_SERIAL_NUMBER = DeviceLocation(zone=DeviceZone.CONFIG, slot=0, count=13)
"""Where the sources `DEVICE_SN…` read the chip's serial number: bytes 0 to 3 and 8 to 12 of these."""

_ELEMENT_PATHS = {
    StandardElement.PUBLIC_KEY: "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey",
    StandardElement.ISSUE_DATE: "tbsCertificate.validity.notBefore",
    StandardElement.EXPIRE_DATE: "tbsCertificate.validity.notAfter",
    StandardElement.CERT_SN: "tbsCertificate.serialNumber",
    StandardElement.AUTH_KEY_ID: "tbsCertificate.extensions.authorityKeyIdentifier",
    StandardElement.SUBJ_KEY_ID: "tbsCertificate.extensions.subjectKeyIdentifier",
}
_KEY_IDENTIFIERS = (StandardElement.AUTH_KEY_ID, StandardElement.SUBJ_KEY_ID)
_KEY_IDENTIFIER_LENGTH = 20


def element_locations(der: bytes) -> dict[StandardElement, CertificateLocation]:
    """Find the standard elements of a certificate.

    The signature is the whole BIT STRING with tag and length, as CryptoAuthLib counts it. A part that
    is not there, a key identifier that is not 20 bytes, and always the signer id, is `NOWHERE`. Raises
    `InputError` (`not-a-certificate`, `truncated-input`).
    """
    by_path = {field.path: field for field in certificate_fields(der)}
    locations = dict.fromkeys(StandardElement, NOWHERE)
    for element, path in _ELEMENT_PATHS.items():
        if path in by_path:
            field = by_path[path]
            count = field.end - field.start
            # CryptoAuthLib only ever sets identifiers of 20 bytes; any other stays as the template has it.
            if element not in _KEY_IDENTIFIERS or count == _KEY_IDENTIFIER_LENGTH:
                locations[element] = CertificateLocation(field.start, count)
    signature = parse_der(der).children[2]
    locations[StandardElement.SIGNATURE] = CertificateLocation(signature.start, signature.end - signature.start)
    return locations


def tbs_location(der: bytes) -> CertificateLocation:
    """Return the location of a certificate's signed part.

    Its tag and length belong to it.
    """
    tbs = parse_der(der).children[0]
    return CertificateLocation(tbs.start, tbs.end - tbs.start)
