"""Checks of signatures and of a certificate chain: device, signer, root."""

from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm

from atecc_bench.errors import RefusedError
from atecc_bench.pki.keys.key_files import public_key_from_bytes
from atecc_bench.pki.x509.extensions import readable_extensions

ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)

_SIGNATURE_LENGTH = 64
_DIGEST_LENGTH = 32


class CertificateTimeError(RefusedError):
    """A certificate that is right but for the time."""


class CertificateExpiredError(CertificateTimeError):
    """A certificate whose notAfter has passed."""


class CertificateNotYetValidError(CertificateTimeError):
    """A certificate whose notBefore is to come."""


def check_chain(device: x509.Certificate, signer: x509.Certificate, root: x509.Certificate, at: datetime) -> None:
    """Check a chain of root, signer and device certificate.

    `root` is a CA that made `signer` a CA that issued `device`, all valid `at` that moment.

    Raises:
        RefusedError: `chain-broken`, `certificate-expired`, `certificate-not-yet-valid` or `not-a-ca`.
    """
    check_issued_by(root, root, "root", "itself")
    check_may_issue(root, "root", authorities_below=1)
    check_issued_by(signer, root, "signer", "the root")
    check_may_issue(signer, "signer", authorities_below=0)
    check_issued_by(device, signer, "device", "the signer")
    for certificate, which in ((root, "root"), (signer, "signer"), (device, "device")):
        check_valid_at(certificate, at, which)


def check_valid_at(certificate: x509.Certificate, at: datetime, which: str) -> None:
    """Raise `RefusedError` (`certificate-expired`, `certificate-not-yet-valid`) unless it is valid `at`."""
    if at > certificate.not_valid_after_utc:
        raise CertificateExpiredError(
            "certificate-expired",
            f"The {which} certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC.",
            f"Use a {which} certificate that is still valid, and check the clock of this computer.",
        )
    if at < certificate.not_valid_before_utc:
        raise CertificateNotYetValidError(
            "certificate-not-yet-valid",
            f"The {which} certificate is valid only from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC.",
            f"Wait until then or use another {which} certificate, and check the clock of this computer.",
        )


def check_may_issue(certificate: x509.Certificate, which: str, *, authorities_below: int) -> None:
    """Check that a certificate may sign others.

    The rule is that of RFC 5280, section 4.2.1. `authorities_below` is the number of CA certificates between it and the
    end of the chain.

    Raises:
        RefusedError: `not-a-ca`.
    """
    why = _why_not_authority(certificate, authorities_below)
    if why is not None:
        raise RefusedError(
            "not-a-ca",
            f"The {which} certificate may not issue certificates here: {why}.",
            "Use a CA certificate: basicConstraints with CA:TRUE, and keyCertSign if it has a keyUsage.",
        )


def check_issued_by(certificate: x509.Certificate, issuer: x509.Certificate, which: str, by: str) -> None:
    """Raise `RefusedError` (`chain-broken`) unless `issuer` issued `certificate`: name, key and signature."""
    try:
        certificate.verify_directly_issued_by(issuer)
        authority_key = extension_of(certificate, x509.AuthorityKeyIdentifier)
        issuer_key = extension_of(issuer, x509.SubjectKeyIdentifier)
    except InvalidSignature as error:
        raise _chain_broken(which, by, "the signature was made by another key") from error
    except (TypeError, UnsupportedAlgorithm) as error:
        raise _chain_broken(which, by, "its signature is of an unknown kind") from error
    except ValueError as error:
        raise _chain_broken(which, by, "its issuer has another name, or it is malformed") from error
    if authority_key is None or issuer_key is None or authority_key.key_identifier is None:
        return
    if authority_key.key_identifier != issuer_key.digest:
        raise _chain_broken(which, by, "its authorityKeyIdentifier names another key")


def verify_signature(public_key: bytes, message: bytes, signature_rs: bytes) -> bool:
    """Verify an ECDSA-SHA256 signature R‖S (64 bytes) of `message` with X‖Y.

    Raises:
        InputError: `not-a-public-key` for a key off the curve.
    """
    return _verify(public_key, message, signature_rs, SHA256())


def verify_digest(public_key: bytes, digest: bytes, signature_rs: bytes) -> bool:
    """Verify a signature R‖S of a 32-byte digest.

    The digest was signed as it is, as the chip's Sign command does.

    Raises:
        InputError: `not-a-public-key` for a key off the curve.
    """
    return len(digest) == _DIGEST_LENGTH and _verify(public_key, digest, signature_rs, Prehashed(SHA256()))


def _verify(public_key: bytes, message: bytes, signature_rs: bytes, algorithm: HashAlgorithm | Prehashed) -> bool:
    key = public_key_from_bytes(public_key)
    if len(signature_rs) != _SIGNATURE_LENGTH:
        return False
    signature = encode_dss_signature(int.from_bytes(signature_rs[:32]), int.from_bytes(signature_rs[32:]))
    try:
        key.verify(signature, message, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def _why_not_authority(certificate: x509.Certificate, authorities_below: int) -> str | None:
    try:
        constraints = extension_of(certificate, x509.BasicConstraints)
        usage = extension_of(certificate, x509.KeyUsage)
    except ValueError:
        return "its extensions are malformed"
    if constraints is None:
        return "it has no basicConstraints"
    if not constraints.ca:
        return "its basicConstraints say CA:FALSE"
    if constraints.path_length is not None and constraints.path_length < authorities_below:
        return f"its pathlen of {constraints.path_length} allows no further CA below it"
    if usage is not None and not usage.key_cert_sign:
        return "its keyUsage does not hold keyCertSign"
    return None


def extension_of(certificate: x509.Certificate, kind: type[ExtensionT]) -> ExtensionT | None:
    """Return the certificate's extension of this kind, or None.

    Raises:
        ValueError: The extension is malformed.
    """
    try:
        value = (
            readable_extensions(certificate).get_extension_for_oid(kind.oid).value
        )  # by its class takes a test for each
    except x509.ExtensionNotFound:
        return None
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise ValueError(str(error)) from error
    return value if isinstance(value, kind) else None


def _chain_broken(which: str, by: str, why: str) -> RefusedError:
    return RefusedError(
        "chain-broken",
        f"The {which} certificate was not issued by {by}: {why}.",
        "Use certificates that belong to one chain.",
    )
