"""Private keys at rest: PKCS #8 encrypted by PBES2 (RFC 8018).

`cryptography` writes 2,048 rounds of PBKDF2 and takes no other number. openssl refuses scrypt from N = 2^15 on (its
limit of 32 MiB), so that PBKDF2 with many rounds is what both read.
"""

import base64
import os
from contextlib import suppress

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.der import encode_length, parse_der
from atecc_bench.pki.encoding.pem import pem_blocks

ROUNDS = 600_000  # of PBKDF2 with HMAC-SHA256, as OWASP asks
_SALT_LENGTH = 16
_KEY_LENGTH, _BLOCK_LENGTH = 32, 16  # bytes, of AES-256

_INTEGER, _OCTET_STRING, _OBJECT_IDENTIFIER, _SEQUENCE = 0x02, 0x04, 0x06, 0x30
_NULL = bytes.fromhex("0500")
_PBES2 = bytes.fromhex("2a864886f70d01050d")  # 1.2.840.113549.1.5.13
_PBKDF2 = bytes.fromhex("2a864886f70d01050c")  # 1.2.840.113549.1.5.12
_HMAC_SHA256 = bytes.fromhex("2a864886f70d0209")  # 1.2.840.113549.2.9
_AES_256_CBC = bytes.fromhex("60864801650304012a")  # 2.16.840.1.101.3.4.1.42
_LABEL = "ENCRYPTED PRIVATE KEY"


def encrypt_private_key(key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> bytes:
    """Encrypt a key under a passphrase (PEM)."""
    salt, iv = os.urandom(_SALT_LENGTH), os.urandom(_BLOCK_LENGTH)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padder = PKCS7(_BLOCK_LENGTH * 8).padder()
    encryptor = Cipher(AES(PBKDF2HMAC(SHA256(), _KEY_LENGTH, salt, ROUNDS).derive(passphrase)), CBC(iv)).encryptor()
    encrypted = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    derivation = _sequence(
        _element(_OCTET_STRING, salt),
        _element(_INTEGER, ROUNDS.to_bytes(3, "big")),
        _sequence(_element(_OBJECT_IDENTIFIER, _HMAC_SHA256), _NULL),
    )
    scheme = _sequence(
        _sequence(_element(_OBJECT_IDENTIFIER, _PBKDF2), derivation),
        _sequence(_element(_OBJECT_IDENTIFIER, _AES_256_CBC), _element(_OCTET_STRING, iv)),
    )
    whole = _sequence(
        _sequence(_element(_OBJECT_IDENTIFIER, _PBES2), scheme),
        _element(_OCTET_STRING, encrypted),
    )
    lines = base64.b64encode(whole)
    body = b"".join(lines[start : start + 64] + b"\n" for start in range(0, len(lines), 64))
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (_LABEL.encode(), body, _LABEL.encode())


def is_weakly_encrypted(pem: bytes) -> bool:
    """Whether a key file costs whoever guesses its passphrase too little.

    That is any encryption but PBKDF2 with at least `ROUNDS`. A file that is no encrypted key is none of them.
    """
    block = next((block for block in pem_blocks(pem) if block.label == _LABEL), None)
    if block is None:
        return False
    der = block.der()
    with suppress(InputError, IndexError, ValueError):  # it is encrypted in another way
        name, parameters = parse_der(der).children[0].children[1].children[0].children
        rounds = int.from_bytes(parameters.children[1].value(der), "big")
        return name.value(der) != _PBKDF2 or rounds < ROUNDS
    return True


def _element(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + encode_length(len(content)) + content


def _sequence(*parts: bytes) -> bytes:
    return _element(_SEQUENCE, b"".join(parts))
