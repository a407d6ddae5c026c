"""Certificates, requests and keys are found and named in whatever they are wrapped."""

import json
import subprocess
from base64 import b64encode, urlsafe_b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from atecc_bench.diagnose.paste.pki_objects import pki_objects, raw_private_key
from atecc_bench.pki.encoding.pem import pem_blocks
from atecc_bench.pki.keys.der_kinds import DerKind
from atecc_bench.pki.keys.key_files import load_private_key
from atecc_bench.pki.x509.relations import RelationKind, relations
from atecc_bench.resources import resource_path
from tests.support.cases.pastes import SHAPES
from tests.support.cases.wrapped_pem import WRAPPINGS

KEY = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())
SCALAR = (0x1234567890ABCDEF).to_bytes(32)
RSA_KEY = rsa.generate_private_key(65537, 2048)
K1_KEY = ec.derive_private_key(99, ec.SECP256K1())
NAME = x509.Name.from_rfc4514_string("CN=device 1,O=ACME")
REQUEST = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(KEY, SHA256())
CERTIFICATE = resource_path("scenarios", "mismatch", "device.pem").read_bytes()
SEC1 = (PrivateFormat.TraditionalOpenSSL, NoEncryption())
PKCS8 = (PrivateFormat.PKCS8, NoEncryption())

THINGS = {
    DerKind.CERTIFICATE: CERTIFICATE,
    DerKind.REQUEST: REQUEST.public_bytes(Encoding.PEM),
    DerKind.PRIVATE_KEY: KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    DerKind.PUBLIC_KEY: KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("kind", THINGS)
def test_everything_is_found_in_every_wrapping(kind: DerKind, wrapping: str):
    pem = THINGS[kind].decode("ascii")
    text = WRAPPINGS[wrapping](pem)
    der = pem_blocks(pem.encode())[0].der()
    for brought in (text, f"Hello,\nhere it is:\n{text}\nthanks a lot\n", text + "\n" + text):
        found = [one for one in pki_objects(brought.encode()) if one.kind is not DerKind.OTHER]
        assert [(one.kind, one.der) for one in found] == [(kind, der)]


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "hexdump_words"])
@pytest.mark.parametrize("kind", THINGS)
def test_der_is_found_in_every_shape_of_a_dump(kind: DerKind, shape: str):
    der = pem_blocks(THINGS[kind])[0].der()
    assert [(one.kind, one.der) for one in pki_objects(SHAPES[shape](der).encode())] == [(kind, der)]
    assert [(one.kind, one.der) for one in pki_objects(der)] == [(kind, der)]
    packed = f"certificate: {b64encode(der).decode('ascii')}"
    assert [(one.kind, one.der) for one in pki_objects(packed.encode())] == [(kind, der)]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (
            RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
            "an RSA-2048 private key",
        ),
        (RSA_KEY.private_bytes(Encoding.DER, *PKCS8), "an RSA-2048 private key"),
        (RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1), "an RSA-2048 public key"),
        (K1_KEY.private_bytes(Encoding.PEM, *PKCS8), "a secp256k1 private key"),
        (KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "a P-256 public key"),
        (
            KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
            "an encrypted private key",
        ),
        (
            KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"secret")),
            "an encrypted private key",
        ),
    ],
    ids=["RSA PEM", "RSA DER", "RSA public", "secp256k1", "public", "encrypted", "encrypted with headers"],
)
def test_keys_are_named_for_what_they_are(data: bytes, what: str):
    assert [one.in_words for one in pki_objects(data)] == [what]


def test_a_key_encrypted_with_headers_is_still_opened_out_of_a_c_string():
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"secret"))
    wrapped = WRAPPINGS["C string of lines"](pem.decode("ascii"))
    assert load_private_key(wrapped.encode(), b"secret").private_numbers() == KEY.private_numbers()


def test_jwk_and_what_openssl_prints_are_read():
    public = KEY.public_key().public_numbers()
    x, y, d = (
        urlsafe_b64encode(n.to_bytes(32)).decode().rstrip("=") for n in (public.x, public.y, int.from_bytes(SCALAR))
    )
    document = json.dumps({"keys": [{"kty": "EC", "crv": "P-256", "x": x, "y": y, "d": d}]})
    text = subprocess.run(
        ["openssl", "ec", "-text", "-noout"], input=THINGS[DerKind.PRIVATE_KEY], capture_output=True, check=True
    ).stdout.decode()  # fmt: skip
    for brought in (document, text):
        keys = [one for one in pki_objects(brought.encode()) if one.kind is DerKind.PRIVATE_KEY]
        loaded = load_der_private_key(keys[0].der, None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        assert loaded.private_numbers() == KEY.private_numbers()


@pytest.mark.parametrize(
    "data",
    [
        SCALAR, bytes(4) + SCALAR, SCALAR.hex().encode(), ("0x" + SCALAR.hex().upper()).encode(), b64encode(SCALAR),
        SCALAR.hex(":").encode(), ("uint8_t key[32] = {" + ", ".join(f"0x{b:02x}" for b in SCALAR) + "};").encode(),
    ],
)  # fmt: skip
def test_raw_keys_are_read_when_somebody_says_so(data: bytes):
    der = raw_private_key(data)
    assert der is not None
    assert load_private_key(der).private_numbers() == KEY.private_numbers()


def test_bytes_that_are_no_key_are_none():
    assert raw_private_key(bytes(32)) is None
    assert raw_private_key(b"\xff" * 32) is None
    assert raw_private_key(b"no key at all, only some text") is None


def test_what_lies_together_is_told():
    folder = ("scenarios", "mismatch")
    device, signer, root = (
        x509.load_pem_x509_certificate(resource_path(*folder, f"{name}.pem").read_bytes())
        for name in ("device", "signer", "root")
    )
    told = {(relation.kind, relation.one, relation.other) for relation in relations([root, signer, device, REQUEST])}
    assert (RelationKind.ISSUED_BY, 2, 1) in told
    assert (RelationKind.ISSUED_BY, 1, 0) in told
    assert not any(3 in (one, other) for _, one, other in told)
