"""Signatures that people bring with key and message: those of public threads, of openssl and of the twin's chip."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.paste.pki_objects import pki_objects
from atecc_bench.diagnose.signatures.shown_bytes import shown_bytes
from atecc_bench.diagnose.signatures.signed_parts import PairReading, signed_parts
from atecc_bench.diagnose.signatures.try_signature import MessageReading, SignatureAnswer, answers
from atecc_bench.pki.keys.key_files import public_key_bytes

COUNTED = bytes(range(32))
KEY_OF_216 = bytes.fromhex(
    "39C3DD74131729446DC1B3DA67D49FC046FCBF072FCC5B9FA51C05B974307F96"
    "9C403B1635F0449F02BD422751E33121A4434F152F2B2B2A3F675219C5D925F6"
)
SIGNATURE_OF_216 = bytes.fromhex(
    "D68225CC686F4F849148636E673CD4C0F8E59D7BAD6BB3F11CDB90B71A5E43CF"
    "D8C38C7774E2A029FF43227DF94156128A1BEA4D578A379C6A850A56BEEC1A69"
)
DIGEST_OF_55 = bytes.fromhex("1589999B0CA6EF8814283026A9F166D51C70A910671C3D44049755F07F2EB910")
SIGNATURE_OF_55 = bytes.fromhex(
    "304502204A09A52E716B6F87FD7FC5C4E27330114ECA5294CDF21E55965B87899B74492E"
    "022100EB6BB0DFF82B4DF49B095E5E1BCC210B1B91E8EA3D9B726E1E491248EB145554"
)
KEY_OF_55 = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAED/JwKRL+RTw8zpwRYqBJZoYBBTGj
jJdOXcNH1GlDh83Pq1EeyEffhLZ3z/5pQ3se9ZQ8Gk0KrgXrUXbqsZfPgg==
-----END PUBLIC KEY-----
"""


def c_array(name: str, data: bytes) -> str:
    rows = [", ".join(f"0x{byte:02X}" for byte in data[at : at + 16]) for at in range(0, len(data), 16)]
    return f"uint8_t {name}[{len(data)}] = {{\n" + ",\n".join(rows) + "\n};\n"


def hex_rows(name: str, data: bytes) -> str:
    return f"{name}\n" + "\n".join(data[at : at + 16].hex(" ") for at in range(0, len(data), 16)) + "\n"


def answer_to(text: str) -> SignatureAnswer:
    parts = signed_parts(text, pki_objects(text.encode()))
    assert parts is not None
    (answer,) = answers(parts)
    return answer


def test_a_browser_that_hashes_once_more():
    # MicrochipTech/cryptoauthlib #216: WebCrypto refused it
    text = c_array("message", COUNTED) + c_array("signature", SIGNATURE_OF_216) + c_array("publicKey", KEY_OF_216)
    answer = answer_to(text)
    assert answer.is_valid
    assert "“message” as they are" in answer.sentence
    assert "hashes these bytes once more" in answer.fix


def test_openssl_that_hashed_a_digest():
    # MicrochipTech/cryptoauthlib #55: atcab_verify_extern refused it
    text = KEY_OF_55 + hex_rows("SHA256 digest", DIGEST_OF_55) + hex_rows("sig", SIGNATURE_OF_55)
    answer = answer_to(text)
    assert not answer.is_valid
    assert answer.of_message is MessageReading.HASHED
    assert "openssl pkeyutl -sign" in answer.fix


def test_what_the_hint_names_makes_it_right(tmp_path: Path):
    key, digest, signature = tmp_path / "k.pem", tmp_path / "digest", tmp_path / "signature"
    digest.write_bytes(hashlib.sha256(b"hello.").digest())
    for line in (
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
        ["openssl", "pkeyutl", "-sign", "-inkey", key, "-in", digest, "-out", signature],
    ):
        subprocess.run(line, check=True)
    shown = subprocess.run(["openssl", "ec", "-in", key, "-pubout"], check=True, capture_output=True, text=True)
    text = shown.stdout + hex_rows("digest", digest.read_bytes()) + hex_rows("signature", signature.read_bytes())
    assert answer_to(text).is_valid


def signed(key: ec.EllipticCurvePrivateKey, digest: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(32) + s.to_bytes(32)


@given(
    scalar=st.integers(1, 2**255),
    message=st.binary(min_size=32, max_size=32),
    of_message=st.sampled_from(MessageReading),
    of_signature=st.sampled_from(PairReading),
    of_key=st.sampled_from(PairReading),
)
def test_every_mixture_is_found(
    scalar: int, message: bytes, of_message: MessageReading, of_signature: PairReading, of_key: PairReading
):
    private = ec.derive_private_key(scalar, ec.SECP256R1())
    raw = public_key_bytes(private.public_key())
    signature = of_signature.read(signed(private, of_message.digest(message)))
    answer = answer_to(c_array("message", message) + c_array("sig", signature) + c_array("key", of_key.read(raw)))
    assert answer.of_message is not None
    read = answer.of_message.digest(message), answer.of_signature.read(signature)
    assert read == (of_message.digest(message), of_signature.read(signature))
    assert answer.key is not None
    assert answer.of_key.read(answer.key.data) == raw


@pytest.mark.parametrize(
    "shown",
    [
        f"signature = {SIGNATURE_OF_216!r}",
        f"Signature: {SIGNATURE_OF_216.hex()}",
        f"I (1203) sign: signature: {SIGNATURE_OF_216.hex(':')}",
        f"12:30:01.200 -> signature[64] = {{{', '.join(f'0x{byte:02X}' for byte in SIGNATURE_OF_216)}}};",
        f"let signature: [u8; 64] = [{', '.join(f'0x{byte:02x}' for byte in SIGNATURE_OF_216)}];",
        f'"signature": "{base64.urlsafe_b64encode(SIGNATURE_OF_216).decode().rstrip("=")}",',
        f"signature\n0000: {SIGNATURE_OF_216[:32].hex(' ')}\n0020: {SIGNATURE_OF_216[32:].hex(' ')}",
        'signature\n"' + "".join(f"\\x{byte:02x}" for byte in SIGNATURE_OF_216) + '"',
    ],
    ids=["Python", "hex", "log with colons", "C in one line", "Rust", "JSON with Base64", "dump", "C string"],
)
def test_bytes_as_programs_print_them(shown: str):
    assert any(one.data == SIGNATURE_OF_216 and "signature" in one.name.lower() for one in shown_bytes(shown))


@given(st.text())
def test_any_text_is_read(text: str):
    assert all(one.data for one in shown_bytes(text))


def test_a_signature_of_something_else():
    private = ec.derive_private_key(7, ec.SECP256R1())
    text = c_array("key", public_key_bytes(private.public_key())) + c_array("digest", COUNTED)
    answer = answer_to(text + c_array("sig", signed(private, bytes(32))))
    assert not answer.is_valid
    assert answer.key is None
    assert "not valid for any key" in answer.sentence
    assert "GenKey in mode public" in answer.fix


@pytest.mark.parametrize(
    "text",
    [
        c_array("message", COUNTED) + c_array("signature", SIGNATURE_OF_216),
        c_array("key", KEY_OF_216) + c_array("signature", SIGNATURE_OF_216),
        c_array("key", KEY_OF_216) + c_array("message", COUNTED),
        "".join(c_array(f"digest{n}", bytes((n,)) * 32) for n in range(9)) + c_array("key", KEY_OF_216)
        + c_array("signature", SIGNATURE_OF_216),
    ],
    ids=["no key", "no message", "no signature", "a log of many"],
)  # fmt: skip
def test_what_lacks_a_part_is_no_signature_to_try(text: str):
    assert signed_parts(text, ()) is None
