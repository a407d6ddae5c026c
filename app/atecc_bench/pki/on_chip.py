"""Certificates as a chip holds them: read the parts, rebuild the whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from atecc_bench.chip.session import ChipSession
from atecc_bench.pki.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.keys import unpad_public_key
from atecc_bench.pki.layout import ROOT_PUBLIC_KEY_SLOT, SIGNER_PUBLIC_KEY_SLOT, device_definition, signer_definition
from atecc_bench.pki.rebuild import rebuild

PUBLIC_KEY_SLOT_LENGTH = 72


@dataclass(frozen=True)
class ChipCertificates:
    """Both certificates as rebuilt from the chip (DER), and the keys (X‖Y) that the chip holds for them."""

    device: bytes
    signer: bytes
    device_public_key: bytes
    signer_public_key: bytes
    root_public_key: bytes


def location_reader(session: ChipSession) -> Callable[[DeviceLocation], bytes]:
    """A reader for `rebuild` that asks the chip each time."""

    def read(location: DeviceLocation) -> bytes:
        if location.is_genkey:
            return session.public_key(location.slot)
        return session.read_slot(location.slot, location.offset, location.count)

    return read


def contents_reader(slots: Mapping[int, bytes], public_keys: Mapping[int, bytes]) -> Callable[[DeviceLocation], bytes]:
    """A reader for `rebuild` over slot contents and public keys that were read before."""

    def read(location: DeviceLocation) -> bytes:
        if location.is_genkey:
            return public_keys[location.slot]
        return slots[location.slot][location.offset : location.offset + location.count]

    return read


def rebuild_certificates(
    read: Callable[[DeviceLocation], bytes], device_sample: bytes, signer_sample: bytes
) -> ChipCertificates:
    """Rebuild both certificates of the layout; the samples (DER) give the templates.

    Raises what `rebuild` and the definitions of the layout raise.
    """
    device_template: CertificateDefinition = device_definition(device_sample)
    signer_template: CertificateDefinition = signer_definition(signer_sample)
    root_key = unpad_public_key(read(DeviceLocation(slot=ROOT_PUBLIC_KEY_SLOT, count=PUBLIC_KEY_SLOT_LENGTH)))
    signer_key = unpad_public_key(read(DeviceLocation(slot=SIGNER_PUBLIC_KEY_SLOT, count=PUBLIC_KEY_SLOT_LENGTH)))
    return ChipCertificates(
        device=rebuild(device_template, read, signer_key),
        signer=rebuild(signer_template, read, root_key),
        device_public_key=read(device_template.public_key_dev_loc),
        signer_public_key=signer_key,
        root_public_key=root_key,
    )
