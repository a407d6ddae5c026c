"""The root and the signer certificate of a certificate authority."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.compressed.serial_source import positive_serial_number
from atecc_bench.pki.keys.key_files import certificate_public_key, key_identifier, public_key_bytes

SERIAL_NUMBER_LENGTH = 16

Entropy = Callable[[int], bytes]


class ExtensionProfile(StrEnum):
    """The extensions of CA certificates; key identifiers always come last.

    `STANDARD` is basicConstraints, then keyUsage; `MICROCHIP` the other way round, as Microchip's own signers have
    it; `MINIMAL` has no keyUsage, as a default `openssl req -x509` makes it, and strict verifiers refuse it.
    """

    STANDARD = "standard"
    MICROCHIP = "microchip"
    MINIMAL = "minimal"


def start_of_validity(now: datetime) -> datetime:
    """Return the last full hour before `now`.

    On a 29 February it is that of the day before, so that whole years later exists.
    """
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour.replace(day=28) if (hour.month, hour.day) == (2, 29) else hour


def issue_root(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    start: datetime,
    years: int,
    entropy: Entropy,
    profile: ExtensionProfile = ExtensionProfile.STANDARD,
) -> x509.Certificate:
    """Issue a self-signed CA certificate for whole years.

    It begins at `start`, on the hour.
    """
    builder = _authority_builder(name, name, key.public_key(), start, years, entropy)
    builder = _with_extensions(builder, path_length=None, digital_signature=False, profile=profile)
    return sign(builder, public_key_bytes(key.public_key()), public_key_bytes(key.public_key()), key)


def issue_signer(
    name: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    start: datetime,
    years: int,
    entropy: Entropy,
    profile: ExtensionProfile = ExtensionProfile.STANDARD,
) -> x509.Certificate:
    """Issue the certificate of a signer.

    It lasts for `years`, or as long as the root.

    Raises:
        InputError: `name-not-usable` when the name is the root's own.
        RefusedError: `certificate-expired` when the root lasts less than a year.
    """
    if name == root.subject:
        raise InputError(
            "name-not-usable",
            f"The signer would have the same name as the root: {name.rfc4514_string()}.",
            "Give the signer another common name.",
        )
    while years and start.replace(year=start.year + years) > root.not_valid_after_utc:
        years -= 1
    if not years:
        raise RefusedError(
            "certificate-expired",
            f"The root certificate expires on {root.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC, in less than "
            "a year; a signer under it would have no whole year.",
            "Use a root certificate that is valid for longer.",
        )
    builder = _authority_builder(name, root.subject, public_key, start, years, entropy)
    builder = _with_extensions(builder, path_length=0, digital_signature=True, profile=profile)
    return sign(builder, public_key_bytes(public_key), certificate_public_key(root), root_key)


def _authority_builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    start: datetime,
    years: int,
    entropy: Entropy,
) -> x509.CertificateBuilder:
    serial_number = positive_serial_number(entropy(SERIAL_NUMBER_LENGTH))
    return (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(serial_number))
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=start.year + years))
    )


def sign(
    builder: x509.CertificateBuilder,
    subject_key: bytes,
    issuer_key: bytes,
    signing_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    """Add subject and authority key identifier, and sign.

    The identifiers stand in this order; the two keys are X‖Y. The signature is deterministic (RFC 6979), so that the
    same input gives the same bytes.
    """
    subject = x509.SubjectKeyIdentifier(key_identifier(subject_key))
    authority = x509.AuthorityKeyIdentifier(key_identifier(issuer_key), None, None)
    builder = builder.add_extension(subject, critical=False).add_extension(authority, critical=False)
    return builder.sign(signing_key, SHA256(), ecdsa_deterministic=True)


def _with_extensions(
    builder: x509.CertificateBuilder,
    *,
    path_length: int | None,
    digital_signature: bool,
    profile: ExtensionProfile,
) -> x509.CertificateBuilder:
    extensions: list[x509.ExtensionType] = [x509.BasicConstraints(ca=True, path_length=path_length)]
    if profile is not ExtensionProfile.MINIMAL:
        usage = _key_usage(digital_signature=digital_signature)
        extensions.insert(0 if profile is ExtensionProfile.MICROCHIP else 1, usage)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder


def _key_usage(*, digital_signature: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
