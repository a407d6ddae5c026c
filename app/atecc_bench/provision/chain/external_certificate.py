"""Checks of a device certificate that somebody else issued.

It has to be for the key in this chip, and of one chain with what came with it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_issued_by, check_may_issue, check_valid_at


def check_external_certificate(certificates: Sequence[x509.Certificate], now: datetime) -> None:
    """Check what can be checked of a chain without the chip.

    Each certificate was issued by the CA behind it in the file, and all are valid. One at the end that is its own
    issuer by name has to be so by signature.

    Raises:
        RefusedError: `chain-broken`, `not-a-ca`, `certificate-expired`, `certificate-not-yet-valid`.
    """
    for below, (subject, issuer) in enumerate(pairwise(certificates)):
        check_issued_by(subject, issuer, "issuer's" if below else "device", "the one that follows it in the file")
        check_may_issue(issuer, "issuer's", authorities_below=below)
    if is_root(certificates[-1]):
        check_issued_by(certificates[-1], certificates[-1], "root", "itself")
    for certificate in certificates:
        check_valid_at(certificate, now, "device" if certificate is certificates[0] else "issuer's")


def is_root(certificate: x509.Certificate) -> bool:
    """Whether a certificate names itself as its issuer."""
    return certificate.subject == certificate.issuer


def is_same_name(one: x509.Name, other: x509.Name) -> bool:
    """Whether two names have the same attributes in any order.

    CAs write them in an order of their own.
    """
    return Counter(one) == Counter(other)


def check_subject(certificate: x509.Certificate, wanted: x509.Name) -> None:
    """Check that a certificate is for the wanted name.

    Raises:
        RefusedError: `subject-mismatch` unless it is for the name that was asked for.
    """
    if not is_same_name(certificate.subject, wanted):
        raise RefusedError(
            "subject-mismatch",
            f"The certificate is for {certificate.subject.rfc4514_string() or 'nobody'}, and this device is to be "
            f"{wanted.rfc4514_string()}.",
            "Give the certificate that was issued for this device's request, or type the names that it was made with. "
            "Nothing was written.",
        )


def is_for_key(certificate: x509.Certificate, public_key: bytes | None) -> bool:
    """Whether a certificate is for X‖Y."""
    try:
        return certificate_public_key(certificate) == public_key
    except InputError:
        return False  # for no P-256 key at all


def check_for_key(certificate: x509.Certificate, public_key: bytes | None, slot: int) -> None:
    """Check that a certificate is for the key in a slot.

    Raises:
        RefusedError: `public-key-mismatch` unless the certificate is for X‖Y, the key in `slot`.
    """
    if not is_for_key(certificate, public_key):
        raise RefusedError(
            "public-key-mismatch",
            f"The certificate is for another key than the one in slot {slot} of this chip.",
            "Give the certificate that was issued for this chip's request.",
        )
