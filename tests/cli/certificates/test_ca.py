"""`ca init`, `ca import`, `ca show`: authorities made here and elsewhere."""

import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from keyring.backends.fail import Keyring

from tests.cli.conftest import left_in
from tests.support.external.openssl_authority import make_openssl_authority

Run = Callable[..., Any]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

PASSPHRASE = "correct horse"  # noqa: S105 - of the tests' own authority
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
NOW = datetime.now(UTC).replace(microsecond=0)


def name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ACME Ltd"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def certificate(
    key: Key,
    signed_by: Key,
    subject: str = "ACME Root",
    issuer: str = "ACME Root",
    *,
    ca: bool = True,
    days: int = 3650,
) -> bytes:
    """A certificate that ends `days` from now."""
    public = key.public_key()
    return (
        x509.CertificateBuilder(
            name(issuer), name(subject), public, 4711, NOW - timedelta(days=365), NOW + timedelta(days=days)
        )
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(signed_by, SHA256())
        .public_bytes(Encoding.PEM)
    )


def pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


P256, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
P384 = ec.generate_private_key(ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def openssl_ca(tmp_path: Path) -> tuple[Path, Path]:
    """Certificate and key as people make them with two openssl commands."""
    make_openssl_authority(tmp_path)
    assert b"EC PARAMETERS" in (tmp_path / "ca.key.pem").read_bytes()
    return tmp_path / "ca.crt.pem", tmp_path / "ca.key.pem"


def assert_keys_are_protected(directory: Path, count: int) -> None:
    keys = list(directory.glob("*.key.pem"))
    assert len(keys) == count
    for key in keys:
        assert b"ENCRYPTED PRIVATE KEY" in key.read_bytes()
        if sys.platform != "win32":
            assert stat.S_IMODE(key.stat().st_mode) == 0o600
    if sys.platform != "win32":
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_init_makes_a_root_and_a_signer(run: Run, tmp_path: Path):
    done = run("ca", "init", tmp_path / "new", "--organization", "ACME Ltd", "--json")
    assert done.code == 0
    assert_keys_are_protected(tmp_path / "new", 2)
    assert done.document.keys() == {"directory", "root", "signer", "root_key", "signer_key", "signers", "warnings"}
    root, signer = done.document["root"], done.document["signer"]
    assert root["subject"] == root["issuer"] == signer["issuer"]
    assert "ACME Ltd" in signer["subject"]
    assert done.document == run("ca", "show", tmp_path / "new", "--json").document


def test_show_needs_no_passphrase(run: Run, ca: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE")
    done = run("ca", "show", ca)
    assert done.code == 0
    assert "Nordlys AS" in done.out
    assert str(ca / "root.pem") in done.out


def test_init_never_overwrites(run: Run, ca: Path):
    before = {path.name: path.read_bytes() for path in ca.iterdir()}
    done = run("ca", "init", ca, "--organization", "ACME Ltd", "--json")
    assert (done.code, done.error_id) == (2, "ca-exists")
    assert {path.name: path.read_bytes() for path in ca.iterdir()} == before


def test_without_a_passphrase_and_nobody_to_ask_nothing_is_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE")
    done = run("ca", "init", tmp_path / "new", "--organization", "ACME Ltd", "--json")
    assert (done.code, done.error_id) == (2, "passphrase-needed")
    assert not (tmp_path / "new").exists()


def test_the_passphrase_can_be_the_first_line_of_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE")
    (tmp_path / "pass").write_text("a file's first line\nnot this\n")
    done = run("ca", "init", tmp_path / "new", "--organization", "A", "--passphrase-file", tmp_path / "pass")
    assert done.code == 0
    assert "first line" not in done.out + done.err


@pytest.mark.parametrize("content", [None, "", "\nsecond line"])
def test_a_passphrase_file_without_one(run: Run, tmp_path: Path, content: str | None):
    if content is not None:
        (tmp_path / "pass").write_text(content)
    done = run("ca", "init", tmp_path / "new", "--organization", "A", "--passphrase-file", tmp_path / "pass", "--json")
    assert (done.code, done.error_id) == (2, "passphrase-needed")


def test_show_of_no_authority(run: Run, tmp_path: Path):
    done = run("ca", "show", tmp_path, "--json")
    assert (done.code, done.error_id) == (2, "no-ca")


@needs_openssl
def test_what_openssl_makes_in_two_commands_becomes_the_root(run: Run, openssl_ca: tuple[Path, Path], tmp_path: Path):
    cert, key = openssl_ca
    done = run("ca", "import", tmp_path / "ca", "--cert", cert, "--key", key, "--json")
    assert done.code == 0
    assert "test.acme.com" in done.document["root"]["subject"]
    assert "test.acme.com" in done.document["signer"]["issuer"]
    assert_keys_are_protected(tmp_path / "ca", 2)
    signer = x509.load_pem_x509_certificate((tmp_path / "ca" / "signer.pem").read_bytes())
    start, end = signer.not_valid_before_utc, signer.not_valid_after_utc
    assert (start.minute, start.second) == (0, 0)
    assert end == start.replace(year=end.year)
    subprocess.run(
        ["openssl", "verify", "-CAfile", tmp_path / "ca" / "root.pem", tmp_path / "ca" / "signer.pem"],
        check=True,
        capture_output=True,
    )


def test_a_certificate_of_another_becomes_the_signer_under_its_root(run: Run, tmp_path: Path):
    files = {"signer.pem": certificate(P256, OTHER, "ACME Signer"), "key.pem": pem(P256)}
    files["root.pem"] = certificate(OTHER, OTHER)
    done = import_(run, tmp_path, files, root="root.pem")
    assert done.code == 0
    assert done.document["root_key"] is None
    assert_keys_are_protected(tmp_path / "ca", 1)


def import_(run: Run, tmp_path: Path, files: dict[str, bytes], root: str | None = None) -> Any:
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    arguments = ["--cert", tmp_path / "signer.pem", "--key", tmp_path / "key.pem"]
    if root is not None:
        arguments += ["--root", tmp_path / root]
    return run("ca", "import", tmp_path / "ca", *arguments, "--json")


REFUSED = ("key-does-not-match", "not-a-ca", "certificate-expired", "chain-broken")


@pytest.mark.parametrize(
    ("cert", "key", "root", "id_", "said"),
    [
        (certificate(P256, P256), pem(RSA), None, "wrong-key-type", "RSA-2048"),
        (certificate(P256, P256), pem(P384), None, "wrong-key-type", "P-384"),
        (certificate(RSA, RSA), pem(RSA), None, "wrong-key-type", "RSA-2048"),
        (certificate(P384, P384), pem(P384), None, "wrong-key-type", "P-384"),
        (certificate(P256, P256), pem(OTHER), None, "key-does-not-match", "does not belong"),
        (certificate(P256, P256, ca=False), pem(P256), None, "not-a-ca", "CA:FALSE"),
        (certificate(P256, P256, days=-1), pem(P256), None, "certificate-expired", "expired"),
        (certificate(P256, OTHER, "ACME Signer"), pem(P256), None, "root-needed", "ACME Root"),
        (certificate(P256, OTHER, "S", ca=False), pem(P256), certificate(OTHER, OTHER), "not-a-ca", "CA:FALSE"),
        (certificate(P256, OTHER, "S", days=-1), pem(P256), certificate(OTHER, OTHER), "certificate-expired", "signer"),
        (certificate(P256, OTHER, "S"), pem(P256), certificate(P256, P256), "chain-broken", "another key"),
        (b"hello", pem(P256), None, "not-a-certificate", "certificate"),
        (certificate(P256, P256), b"hello", None, "not-a-key", "private key"),
    ],
)
def test_what_cannot_be_an_authority_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, isolated: Path, cert: bytes, key: bytes, root: bytes | None, id_: str, said: str
):
    files = {"signer.pem": cert, "key.pem": key} | ({"root.pem": root} if root else {})
    done = import_(run, tmp_path, files, root="root.pem" if root else None)
    assert (done.code, done.error_id) == (1 if id_ in REFUSED else 2, id_)
    assert said in done.document["error"]["message"]
    assert not (tmp_path / "ca").exists()
    assert {path.name for path in tmp_path.iterdir()} == files.keys() | {isolated.name}
    assert left_in(isolated) == []


def test_a_key_file_that_is_encrypted_needs_its_own_passphrase(run: Run, ca: Path, tmp_path: Path):
    arguments = ["ca", "import", tmp_path / "again", "--cert", ca / "root.pem", "--key", ca / "root.key.pem"]
    done = run(*arguments, "--json")
    assert (done.code, done.error_id) == (2, "passphrase-needed")
    (tmp_path / "wrong").write_text("wrong horse\n")
    done = run(*arguments, "--key-passphrase-file", tmp_path / "wrong", "--json")
    assert (done.code, done.error_id) == (2, "wrong-passphrase")
    assert "horse" not in done.out + done.err
    (tmp_path / "right").write_text(PASSPHRASE + "\n")
    assert run(*arguments, "--key-passphrase-file", tmp_path / "right", "--json").code == 0


def test_a_keyring_that_takes_nothing_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keyring.core, "_keyring_backend", Keyring())
    done = run("ca", "init", tmp_path / "new", "--organization", "A", "--remember", "--json")
    assert (done.code, done.error_id) == (2, "no-keyring")
