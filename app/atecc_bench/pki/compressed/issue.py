"""Certificates issued as a template describes them.

The chip can rebuild such a certificate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.definition import (
    CHIP_SERIAL_NUMBER,
    CertificateDefinition,
    CertificateElement,
    DeviceLocation,
    DeviceZone,
    StandardElement,
)
from atecc_bench.pki.compressed.fill import fill_template, part_reader, stored_public_key, stored_serial_number
from atecc_bench.pki.compressed.format import SIGNATURE_LENGTH, CompressedCertificate, FormatVersion
from atecc_bench.pki.compressed.rebuild import with_signature
from atecc_bench.pki.compressed.serial_source import SerialSource, check_minimal
from atecc_bench.pki.encoding.dates import expiry_date, format_date

_ECDSA: Final = ec.ECDSA(SHA256(), deterministic_signing=True)


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """The parts that belong to one certificate alone."""

    public_key: bytes
    not_before: datetime
    expire_years: int
    signer_id: bytes = bytes(2)
    serial_number: bytes | None = None
    chip_serial_number: bytes | None = None
    elements: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def issue_by_template(
    definition: CertificateDefinition,
    particulars: Particulars,
    signing_key: ec.EllipticCurvePrivateKey,
    authority_public_key: bytes,
) -> bytes:
    """Issue a certificate (DER) of the template's structure with ECDSA-SHA256.

    The authority key identifier is made from `authority_public_key` (X‖Y), the public half of `signing_key`.

    Raises:
        RefusedError: `date-not-representable`, `serial-number-not-minimal` or `template-mismatch`.
        InputError: `serial-number-needed` or `not-a-public-key`.
    """
    compressed = CompressedCertificate(
        signature=bytes(SIGNATURE_LENGTH),
        issue_date=particulars.not_before,
        expire_years=particulars.expire_years,
        template_id=definition.template_id,
        chain_id=definition.chain_id,
        sn_source=definition.sn_source,
        format_version=FormatVersion.for_dates(particulars.not_before, particulars.expire_years),
        signer_id=particulars.signer_id,
    )
    contents = _contents(definition, particulars)
    certificate = fill_template(definition, contents.__getitem__, authority_public_key, compressed)
    shift = definition.shift_of(certificate)
    _check_serial_number(definition, certificate)
    start = definition.tbs_cert_loc.offset
    signed = certificate[start : start + definition.tbs_cert_loc.count + shift]
    return with_signature(certificate, definition, signing_key.sign(signed, _ECDSA))


def _contents(definition: CertificateDefinition, particulars: Particulars) -> dict[DeviceLocation, bytes]:
    contents = {definition.public_key_dev_loc: stored_public_key(definition, particulars.public_key)}
    chip = particulars.chip_serial_number
    if chip is not None:
        contents[CHIP_SERIAL_NUMBER] = chip[:4] + bytes(4) + chip[4:]
    elif "DEVICE_SN" in definition.sn_source.name:
        raise _serial_number_needed("the chip's")
    if definition.sn_source in (SerialSource.STORED, SerialSource.STORED_DYNAMIC):
        serial_number = particulars.serial_number
        if not serial_number:
            raise _serial_number_needed("the certificate's own")
        if definition.sn_source is SerialSource.STORED_DYNAMIC:
            serial_number = bytes([len(serial_number)]) + serial_number
        contents[definition.cert_sn_dev_loc] = stored_serial_number(definition, serial_number)
    for element in definition.stored_elements:
        contents[element.device_loc] = _element(definition, element, particulars, contents.get(CHIP_SERIAL_NUMBER))
    return contents


def _element(
    definition: CertificateDefinition, element: CertificateElement, particulars: Particulars, config: bytes | None
) -> bytes:
    if element.id in particulars.elements:
        return particulars.elements[element.id]
    location = element.device_loc
    if location.zone is DeviceZone.CONFIG and config is not None and location.offset + location.count <= len(config):
        return config[location.offset : location.offset + location.count]
    value = _default(definition, element, particulars)
    for transform in reversed(element.transforms):
        value = transform.undo(value)
    return value


def _default(definition: CertificateDefinition, element: CertificateElement, particulars: Particulars) -> bytes:
    """Value of a part that nobody gave.

    The new dates, or what the template has.
    """
    standard = definition.std_cert_elements
    if element.cert_loc == standard[StandardElement.ISSUE_DATE]:
        return format_date(particulars.not_before, definition.issue_date_format)
    if element.cert_loc == standard[StandardElement.EXPIRE_DATE]:
        expiry = expiry_date(particulars.not_before, particulars.expire_years, definition.expire_date_format)
        return format_date(expiry, definition.expire_date_format)
    return definition.cert_template[element.cert_loc.slice]


def _check_serial_number(definition: CertificateDefinition, certificate: bytes) -> None:
    location = definition.std_cert_elements[StandardElement.CERT_SN]
    serial_number = part_reader(certificate, definition)(location)
    if definition.sn_source is SerialSource.STORED_DYNAMIC:
        serial_number = serial_number[1:]
    if serial_number:
        check_minimal(serial_number)


def _serial_number_needed(whose: str) -> InputError:
    return InputError(
        "serial-number-needed",
        f"This template needs a serial number to issue a certificate, {whose}, and none was given.",
        "Give it, or use a template with SNSRC_PUB_KEY_HASH.",
    )
