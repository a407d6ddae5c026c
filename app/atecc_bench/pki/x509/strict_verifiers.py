"""Warnings of what strict verifiers will say of a chain.

They are data, for a chain that is usable here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509

from atecc_bench.pki.x509.chain_checks import extension_of
from atecc_bench.pki.x509.extensions import readable_extensions

_LONGEST_SERIAL_NUMBER = 20


@dataclass(frozen=True)
class AuthorityWarning:
    """Something accepted here and refused elsewhere.

    `certificate` is `root` or `signer`.
    """

    id: str
    certificate: str
    message: str
    hint: str


def strict_warnings(root: x509.Certificate, signer: x509.Certificate) -> tuple[AuthorityWarning, ...]:
    """Return what strict verifiers refuse in a chain.

    Such as `openssl verify -x509_strict` (RFC 5280, section 4.2.1).
    """
    return (*_warnings_of(root, "root"), *_warnings_of(signer, "signer"), *_outlived(root, signer))


def _outlived(root: x509.Certificate, signer: x509.Certificate) -> Iterator[AuthorityWarning]:
    ends, root_ends = signer.not_valid_after_utc, root.not_valid_after_utc
    if ends > root_ends:
        yield AuthorityWarning(
            "signer-outlives-root",
            "signer",
            f"The signer is valid until {ends:%Y-%m-%d}, but its root only until {root_ends:%Y-%m-%d}: no chain holds "
            "after that.",
            "Plan for a new root before then, or have the signer issued for a shorter time.",
        )


def _warnings_of(certificate: x509.Certificate, which: str) -> tuple[AuthorityWarning, ...]:
    try:
        return tuple(_warnings(certificate, which))
    except ValueError:
        return (_warning("extensions-malformed", which, "has extensions that are malformed or there twice"),)


def _warning(warning_id: str, which: str, what: str) -> AuthorityWarning:
    return AuthorityWarning(
        warning_id,
        which,
        f"The {which} certificate {what}; strict verifiers, such as openssl verify -x509_strict, refuse it.",
        "Have it issued again with that corrected, or accept that only lenient verifiers take the chain.",
    )


def _warnings(certificate: x509.Certificate, which: str) -> Iterator[AuthorityWarning]:
    def warning(warning_id: str, what: str) -> AuthorityWarning:
        return _warning(warning_id, which, what)

    usage = extension_of(certificate, x509.KeyUsage)
    if usage is None:
        yield warning("no-key-usage", "has no keyUsage, as a default `openssl req -x509` makes it")
    if extension_of(certificate, x509.SubjectKeyIdentifier) is None:
        yield warning("no-subject-key-identifier", "has no subjectKeyIdentifier")
    self_issued = certificate.subject == certificate.issuer
    if not self_issued and extension_of(certificate, x509.AuthorityKeyIdentifier) is None:
        yield warning("no-authority-key-identifier", "has no authorityKeyIdentifier")
    for extension in readable_extensions(certificate):
        if isinstance(extension.value, x509.BasicConstraints):
            if not extension.critical:
                yield warning("basic-constraints-not-critical", "has basicConstraints that are not critical")
            if extension.value.path_length is not None and (usage is None or not usage.key_cert_sign):
                yield warning("pathlen-without-key-usage", "has a pathlen and no keyUsage with keyCertSign")
    if not 0 < certificate.serial_number.bit_length() <= 8 * _LONGEST_SERIAL_NUMBER - 1:
        yield warning("serial-number-out-of-range", "has a serial number that is zero or longer than 20 bytes")
    if not certificate.subject.rdns:
        yield warning("empty-name", "has an empty subject")
