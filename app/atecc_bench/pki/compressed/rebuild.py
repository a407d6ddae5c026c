"""A certificate to 72 bytes and back, as CryptoAuthLib does it.

What would get lost on the way is refused.
"""

from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.compressed.definition import (
    CHIP_SERIAL_NUMBER,
    CertificateDefinition,
    DeviceLocation,
    StandardElement,
    element_locations,
)
from atecc_bench.pki.compressed.fill import (
    NO_ISSUE_DATE,
    PartReader,
    fill_template,
    part_reader,
    stored_public_key,
    stored_serial_number,
)
from atecc_bench.pki.compressed.format import CompressedCertificate, FormatVersion
from atecc_bench.pki.compressed.serial_source import DEVICE_SN_HASHES, SerialSource
from atecc_bench.pki.encoding.certificate_fields import certificate_fields, field_at
from atecc_bench.pki.encoding.dates import check_on_the_hour, parse_date, refuse_expiry, whole_years
from atecc_bench.pki.encoding.der import BIT_STRING, SEQUENCE, encode_length


def compress(der: bytes, definition: CertificateDefinition, chip_serial_number: bytes | None = None) -> bytes:
    """Return the 72 bytes that stand for a certificate (DER).

    The certificate is of the definition's structure.

    Raises:
        RefusedError: As `slot_contents` does.
        InputError: As `slot_contents` does.
    """
    return slot_contents(der, definition, chip_serial_number)[definition.comp_cert_dev_loc]


def slot_contents(
    der: bytes, definition: CertificateDefinition, chip_serial_number: bytes | None = None
) -> dict[DeviceLocation, bytes]:
    """Return the bytes of all locations that `rebuild` needs for a certificate.

    Among them are locations that nobody writes: live public keys, and those of the configuration zone.
    `chip_serial_number` (9 bytes) is needed for the sources `SNSRC_DEVICE_SN…`.

    Raises:
        RefusedError: `rebuild` would not give the same certificate again: `template-mismatch` (it has another
            structure), `date-not-representable`, or `not-rebuildable` (a part is not what a rebuild computes, such as a
            serial number that is not the hash of the key).
        InputError: `serial-number-needed`.
    """
    try:
        compressed = _compressed(der, definition)
        contents = _contents(der, definition, compressed, chip_serial_number)
        rebuilt = _rebuild(definition, contents.__getitem__, None, compressed)
    except BenchError:
        # Another structure explains whatever else may be wrong.
        check_structure(der, definition)
        raise
    if rebuilt != der:
        check_structure(der, definition)
        raise _not_the_same(der, rebuilt)
    return contents


def rebuild(
    definition: CertificateDefinition,
    read: Callable[[DeviceLocation], bytes],
    authority_public_key: bytes | None,
) -> bytes:
    """Rebuild a certificate (DER) from a template and the chip.

    `read` returns `count` bytes of a location; for one with `is_genkey`, X‖Y of that slot's live key. The authority key
    identifier is made from `authority_public_key` (X‖Y), or stays the template's for None.

    Raises:
        InputError: `not-a-compressed-certificate` or `not-a-public-key` when a slot holds something else.
        RefusedError: `template-mismatch`, `date-not-representable`, `not-rebuildable` or `serial-source-not-supported`.
    """
    compressed = CompressedCertificate.parse(read(definition.comp_cert_dev_loc))
    _check_template(compressed, definition)
    return _rebuild(definition, read, authority_public_key, compressed)


def _rebuild(
    definition: CertificateDefinition,
    read: Callable[[DeviceLocation], bytes],
    authority_public_key: bytes | None,
    compressed: CompressedCertificate,
) -> bytes:
    unsigned = fill_template(definition, read, authority_public_key, compressed)
    return with_signature(unsigned, definition, compressed.der_signature)


def with_signature(certificate: bytes, definition: CertificateDefinition, signature: bytes) -> bytes:
    """Put a signature (DER) at the end of a filled template.

    The length of the whole is corrected.
    """
    location = definition.std_cert_elements[StandardElement.SIGNATURE]
    end = definition.location_in(definition.shift_of(certificate), location).offset
    signed = certificate[definition.tbs_cert_loc.offset : end]
    content = signed + bytes([BIT_STRING]) + encode_length(1 + len(signature)) + b"\0" + signature
    return bytes([SEQUENCE]) + encode_length(len(content)) + content


def check_structure(der: bytes, definition: CertificateDefinition) -> None:
    """Check that every part stands where the template has it.

    Raises:
        RefusedError: `template-mismatch` when a part stands elsewhere.
        InputError: `not-a-certificate` or `truncated-input` for what is no certificate.
    """
    found, in_template = element_locations(der), element_locations(definition.cert_template)
    shift = definition.shift_of(der)
    for element, location in definition.std_cert_elements.items():
        if not location.count or element in (StandardElement.SIGNATURE, StandardElement.CERT_SN):
            continue
        expected = definition.location_in(shift, location)
        if location == in_template[element] and found[element] != expected:
            raise _template_mismatch(
                f"its {element.name} is at bytes {found[element].offset}, {found[element].count} long, "
                f"and the template has it at {expected.offset}, {expected.count} long"
            )
    count, expected = (where[StandardElement.CERT_SN].count for where in (found, in_template))
    if count != expected + shift:
        raise _template_mismatch(f"its CERT_SN is {count} bytes long, and the template's {expected}")


def _check_template(compressed: CompressedCertificate, definition: CertificateDefinition) -> None:
    found = (compressed.template_id, compressed.chain_id, compressed.sn_source)
    if found != (definition.template_id, definition.chain_id, definition.sn_source):
        raise _template_mismatch(
            f"the 72 bytes belong to template {compressed.template_id}, chain {compressed.chain_id}, "
            f"{compressed.sn_source.specification_name}, and the definition is template "
            f"{definition.template_id}, chain {definition.chain_id}, "
            f"{definition.sn_source.specification_name}"
        )


def _contents(
    der: bytes,
    definition: CertificateDefinition,
    compressed: CompressedCertificate,
    chip_serial_number: bytes | None,
) -> dict[DeviceLocation, bytes]:
    part = part_reader(der, definition)
    public_key = part(definition.std_cert_elements[StandardElement.PUBLIC_KEY])
    contents = {
        definition.comp_cert_dev_loc: compressed.to_bytes(),
        definition.public_key_dev_loc: stored_public_key(definition, public_key),
    }
    if definition.sn_source in (SerialSource.STORED, SerialSource.STORED_DYNAMIC):
        serial_number = part(definition.std_cert_elements[StandardElement.CERT_SN])
        contents[definition.cert_sn_dev_loc] = stored_serial_number(definition, serial_number)
    for element in definition.stored_elements:
        value = part(element.cert_loc)
        for transform in reversed(element.transforms):
            value = transform.undo(value)
        contents[element.device_loc] = value
    if definition.sn_source is SerialSource.DEVICE_SN or definition.sn_source in DEVICE_SN_HASHES:
        contents[CHIP_SERIAL_NUMBER] = _spread(chip_serial_number)
    return contents


def _spread(chip_serial_number: bytes | None) -> bytes:
    if chip_serial_number is None:
        raise InputError(
            "serial-number-needed",
            "This template takes the certificate's serial number from that of the chip, and it is not known.",
            "Give the chip's serial number, 9 bytes.",
        )
    return chip_serial_number[:4] + bytes(4) + chip_serial_number[4:]


def _compressed(der: bytes, definition: CertificateDefinition) -> CompressedCertificate:
    part = part_reader(der, definition)
    issue_date, expire_years = _dates(part, definition)
    return CompressedCertificate(
        signature=signature_of(der, definition),
        issue_date=issue_date,
        expire_years=expire_years,
        template_id=definition.template_id,
        chain_id=definition.chain_id,
        sn_source=definition.sn_source,
        format_version=FormatVersion.for_dates(issue_date, expire_years),
        signer_id=_signer_id(part, definition),
    )


def _signer_id(part: PartReader, definition: CertificateDefinition) -> bytes:
    elements = definition.std_cert_elements
    if elements[StandardElement.SIGNER_ID].count:
        text = part(elements[StandardElement.SIGNER_ID])
        try:
            return bytes.fromhex(text.decode("ascii"))
        except ValueError as error:
            raise _template_mismatch(f"its SIGNER_ID has to be four hexadecimal digits, and it is {text!r}") from error
    if definition.sn_source is SerialSource.SIGNER_ID:
        return part(elements[StandardElement.CERT_SN])[1:]
    return bytes(2)


def _dates(part: PartReader, definition: CertificateDefinition) -> tuple[datetime, int]:
    elements = definition.std_cert_elements
    if not elements[StandardElement.ISSUE_DATE].count:
        return NO_ISSUE_DATE, definition.expire_years
    issue_date = parse_date(part(elements[StandardElement.ISSUE_DATE]), definition.issue_date_format)
    expire_years: int | None = definition.expire_years
    if elements[StandardElement.EXPIRE_DATE].count:
        expire_date = parse_date(part(elements[StandardElement.EXPIRE_DATE]), definition.expire_date_format)
        expire_years = whole_years(issue_date, expire_date, definition.expire_date_format)
        if expire_years is None:
            if not definition.stores(StandardElement.EXPIRE_DATE):
                raise refuse_expiry(issue_date, expire_date, definition.expire_date_format)
            expire_years = definition.expire_years
    if definition.stores(StandardElement.ISSUE_DATE):
        return issue_date.replace(minute=0, second=0), expire_years
    check_on_the_hour(issue_date)
    return issue_date, expire_years


def signature_of(der: bytes, definition: CertificateDefinition) -> bytes:
    """Return the signature R‖S (64 bytes) of a certificate.

    Raises:
        RefusedError: `not-rebuildable`.
    """
    location = definition.std_cert_elements[StandardElement.SIGNATURE]
    start = definition.location_in(definition.shift_of(der), location).offset
    try:
        # A P-256 signature is shorter than 128 bytes: tag, length and unused bits take one byte each.
        r, s = decode_dss_signature(der[start + 3 :])
        return r.to_bytes(32) + s.to_bytes(32)
    except (ValueError, OverflowError) as error:
        raise RefusedError(
            "not-rebuildable",
            "The certificate's signature is not a P-256 ECDSA signature; the chip has room for no other.",
            "Have it signed by a P-256 key; a certificate of up to 416 bytes can be stored whole in slot 8.",
        ) from error


def _not_the_same(der: bytes, rebuilt: bytes) -> RefusedError:
    differing = next(
        (index for index, pair in enumerate(zip(der, rebuilt, strict=False)) if pair[0] != pair[1]),
        min(len(der), len(rebuilt)),
    )
    field = field_at(certificate_fields(der), differing)
    what = f"its {field.name}" if field else f"byte {differing}"
    return RefusedError(
        "not-rebuildable",
        f"Rebuilt from the chip, this certificate would come out different: {what} cannot be derived "
        "from the template, the key and the dates.",
        "Have the certificate issued for this layout: key identifiers are the SHA-1 of the key, and a "
        "device's serial number is the hash of its key and dates.",
    )


def _template_mismatch(why: str) -> RefusedError:
    return RefusedError(
        "template-mismatch",
        f"This certificate and the template do not belong together: {why}.",
        "Use the template that was made for this certificate.",
    )
