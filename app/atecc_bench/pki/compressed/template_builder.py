"""Templates made from a sample certificate, and edited.

A template says what stays as it is, and what comes from the chip.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.x509.oid import SignatureAlgorithmOID

from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.definition import (
    NOT_ON_DEVICE,
    NOWHERE,
    CertificateDefinition,
    CertificateElement,
    CertificateLocation,
    DeviceLocation,
    DeviceZone,
    StandardElement,
    element_locations,
    tbs_location,
)
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.dates import NO_EXPIRY_YEARS, DateFormat, parse_date, whole_years
from atecc_bench.pki.keys.key_files import PADDED_PUBLIC_KEY_LENGTH, PUBLIC_KEY_LENGTH, key_identifier

SIGNER_ID_LENGTH = 4
LONGEST_ELEMENT_ID = 24
MOST_TRANSFORMS = 2
LONGEST_SERIAL_NUMBER = 20

_LARGEST_SAMPLE = 0xFFFF
_OTHER_SIGNATURE = "its signature algorithm is not ECDSA with SHA-256"
_PART_OF_FIELD = re.compile(r"(?P<path>.+)\[(?P<start>\d*):(?P<end>\d*)\]")


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Places of a certificate's parts on the chip.

    It also says where the serial number comes from.
    """

    template_id: int
    chain_id: int = 0
    private_key_slot: int = 0
    sn_source: SerialSource
    cert_sn_dev_loc: DeviceLocation = NOT_ON_DEVICE
    public_key_dev_loc: DeviceLocation
    comp_cert_dev_loc: DeviceLocation


def device_placement(sn_source: SerialSource = SerialSource.PUB_KEY_HASH) -> Placement:
    """The usual place of a device certificate.

    Key in slot 0, certificate in slot 10, a stored number in slot 13.
    """
    return Placement(
        template_id=2,
        sn_source=sn_source,
        cert_sn_dev_loc=_serial_number_at(13, sn_source),
        public_key_dev_loc=DeviceLocation(slot=0, is_genkey=True, count=PUBLIC_KEY_LENGTH),
        comp_cert_dev_loc=DeviceLocation(slot=10, count=COMPRESSED_LENGTH),
    )


def signer_placement(sn_source: SerialSource = SerialSource.PUB_KEY_HASH) -> Placement:
    """The usual place of a signer certificate.

    Key in slot 11, certificate in slot 12, a stored number in slot 14.
    """
    return Placement(
        template_id=1,
        sn_source=sn_source,
        cert_sn_dev_loc=_serial_number_at(14, sn_source),
        public_key_dev_loc=DeviceLocation(slot=11, count=PADDED_PUBLIC_KEY_LENGTH),
        comp_cert_dev_loc=DeviceLocation(slot=12, count=COMPRESSED_LENGTH),
    )


def check_signature_algorithm(der: bytes) -> None:
    """Check that a certificate (DER) is signed by ECDSA with SHA-256.

    The 72 bytes hold no other signature (CryptoAuthLib: `atcacert_cert_build_process`), and we make no other.

    Raises:
        InputError: `sample-not-usable`.
    """
    if not _is_signed_as_needed(der):
        raise _not_usable(_OTHER_SIGNATURE)


def _is_signed_as_needed(der: bytes) -> bool:
    return x509.load_der_x509_certificate(der).signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA256


def template_from_sample(
    sample: bytes,
    placement: Placement,
    *,
    authority_public_key: bytes | None = None,
    signer_id_in: str | None = None,
) -> CertificateDefinition:
    """Make a definition from a certificate of the wanted structure (DER).

    A key identifier that is not the SHA-1 of its key stays as the sample has it; for the authority's that takes its
    public key (X‖Y). `signer_id_in` is the path of a field that ends in the four upper-case hexadecimal digits of the
    signer id, such as `tbsCertificate.issuer.commonName`; without one no id is looked for. A notAfter that is no whole
    number of years after notBefore, nor the latest date, stays as the sample has it too.

    Raises:
        InputError: `sample-not-usable`, `no-such-field`, `not-a-certificate` or `truncated-input`.
    """
    elements = element_locations(sample)
    problems: list[str] = []
    if len(sample) > _LARGEST_SAMPLE:
        problems.append(f"it has {len(sample)} bytes, and a definition counts up to {_LARGEST_SAMPLE}")
    if elements[StandardElement.PUBLIC_KEY].count != PUBLIC_KEY_LENGTH:
        problems.append("its key is not a P-256 key")
    if not _is_signed_as_needed(sample):
        problems.append(_OTHER_SIGNATURE)
    if problems:
        raise _not_usable(", and ".join(problems))
    public_key = sample[elements[StandardElement.PUBLIC_KEY].slice]
    if sample[elements[StandardElement.SUBJ_KEY_ID].slice] != key_identifier(public_key):
        elements[StandardElement.SUBJ_KEY_ID] = NOWHERE
    authority_key_id = sample[elements[StandardElement.AUTH_KEY_ID].slice]
    if authority_public_key is not None and authority_key_id != key_identifier(authority_public_key):
        elements[StandardElement.AUTH_KEY_ID] = NOWHERE
    issue_text, expire_text = (
        sample[elements[part].slice] for part in (StandardElement.ISSUE_DATE, StandardElement.EXPIRE_DATE)
    )
    expire_format = DateFormat.of_length(len(expire_text))
    expire_years = whole_years(parse_date(issue_text), parse_date(expire_text), expire_format)
    if expire_years is None:
        elements[StandardElement.EXPIRE_DATE] = NOWHERE
    if signer_id_in is not None:
        elements[StandardElement.SIGNER_ID] = _signer_id_location(sample, signer_id_in)
    serial_number = elements[StandardElement.CERT_SN]
    cert_sn_dev_loc = placement.cert_sn_dev_loc
    if placement.sn_source is SerialSource.STORED_DYNAMIC:
        elements[StandardElement.CERT_SN] = CertificateLocation(serial_number.offset - 1, serial_number.count + 1)
    elif placement.sn_source is SerialSource.STORED:
        cert_sn_dev_loc = replace(cert_sn_dev_loc, count=serial_number.count)
    return CertificateDefinition(
        template_id=placement.template_id,
        chain_id=placement.chain_id,
        private_key_slot=placement.private_key_slot,
        sn_source=placement.sn_source,
        cert_sn_dev_loc=cert_sn_dev_loc,
        issue_date_format=DateFormat.of_length(len(issue_text)),
        expire_date_format=expire_format,
        tbs_cert_loc=tbs_location(sample),
        expire_years=NO_EXPIRY_YEARS if expire_years is None else expire_years,
        public_key_dev_loc=placement.public_key_dev_loc,
        comp_cert_dev_loc=placement.comp_cert_dev_loc,
        std_cert_elements=elements,
        cert_elements=(),
        cert_template=sample,
    )


def with_element(
    definition: CertificateDefinition,
    element_id: str,
    field: str,
    *,
    slot: int = 0,
    offset: int,
    zone: DeviceZone = DeviceZone.DATA,
    transforms: Sequence[Transform] = (),
) -> CertificateDefinition:
    """Add a part that the chip stores.

    `field` is its path, or `PATH[START:END]` for some of its bytes. It is from `offset` of the slot, or of another
    zone; the transforms lead from there to the certificate.

    Raises:
        InputError: `no-such-field` or `element-not-usable`.
        RefusedError: `not-rebuildable` for a field that the transforms cannot give.
    """
    if any(element.id == element_id for element in definition.cert_elements):
        raise _element_not_usable(f"there is one of the name {element_id!r} already")
    location = field_location(definition.cert_template, field)
    value = definition.cert_template[location.slice]
    for transform in reversed(transforms):
        value = transform.undo(value)
    element = CertificateElement(
        id=element_id,
        device_loc=DeviceLocation(zone=zone, slot=slot, offset=offset, count=len(value)),
        cert_loc=location,
        transforms=tuple(transforms),
    )
    return replace(definition, cert_elements=(*definition.cert_elements, element))


def without_element(definition: CertificateDefinition, element_id: str) -> CertificateDefinition:
    """Leave a part as the template has it.

    Raises:
        InputError: `element-not-usable` when there is none.
    """
    left = tuple(element for element in definition.cert_elements if element.id != element_id)
    if len(left) == len(definition.cert_elements):
        raise _element_not_usable(f"there is none of the name {element_id!r}")
    return replace(definition, cert_elements=left)


def with_fixed(definition: CertificateDefinition, part: StandardElement) -> CertificateDefinition:
    """Leave a standard part as the template has it.

    Raises:
        InputError: `element-not-usable` for the key, the signature and the serial number.
    """
    if part in (StandardElement.PUBLIC_KEY, StandardElement.SIGNATURE, StandardElement.CERT_SN):
        raise _element_not_usable(f"{part.name} is another one in every certificate")
    return replace(definition, std_cert_elements={**definition.std_cert_elements, part: NOWHERE})


def field_location(certificate: bytes, field: str) -> CertificateLocation:
    """Location of a field of a certificate (DER).

    `field` is its path, or `PATH[START:END]`.

    Raises:
        InputError: `no-such-field`.
    """
    match = _PART_OF_FIELD.fullmatch(field)
    path = match["path"] if match else field
    fields = certificate_fields(certificate)
    found = next((one for one in fields if one.path == path), None)
    if found is None:
        raise InputError(
            "no-such-field",
            f"The certificate has no field {path}.",
            f"It has {', '.join(one.path for one in fields)}.",
        )
    length = found.end - found.start
    start, end = (int(match["start"] or 0), int(match["end"] or length)) if match else (0, length)
    if not start < end <= length:
        raise InputError(
            "no-such-field",
            f"{path} has {length} bytes, and {start} to {end} are not among them.",
            f"Give a part of 0 to {length}.",
        )
    return CertificateLocation(found.start + start, end - start)


def _serial_number_at(slot: int, sn_source: SerialSource) -> DeviceLocation:
    if sn_source is SerialSource.STORED:
        return DeviceLocation(slot=slot, count=LONGEST_SERIAL_NUMBER)
    if sn_source is SerialSource.STORED_DYNAMIC:
        return DeviceLocation(slot=slot, count=1 + LONGEST_SERIAL_NUMBER)
    return NOT_ON_DEVICE


def _signer_id_location(sample: bytes, field: str) -> CertificateLocation:
    whole = field_location(sample, field)
    location = CertificateLocation(whole.offset + whole.count - SIGNER_ID_LENGTH, SIGNER_ID_LENGTH)
    digits = sample[location.slice]
    if whole.count < SIGNER_ID_LENGTH or re.fullmatch(rb"[0-9A-F]{4}", digits) is None:
        raise _not_usable(f"{field} does not end in four upper-case hexadecimal digits")
    return location


def _not_usable(why: str) -> InputError:
    return InputError(
        "sample-not-usable",
        f"No template can be made from this certificate: {why}.",
        "Use a certificate with a P-256 key; leave the signer id out where the name has none.",
    )


def _element_not_usable(why: str) -> InputError:
    return InputError(
        "element-not-usable",
        f"The template cannot be changed like that: {why}.",
        "See what it has with `atecc-bench template show`.",
    )
