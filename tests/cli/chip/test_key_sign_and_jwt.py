"""Signatures and tokens that a chip makes are valid for others."""

import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cbor2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Run = Callable[..., Any]
PORT = "virtual://provisioned?seed=7"
DATA = b"firmware image of today"


def public_key(run: Run) -> ec.EllipticCurvePublicKey:
    key = load_pem_public_key(run("key", "public", "--port", PORT, "--slot", "0").out.encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def as_der(form: str, written: bytes) -> bytes:
    if form == "der":
        return written
    raw = written if form == "raw" else urlsafe_b64decode(written + b"==")
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


@pytest.mark.parametrize("form", ["der", "raw", "jws"])
def test_a_file_is_signed_in_every_form(run: Run, tmp_path: Path, form: str):
    (tmp_path / "data").write_bytes(DATA)
    words = ("key", "sign", "--port", PORT, "--slot", "0", "--format", form)
    assert run(*words, "--file", tmp_path / "data", "--out", tmp_path / "signature").code == 0
    public_key(run).verify(as_der(form, (tmp_path / "signature").read_bytes()), DATA, ec.ECDSA(SHA256()))
    shown = run(*words, "--digest", hashlib.sha256(DATA).hexdigest(), "--json").document["signature"]
    written = shown.encode() if form == "jws" else bytes.fromhex(shown)
    digest = hashlib.sha256(DATA).digest()
    public_key(run).verify(as_der(form, written), digest, ec.ECDSA(Prehashed(SHA256())))


def test_a_digest_of_another_length_is_refused(run: Run):
    done = run("key", "sign", "--port", PORT, "--slot", "0", "--digest", "00" * 20, "--json")
    assert done.error_id == "wrong-digest"


def test_a_token_is_read_by_others(run: Run, tmp_path: Path):
    (tmp_path / "claims.json").write_text('{"iss": "device 1", "aud": "cloud"}')
    words = ("key", "jwt", "--port", PORT, "--slot", "0", "--lifetime", "3600", "--header", '{"kid": "key 1"}')
    token = run(*words, "--claims", tmp_path / "claims.json").out.strip()
    claims = jwt.decode(token, public_key(run), ["ES256"], audience="cloud")
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("device 1", 3600)
    assert jwt.get_unverified_header(token)["kid"] == "key 1"


@pytest.mark.parametrize("claims", ["[1]", "no json", '{"iss": 7}'])
def test_claims_that_are_none_are_refused(run: Run, claims: str):
    done = run("key", "jwt", "--port", PORT, "--slot", "0", "--claims", claims, "--json")
    assert done.error_id == "claims-not-usable"


@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_a_public_key_goes_into_a_slot_in_its_padded_form(run: Run, tmp_path: Path, form: str):
    shown = run("key", "public", "--port", PORT, "--slot", "0", "--format", form).out
    raw = run("key", "public", "--port", PORT, "--slot", "0", "--format", "raw").out.strip()
    (tmp_path / "public.txt").write_text(shown)
    port = f"virtual://provisioned?state={tmp_path / 'chip.state'}"
    words = (
        "slot",
        "write",
        "--port",
        port,
        "--slot",
        "13",
        "--public-key",
        "--file",
        tmp_path / "public.txt",
        "--yes",
    )
    assert run(*words).code == 0
    held = run("slot", "read", "--port", port, "--slot", "13", "--json").document["data"]
    assert held == "00" * 4 + raw[:64] + "00" * 4 + raw[64:]


def test_what_is_no_public_key_is_named(run: Run, tmp_path: Path):
    (tmp_path / "text").write_text("no key")
    words = (
        "slot",
        "write",
        "--port",
        PORT,
        "--slot",
        "13",
        "--public-key",
        "--file",
        tmp_path / "text",
        "--yes",
        "--json",
    )
    assert run(*words).error_id == "not-a-public-key"


def test_a_cose_message_holds_what_was_signed(run: Run, tmp_path: Path):
    """Checked by hand here, and by another implementation in tests/interop."""
    file = tmp_path / "text"
    file.write_bytes(b"pump 7")
    words = ("key", "sign", "--port", PORT, "--slot", "0", "--format", "cose")
    done = run(*words, "--file", file, "--out", tmp_path / "text.cose", "--json")
    message = cbor2.loads((tmp_path / "text.cose").read_bytes())
    protected, unprotected, payload, signature = message.value
    assert (message.tag, cbor2.loads(protected), unprotected, payload) == (18, {1: -7}, {}, b"pump 7")
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    assert hashlib.sha256(to_sign).hexdigest() == done.document["digest"]
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    public_key(run).verify(der, to_sign, ec.ECDSA(SHA256()))
    refused = run(*words, "--digest", "00" * 32)
    assert refused.code == 2
    assert "--file" in refused.err
