"""Checks of a definition that came from a file.

One that holds together can only be rebuilt by with a good end.
"""

from collections.abc import Iterator

from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone, zone_size
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.compressed.definition import (
    CertificateDefinition,
    CertificateLocation,
    DeviceLocation,
    DeviceZone,
    StandardElement,
    element_locations,
    tbs_location,
)
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_builder import LONGEST_ELEMENT_ID, MOST_TRANSFORMS, SIGNER_ID_LENGTH
from atecc_bench.pki.keys.key_files import PADDED_PUBLIC_KEY_LENGTH, PUBLIC_KEY_LENGTH

_KEY_IDENTIFIER_LENGTH = 20
_LONGEST_TEMPLATE = 0xFFFF


def check_definition(definition: CertificateDefinition | FullStoredDefinition) -> None:
    """Raise `InputError` (`definition-not-usable`) with all that is wrong in one sentence."""
    try:
        problems = list(
            _full_stored(definition) if isinstance(definition, FullStoredDefinition) else _template(definition)
        )
    except BenchError as error:
        problems = [f"its template is no X.509 certificate. {error.message}".removesuffix(".")]
    if problems:
        raise InputError(
            "definition-not-usable",
            f"This definition of a certificate does not hold together: {'; '.join(problems)}.",
            "Correct it, or make a template from a sample with `atecc-bench template make`.",
        )


def _full_stored(definition: FullStoredDefinition) -> Iterator[str]:
    location = definition.comp_cert_dev_loc
    yield from _device("comp_cert_dev_loc", location)
    if location.zone is not DeviceZone.DATA or location.is_genkey or location.offset or not location.count:
        yield "a certificate stored whole is at the start of a data slot"


def _template(definition: CertificateDefinition) -> Iterator[str]:
    found = element_locations(definition.cert_template)
    if len(definition.cert_template) > _LONGEST_TEMPLATE:
        yield f"cert_template has {len(definition.cert_template)} bytes, more than {_LONGEST_TEMPLATE}"
    if definition.tbs_cert_loc != tbs_location(definition.cert_template):
        yield f"tbs_cert_loc is {_where(definition.tbs_cert_loc)}, which is not where the template has it"
    for name in ("template_id", "chain_id"):
        if not 0 <= getattr(definition, name) <= 0x0F:
            yield f"{name} has to be 0 to 15"
    if not 0 <= definition.expire_years <= 127:
        yield "expire_years has to be 0 to 127"
    if not 0 <= definition.private_key_slot < SLOT_COUNT:
        yield "private_key_slot has to be 0 to 15"
    yield from _standard(definition, found)
    yield from _serial_number(definition, found[StandardElement.CERT_SN])
    yield from _device("comp_cert_dev_loc", definition.comp_cert_dev_loc)
    yield from _device("public_key_dev_loc", definition.public_key_dev_loc)
    if definition.comp_cert_dev_loc.count != COMPRESSED_LENGTH:
        yield f"comp_cert_dev_loc has {definition.comp_cert_dev_loc.count} bytes and not {COMPRESSED_LENGTH}"
    counts = (PUBLIC_KEY_LENGTH,) if definition.public_key_dev_loc.is_genkey else (64, PADDED_PUBLIC_KEY_LENGTH)
    if definition.public_key_dev_loc.count not in counts:
        yield f"public_key_dev_loc has {definition.public_key_dev_loc.count} bytes"
    yield from _elements(definition)


def _standard(definition: CertificateDefinition, found: dict[StandardElement, CertificateLocation]) -> Iterator[str]:
    elements = definition.std_cert_elements
    lengths = {
        StandardElement.PUBLIC_KEY: PUBLIC_KEY_LENGTH,
        StandardElement.ISSUE_DATE: definition.issue_date_format.length,
        StandardElement.EXPIRE_DATE: definition.expire_date_format.length,
        StandardElement.SIGNER_ID: SIGNER_ID_LENGTH,
        StandardElement.AUTH_KEY_ID: _KEY_IDENTIFIER_LENGTH,
        StandardElement.SUBJ_KEY_ID: _KEY_IDENTIFIER_LENGTH,
    }
    for part, length in lengths.items():
        location = elements[part]
        if location.count not in (0, length):
            yield f"{part.name} has {location.count} bytes and not {length}"
        yield from _inside(part.name, location, definition)
    if elements[StandardElement.PUBLIC_KEY] != found[StandardElement.PUBLIC_KEY]:
        yield "PUBLIC_KEY is not where the template has its P-256 key"
    # The count is not compared: CryptoAuthLib's own definitions have 64 there, and it does not look at it.
    if elements[StandardElement.SIGNATURE].offset != found[StandardElement.SIGNATURE].offset:
        yield "SIGNATURE is not where the template has it"


def _serial_number(definition: CertificateDefinition, found: CertificateLocation) -> Iterator[str]:
    location = definition.std_cert_elements[StandardElement.CERT_SN]
    if definition.sn_source is SerialSource.STORED_DYNAMIC:
        found = CertificateLocation(found.offset - 1, found.count + 1)
    if location != found and (location.count or definition.sn_source is SerialSource.STORED_DYNAMIC):
        yield f"CERT_SN is {_where(location)}, and the template has it {_where(found)}"
    stored = definition.cert_sn_dev_loc
    match definition.sn_source:
        case SerialSource.STORED | SerialSource.STORED_DYNAMIC:
            yield from _device("cert_sn_dev_loc", stored)
            if stored.zone is DeviceZone.NONE or stored.is_genkey or stored.count < location.count:
                yield f"cert_sn_dev_loc has no room for the {location.count} bytes of the serial number"
        case SerialSource.DEVICE_SN | SerialSource.SIGNER_ID:
            length = 10 if definition.sn_source is SerialSource.DEVICE_SN else 3
            if location.count not in (0, length):
                yield f"a serial number from {definition.sn_source.specification_name} has {length} bytes"
        case _:
            if location.count > 32:
                yield "a hash gives no serial number of more than 32 bytes"


def _elements(definition: CertificateDefinition) -> Iterator[str]:
    for element in definition.cert_elements:
        yield from _device(element.id, element.device_loc)
        yield from _inside(element.id, element.cert_loc, definition)
        if not element.cert_loc.count:
            yield f"{element.id} is nowhere"
        if not 0 < len(element.id.encode()) <= LONGEST_ELEMENT_ID:
            yield f"the name {element.id!r} does not have 1 to {LONGEST_ELEMENT_ID} bytes"
        if len(element.transforms) > MOST_TRANSFORMS:
            yield f"{element.id} has more than {MOST_TRANSFORMS} transforms"


def _inside(name: str, location: CertificateLocation, definition: CertificateDefinition) -> Iterator[str]:
    tbs = definition.tbs_cert_loc
    if (
        location.count
        and not tbs.offset <= location.offset <= location.offset + location.count <= tbs.offset + tbs.count
    ):
        yield f"{name} is {_where(location)}, outside the signed part of the template"


def _device(name: str, location: DeviceLocation) -> Iterator[str]:
    if location.zone is DeviceZone.NONE:
        return
    if not 0 <= location.slot < SLOT_COUNT:
        yield f"{name} is in slot {location.slot}, and there are 16"
        return
    size = PUBLIC_KEY_LENGTH if location.is_genkey else zone_size(Zone(location.zone), location.slot)
    if location.offset < 0 or location.count < 1 or location.offset + location.count > size:
        yield f"{name} is {_where(location)} of {size}"


def _where(location: CertificateLocation | DeviceLocation) -> str:
    return f"{location.count} bytes from {location.offset}"
