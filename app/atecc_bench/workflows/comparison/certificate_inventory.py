"""Comparison of certificates on a chip with certificates in files.

It tells which belong together, and whether they are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import extension_of
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates

FOUND = "files that were opened"


class Agreement(Enum):
    """Relation of a certificate in a file to the chip's certificates."""

    EQUAL = "equal to the chip's"
    DIFFERS = "differs from the chip's"
    KEY_EQUAL = "its key is on the chip"
    KEY_DIFFERS = "the chip has another root's key"
    ELSEWHERE = "not of this chip"
    UNKNOWN = ""


class Role(StrEnum):
    """What a certificate is in a chain."""

    ROOT = "Root"
    SIGNER = "Signer"
    DEVICE = "Device"


@dataclass(frozen=True)
class FiledCertificate:
    """A certificate (DER) of a file and its counterpart on the chip.

    `counterpart` is the chip's certificate (DER), where it holds one.
    """

    der: bytes
    source: str
    agreement: Agreement
    counterpart: bytes | None = None


def judge(der: bytes, source: str, chip: ChipCertificates | None) -> FiledCertificate:
    """Look for the counterpart of a file's certificate (DER) on a chip.

    A counterpart has the same subject, or the same public key.
    """
    if chip is None:
        return FiledCertificate(der, source, Agreement.UNKNOWN)
    if der in (chip.device, chip.signer):
        return FiledCertificate(der, source, Agreement.EQUAL, der)
    certificate = x509.load_der_x509_certificate(der)
    if role_of(certificate) is Role.ROOT:
        same = _key_of(certificate) == chip.root_public_key
        return FiledCertificate(der, source, Agreement.KEY_EQUAL if same else Agreement.KEY_DIFFERS)
    for held in (chip.device, chip.signer):
        other = x509.load_der_x509_certificate(held)
        if other.subject == certificate.subject or _key_of(other) == _key_of(certificate):
            return FiledCertificate(der, source, Agreement.DIFFERS, held)
    return FiledCertificate(der, source, Agreement.ELSEWHERE)


def role_of(certificate: x509.Certificate) -> Role:
    """What a certificate is, by its names and basicConstraints."""
    if certificate.subject == certificate.issuer:
        return Role.ROOT
    try:
        constraints = extension_of(certificate, x509.BasicConstraints)
    except ValueError:
        return Role.DEVICE
    return Role.SIGNER if constraints is not None and constraints.ca else Role.DEVICE


def parents(certificates: Sequence[bytes]) -> tuple[int | None, ...]:
    """Find the issuer of each certificate (DER) among the certificates given.

    The issuer is given by its number. It is None when the certificate issued itself or its issuer is not here.
    """
    names = [x509.load_der_x509_certificate(der) for der in certificates]
    found: list[int | None] = []
    for number, certificate in enumerate(names):
        issuers = (
            other
            for other, candidate in enumerate(names)
            if other != number and candidate.subject == certificate.issuer and candidate.subject != certificate.subject
        )
        found.append(next(issuers, None))
    return tuple(found)


def known_of_files(certificates: Sequence[x509.Certificate]) -> KnownCertificates:
    """Take device, signer and root out of a file's certificates.

    They serve as templates for what a chip holds.

    Raises:
        InputError: `chain-needed` when they are not all there.
    """
    leaves = [one for one in certificates if role_of(one) is Role.DEVICE]
    for device in leaves:
        signer = _issuer_of(device, certificates)
        root = None if signer is None else _issuer_of(signer, certificates)
        if signer is not None and root is not None:
            first, second, third = (one.public_bytes(Encoding.DER) for one in (device, signer, root))
            return KnownCertificates(first, second, third, FOUND)
    raise InputError(
        "chain-needed",
        "To rebuild what the chip holds takes a device certificate of its structure, its signer's and the root's.",
        "Open or drop all three, in one file or in several.",
    )


def _issuer_of(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> x509.Certificate | None:
    return next((other for other in others if other.subject == certificate.issuer and other != certificate), None)


def _key_of(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate_public_key(certificate)
    except InputError:
        return None
