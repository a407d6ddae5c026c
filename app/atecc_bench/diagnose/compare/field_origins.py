"""Origin of each field of a rebuilt certificate.

The template, or a place on the chip.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from atecc_bench.errors import BenchError
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone, StandardElement
from atecc_bench.pki.compressed.massprovisioning import SIGNER_PUBLIC_KEY_SLOT
from atecc_bench.pki.compressed.serial_source import DEVICE_SN_HASHES, SerialSource
from atecc_bench.pki.encoding.certificate_fields import certificate_fields, field_at


@dataclass(frozen=True)
class Origin:
    """Origin of one field.

    `dynamic` fields are filled in, the others stay as the template has them.
    """

    dynamic: bool
    place: str


FIXED = Origin(dynamic=False, place="template")
STRUCTURE = Origin(dynamic=False, place="structure")


def origins_of(definition: CertificateDefinition) -> Mapping[str, Origin]:
    """Origins of the fields that change, by their paths.

    Every other field is `FIXED`.
    """
    try:
        fields = certificate_fields(definition.cert_template)
    except BenchError:
        return {}
    found: dict[str, Origin] = {}
    for offset, place in _places(definition):
        field = field_at(fields, offset)
        if field is not None:
            found[field.path] = Origin(dynamic=True, place=place)
    return found


def _places(definition: CertificateDefinition) -> Iterator[tuple[int, str]]:
    """Offsets in the template, with what is filled in there.

    What the chip stores byte for byte comes last.
    """
    compressed = f"slot {definition.comp_cert_dev_loc.slot}"
    key = definition.public_key_dev_loc
    words = {
        StandardElement.PUBLIC_KEY: f"live key, slot {key.slot}" if key.is_genkey else _location(key),
        StandardElement.SIGNATURE: f"{compressed}, bytes 0–63",
        StandardElement.ISSUE_DATE: f"{compressed}, bytes 64–66",
        StandardElement.EXPIRE_DATE: f"{compressed}, bytes 64–66 (years)",
        StandardElement.SIGNER_ID: f"{compressed}, bytes 67–68 (signer id)",
        StandardElement.CERT_SN: _serial_number(definition, compressed),
        StandardElement.AUTH_KEY_ID: f"SHA-1 of the public key in slot {SIGNER_PUBLIC_KEY_SLOT}",
        StandardElement.SUBJ_KEY_ID: "SHA-1 of public key",
    }
    for element, place in words.items():
        location = definition.std_cert_elements[element]
        if location.count:
            # The signature's location begins with the tag of its BIT STRING, two lengths before its value.
            inside = 3 if element is StandardElement.SIGNATURE else location.count - 1
            yield location.offset + inside, place
    for extra in definition.stored_elements:
        yield extra.cert_loc.offset, _location(extra.device_loc)


def _serial_number(definition: CertificateDefinition, compressed: str) -> str:
    source = definition.sn_source
    if source in (SerialSource.STORED, SerialSource.STORED_DYNAMIC):
        return _location(definition.cert_sn_dev_loc)
    if source is SerialSource.DEVICE_SN:
        return "serial number of the chip"
    if source is SerialSource.SIGNER_ID:
        return f"{compressed}, bytes 67–68 (signer id)"
    if source in DEVICE_SN_HASHES:
        return "SHA-256 of the chip's serial number and dates"
    return "SHA-256 of public key and dates"


def _location(location: DeviceLocation) -> str:
    zone = f"slot {location.slot}" if location.zone is DeviceZone.DATA else f"{location.zone.name} zone"
    return f"{zone}, bytes {location.offset}–{location.offset + location.count - 1}"
