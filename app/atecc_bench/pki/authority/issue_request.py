"""Certificates for requests that anybody sends.

For the proof of possession that AWS and Azure ask for, for a server, or for a device without a chip.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID

from atecc_bench.errors import InputError
from atecc_bench.pki.authority.issue_ca import SERIAL_NUMBER_LENGTH, Entropy, start_of_validity
from atecc_bench.pki.compressed.serial_source import positive_serial_number
from atecc_bench.pki.x509.chain_checks import check_valid_at

DEFAULT_DAYS = 365


class Purpose(StrEnum):
    """What a certificate is for."""

    CLIENT = "client"
    SERVER = "server"
    ANY = "any"


_PURPOSES = {
    Purpose.CLIENT: [ExtendedKeyUsageOID.CLIENT_AUTH],
    Purpose.SERVER: [ExtendedKeyUsageOID.SERVER_AUTH],
    Purpose.ANY: [],
}


def issue_for_request(
    request: x509.CertificateSigningRequest,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    now: datetime,
    days: int = DEFAULT_DAYS,
    subject: x509.Name | None = None,
    names: x509.SubjectAlternativeName | None = None,
    purpose: Purpose = Purpose.ANY,
    entropy: Entropy = secrets.token_bytes,
) -> x509.Certificate:
    """Issue a certificate for a request whose signature was checked.

    It is no CA's, whatever the request asks for. Subject and alternative names are the request's unless others are
    given. It ends with its issuer at the latest.

    Raises:
        InputError: `name-not-usable` without a subject and without alternative names.
        RefusedError: `certificate-expired` or `certificate-not-yet-valid` when the issuer is not valid now.
    """
    check_valid_at(issuer, now, "issuer")
    names = names or _asked(request, x509.SubjectAlternativeName)
    subject = request.subject if subject is None else subject
    if not list(subject) and names is None:
        raise InputError(
            "name-not-usable",
            "The request has no subject and no alternative names, so the certificate would be nobody's.",
            "Give a name with --subject CN=… or --san DNS:…",
        )
    key = request.public_key()
    start = max(start_of_validity(now), issuer.not_valid_before_utc)
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(positive_serial_number(entropy(SERIAL_NUMBER_LENGTH))))
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(key)
        .not_valid_before(start)
        .not_valid_after(min(start + timedelta(days=days), issuer.not_valid_after_utc))
    )
    for extension, critical in _extensions(key, issuer, names, purpose, subject_is_empty=not list(subject)):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, SHA256())


def _extensions(
    key: CertificatePublicKeyTypes,
    issuer: x509.Certificate,
    names: x509.SubjectAlternativeName | None,
    purpose: Purpose,
    *,
    subject_is_empty: bool,
) -> Sequence[tuple[x509.ExtensionType, bool]]:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=isinstance(key, rsa.RSAPublicKey),
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage, True),
    ]
    if _PURPOSES[purpose]:
        found.append((x509.ExtendedKeyUsage(_PURPOSES[purpose]), False))
    if names is not None:
        found.append((names, subject_is_empty))
    found.append((x509.SubjectKeyIdentifier.from_public_key(key), False))
    try:
        identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    except x509.ExtensionNotFound:
        authority = x509.AuthorityKeyIdentifier(
            x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest, None, None
        )
    found.append((authority, False))
    return found


def _asked(
    request: x509.CertificateSigningRequest, kind: type[x509.SubjectAlternativeName]
) -> x509.SubjectAlternativeName | None:
    try:
        return request.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
