import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    key_identifier,
    load_certificate,
    load_private_key,
    pad_public_key,
    private_key_from_entropy,
    public_key_bytes,
    public_key_from_bytes,
    public_key_pem,
    unpad_public_key,
)

KEY = private_key_from_entropy(lambda count: bytes(range(count)))
RAW = public_key_bytes(KEY.public_key())
SECRET = b"correct horse"


def refusal(data: bytes, passphrase: bytes | None = None) -> InputError:
    with pytest.raises(InputError) as error:
        load_private_key(data, passphrase)
    return error.value


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
def test_a_plain_key_is_read_in_every_form_and_a_passphrase_for_it_is_not_used(encoding: Any, form: Any):
    data = KEY.private_bytes(encoding, form, NoEncryption())
    assert public_key_bytes(load_private_key(data).public_key()) == RAW
    assert public_key_bytes(load_private_key(data, SECRET).public_key()) == RAW


@pytest.mark.parametrize(
    ("encoding", "form"),
    [
        (Encoding.PEM, PrivateFormat.PKCS8),
        (Encoding.DER, PrivateFormat.PKCS8),
        (Encoding.PEM, PrivateFormat.TraditionalOpenSSL),
    ],
)
def test_an_encrypted_key_needs_its_passphrase(encoding: Any, form: Any):
    data = KEY.private_bytes(encoding, form, BestAvailableEncryption(SECRET))
    assert public_key_bytes(load_private_key(data, SECRET).public_key()) == RAW
    assert refusal(data).id == "passphrase-needed"
    for wrong in (b"another one", b""):
        error = refusal(data, wrong)
        assert error.id == "wrong-passphrase"
        assert "another one" not in error.message + error.hint


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_the_key_of_openssl_ecparam_with_its_parameters_block_is_read(tmp_path: Path):
    path = tmp_path / "ca.key.pem"
    subprocess.run(["openssl", "ecparam", "-out", path, "-name", "prime256v1", "-genkey"], check=True)
    assert b"BEGIN EC PARAMETERS" in path.read_bytes()
    load_private_key(path.read_bytes())


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "a P-384 key"),
        (ec.generate_private_key(ec.SECP256K1()), "a secp256k1 key"),
        (rsa.generate_private_key(65537, 2048), "an RSA-2048 key"),
        (ed25519.Ed25519PrivateKey.generate(), "an Ed25519 key"),
        (ed448.Ed448PrivateKey.generate(), "an Ed448 key"),
        (x25519.X25519PrivateKey.generate(), "another kind"),
    ],
)
def test_another_kind_of_key_is_refused_by_name(key: Any, named: str):
    error = refusal(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert error.id == "wrong-key-type"
    assert named in error.message
    assert "P-256" in error.message


def test_what_is_no_private_key_is_refused(chain: Any):
    assert refusal(b"").id == "not-a-key"
    assert refusal(b"hello").id == "not-a-key"
    assert refusal(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").id == "not-a-key"
    error = refusal(chain.authority.root.public_bytes(Encoding.PEM))
    assert error.id == "not-a-key"
    assert "CERTIFICATE" in error.message


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_without_a_crash(data: bytes):
    assert refusal(data).id == "not-a-key"
    with pytest.raises(InputError) as error:
        load_certificate(data)
    assert error.value.id == "not-a-certificate"


def test_a_certificate_is_read_as_pem_or_der_and_a_chain_gives_its_first(chain: Any):
    signer, root = chain.authority.signer, chain.authority.root
    assert load_certificate(signer.public_bytes(Encoding.DER)) == signer
    assert load_certificate(signer.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)) == signer


def test_a_key_given_as_certificate_is_refused_by_what_it_is():
    with pytest.raises(InputError, match="PRIVATE KEY") as error:
        load_certificate(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert error.value.id == "not-a-certificate"


def test_the_forms_of_a_public_key(chain: Any):
    assert public_key_bytes(public_key_from_bytes(RAW)) == RAW
    assert load_pem_public_key(public_key_pem(RAW)) == KEY.public_key()
    assert certificate_public_key(chain.authority.signer) == public_key_bytes(chain.authority.signer_key.public_key())
    assert unpad_public_key(pad_public_key(RAW)) == RAW
    assert len(pad_public_key(RAW)) == 72
    assert len(key_identifier(RAW)) == 20


@pytest.mark.parametrize("padded", [b"\xff" * 72, bytes(71), b"\x01" + bytes(71), bytes(36) + b"\x01" + bytes(35)])
def test_a_slot_without_zero_pads_holds_no_public_key(padded: bytes):
    with pytest.raises(InputError) as error:
        unpad_public_key(padded)
    assert error.value.id == "not-a-public-key"


@pytest.mark.parametrize("raw", [bytes(64), b"\xff" * 64, bytes(10)])
def test_bytes_off_the_curve_are_no_public_key(raw: bytes):
    with pytest.raises(InputError) as error:
        public_key_from_bytes(raw)
    assert error.value.id == "not-a-public-key"


@given(st.binary(min_size=48, max_size=48))
def test_the_same_entropy_gives_the_same_key(seed: bytes):
    first, second = (private_key_from_entropy(lambda _: seed) for _ in range(2))
    assert first.private_numbers() == second.private_numbers()
