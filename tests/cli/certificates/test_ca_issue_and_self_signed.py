"""Certificates for requests of others, and those that a chip signs itself."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.cases.wrapped_pem import WRAPPINGS
from tests.support.paths import DATA

Run = Callable[..., Any]
REQUEST = DATA / "brought" / "request.pem"


@pytest.fixture
def authority(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "ca"
    assert run("ca", "init", folder, "--organization", "Nordlys AS").code == 0
    return folder


def verified(root: Path, certificate: Path, *between: Path) -> bool:
    chain = [word for one in between for word in ("-untrusted", one)]
    done = subprocess.run(["openssl", "verify", "-CAfile", root, *chain, certificate], capture_output=True, check=False)
    return done.returncode == 0


def test_a_request_is_signed_by_the_signer_or_directly_by_the_root(run: Run, authority: Path, tmp_path: Path):
    one, other = tmp_path / "one.pem", tmp_path / "other.pem"
    assert run("ca", "issue", authority, "--csr", REQUEST, "--out", one).code == 0
    assert run("ca", "issue", authority, "--csr", REQUEST, "--by", "root", "--out", other).code == 0
    assert verified(authority / "root.pem", one, authority / "signer.pem")
    assert verified(authority / "root.pem", other)
    issued = x509.load_pem_x509_certificate(one.read_bytes())
    assert issued.subject.rfc4514_string() == "CN=device 1,O=ACME"
    assert issued.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_a_server_gets_its_names_and_an_rsa_key_is_certified_too(run: Run, authority: Path, tmp_path: Path):
    key = rsa.generate_private_key(65537, 2048)
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    (tmp_path / "rsa.txt").write_text(WRAPPINGS["JSON"](request.public_bytes(Encoding.PEM).decode("ascii")))
    words = ("ca", "issue", authority, "--csr", tmp_path / "rsa.txt", "--for", "server", "--san", "DNS:broker.local")
    pem = run(*words, "--subject", "CN=broker", "--json").document["certificate_pem"]
    issued = x509.load_pem_x509_certificate(pem.encode())
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["broker.local"]
    purposes = issued.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_request_without_any_name_and_a_thing_that_is_none_are_refused(run: Run, authority: Path, tmp_path: Path):
    key = rsa.generate_private_key(65537, 2048)
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    (tmp_path / "nameless.pem").write_bytes(request.public_bytes(Encoding.PEM))
    nameless = run("ca", "issue", authority, "--csr", tmp_path / "nameless.pem", "--json")
    assert nameless.error_id == "name-not-usable"
    wrong = run("ca", "issue", authority, "--csr", authority / "root.pem", "--json")
    assert wrong.error_id == "not-a-request"
    assert "it holds a certificate" in wrong.document["error"]["message"]


def test_a_self_signed_certificate_is_that_of_the_slot(run: Run, tmp_path: Path):
    out = tmp_path / "own.pem"
    assert run("cert", "self-signed", "--port", "virtual://provisioned?seed=2", "--slot", "0", "--out", out).code == 0
    assert verified(out, out)


def test_it_is_kept_as_arduinos_library_reads_it(run: Run, tmp_path: Path):
    port = f"virtual://provisioned?state={tmp_path / 'chip.state'}"
    out = tmp_path / "own.pem"
    words = ("cert", "self-signed", "--port", port, "--slot", "0", "--store", "13", "--yes", "--out", out)
    assert run(*words, "--subject", "CN=arduino,O=ACME,C=NO", "--years", "20").code == 0
    made = x509.load_pem_x509_certificate(out.read_bytes())
    assert verified(out, out)
    assert [attribute.oid.dotted_string for attribute in made.subject] == ["2.5.4.6", "2.5.4.10", "2.5.4.3"]
    assert made.serial_number == 1
    held = bytes.fromhex(run("slot", "read", "--port", port, "--slot", "13", "--json").document["data"])
    dates = int.from_bytes(held[64:67], "little")
    start = made.not_valid_before_utc
    assert dates & 0x1F == start.year - 2000
    assert (dates >> 5 & 0xF, dates >> 9 & 0x1F, dates >> 14 & 0x1F, dates >> 19) == (
        start.month,
        start.day,
        start.hour,
        20,
    )
    assert made.not_valid_after_utc.year == start.year + 20


@pytest.mark.parametrize(
    ("words", "error_id"),
    [
        (("--store", "3"), "usage"), (("--store", "8", "--years", "40"), "date-not-representable"),
        (("--store", "8", "--subject", "CN=a,emailAddress=b"), "name-not-usable"),
    ],
)  # fmt: skip
def test_what_arduinos_library_cannot_keep_is_refused_before_the_chip_is_asked(
    run: Run, words: tuple[str, ...], error_id: str
):
    done = run("cert", "self-signed", "--port", "/dev/nowhere", "--slot", "0", *words, "--yes", "--json")
    assert done.error_id == error_id


def test_all_rules_that_a_certificate_breaks_are_named_at_once(run: Run, tmp_path: Path):
    (tmp_path / "strange.pem").write_bytes(_strange())
    rules = run("diagnose", tmp_path / "strange.pem", "--json").document["rules"]
    assert len(rules) == 4
    for word in ("full hour", "whole number", "serial number", "subjectKeyIdentifier"):
        assert any(word in rule for rule in rules)


def _strange() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string("CN=strange")
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(4711)
        .not_valid_before(datetime(2026, 3, 1, 9, 12, 13, tzinfo=UTC))
        .not_valid_after(datetime(2027, 5, 2, tzinfo=UTC))
        .add_extension(x509.SubjectKeyIdentifier(bytes(20)), critical=False)
        .sign(key, SHA256()).public_bytes(Encoding.PEM)
    )  # fmt: skip
