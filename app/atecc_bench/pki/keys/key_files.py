"""Keys and certificates in any file format.

The forms that a P-256 key has on the chip are here too.
"""

import base64
import hashlib
import json
from collections.abc import Callable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

from atecc_bench.errors import InputError, WrongPassphraseError
from atecc_bench.pki.encoding.pem import labels_of, pem_blocks
from atecc_bench.pki.keys.derivation_cost import check_derivation_cost
from atecc_bench.pki.keys.explicit_curve import key_on_spelled_curve
from atecc_bench.pki.keys.pkcs12 import is_pkcs12, pkcs12_contents

PUBLIC_KEY_LENGTH = 64
PADDED_PUBLIC_KEY_LENGTH = 72
MAKE_A_KEY = "Make a key with: openssl ecparam -name prime256v1 -genkey -noout -out key.pem"
OTHER_ISSUER = (
    "The chip does NIST P-256 alone: such a key is checked by servers, not by a chip, and what it signs does not go "
    "into 72 bytes. Let it sign a signer with a P-256 key, and let that signer issue the devices; the signer's "
    "certificate is then kept in the firmware or at the server."
)
"""What can be done about an issuer's key of another kind."""

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_KEY_LABELS = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "DSA PRIVATE KEY")
_CERTIFICATE_LABELS = ("CERTIFICATE", "X509 CERTIFICATE")
_CURVE_NAMES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_PAD = bytes(4)


class WrongKeyTypeError(InputError):
    """A key of a kind that the chip does not do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("wrong-key-type", message, hint)


def load_private_key(data: bytes, passphrase: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """Read a P-256 private key from any file format.

    PEM or DER, SEC 1, PKCS #8 or PKCS #12, encrypted or not. Other PEM blocks around the key, such as the `EC
    PARAMETERS` that `openssl ecparam -genkey` writes, and text before it are passed over; of several keys the first
    usable one counts. The curve may be named or spelled out. A passphrase for a key that is not encrypted is not used.

    Raises:
        InputError: `not-a-key`, `passphrase-needed`, `wrong-passphrase` or `wrong-key-type`.
    """
    blocks = pem_blocks(data)
    if not blocks and is_pkcs12(data):
        found = pkcs12_contents(data, passphrase).key
        if found is None:
            raise _not_a_key("this PKCS #12 file holds no private key")
        return _usable(found)
    keys = [block for block in blocks if block.label in _KEY_LABELS]
    if not blocks:
        return _load(load_der_private_key, data, data, passphrase)
    if not keys:
        raise _not_a_key(f"it holds {labels_of(blocks)}")
    refused: list[InputError] = []
    for block in keys:
        try:
            return _load(load_pem_private_key, block.pem, data, passphrase)
        except WrongKeyTypeError as error:
            refused.append(error)
    raise refused[0]


def _load(
    load: Callable[[bytes, bytes | None], PrivateKeyTypes], content: bytes, data: bytes, passphrase: bytes | None
) -> ec.EllipticCurvePrivateKey:
    """Load one key of a file.

    The whole `data` may hold the parameters of its curve.
    """
    try:
        try:
            key = load(content, None)
        except TypeError:  # how cryptography says that the key is encrypted
            key = _decrypt(load, content, passphrase)
    except (ValueError, UnsupportedAlgorithm) as error:
        return _read_on_spelled_curve(data, error)
    return _usable(key)


def load_certificates(data: bytes, passphrase: bytes | None = None) -> tuple[x509.Certificate, ...]:
    """Read all certificates of a file, in its order.

    PEM with anything around it, DER or PKCS #12.

    Raises:
        InputError: `not-a-certificate`, and for PKCS #12 `passphrase-needed` or `wrong-passphrase`.
    """
    blocks = pem_blocks(data)
    pems = [block.pem.replace(b"X509 CERT", b"CERT") for block in blocks if block.label in _CERTIFICATE_LABELS]
    try:
        if pems:
            return tuple(_readable(x509.load_pem_x509_certificate(pem)) for pem in pems)
        if not blocks and is_pkcs12(data):
            found = pkcs12_contents(data, passphrase).certificates
            if not found:
                raise ValueError("no certificate")
            return tuple(_readable(certificate) for certificate in found)
        return (_readable(x509.load_der_x509_certificate(data)),)
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        what = f"it holds {labels_of(blocks)}" if blocks else "it is neither PEM nor DER of one"
        raise InputError(
            "not-a-certificate",
            f"This is not a certificate: {what}.",
            "Give an X.509 certificate as PEM (-----BEGIN CERTIFICATE-----) or DER.",
        ) from error


def _readable(certificate: x509.Certificate) -> x509.Certificate:
    """Check that names and dates of a certificate can be read.

    cryptography reads them only when it is asked, and they may turn out to be none.
    """
    for part in (certificate.subject, certificate.issuer):
        part.rfc4514_string()
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate


def load_certificate(data: bytes, passphrase: bytes | None = None) -> x509.Certificate:
    """Read a certificate; of a chain, the first.

    Raises:
        BenchError: What `load_certificates` raises.
    """
    return load_certificates(data, passphrase)[0]


def certificate_public_key(certificate: x509.Certificate, whose: str = "The certificate's key") -> bytes:
    """Return X‖Y of a certificate's key.

    `whose` begins the sentence of a refusal.

    Raises:
        InputError: `wrong-key-type` if it is not P-256.
    """
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise WrongKeyTypeError(
            "This certificate's key is of a kind that is not known; the chip only does NIST P-256.",
            "Use a certificate with a P-256 key.",
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise wrong_key_type(key, whose)
    return public_key_bytes(key)


def public_key_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return X‖Y, 64 bytes big-endian, of a P-256 public key."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]


def public_key_from_bytes(raw: bytes) -> ec.EllipticCurvePublicKey:
    """Make a public key of X‖Y (64 bytes).

    Raises:
        InputError: `not-a-public-key` off the curve.
    """
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw)
    except ValueError as error:
        raise InputError(
            "not-a-public-key",
            f"These {len(raw)} bytes are not a public key: they are no point of the P-256 curve.",
            "Read the key again; if the slot was never filled, generate or write a key first.",
        ) from error


def public_key_pem(raw: bytes) -> bytes:
    """Return the PEM (SubjectPublicKeyInfo) of X‖Y (64 bytes)."""
    return public_key_from_bytes(raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key_jwk(raw: bytes) -> str:
    """Return the JWK (RFC 7517, RFC 7518) of X‖Y as JSON text."""
    x, y = (base64.urlsafe_b64encode(part).decode("ascii").rstrip("=") for part in (raw[:32], raw[32:]))
    return json.dumps({"kty": "EC", "crv": "P-256", "x": x, "y": y})


def key_identifier(raw: bytes) -> bytes:
    """Return SHA-1 of 04‖X‖Y, 20 bytes (RFC 5280, section 4.2.1.2, method 1)."""
    return hashlib.sha1(b"\x04" + raw, usedforsecurity=False).digest()


def private_key_from_entropy(entropy: Callable[[int], bytes]) -> ec.EllipticCurvePrivateKey:
    """Make a private key of 48 bytes of `entropy`.

    The same bytes give the same key. 128 bits more than the order has keep the bias negligible (FIPS 186-5, A.2.1).
    """
    scalar = int.from_bytes(entropy(48)) % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def pad_public_key(raw: bytes) -> bytes:
    """Return the 72 bytes that hold X‖Y in a data slot.

    4 zero bytes, X, 4 zero bytes, Y.
    """
    return _PAD + raw[:32] + _PAD + raw[32:]


def unpad_public_key(padded: bytes) -> bytes:
    """Return X‖Y of the 72 bytes of a data slot.

    Raises:
        InputError: `not-a-public-key`.
    """
    if len(padded) != PADDED_PUBLIC_KEY_LENGTH or padded[:4] != _PAD or padded[36:40] != _PAD:
        raise InputError(
            "not-a-public-key",
            "This slot holds no public key: 72 bytes with zeros before X and before Y are expected.",
            "Write the public key to the slot first, or look into another slot.",
        )
    return padded[4:36] + padded[40:]


def wrong_key_type(key: object, subject: str) -> "WrongKeyTypeError":
    """Return the error that names what `key` is; `subject` begins the sentence."""
    return WrongKeyTypeError(
        f"{subject} is {describe_key(key)}; the chip only does NIST P-256.",
        OTHER_ISSUER if "issuer" in subject else MAKE_A_KEY,
    )


def is_p256(key: object) -> bool:
    """Whether a key is one of NIST P-256."""
    return isinstance(key, ec.EllipticCurvePublicKey | ec.EllipticCurvePrivateKey) and isinstance(
        key.curve, ec.SECP256R1
    )


def describe_key(key: object) -> str:
    """A key by its kind, for people: `an RSA-2048 key`."""
    match key:
        case ec.EllipticCurvePrivateKey() | ec.EllipticCurvePublicKey():
            return f"a {_CURVE_NAMES.get(key.curve.name, key.curve.name)} key"
        case rsa.RSAPrivateKey() | rsa.RSAPublicKey():
            return f"an RSA-{key.key_size} key"
        case dsa.DSAPrivateKey() | dsa.DSAPublicKey():
            return f"a DSA-{key.key_size} key"
        case ed25519.Ed25519PrivateKey() | ed25519.Ed25519PublicKey():
            return "an Ed25519 key"
        case ed448.Ed448PrivateKey() | ed448.Ed448PublicKey():
            return "an Ed448 key"
        case _:
            return "a key of another kind"


def _usable(key: object) -> ec.EllipticCurvePrivateKey:
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise wrong_key_type(key, "This")
    return key


def _read_on_spelled_curve(data: bytes, error: Exception) -> ec.EllipticCurvePrivateKey:
    """Read a key that cryptography gave up on with `error`.

    A curve in parameters, or no key at all.
    """
    ders = {block.label: block.der() for block in reversed(pem_blocks(data))}
    found = next((ders[label] for label in _KEY_LABELS if label in ders), data)
    key = key_on_spelled_curve(found, ders.get("EC PARAMETERS"))
    if key is not None:
        return key
    if isinstance(error, UnsupportedAlgorithm):
        raise WrongKeyTypeError(
            "This is a key on a curve that is spelled out or not known; the chip only does NIST P-256.",
            MAKE_A_KEY,
        ) from error
    raise _not_a_key("it cannot be read as one") from error


def _decrypt(
    load: Callable[[bytes, bytes | None], PrivateKeyTypes], content: bytes, passphrase: bytes | None
) -> PrivateKeyTypes:
    if passphrase is None:
        raise InputError(
            "passphrase-needed",
            "This private key is encrypted and no passphrase was given.",
            "Give the passphrase the key was encrypted with.",
        )
    blocks = pem_blocks(content)
    for der in [block.der() for block in blocks] or [content]:
        check_derivation_cost(der)
    try:
        return load(content, passphrase)
    except (ValueError, TypeError) as error:
        raise WrongPassphraseError(
            "The passphrase does not open this private key.",
            "Give the passphrase the key was encrypted with; capitals and spaces count.",
        ) from error


def _not_a_key(why: str) -> InputError:
    return InputError(
        "not-a-key",
        f"This is not a private key: {why}.",
        "Give a P-256 private key as PEM or DER: SEC 1, PKCS #8 or PKCS #12.",
    )
