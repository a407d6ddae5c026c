"""CA keys at rest: openssl and cryptography read them, and guessing costs something."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from atecc_bench.errors import WrongPassphraseError
from atecc_bench.pki.authority.key_store import load_authority_key, weakly_encrypted
from atecc_bench.pki.keys.key_encryption import ROUNDS, encrypt_private_key, is_weakly_encrypted

PASSPHRASE = b"four words that differ"


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def weak(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE))


def openssl(*words: str | Path) -> str:
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("passphrase", [PASSPHRASE, "Wörter, die sich unterscheiden".encode(), b"x" * 1023])
def test_cryptography_opens_it(key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> None:
    opened = load_pem_private_key(encrypt_private_key(key, passphrase), passphrase)
    assert isinstance(opened, ec.EllipticCurvePrivateKey)
    assert opened.private_numbers() == key.private_numbers()


def test_openssl_opens_it_and_names_the_rounds(key: ec.EllipticCurvePrivateKey, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(encrypt_private_key(key, PASSPHRASE))
    plain = openssl("pkcs8", "-in", file, "-passin", f"pass:{PASSPHRASE.decode()}")
    opened = load_pem_private_key(plain.encode(), None)
    assert opened.public_key() == key.public_key()
    said = openssl("asn1parse", "-in", file)
    assert f":{ROUNDS:06X}" in said
    assert all(name in said for name in ("PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc"))


def test_two_of_one_key_have_nothing_in_common(key: ec.EllipticCurvePrivateKey) -> None:
    assert encrypt_private_key(key, PASSPHRASE) != encrypt_private_key(key, PASSPHRASE)


@pytest.mark.parametrize(
    ("options", "is_weak"),
    [
        (["-v2", "aes-256-cbc", "-iter", "2048"], True),
        (["-v2", "aes-256-cbc", "-iter", str(ROUNDS - 1)], True),
        (["-v2", "aes-256-cbc", "-iter", str(ROUNDS)], False),
        (["-scrypt"], True),  # openssl takes no N above 2^14, which is 16 MiB
        (["-v1", "PBE-SHA1-3DES"], True),
    ],
)
def test_files_of_openssl(key: ec.EllipticCurvePrivateKey, tmp_path: Path, options: list[str], is_weak: bool) -> None:
    plain = tmp_path / "plain.pem"
    plain.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file = tmp_path / "key.pem"
    openssl("pkcs8", "-topk8", "-in", plain, "-out", file, "-passout", "pass:abc", *options)
    assert is_weakly_encrypted(file.read_bytes()) is is_weak
    assert not is_weakly_encrypted(plain.read_bytes())


def test_a_weak_key_of_an_authority_is_encrypted_anew_when_it_is_unlocked(
    key: ec.EllipticCurvePrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "signer.key.pem"
    file.write_bytes(weak(key))
    assert weakly_encrypted(tmp_path) == ("signer.key.pem",)
    assert load_authority_key(tmp_path, "signer", PASSPHRASE).private_numbers() == key.private_numbers()
    assert weakly_encrypted(tmp_path) == ()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_authority_key(tmp_path, "signer", PASSPHRASE).private_numbers() == key.private_numbers()


def test_a_wrong_passphrase_changes_nothing(key: ec.EllipticCurvePrivateKey, tmp_path: Path) -> None:
    file = tmp_path / "signer.key.pem"
    before = weak(key)
    file.write_bytes(before)
    with pytest.raises(WrongPassphraseError):
        load_authority_key(tmp_path, "signer", b"another one")
    assert file.read_bytes() == before
