"""A certificate to 72 bytes and back, as CryptoAuthLib does it, but refusing what would get lost."""

from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from atecc_bench.errors import RefusedError
from atecc_bench.pki.certificate_fields import certificate_fields, field_at
from atecc_bench.pki.compressed import CompressedCertificate, FormatVersion
from atecc_bench.pki.dates import (
    check_on_the_hour,
    expiry_date,
    format_date,
    parse_date,
    refuse_expiry,
    whole_years,
)
from atecc_bench.pki.definition import (
    CertificateDefinition,
    CertificateLocation,
    DeviceLocation,
    StandardElement,
    element_locations,
)
from atecc_bench.pki.der import BIT_STRING, SEQUENCE, encode_length, parse_der
from atecc_bench.pki.keys import key_identifier, pad_public_key, unpad_public_key
from atecc_bench.pki.serial_source import SerialSource, hashed_serial_number


def compress(der: bytes, definition: CertificateDefinition) -> bytes:
    """Return the 72 bytes that stand for a certificate (DER) of the definition's structure.

    Raises `RefusedError` when `rebuild` would not give the same certificate again: `template-mismatch`
    (it has another structure), `date-not-representable`, `not-rebuildable` (a part is not what a rebuild
    computes, such as a serial number that is not the hash of the key).
    """
    return slot_contents(der, definition)[definition.comp_cert_dev_loc]


def slot_contents(der: bytes, definition: CertificateDefinition) -> dict[DeviceLocation, bytes]:
    """Return what each location of the definition has to hold so that `rebuild` gives this certificate.

    Raises what `compress` raises.
    """
    _check_structure(der, definition)
    elements = definition.std_cert_elements
    public_key = der[elements[StandardElement.PUBLIC_KEY].slice]
    contents = {
        definition.comp_cert_dev_loc: _compressed(der, definition).to_bytes(),
        definition.public_key_dev_loc: (
            public_key if definition.public_key_dev_loc.is_genkey else pad_public_key(public_key)
        ),
    }
    if definition.sn_source is SerialSource.STORED:
        contents[definition.cert_sn_dev_loc] = der[elements[StandardElement.CERT_SN].slice]
    for element in definition.cert_elements:
        contents[element.device_loc] = der[element.cert_loc.slice]
    _check_same(der, rebuild(definition, contents.__getitem__, None))
    return contents


def rebuild(
    definition: CertificateDefinition,
    read: Callable[[DeviceLocation], bytes],
    authority_public_key: bytes | None,
) -> bytes:
    """Rebuild a certificate (DER) from the definition's template and what `read` gives of the chip.

    `read` returns `count` bytes of a location; for one with `is_genkey`, X‖Y of that slot's live key. The
    authority key identifier is made from `authority_public_key` (X‖Y), or stays the template's for None.
    Raises `InputError` (`not-a-compressed-certificate`, `not-a-public-key`) when a slot holds something
    else, and `RefusedError` (`template-mismatch`, `date-not-representable`,
    `serial-source-not-supported`).
    """
    elements = definition.std_cert_elements
    compressed = CompressedCertificate.parse(read(definition.comp_cert_dev_loc))
    _check_template(compressed, definition)
    public_key = read(definition.public_key_dev_loc)
    if not definition.public_key_dev_loc.is_genkey:
        public_key = unpad_public_key(public_key)

    certificate = bytearray(definition.cert_template)

    def put(location: CertificateLocation, value: bytes) -> None:
        if location.count:
            certificate[location.slice] = value

    if authority_public_key is not None:
        put(elements[StandardElement.AUTH_KEY_ID], key_identifier(authority_public_key))
    _put_dates(put, compressed, definition)
    put(elements[StandardElement.SIGNER_ID], compressed.signer_id.hex().upper().encode("ascii"))
    put(elements[StandardElement.PUBLIC_KEY], public_key)
    put(elements[StandardElement.SUBJ_KEY_ID], key_identifier(public_key))
    serial_number = elements[StandardElement.CERT_SN]
    if definition.sn_source is SerialSource.STORED:
        put(serial_number, read(definition.cert_sn_dev_loc))
    else:
        put(
            serial_number,
            hashed_serial_number(definition.sn_source, public_key, compressed.serial_dates, serial_number.count),
        )
    # Last, because what the chip stores byte for byte is more exact than the dates in the 72 bytes.
    for element in definition.cert_elements:
        put(element.cert_loc, read(element.device_loc))
    return _with_signature(bytes(certificate), elements[StandardElement.SIGNATURE].offset, compressed.signature)


def _check_structure(der: bytes, definition: CertificateDefinition) -> None:
    found = element_locations(der)
    for element, location in definition.std_cert_elements.items():
        if location.count and element is not StandardElement.SIGNATURE and found[element] != location:
            raise _template_mismatch(
                f"its {element.name} is at bytes {found[element].offset}, {found[element].count} long, "
                f"and the template has it at {location.offset}, {location.count} long"
            )


def _check_template(compressed: CompressedCertificate, definition: CertificateDefinition) -> None:
    found = (compressed.template_id, compressed.chain_id, compressed.sn_source)
    if found != (definition.template_id, definition.chain_id, definition.sn_source):
        raise _template_mismatch(
            f"the 72 bytes belong to template {compressed.template_id}, chain {compressed.chain_id}, "
            f"{compressed.sn_source.specification_name}, and the definition is template "
            f"{definition.template_id}, chain {definition.chain_id}, "
            f"{definition.sn_source.specification_name}"
        )


def _compressed(der: bytes, definition: CertificateDefinition) -> CompressedCertificate:
    signature = parse_der(der).children[2]
    issue_date, expire_years = _dates(der, definition)
    return CompressedCertificate(
        signature=_raw_signature(signature.value(der)[1:]),
        issue_date=issue_date,
        expire_years=expire_years,
        template_id=definition.template_id,
        chain_id=definition.chain_id,
        sn_source=definition.sn_source,
        format_version=FormatVersion.for_dates(issue_date, expire_years),
    )


def _dates(der: bytes, definition: CertificateDefinition) -> tuple[datetime, int]:
    elements = definition.std_cert_elements
    issue_date = parse_date(der[elements[StandardElement.ISSUE_DATE].slice])
    expire_years: int | None = definition.expire_years
    if elements[StandardElement.EXPIRE_DATE].count:
        expire_date = parse_date(der[elements[StandardElement.EXPIRE_DATE].slice])
        expire_years = whole_years(issue_date, expire_date, definition.expire_date_format)
        if expire_years is None:
            if not definition.stores(StandardElement.EXPIRE_DATE):
                raise refuse_expiry(issue_date, expire_date, definition.expire_date_format)
            expire_years = definition.expire_years
    if definition.stores(StandardElement.ISSUE_DATE):
        return issue_date.replace(minute=0, second=0), expire_years
    check_on_the_hour(issue_date)
    return issue_date, expire_years


def _put_dates(
    put: Callable[[CertificateLocation, bytes], None],
    compressed: CompressedCertificate,
    definition: CertificateDefinition,
) -> None:
    """Write the dates, except those the chip stores byte for byte: they need not even exist as dates."""
    elements = definition.std_cert_elements
    if not definition.stores(StandardElement.ISSUE_DATE):
        issue_text = format_date(compressed.issue_date, definition.issue_date_format)
        put(elements[StandardElement.ISSUE_DATE], issue_text)
    expire_location = elements[StandardElement.EXPIRE_DATE]
    if expire_location.count and not definition.stores(StandardElement.EXPIRE_DATE):
        expire_date = expiry_date(compressed.issue_date, compressed.expire_years, definition.expire_date_format)
        put(expire_location, format_date(expire_date, definition.expire_date_format))


def _raw_signature(der_signature: bytes) -> bytes:
    try:
        r, s = decode_dss_signature(der_signature)
        return r.to_bytes(32) + s.to_bytes(32)
    except (ValueError, OverflowError) as error:
        raise RefusedError(
            "not-rebuildable",
            "The certificate's signature is not a P-256 ECDSA signature; the chip has room for no other.",
            "Have the certificate signed by a P-256 key.",
        ) from error


def _with_signature(template: bytes, offset: int, signature: bytes) -> bytes:
    """Put the signature at the end and correct the length of the whole certificate."""
    encoded = b"\x00" + encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    header_length = parse_der(template).header_length
    content = template[header_length:offset] + bytes([BIT_STRING]) + encode_length(len(encoded)) + encoded
    return bytes([SEQUENCE]) + encode_length(len(content)) + content


def _check_same(der: bytes, rebuilt: bytes) -> None:
    if der == rebuilt:
        return
    differing = next(
        (index for index, pair in enumerate(zip(der, rebuilt, strict=False)) if pair[0] != pair[1]),
        min(len(der), len(rebuilt)),
    )
    field = field_at(certificate_fields(der), differing)
    what = f"its {field.name}" if field else f"byte {differing}"
    raise RefusedError(
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
