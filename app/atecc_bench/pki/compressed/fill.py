"""A template with all its changing parts filled in but the signature."""

from collections.abc import Callable
from datetime import UTC, datetime

from atecc_bench.errors import RefusedError
from atecc_bench.pki.compressed.definition import (
    CHIP_SERIAL_NUMBER,
    CertificateDefinition,
    CertificateLocation,
    DeviceLocation,
    StandardElement,
)
from atecc_bench.pki.compressed.format import CompressedCertificate
from atecc_bench.pki.compressed.serial_source import (
    DEVICE_SN_HASHES,
    SerialSource,
    hashed_serial_number,
    prefixed_serial_number,
)
from atecc_bench.pki.encoding.dates import expiry_date, format_date
from atecc_bench.pki.encoding.der import SEQUENCE, encode_length
from atecc_bench.pki.keys.key_files import (
    PADDED_PUBLIC_KEY_LENGTH,
    key_identifier,
    pad_public_key,
    unpad_public_key,
)

NO_ISSUE_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""What CryptoAuthLib puts into the 72 bytes when the template has no issue date."""

PartReader = Callable[[CertificateLocation], bytes]
"""Gives the bytes of a certificate that stand where the template has the location."""

_LONGEST_DYNAMIC = 127


def fill_template(
    definition: CertificateDefinition,
    read: Callable[[DeviceLocation], bytes],
    authority_public_key: bytes | None,
    compressed: CompressedCertificate,
) -> bytes:
    """Return the template with all that changes but the signature.

    Arguments as for `rebuild`.
    """
    elements = definition.std_cert_elements
    public_key = read(definition.public_key_dev_loc)
    if definition.public_key_dev_loc.count == PADDED_PUBLIC_KEY_LENGTH:
        public_key = unpad_public_key(public_key)
    certificate = _with_serial_number(definition, read, public_key, compressed)
    shift = definition.shift_of(certificate)

    def put(location: CertificateLocation, value: bytes) -> None:
        if not location.count:
            return
        if len(value) != location.count:
            raise RefusedError(
                "template-mismatch",
                f"The template has {location.count} bytes at {location.offset}, and {len(value)} are to go there.",
                "Correct the template: what the chip holds of a part, transformed, is as long as that part.",
            )
        start = definition.location_in(shift, location).offset if shift else location.offset
        certificate[start : start + location.count] = value

    if authority_public_key is not None and elements[StandardElement.AUTH_KEY_ID].count:
        put(elements[StandardElement.AUTH_KEY_ID], key_identifier(authority_public_key))
    _put_dates(put, compressed, definition)
    put(elements[StandardElement.SIGNER_ID], compressed.signer_id.hex().upper().encode("ascii"))
    put(elements[StandardElement.PUBLIC_KEY], public_key)
    if elements[StandardElement.SUBJ_KEY_ID].count:
        put(elements[StandardElement.SUBJ_KEY_ID], key_identifier(public_key))
    # Last, because what the chip stores is more exact than the dates in the 72 bytes.
    for element in definition.stored_elements:
        value = read(element.device_loc)
        for transform in element.transforms:
            value = transform.apply(value)
        put(element.cert_loc, value)
    return bytes(certificate)


def part_reader(der: bytes, definition: CertificateDefinition) -> PartReader:
    """A reader of a certificate's parts by their place in the template.

    The certificate is DER.
    """
    shift = definition.shift_of(der)
    if not shift:
        return lambda location: der[location.offset : location.offset + location.count]
    return lambda location: der[definition.location_in(shift, location).slice]


def stored_public_key(definition: CertificateDefinition, public_key: bytes) -> bytes:
    """X‖Y (64 bytes) as the definition's location has it."""
    padded = definition.public_key_dev_loc.count == PADDED_PUBLIC_KEY_LENGTH
    return pad_public_key(public_key) if padded else public_key


def stored_serial_number(definition: CertificateDefinition, serial_number: bytes) -> bytes:
    """The serial number as the definition's location holds it.

    A dynamic one, with its length, is filled with zeros.
    """
    return serial_number.ljust(definition.cert_sn_dev_loc.count, b"\0")


def chip_serial_number(read: Callable[[DeviceLocation], bytes]) -> bytes:
    """The chip's serial number (9 bytes) out of its configuration zone."""
    block = read(CHIP_SERIAL_NUMBER)
    return block[:4] + block[8:]


def _with_serial_number(
    definition: CertificateDefinition,
    read: Callable[[DeviceLocation], bytes],
    public_key: bytes,
    compressed: CompressedCertificate,
) -> bytearray:
    location = definition.std_cert_elements[StandardElement.CERT_SN]
    certificate = bytearray(definition.cert_template)
    if not location.count:
        return certificate
    match definition.sn_source:
        case SerialSource.STORED:
            value = read(definition.cert_sn_dev_loc)
        case SerialSource.STORED_DYNAMIC:
            return _with_dynamic_serial_number(definition, read(definition.cert_sn_dev_loc))
        case SerialSource.DEVICE_SN:
            value = prefixed_serial_number(chip_serial_number(read))
        case SerialSource.SIGNER_ID:
            value = prefixed_serial_number(compressed.signer_id)
        case source:
            hashed = chip_serial_number(read) if source in DEVICE_SN_HASHES else public_key
            value = hashed_serial_number(source, hashed, compressed.serial_dates, location.count)
    if len(value) != location.count:
        raise RefusedError(
            "template-mismatch",
            f"A serial number from {definition.sn_source.specification_name} has {len(value)} bytes, and the template "
            f"has room for {location.count}.",
            "Use a template made from a certificate with such a serial number.",
        )
    certificate[location.slice] = value
    return certificate


def _with_dynamic_serial_number(definition: CertificateDefinition, stored: bytes) -> bytearray:
    """Put in a serial number of another length.

    The lengths around it are corrected.
    """
    location, tbs = definition.std_cert_elements[StandardElement.CERT_SN], definition.tbs_cert_loc
    length = stored[0]
    if not 0 < length < len(stored) or length > _LONGEST_DYNAMIC:
        raise RefusedError(
            "not-rebuildable",
            f"Where the chip has the length of the serial number stands {length}, and {len(stored) - 1} bytes follow.",
            "The slot may never have been written, or it holds something else; write the certificate again.",
        )
    template = definition.cert_template
    longer = length - template[location.offset]
    first = template[tbs.offset + 1]
    old_header = 2 + (first & 0x7F if first & 0x80 else 0)
    header = bytes([SEQUENCE]) + encode_length(tbs.count - old_header + longer)
    if len(header) != old_header:
        raise RefusedError(
            "not-rebuildable",
            f"With a serial number of {length} bytes the certificate would need a longer length field, and all that "
            "follows would move.",
            "Use a template made from a certificate with a serial number of that length.",
        )
    return bytearray(
        template[: tbs.offset]
        + header
        + template[tbs.offset + old_header : location.offset]
        + stored[: 1 + length]
        + template[location.offset + location.count :]
    )


def _put_dates(
    put: Callable[[CertificateLocation, bytes], None],
    compressed: CompressedCertificate,
    definition: CertificateDefinition,
) -> None:
    """Write the dates that the chip does not store byte for byte.

    Those that it does need not even exist as dates.
    """
    elements = definition.std_cert_elements
    issue_location, expire_location = elements[StandardElement.ISSUE_DATE], elements[StandardElement.EXPIRE_DATE]
    if issue_location.count and not definition.stores(StandardElement.ISSUE_DATE):
        put(issue_location, format_date(compressed.issue_date, definition.issue_date_format))
    if expire_location.count and not definition.stores(StandardElement.EXPIRE_DATE):
        expire_date = expiry_date(compressed.issue_date, compressed.expire_years, definition.expire_date_format)
        put(expire_location, format_date(expire_date, definition.expire_date_format))
