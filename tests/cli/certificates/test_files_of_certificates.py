"""Certificates, requests and manifests as files: shown and verified in whatever form they come."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.encoding.der import parse_der
from atecc_bench.resources import resource_path

Run = Callable[..., Any]
SCENARIO = resource_path("scenarios", "provisioned")
CHAIN = [SCENARIO / f"{name}.pem" for name in ("device", "signer", "root")]
START = datetime.now(UTC) - timedelta(days=1)


def issued(subject: str, key: Any, issuer: str, issuer_key: Any, *, ca: bool = True) -> bytes:
    builder = x509.CertificateBuilder(
        x509.Name.from_rfc4514_string(issuer), x509.Name.from_rfc4514_string(subject), key.public_key(),
        x509.random_serial_number(), START, START + timedelta(days=900),
    ).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)  # fmt: skip
    digest = SHA384() if getattr(issuer_key, "key_size", 0) == 384 else SHA256()
    return builder.sign(issuer_key, digest).public_bytes(Encoding.PEM)


@pytest.mark.parametrize("version", [1, 2, 5, 0x7F])
@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
def test_a_request_with_a_wrong_version_is_told(run: Run, tmp_path: Path, version: int, form: Encoding):
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    der = bytearray(request.public_bytes(Encoding.DER))
    der[parse_der(bytes(der)).children[0].children[0].value_start] = version
    file = tmp_path / "request"
    pem = b"-----BEGIN CERTIFICATE REQUEST-----\n" + b64encode(bytes(der)) + b"\n-----END CERTIFICATE REQUEST-----\n"
    file.write_bytes(bytes(der) if form is Encoding.DER else pem)
    shown = run("cert", "show", file, "--json")
    assert shown.code == 0
    (one,) = shown.document["objects"]
    assert f"its version is {version + 1}" in one["problem"]
    refused = run("diagnose", file, "--json")
    assert (refused.code, refused.error_id) == (2, "not-a-request")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_a_chain_of_files_is_verified_in_any_order(run: Run, order: tuple[int, ...]):
    done = run("cert", "verify", *(CHAIN[at] for at in order), "--json")
    assert (done.code, done.document["valid"], len(done.document["chain"])) == (0, True, 3)
    assert done.document["hints"] == []


def test_a_chain_in_one_file_of_another_form_is_verified(run: Run, tmp_path: Path):
    ders = [x509.load_pem_x509_certificate(file.read_bytes()).public_bytes(Encoding.DER) for file in CHAIN]
    file = tmp_path / "certificates.c"
    rows = [", ".join(f"0x{byte:02x}" for byte in der) for der in ders]
    file.write_text("\n".join(f"const uint8_t cert_{at}[] = {{ {row} }};" for at, row in enumerate(rows)))
    assert run("cert", "verify", file).code == 0


@pytest.mark.parametrize(("files", "why"), [((0, 1), "is missing"), ((0, 2), "not one of them"), ((0,), "is missing")])
def test_what_is_no_whole_chain_is_told(run: Run, files: tuple[int, ...], why: str):
    done = run("cert", "verify", *(CHAIN[at] for at in files), "--json")
    assert (done.code, done.error_id) == (1, "chain-broken")
    assert why in done.document["error"]["message"]


def test_neither_chip_nor_files_or_both_are_refused(run: Run):
    for words in ((), (CHAIN[0], "--port", "virtual://provisioned")):
        done = run("cert", "verify", *words, "--json")
        assert (done.code, done.error_id) == (2, "usage")


@pytest.mark.parametrize(
    "make", [lambda: rsa.generate_private_key(65537, 2048), lambda: ec.generate_private_key(ec.SECP384R1())]
)
def test_the_root_of_another_kind_is_verified_and_told(run: Run, tmp_path: Path, make: Callable[[], Any]):
    root, signer, device = make(), ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    pems = (
        issued("CN=root", root, "CN=root", root), issued("CN=signer", signer, "CN=root", root),
        issued("CN=device", device, "CN=signer", signer, ca=False),
    )  # fmt: skip
    file = tmp_path / "chain.pem"
    file.write_bytes(b"".join(pems))
    done = run("cert", "verify", file, "--json")
    assert done.code == 0
    (hint,) = done.document["hints"]
    assert "issuer CN=root" in hint
    assert "signer with a P-256 key" in hint


def test_an_issuers_foreign_key_gets_advice_for_an_issuer(run: Run, tmp_path: Path):
    root = rsa.generate_private_key(65537, 2048)
    file = tmp_path / "root.pem"
    file.write_bytes(issued("CN=root", root, "CN=root", root))
    done = run("template", "make", "--sample", CHAIN[0], "--issuer", file, "--out", tmp_path / "t.yaml", "--json")
    assert done.code == 2
    assert done.document["error"]["message"].startswith("The issuer's key is an RSA-2048 key")
    assert "genkey" not in done.document["error"]["hint"]


def test_a_manifest_of_one_entry_or_without_brackets_is_read(run: Run, ca: Path, tmp_path: Path):
    folders: list[Path] = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "signer.pem").write_bytes((ca / "signer.pem").read_bytes())
        number = f"0123{name.encode().hex()}abeedd"[:18].ljust(18, "0")
        request = tmp_path / f"{name}.csr"
        key = ec.generate_private_key(ec.SECP256R1())
        request.write_bytes(
            x509.CertificateSigningRequestBuilder()
            .subject_name(x509.Name([]))
            .sign(key, SHA256())
            .public_bytes(Encoding.PEM)
        )
        build = ("cert", "build", "--ca", ca, "--csr", request, "--device", number, "--out", folder / "device.pem")
        assert run(*build).code == 0
        folders.append(folder)
    made = tmp_path / "manifest.json"
    assert run("manifest", "make", *folders, "--ca", ca, "--out", made).code == 0
    entries = [json.dumps(entry, indent=1) for entry in json.loads(made.read_text())]
    forms = {entries[0]: 1, "\ufeff" + entries[0] + ",": 1, "\n".join(entries): 2, ",\r\n".join(entries): 2}
    for text, count in forms.items():
        other = tmp_path / "other.json"
        other.write_text(text, encoding="utf-8")
        done = run("manifest", "check", other, "--cert", ca / "signer.pem", "--json")
        assert (done.code, len(done.document["devices"])) == (0, count), done.out
    for text in ("", "3", '"x"', "[3]", entries[0] + "}", "[" + entries[0]):
        (tmp_path / "other.json").write_text(text)
        done = run("manifest", "check", tmp_path / "other.json", "--cert", ca / "signer.pem", "--json")
        assert (done.code, done.error_id) == (2, "not-a-manifest")
