"""The layout of ECC608-MassProvisioning: what stands in which slot.

Deployed firmware reads it.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.definition import (
    NOT_ON_DEVICE,
    NOWHERE,
    CertificateDefinition,
    CertificateElement,
    CertificateLocation,
    DeviceLocation,
    StandardElement,
    element_locations,
    tbs_location,
)
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.encoding.dates import NO_EXPIRY_YEARS, DateFormat, parse_date
from atecc_bench.pki.keys.key_files import PADDED_PUBLIC_KEY_LENGTH, PUBLIC_KEY_LENGTH

DEVICE_KEY_SLOT: Final = 0
COMMON_NAME_SLOT: Final = 8
DEVICE_CERTIFICATE_SLOT: Final = 10
SIGNER_PUBLIC_KEY_SLOT: Final = 11
SIGNER_CERTIFICATE_SLOT: Final = 12
SIGNER_DETAILS_SLOT: Final = 14
ROOT_PUBLIC_KEY_SLOT: Final = 15

COMMON_NAME_LENGTH: Final = 18

SLOT_USES: Final[Mapping[int, str]] = MappingProxyType(
    {
        DEVICE_KEY_SLOT: "Device key",
        1: "Free secret",
        2: "Secondary key",
        3: "Secondary key",
        4: "IO protection key",
        5: "AES key",
        6: "Free secret",
        7: "Internal signing key",
        COMMON_NAME_SLOT: "Serial number text",
        9: "Free secret",
        DEVICE_CERTIFICATE_SLOT: "Device certificate",
        SIGNER_PUBLIC_KEY_SLOT: "Signer public key",
        SIGNER_CERTIFICATE_SLOT: "Signer certificate",
        13: "Free data",
        SIGNER_DETAILS_SLOT: "Signer serial number and dates",
        ROOT_PUBLIC_KEY_SLOT: "Root public key",
    }
)
"""What each slot is for, in a few words."""

# Values in slot 14 are aligned to their end, so that firmware finds them whatever their length.
_SERIAL_NUMBER_END: Final = 20
_ISSUE_DATE_END: Final = 35
_EXPIRE_DATE_END: Final = 50
_SLOT_14_LENGTH: Final = 64
_MOST_EXPIRE_YEARS: Final = 31


def device_definition(sample: bytes) -> CertificateDefinition:
    """Make the definition of the device certificate from a sample (DER).

    Raises:
        InputError: `not-this-layout` when the subject's common name is not 18 bytes or the key not P-256,
            `not-a-certificate` or `truncated-input`.
    """
    definition = _definition(
        sample,
        template_id=2,
        sn_source=SerialSource.PUB_KEY_HASH,
        cert_sn_dev_loc=NOT_ON_DEVICE,
        public_key_dev_loc=DeviceLocation(slot=DEVICE_KEY_SLOT, is_genkey=True, count=PUBLIC_KEY_LENGTH),
        comp_cert_dev_loc=DeviceLocation(slot=DEVICE_CERTIFICATE_SLOT, count=COMPRESSED_LENGTH),
    )
    elements = dict(definition.std_cert_elements)
    if definition.expire_years == NO_EXPIRY_YEARS:
        # Deployed firmware leaves a notAfter that is not 1 to 31 years as the template has it.
        elements[StandardElement.EXPIRE_DATE] = NOWHERE
    return replace(
        definition,
        std_cert_elements=elements,
        cert_elements=(
            CertificateElement(
                id="common_name",
                device_loc=DeviceLocation(slot=COMMON_NAME_SLOT, count=COMMON_NAME_LENGTH),
                cert_loc=_common_name_location(sample),
            ),
        ),
    )


def signer_definition(sample: bytes) -> CertificateDefinition:
    """Make the definition of the signer certificate from a sample (DER).

    Raises:
        InputError: `not-this-layout` when the serial number is longer than 20 bytes or the key not P-256,
            `not-a-certificate` or `truncated-input`.
    """
    elements = element_locations(sample)
    serial_number_length = elements[StandardElement.CERT_SN].count
    if serial_number_length > _SERIAL_NUMBER_END:
        raise _not_this_layout(f"its serial number has {serial_number_length} bytes, and slot 14 has room for 20")
    definition = _definition(
        sample,
        template_id=1,
        sn_source=SerialSource.STORED,
        cert_sn_dev_loc=_details(_SERIAL_NUMBER_END, serial_number_length),
        public_key_dev_loc=DeviceLocation(slot=SIGNER_PUBLIC_KEY_SLOT, count=PADDED_PUBLIC_KEY_LENGTH),
        comp_cert_dev_loc=DeviceLocation(slot=SIGNER_CERTIFICATE_SLOT, count=COMPRESSED_LENGTH),
    )
    return replace(
        definition,
        cert_elements=tuple(
            CertificateElement(id=name, device_loc=_details(end, elements[part].count), cert_loc=elements[part])
            for name, end, part in (
                ("IssueDate", _ISSUE_DATE_END, StandardElement.ISSUE_DATE),
                ("ExpireDate", _EXPIRE_DATE_END, StandardElement.EXPIRE_DATE),
            )
        ),
    )


def slot_14(signer_der: bytes) -> bytes:
    """Return the first two blocks (64 bytes) of slot 14.

    The signer's serial number and exact dates.

    Raises:
        InputError: As `signer_definition` does.
    """
    definition = signer_definition(signer_der)
    parts = [(definition.cert_sn_dev_loc, definition.std_cert_elements[StandardElement.CERT_SN])]
    parts += [(element.device_loc, element.cert_loc) for element in definition.cert_elements]
    content = bytearray(_SLOT_14_LENGTH)
    for device_loc, cert_loc in parts:
        content[device_loc.offset : device_loc.offset + device_loc.count] = signer_der[cert_loc.slice]
    return bytes(content)


def _definition(
    sample: bytes,
    *,
    template_id: int,
    sn_source: SerialSource,
    cert_sn_dev_loc: DeviceLocation,
    public_key_dev_loc: DeviceLocation,
    comp_cert_dev_loc: DeviceLocation,
) -> CertificateDefinition:
    elements = element_locations(sample)
    if elements[StandardElement.PUBLIC_KEY].count != PUBLIC_KEY_LENGTH:
        raise _not_this_layout("its key is not a P-256 key")
    issue_text = sample[elements[StandardElement.ISSUE_DATE].slice]
    expire_text = sample[elements[StandardElement.EXPIRE_DATE].slice]
    expire_years = parse_date(expire_text).year - parse_date(issue_text).year
    return CertificateDefinition(
        template_id=template_id,
        chain_id=0,
        private_key_slot=DEVICE_KEY_SLOT,
        sn_source=sn_source,
        cert_sn_dev_loc=cert_sn_dev_loc,
        issue_date_format=DateFormat.of_length(len(issue_text)),
        expire_date_format=DateFormat.of_length(len(expire_text)),
        tbs_cert_loc=tbs_location(sample),
        expire_years=expire_years if 1 <= expire_years <= _MOST_EXPIRE_YEARS else NO_EXPIRY_YEARS,
        public_key_dev_loc=public_key_dev_loc,
        comp_cert_dev_loc=comp_cert_dev_loc,
        std_cert_elements=elements,
        cert_elements=(),
        cert_template=sample,
    )


def _common_name_location(sample: bytes) -> CertificateLocation:
    for field in certificate_fields(sample):
        if field.name == "subject.commonName" and field.end - field.start == COMMON_NAME_LENGTH:
            return CertificateLocation(field.start, COMMON_NAME_LENGTH)
    raise _not_this_layout(f"its subject has no common name of {COMMON_NAME_LENGTH} bytes")


def _details(end: int, count: int) -> DeviceLocation:
    return DeviceLocation(slot=SIGNER_DETAILS_SLOT, offset=end - count, count=count)


def _not_this_layout(why: str) -> InputError:
    return InputError(
        "not-this-layout",
        f"This certificate does not fit the layout of ECC608-MassProvisioning: {why}.",
        "Use a certificate with a P-256 key, a serial number up to 20 bytes and, for a device, "
        "its 18-digit serial number as common name.",
    )


MASS_PROVISIONING_SLOTS: Final[Mapping[int, int]] = MappingProxyType(
    {
        ROOT_PUBLIC_KEY_SLOT: PADDED_PUBLIC_KEY_LENGTH,
        SIGNER_PUBLIC_KEY_SLOT: PADDED_PUBLIC_KEY_LENGTH,
        SIGNER_CERTIFICATE_SLOT: COMPRESSED_LENGTH,
        SIGNER_DETAILS_SLOT: 64,
        DEVICE_CERTIFICATE_SLOT: COMPRESSED_LENGTH,
        COMMON_NAME_SLOT: COMMON_NAME_LENGTH,
    }
)
"""Bytes of each slot that ECC608-MassProvisioning uses, in the order in which they are written."""
