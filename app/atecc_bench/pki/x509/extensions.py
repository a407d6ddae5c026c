"""Extensions of certificates, those of Microchip's that no strict reader takes too."""

import re

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

# Microchip writes a Trust&GO's MAC address as PrintableString, whose alphabet has no underscore.
_MAC_AS_PRINTABLE = re.compile(rb"\x13(\x12eui48_[0-9A-F]{12})")
_AS_UTF8 = b"\x0c\\1"


def readable_extensions(certificate: x509.Certificate) -> x509.Extensions:
    """The extensions of a certificate.

    Raises:
        ValueError: One of them is malformed.
        x509.DuplicateExtension: One is there twice.
        x509.UnsupportedGeneralNameType: It names something in a way that is not known.
    """
    try:
        return certificate.extensions
    except ValueError:
        der, changed = _MAC_AS_PRINTABLE.subn(_AS_UTF8, certificate.public_bytes(Encoding.DER))
        if not changed:
            raise
        return x509.load_der_x509_certificate(der).extensions  # only read: its signature is of the bytes as they were
