"""A device certificate that somebody else issued: for the key in this chip, and of one chain with what came with it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.keys import certificate_public_key
from atecc_bench.pki.verify import check_issued_by, check_valid_at


def check_outside(certificates: Sequence[x509.Certificate], now: datetime) -> None:
    """Check what can be checked without the chip: each certificate was issued by the one behind it, all are valid.

    Raises `RefusedError`: `chain-broken`, `certificate-expired`, `certificate-not-yet-valid`.
    """
    for subject, issuer in pairwise(certificates):
        check_issued_by(subject, issuer, "device", "the certificate that follows it in the file")
    for certificate in certificates:
        check_valid_at(certificate, now, "device" if certificate is certificates[0] else "issuer's")


def check_subject(certificate: x509.Certificate, wanted: x509.Name) -> None:
    """Raise `RefusedError` (`subject-mismatch`) unless the certificate is for the name that was asked for."""
    if certificate.subject != wanted:
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
    """Raise `RefusedError` (`public-key-mismatch`) unless the certificate is for X‖Y, the key in `slot`."""
    if not is_for_key(certificate, public_key):
        raise RefusedError(
            "public-key-mismatch",
            f"The certificate is for another key than the one in slot {slot} of this chip.",
            "Give the certificate that was issued for this chip's request.",
        )
