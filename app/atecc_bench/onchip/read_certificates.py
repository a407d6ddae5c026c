"""Certificates as a chip holds them: read the parts, rebuild the whole."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.zones import BLOCK, Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.compressed.definition import DeviceLocation, DeviceZone
from atecc_bench.pki.compressed.massprovisioning import (
    ROOT_PUBLIC_KEY_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
    device_definition,
    signer_definition,
)
from atecc_bench.pki.compressed.rebuild import rebuild
from atecc_bench.pki.keys.external_key import ExternalPrivateKey
from atecc_bench.pki.keys.key_files import unpad_public_key
from atecc_bench.pki.x509.chain_checks import verify_digest

PUBLIC_KEY_SLOT_LENGTH = 72


@dataclass(frozen=True)
class ChipCertificates:
    """The certificates and the root's public key that a chip holds.

    Both certificates are as rebuilt from the chip (DER). The root's public key is X‖Y as the chip holds it.
    """

    device: bytes
    signer: bytes
    root_public_key: bytes


def location_reader(session: ChipSession) -> Callable[[DeviceLocation], bytes]:
    """A reader for `rebuild` that asks the chip each time."""

    def read(location: DeviceLocation) -> bytes:
        if location.is_genkey:
            return session.public_key(location.slot)
        if location.zone is DeviceZone.DATA:
            return session.read_slot(location.slot, location.offset, location.count)
        end = location.offset + location.count
        start = location.offset // BLOCK * BLOCK
        blocks = (
            session.execute(commands.read_block(Zone(location.zone), 0, offset)) for offset in range(start, end, BLOCK)
        )
        return b"".join(blocks)[location.offset - start : end - start]

    return read


def contents_reader(
    slots: Mapping[int, bytes], public_keys: Mapping[int, bytes], config: bytes = b""
) -> Callable[[DeviceLocation], bytes]:
    """Return a reader for `rebuild` over contents that were read before.

    These are slots, public keys, and the configuration zone.
    """

    def read(location: DeviceLocation) -> bytes:
        if location.is_genkey:
            return public_keys[location.slot]
        content = config if location.zone is DeviceZone.CONFIG else slots[location.slot]
        return content[location.offset : location.offset + location.count]

    return read


def rebuild_certificates(
    read: Callable[[DeviceLocation], bytes], device_sample: bytes, signer_sample: bytes
) -> ChipCertificates:
    """Rebuild both certificates of the layout; the samples (DER) give the templates.

    Raises:
        BenchError: What `rebuild` and the definitions of the layout raise.
    """
    root_key = _public_key(read, ROOT_PUBLIC_KEY_SLOT)
    return ChipCertificates(
        device=rebuild_device(read, device_sample),
        signer=rebuild(signer_definition(signer_sample), read, root_key),
        root_public_key=root_key,
    )


def rebuild_device(read: Callable[[DeviceLocation], bytes], sample: bytes) -> bytes:
    """Rebuild the device certificate (DER) of the layout.

    The sample (DER) gives the template. The authority key identifier is that of the signer's public key on the chip.
    """
    return rebuild(device_definition(sample), read, _public_key(read, SIGNER_PUBLIC_KEY_SLOT))


def _public_key(read: Callable[[DeviceLocation], bytes], slot: int) -> bytes:
    return unpad_public_key(read(DeviceLocation(slot=slot, count=PUBLIC_KEY_SLOT_LENGTH)))


def prove_possession(session: ChipSession, slot: int, public_key: bytes) -> None:
    """Prove that the chip has the private key of a public key.

    The chip signs a fresh challenge with the key in `slot`, which is verified with X‖Y.

    Raises:
        RefusedError: `challenge-failed` when the chip has another key.
    """
    challenge = secrets.token_bytes(32)
    if not verify_digest(public_key, challenge, session.sign(slot, challenge)):
        raise RefusedError(
            "challenge-failed",
            f"The chip signed a fresh challenge, but the certificate's key does not verify it: slot {slot} holds "
            "another key.",
            "See what differs with `atecc-bench diagnose`, or provision the chip again.",
        )


def chip_private_key(session: ChipSession, slot: int) -> ExternalPrivateKey:
    """Return a private key object that signs with a slot's key.

    It is for whatever has something to sign: each signature is made in the chip.
    """
    return ExternalPrivateKey(
        session.public_key(slot), lambda digest: session.sign(slot, digest), place=f"slot {slot} of the chip"
    )


def slot_images(contents: Mapping[DeviceLocation, bytes], read_slot: Callable[[int, int], bytes]) -> dict[int, bytes]:
    """Return the bytes with which data slots have to begin.

    With them the slots hold these contents of `slot_contents`. `read_slot` gives so many bytes from the start of a
    slot: what the template says nothing of stays.

    Raises:
        InputError: `definition-not-usable` when two parts want different bytes at the same place.
    """
    wanted: dict[int, dict[int, int]] = {}
    for location, content in contents.items():
        if location.zone is not DeviceZone.DATA or location.is_genkey:
            continue
        slot = wanted.setdefault(location.slot, {})
        for position, byte in enumerate(content, location.offset):
            if slot.setdefault(position, byte) != byte:
                raise InputError(
                    "definition-not-usable",
                    f"Two parts of the template want different bytes at {position} of slot {location.slot}.",
                    "Give each part a place of its own.",
                )
    images: dict[int, bytes] = {}
    for slot, positions in wanted.items():
        image = bytearray(read_slot(slot, max(positions) + 1))
        for position, byte in positions.items():
            image[position] = byte
        images[slot] = bytes(image)
    return images
