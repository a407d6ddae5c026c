"""Slots of a profile's certificates, and how many bytes of each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.massprovisioning import (
    COMMON_NAME_LENGTH,
    DEVICE_CERTIFICATE_SLOT,
    MASS_PROVISIONING_SLOTS,
    SIGNER_CERTIFICATE_SLOT,
    SIGNER_DETAILS_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
)
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.pki.keys.key_files import PADDED_PUBLIC_KEY_LENGTH
from atecc_bench.profiles.model import SERIAL_NUMBER, Profile, SlotData
from atecc_bench.profiles.placeholders import filled
from atecc_bench.profiles.proofs_and_layouts import Layout

ARDUINO_DETAILS_SLOT: Final = 11
ARDUINO_SERIAL_NUMBER_LENGTH: Final = 16
ARDUINO_DETAILS_LENGTH: Final = ARDUINO_SERIAL_NUMBER_LENGTH + 20
STORED_NUMBER_SLOT: Final = 8
STORED_NUMBER_LENGTH: Final = 20
MAC_SLOT: Final = 5

_SIGNER = {SIGNER_PUBLIC_KEY_SLOT: PADDED_PUBLIC_KEY_LENGTH, SIGNER_CERTIFICATE_SLOT: COMPRESSED_LENGTH}
_DEVICE = {DEVICE_CERTIFICATE_SLOT: COMPRESSED_LENGTH}
_DETAILS = {SIGNER_DETAILS_SLOT: 64}


_BUILT_IN: Final[Mapping[Layout, Mapping[int, int]]] = MappingProxyType(
    {
        Layout.ECC608_MASS_PROVISIONING: MASS_PROVISIONING_SLOTS,
        Layout.ARDUINO_ECCX08: {ARDUINO_DETAILS_SLOT: ARDUINO_DETAILS_LENGTH, **_DEVICE},
        Layout.ESPRESSIF: {**_SIGNER, **_DETAILS, **_DEVICE},
        Layout.CRYPTOAUTHLIB: {**_SIGNER, STORED_NUMBER_SLOT: STORED_NUMBER_LENGTH, **_DEVICE},
        Layout.TRUST_AND_GO: {**_SIGNER, **_DEVICE, MAC_SLOT: 12},
        Layout.FILE: {},
    }
)


def layout_slots(profile: Profile) -> Mapping[int, int]:
    """Bytes of each slot that the profile's certificates use.

    They are in the order in which they are written.
    """
    if profile.layout is not Layout.TEMPLATES:
        return _BUILT_IN[profile.layout]
    ends: dict[int, int] = {}
    for definition in reversed(template_definitions(profile)):
        for location in _locations(definition):
            if location.zone is DeviceZone.DATA and not location.is_genkey and location.count:
                ends[location.slot] = max(ends.get(location.slot, 0), location.offset + location.count)
    return ends


def data_slots(profile: Profile) -> Mapping[int, int]:
    """Bytes of each slot that the profile's data goes into."""
    return {data.slot: data_length(data) for data in profile.data}


def data_length(data: SlotData) -> int:
    """Number of bytes that an entry of `data` writes.

    A text whose length depends on what is typed says it itself.
    """
    if data.length is not None:
        return data.length
    if data.content is not None:
        return len(data.content)
    return len(filled(data.text or "", {SERIAL_NUMBER: "0" * COMMON_NAME_LENGTH}).encode("utf-8"))


def template_definitions(profile: Profile) -> tuple[CertificateDefinition, ...]:
    """The definitions of a profile that brings its own, the device's first.

    Raises `InputError` when one is none, or one for a certificate that is stored whole.
    """
    templates = profile.certificates.templates
    texts = [] if templates is None else [templates.device, templates.signer]
    definitions = (read_template(text) for text in texts if text is not None)
    return tuple(definition for definition in definitions if not isinstance(definition, FullStoredDefinition))


def _locations(definition: CertificateDefinition) -> tuple[DeviceLocation, ...]:
    stored = (element.device_loc for element in definition.stored_elements)
    return (definition.public_key_dev_loc, definition.cert_sn_dev_loc, definition.comp_cert_dev_loc, *stored)
