"""Certificates on a chip, by the layout that evidence speaks for.

A chip holds 72 bytes of each certificate; the rest comes from certificates that are known, and where each part stands
from the layout. Which one it is, the contents of the chip decide.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone
from atecc_bench.pki.compressed.format import CompressedCertificate
from atecc_bench.pki.compressed.rebuild import slot_contents
from atecc_bench.pki.keys.key_files import (
    PADDED_PUBLIC_KEY_LENGTH,
    certificate_public_key,
    load_certificate,
    pad_public_key,
)
from atecc_bench.pki.x509.chain_checks import verify_signature
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.profiles.slot_map import template_definitions
from atecc_bench.provision.chain.layouts import stored_chain
from atecc_bench.provision.chain.microchip_chain import microchip_stored_chain
from atecc_bench.provision.chain.stored_chain import Reader, StoredChain
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates

# What speaks against a reading; what the way to the chip raises does not.
_DOES_NOT_FIT = (ChipStatusError, InputError, RefusedError)
# The ones that bring no templates of their own, in the order in which they are tried.
_BUILT_IN = (
    Layout.ECC608_MASS_PROVISIONING,
    Layout.ESPRESSIF,
    Layout.CRYPTOAUTHLIB,
    Layout.ARDUINO_ECCX08,
    Layout.TRUST_AND_GO,
)


class Fit(IntEnum):
    """How well a reading fits what the chip holds."""

    POSSIBLE = 0
    """The known certificates have a structure that this layout can store."""

    FORMAT = 1
    """The 72 bytes are of this layout's template, chain and source of the serial number."""

    SIGNED = 2
    """The device certificate rebuilds, and the signer's key verifies it."""

    EQUAL = 3
    """It rebuilds to the very certificate that is known."""


@dataclass(frozen=True)
class HeldChain:
    """One reading of the certificates on a chip.

    `device` is the certificate (DER) as rebuilt, None where this reading rebuilds none; `certificates` are all that
    the chip holds, where the signer's is known or rebuilt too. `agreeing` of the `wanted` bytes are as the known
    certificates have them.
    """

    layout: Layout
    stored: StoredChain
    known: KnownCertificates
    device: bytes | None
    certificates: ChipCertificates | None
    fit: Fit
    agreeing: int
    wanted: int

    @property
    def weight(self) -> tuple[Fit, float, int]:
        """What readings are ranked by.

        Of two that agree with the chip wholly the one that explains more of it goes first.
        """
        return self.fit, self.agreeing / max(1, self.wanted), self.agreeing


def slots_of(definition: CertificateDefinition) -> tuple[int, ...]:
    """The data slots with parts of a certificate."""
    places = (
        definition.comp_cert_dev_loc,
        definition.cert_sn_dev_loc,
        definition.public_key_dev_loc,
        *(element.device_loc for element in definition.stored_elements),
    )
    return tuple(sorted({at.slot for at in places if at.zone is DeviceZone.DATA and at.count and not at.is_genkey}))


def held_chains(read: Reader, known: Sequence[KnownCertificates], serial_number: str) -> tuple[HeldChain, ...]:
    """All readings of the certificates on a chip, the best first.

    `read` gives what the chip holds, `known` are certificates that it may hold, the likeliest first; `serial_number`
    is the chip's, 18 hexadecimal digits.
    """
    once = _Once(read)
    found = [
        _held(once, layout, stored, one, bytes.fromhex(serial_number))
        for one in known
        for layout, stored in _layouts(one, serial_number)
    ]
    return tuple(sorted(found, key=lambda held: held.weight, reverse=True))


def fitting(chains: Sequence[HeldChain]) -> tuple[HeldChain, ...]:
    """Those of several readings that fit the chip best.

    More than one where the chip's contents do not decide; of each layout one.
    """
    best = max((held.weight for held in chains), default=None)
    by_layout: dict[Layout, HeldChain] = {}
    for held in chains:
        if held.fit is not Fit.POSSIBLE and held.weight == best:
            by_layout.setdefault(held.layout, held)
    return tuple(by_layout.values())


def reading_of_expected(
    read: Reader, expected: bytes, known: Sequence[KnownCertificates], serial_number: str
) -> HeldChain | None:
    """The best reading of a chip that should hold a certificate (DER).

    None when no layout can store that. `known` are certificates of the same chip: they say the profile, and who may
    have issued it.
    """
    issuer = load_certificate(expected).issuer
    candidates: list[KnownCertificates] = []
    for one in known:
        if one.device == expected:
            candidates.append(one)
        elif one.signer is not None and load_certificate(one.signer).subject == issuer:
            candidates.append(KnownCertificates(expected, one.signer, one.root, one.source, one.profile, one.pattern))
    alone = KnownCertificates(expected, None, None, "")
    for tried in ([one for one in candidates if not one.pattern], [alone], candidates):
        chains = held_chains(read, tried, serial_number)
        if chains:
            return chains[0]
    return None


def _layouts(known: KnownCertificates, serial_number: str) -> Iterator[tuple[Layout, StoredChain]]:
    profile = known.profile
    if profile is not None and profile.layout is Layout.TEMPLATES:
        device, *rest = template_definitions(profile)
        yield Layout.TEMPLATES, StoredChain.of_definitions(device, rest[0] if rest else None)
        return
    for layout in _tried(known):
        try:
            if layout is Layout.TRUST_AND_GO:
                if known.signer is not None:
                    yield layout, microchip_stored_chain(known.device, known.signer)
            else:
                signer = None if known.signer is None else load_certificate(known.signer)
                yield layout, stored_chain(layout, known.device, signer, serial_number)
        except _DOES_NOT_FIT:
            continue  # certificates of such a structure do not go into this layout


def _tried(known: KnownCertificates) -> tuple[Layout, ...]:
    if known.pattern:
        return (Layout.TRUST_AND_GO,)
    return _BUILT_IN if known.profile is None else (known.profile.layout,)


def _held(read: Reader, layout: Layout, stored: StoredChain, known: KnownCertificates, number: bytes) -> HeldChain:
    signer_key = None if known.signer is None else certificate_public_key(load_certificate(known.signer))
    device, certificates, fit = None, None, Fit.POSSIBLE
    with suppress(*_DOES_NOT_FIT):  # `fit` says how far it came
        if _format_agrees(read, stored):
            fit = Fit.FORMAT
        device = stored.rebuild_device(read, signer_key)
        if device == known.device and not known.pattern:
            fit = Fit.EQUAL
        elif _is_signed(device, stored.held_signer_key(read, signer_key)):
            fit = Fit.SIGNED
        if known.signer is not None and known.root is not None and signer_key is not None:
            root_key = certificate_public_key(load_certificate(known.root))
            certificates = _sound(stored.rebuild(read, known.signer, signer_key, root_key))
    return HeldChain(layout, stored, known, device, certificates, fit, *_agreement(read, stored, known, number))


def _format_agrees(read: Reader, stored: StoredChain) -> bool:
    compressed = CompressedCertificate.parse(read(stored.device.comp_cert_dev_loc))
    wanted = (stored.device.template_id, stored.device.chain_id, stored.device.sn_source)
    return (compressed.template_id, compressed.chain_id, compressed.sn_source) == wanted


def _is_signed(device: bytes, signer_key: bytes | None) -> bool:
    if signer_key is None:
        return False
    certificate = x509.load_der_x509_certificate(device)
    r, s = decode_dss_signature(certificate.signature)
    return verify_signature(signer_key, certificate.tbs_certificate_bytes, r.to_bytes(32) + s.to_bytes(32))


def _sound(certificates: ChipCertificates) -> ChipCertificates:
    """Check that both certificates are some.

    Slots that do not belong together rebuild to none.
    """
    for der in (certificates.device, certificates.signer):
        load_certificate(der)
    return certificates


def _agreement(read: Reader, stored: StoredChain, known: KnownCertificates, number: bytes) -> tuple[int, int]:
    """How many bytes are as the known certificates', and of how many."""
    wanted: dict[DeviceLocation, bytes] = {}
    with suppress(*_DOES_NOT_FIT):
        wanted |= slot_contents(known.device, stored.device, number)
        if stored.signer is not None and known.signer is not None:
            wanted |= slot_contents(known.signer, stored.signer, number)
        if stored.root_key_slot is not None and known.root is not None:
            place = DeviceLocation(slot=stored.root_key_slot, count=PADDED_PUBLIC_KEY_LENGTH)
            wanted[place] = pad_public_key(certificate_public_key(load_certificate(known.root)))
    pairs = [
        (one, other) for at, content in wanted.items() for one, other in zip(content, _read(read, at), strict=False)
    ]
    return sum(one == other for one, other in pairs), sum(map(len, wanted.values()))


class _Once:
    """A reader that asks the chip for each place once.

    Also for what it refuses: readings share their slots.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._found: dict[DeviceLocation, bytes | BenchError] = {}

    def __call__(self, location: DeviceLocation) -> bytes:
        if location not in self._found:
            try:
                self._found[location] = self._read(location)
            except _DOES_NOT_FIT as error:
                self._found[location] = error
        found = self._found[location]
        if isinstance(found, BenchError):
            raise found
        return found


def _read(read: Reader, location: DeviceLocation) -> bytes:
    try:
        return read(location)
    except _DOES_NOT_FIT:
        return b""
