"""Stand-in keys and certificates for a rehearsal."""

import secrets

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issuer import Issuer, on_the_hour
from atecc_bench.pki.compressed.format import FormatVersion, encode_dates
from atecc_bench.pki.compressed.serial_source import SerialSource, hashed_serial_number
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    private_key_from_entropy,
    public_key_bytes,
)
from atecc_bench.pki.x509.extensions import readable_extensions

_MOST_YEARS = 127  # that the 72 bytes can hold


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a key that stands in for one."""
    return private_key_from_entropy(secrets.token_bytes)


def stand_in_authority(issuer: Issuer) -> CertificateAuthority:
    """Make an authority that stands in for an issuer.

    It has the issuer's names and dates, and keys of its own.
    """
    root_key, signer_key = new_key(), new_key()
    return CertificateAuthority(
        root=reissued(issuer.root, root_key.public_key(), root_key),
        signer=reissued(
            issuer.signer,
            signer_key.public_key(),
            root_key,
            _serial_number(issuer.signer, public_key_bytes(signer_key.public_key())),
        ),
        signer_key=signer_key,
    )


def reissued(
    certificate: x509.Certificate,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    serial_number: int | None = None,
) -> x509.Certificate:
    """Issue a certificate again for another key, signed by another.

    Its key identifiers follow the keys; all else stays, the serial number too unless one is given.
    """
    builder = x509.CertificateBuilder(
        issuer_name=certificate.issuer,
        subject_name=certificate.subject,
        public_key=public_key,
        serial_number=certificate.serial_number if serial_number is None else serial_number,
        not_valid_before=certificate.not_valid_before_utc,
        not_valid_after=certificate.not_valid_after_utc,
    )
    for extension in readable_extensions(certificate):
        value = extension.value
        if isinstance(value, x509.SubjectKeyIdentifier):
            value = x509.SubjectKeyIdentifier.from_public_key(public_key)
        elif isinstance(value, x509.AuthorityKeyIdentifier):
            value = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(value, extension.critical)
    return builder.sign(issuer_key, SHA256())


def _serial_number(certificate: x509.Certificate, public_key: bytes) -> int:
    """Return the serial number for a stand-in's certificate.

    One that is the hash of its key and dates, as templates may want it, is that of the stand-in's.
    """
    start, number = certificate.not_valid_before_utc, certificate.serial_number
    years = certificate.not_valid_after_utc.year - start.year
    if start != on_the_hour(start) or not 1 <= years <= _MOST_YEARS:
        return number
    dates, length = encode_dates(start, years, FormatVersion.for_dates(start, years)), -(-number.bit_length() // 8)
    for source in (SerialSource.PUB_KEY_HASH, SerialSource.PUB_KEY_HASH_POS):
        if hashed_serial_number(source, certificate_public_key(certificate), dates, length) == number.to_bytes(length):
            return int.from_bytes(hashed_serial_number(source, public_key, dates, length))
    return number
