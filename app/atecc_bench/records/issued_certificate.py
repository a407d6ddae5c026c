"""What tells a certificate from every other.

That is its issuer, its serial number, and its hash.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate by its issuer, serial number and SHA-256.

    All have hexadecimal digits.

    `issuer` is the SHA-256 of the issuer's name and of the authority key identifier, so that two authorities of the
    same name are two.
    """

    issuer: str
    serial_number: str
    sha256: str

    @classmethod
    def of(cls, certificate: x509.Certificate, der: bytes) -> "IssuedCertificate":
        """Of a certificate and its bytes."""
        try:
            extension = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
            authority = extension.value.key_identifier or b""
        except (x509.ExtensionNotFound, ValueError):
            authority = b""
        issuer = hashlib.sha256(certificate.issuer.public_bytes() + authority).hexdigest()
        return cls(issuer, f"{certificate.serial_number:x}", hashlib.sha256(der).hexdigest())
