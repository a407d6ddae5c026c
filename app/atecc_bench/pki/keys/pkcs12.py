"""PKCS #12 files: a private key with its certificates.

RFC 7292, as browsers and Windows export them.
"""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from atecc_bench.errors import InputError, WrongPassphraseError
from atecc_bench.pki.encoding.der import SEQUENCE, parse_der
from atecc_bench.pki.keys.derivation_cost import check_derivation_cost, check_rounds

_VERSION_3 = b"\x02\x01\x03"


@dataclass(frozen=True)
class Pkcs12Contents:
    """Contents of a PKCS #12 file.

    The key, if there is one, and the certificates, that of the key first.
    """

    key: PrivateKeyTypes | None = field(repr=False)
    certificates: tuple[x509.Certificate, ...]


def is_pkcs12(data: bytes) -> bool:
    """True when this is the DER of a PKCS #12 file.

    No key or certificate begins like one.
    """
    try:
        root = parse_der(data)
    except InputError:
        return False
    return root.tag == SEQUENCE and data[root.value_start : root.value_start + 3] == _VERSION_3


def pkcs12_contents(data: bytes, passphrase: bytes | None) -> Pkcs12Contents:
    """Open a PKCS #12 file; one without a passphrase opens with None.

    Raises:
        InputError: `passphrase-needed`, `wrong-passphrase`, `key-too-costly`, or `not-a-key` for an algorithm nobody
            here knows.
    """
    check_derivation_cost(data)
    check_rounds(_mac_rounds(data))
    try:
        contents = load_pkcs12(data, passphrase)
    except UnsupportedAlgorithm as error:
        raise InputError(
            "not-a-key",
            "This PKCS #12 file is encrypted in a way that is not supported.",
            "Convert it with: openssl pkcs12 -in FILE -legacy -out key.pem",
        ) from error
    except ValueError as error:
        if passphrase is None:
            raise InputError(
                "passphrase-needed",
                "This PKCS #12 file is encrypted and no passphrase was given.",
                "Give the passphrase it was exported with.",
            ) from error
        raise WrongPassphraseError(
            "The passphrase does not open this PKCS #12 file.",
            "Give the passphrase it was exported with; capitals and spaces count.",
        ) from error
    own = [contents.cert] if contents.cert else []
    return Pkcs12Contents(contents.key, tuple(entry.certificate for entry in (*own, *contents.additional_certs)))


def _mac_rounds(data: bytes) -> int:
    """Rounds behind the check of the whole file (RFC 7292, section 4).

    One where it does not say.
    """
    try:
        _, _, mac, *_ = parse_der(data).children
        _, _, rounds = mac.children
    except (InputError, ValueError):
        return 1
    return int.from_bytes(rounds.value(data), "big")
