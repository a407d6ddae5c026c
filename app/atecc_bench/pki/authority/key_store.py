"""The key files of an authority.

Each is an encrypted private key, or where in a PKCS #11 module the key is.
"""

import logging
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.pki.authority.files import add_authority_files, read_authority_file
from atecc_bench.pki.keys.key_encryption import ROUNDS, encrypt_private_key, is_weakly_encrypted
from atecc_bench.pki.keys.key_files import load_private_key
from atecc_bench.pki.keys.pkcs11_key import Pkcs11PrivateKey, Pkcs11Reference, open_pkcs11_key

_logger = logging.getLogger(__name__)

ENCRYPTED_KEY_SUFFIX = ".key.pem"
MODULE_KEY_SUFFIX = ".pkcs11.json"


def key_file(stem: str, key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> tuple[str, bytes]:
    """Name and content of the file for a key.

    `stem` is `root` or `signer`.

    Raises:
        InputError: `passphrase-needed` when the key would be encrypted with an empty passphrase.
    """
    if isinstance(key, Pkcs11PrivateKey):
        return stem + MODULE_KEY_SUFFIX, key.reference.to_json()
    if not passphrase:
        raise InputError(
            "passphrase-needed",
            "The keys of a certificate authority are only saved encrypted, and the passphrase is empty.",
            "Choose a passphrase.",
        )
    return stem + ENCRYPTED_KEY_SUFFIX, encrypt_private_key(key, passphrase)


def key_path(directory: Path, stem: str) -> Path | None:
    """Path of the key file of `stem`, or None.

    The file may say where the key is; None when the key is somebody else's.
    """
    paths = (directory / (stem + suffix) for suffix in (ENCRYPTED_KEY_SUFFIX, MODULE_KEY_SUFFIX))
    return next((path for path in paths if exists(path)), None)


def is_in_module(directory: Path, stem: str) -> bool:
    """True when the key of `stem` is in a PKCS #11 module.

    Then its PIN is needed and no passphrase.
    """
    path = key_path(directory, stem)
    return path is not None and path.name.endswith(MODULE_KEY_SUFFIX)


def load_authority_key(directory: Path, stem: str, secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Load the key of `stem`.

    `secret` is its passphrase, or the PIN of the token that has it.

    Raises:
        InputError: `no-ca`, `wrong-passphrase`, and what `open_pkcs11_key` raises.
    """
    if is_in_module(directory, stem):
        reference = Pkcs11Reference.from_json(read_authority_file(directory, stem + MODULE_KEY_SUFFIX))
        return open_pkcs11_key(reference, secret)
    content = read_authority_file(directory, stem + ENCRYPTED_KEY_SUFFIX)
    key = load_private_key(content, secret)
    if is_weakly_encrypted(content):
        _encrypt_anew(directory, stem, key, secret)
    return key


def weakly_encrypted(directory: Path) -> tuple[str, ...]:
    """Names of key files that the next unlocking encrypts anew.

    They are those that were written before this program used `ROUNDS` of PBKDF2.
    """
    names = (stem + ENCRYPTED_KEY_SUFFIX for stem in ("root", "signer"))
    return tuple(
        name for name in names if exists(directory / name) and is_weakly_encrypted(read_authority_file(directory, name))
    )


def _encrypt_anew(directory: Path, stem: str, key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> None:
    name = stem + ENCRYPTED_KEY_SUFFIX
    try:
        add_authority_files(directory, {name: encrypt_private_key(key, passphrase)})
    except InputError as error:  # in a folder that is only read the key is as good as before
        _logger.warning("%s stays weakly encrypted: %s", directory / name, error.message)
    else:
        _logger.warning("%s was encrypted anew, with %d rounds of PBKDF2", directory / name, ROUNDS)
