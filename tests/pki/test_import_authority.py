import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from atecc_bench.errors import BenchError
from atecc_bench.pki.authority.certificate_authority import (
    CertificateAuthority,
    import_authority,
    load_authority,
    save_authority,
)
from atecc_bench.pki.authority.issue_device import issue_device_certificate, signer_organization
from atecc_bench.pki.compressed.massprovisioning import device_definition, signer_definition
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.keys.key_files import certificate_public_key

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")

NOW = datetime(2026, 6, 1, 12, 34, 56, tzinfo=UTC)
PASSPHRASE = b"correct horse"
P256_KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]


@dataclass(frozen=True)
class Recipe:
    """A CA certificate to be made; a root unless it has an issuer."""

    key: Any
    subject: x509.Name
    constraints: x509.BasicConstraints | None
    digest: SHA256 | SHA384
    start: datetime = datetime(2026, 1, 1, 1, 2, 3, tzinfo=UTC)
    end: datetime = datetime(2046, 1, 1, tzinfo=UTC)
    serial_number: int = 77
    key_cert_sign: bool | None = None
    subject_key_identifier: bytes | None = None
    authority_key_identifier: bytes | None = None

    def make(self, issuer: "Recipe | None" = None) -> bytes:
        by = issuer or self
        builder = (
            x509.CertificateBuilder()
            .serial_number(self.serial_number)
            .subject_name(self.subject)
            .issuer_name(by.subject)
            .public_key(self.key.public_key())
            .not_valid_before(self.start)
            .not_valid_after(self.end)
        )
        if self.constraints is not None:
            builder = builder.add_extension(self.constraints, critical=True)
        if self.key_cert_sign is not None:
            flags = dict.fromkeys(
                ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
            )
            usage = x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=self.key_cert_sign,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
                **flags,
            )
            builder = builder.add_extension(usage, critical=True)
        if self.subject_key_identifier is not None:
            builder = builder.add_extension(x509.SubjectKeyIdentifier(self.subject_key_identifier), critical=False)
        if self.authority_key_identifier is not None:
            identifier = x509.AuthorityKeyIdentifier(self.authority_key_identifier, None, None)
            builder = builder.add_extension(identifier, critical=False)
        return builder.sign(by.key, self.digest).public_bytes(Encoding.PEM)

    def key_file(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


ROOT = Recipe(
    key=P256_KEYS[0],
    subject=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Imported")]),
    constraints=x509.BasicConstraints(ca=True, path_length=None),
    digest=SHA256(),
)
SIGNER = replace(
    ROOT,
    key=P256_KEYS[1],
    subject=x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Signers"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Imported signer"),
        ]
    ),
)

Import = Callable[..., CertificateAuthority]


@pytest.fixture
def do_import(tmp_path: Path) -> Import:
    def act(recipe: Recipe, issuer: Recipe | None = None, **changes: Any) -> CertificateAuthority:
        arguments: dict[str, Any] = {
            "certificate": recipe.make(issuer),
            "key": recipe.key_file(),
            "passphrase": PASSPHRASE,
            "now": NOW,
            "root": issuer.make() if issuer else None,
        } | changes
        return import_authority(tmp_path / "ca", **arguments)

    return act


def refusal(do_import: Import, tmp_path: Path, *arguments: Any, **changes: Any) -> BenchError:
    with pytest.raises(BenchError) as error:
        do_import(*arguments, **changes)
    assert not (tmp_path / "ca").exists()
    assert error.value.hint
    return error.value


def check_openssl_accepts(directory: Path, authority: CertificateAuthority, at: datetime) -> None:
    device = issue_device_certificate(
        authority,
        certificate_public_key(authority.root),
        organization=signer_organization(authority) or "Nordlys AS",
        common_name="0123a1b2c3d4e5f6ee",
        not_before=at.replace(minute=0, second=0, microsecond=0),
    )
    (directory / "device.pem").write_bytes(x509.load_der_x509_certificate(device).public_bytes(Encoding.PEM))
    chain_files = ("-CAfile", "root.pem", "-untrusted", "signer.pem", "device.pem")
    result = subprocess.run(
        ["openssl", "verify", "-attime", str(int(at.timestamp())), *chain_files],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "device.pem: OK\n"), result.stderr
    for der, definition, authority_key in (
        (device, device_definition(device), certificate_public_key(authority.signer)),
        (
            authority.signer.public_bytes(Encoding.DER),
            signer_definition(authority.signer.public_bytes(Encoding.DER)),
            certificate_public_key(authority.root),
        ),
    ):
        assert rebuild(definition, slot_contents(der, definition).__getitem__, authority_key) == der


@needs_openssl
def test_openssl_accepts_the_chain_of_a_made_authority(chain: Any, tmp_path: Path):
    save_authority(tmp_path / "ca", chain.authority, chain.root_key, PASSPHRASE)
    check_openssl_accepts(tmp_path / "ca", chain.authority, chain.now)


@needs_openssl
def test_openssl_accepts_the_chain_of_an_authority_that_openssl_made(tmp_path: Path):
    subject = ("-subj", "/C=IE/L=Dublin/O=ACME Ltd/OU=Testing/CN=test.acme.com")
    out = ("-out", "ca.crt.pem")
    subprocess.run(
        ["openssl", "ecparam", "-out", "ca.key.pem", "-name", "prime256v1", "-genkey"], cwd=tmp_path, check=True
    )
    subprocess.run(
        ["openssl", "req", "-new", "-x509", "-key", "ca.key.pem", "-sha256", "-days", "3650", *subject, *out],
        cwd=tmp_path,
        check=True,
    )
    now = datetime.now(UTC) + timedelta(seconds=1)
    authority = import_authority(
        tmp_path / "ca",
        certificate=(tmp_path / "ca.crt.pem").read_bytes(),
        key=(tmp_path / "ca.key.pem").read_bytes(),
        passphrase=PASSPHRASE,
        now=now,
    )
    assert authority.root.subject.rfc4514_string() == "CN=test.acme.com,OU=Testing,O=ACME Ltd,L=Dublin,C=IE"
    assert signer_organization(authority) == "ACME Ltd"
    assert authority.signer.not_valid_after_utc <= authority.root.not_valid_after_utc
    assert authority.signer.not_valid_before_utc.minute == 0
    check_openssl_accepts(tmp_path / "ca", authority, now)
    assert load_authority(tmp_path / "ca", PASSPHRASE).signer == authority.signer


def test_a_certificate_issued_by_another_becomes_the_signer(do_import: Import, tmp_path: Path):
    authority = do_import(SIGNER, ROOT)
    assert authority.signer.subject == SIGNER.subject
    assert authority.root.subject == ROOT.subject
    assert not (tmp_path / "ca" / "root.key.pem").exists()
    assert load_authority(tmp_path / "ca", PASSPHRASE).root == authority.root


@pytest.mark.parametrize("kind", [_ASN1Type.PrintableString, _ASN1Type.UTF8String, _ASN1Type.T61String])
def test_the_imported_name_is_kept_byte_for_byte(do_import: Import, kind: _ASN1Type):
    name = x509.Name(
        [
            x509.RelativeDistinguishedName(
                [
                    x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ACME Ltd", kind),
                    x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Testing", kind),
                ]
            ),
            x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, "test.acme.com", kind)]),
        ]
    )
    authority = do_import(replace(ROOT, subject=name))
    root, signer = (part.public_bytes(Encoding.DER) for part in (authority.root, authority.signer))
    assert name.public_bytes() in root
    assert name.public_bytes() in signer


def test_an_encrypted_key_is_imported_with_its_passphrase(do_import: Import, tmp_path: Path):
    key = ROOT.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"theirs"))
    assert refusal(do_import, tmp_path, ROOT, key=key).id == "passphrase-needed"
    assert refusal(do_import, tmp_path, ROOT, key=key, key_passphrase=b"wrong").id == "wrong-passphrase"
    do_import(ROOT, key=key, key_passphrase=b"theirs")
    load_authority(tmp_path / "ca", PASSPHRASE)


def test_an_existing_authority_is_not_replaced(do_import: Import):
    do_import(ROOT)
    with pytest.raises(BenchError) as error:
        do_import(ROOT)
    assert error.value.id == "ca-exists"


def test_a_signer_needs_its_root(do_import: Import, tmp_path: Path):
    error = refusal(do_import, tmp_path, SIGNER, ROOT, root=None)
    assert error.id == "root-needed"
    assert "CN=Imported" in error.message


@pytest.mark.parametrize(
    ("recipe", "changes", "refusal_id"),
    [
        (ROOT, {"key": SIGNER.key_file()}, "key-does-not-match"),
        (ROOT, {"certificate": b"nonsense"}, "not-a-certificate"),
        (ROOT, {"key": b"nonsense"}, "not-a-key"),
        (ROOT, {"root": SIGNER.make()}, "chain-broken"),
        (ROOT, {"now": datetime(2025, 1, 1, tzinfo=UTC)}, "certificate-not-yet-valid"),
        (ROOT, {"now": datetime(2047, 1, 1, tzinfo=UTC)}, "certificate-expired"),
        (ROOT, {"now": datetime(2045, 6, 1, tzinfo=UTC)}, "certificate-expired"),
        (ROOT, {"passphrase": b""}, "passphrase-needed"),
        (replace(ROOT, constraints=None), {}, "not-a-ca"),
        (replace(ROOT, constraints=x509.BasicConstraints(ca=False, path_length=None)), {}, "not-a-ca"),
        (replace(ROOT, constraints=x509.BasicConstraints(ca=True, path_length=0)), {}, "not-a-ca"),
        (replace(ROOT, key_cert_sign=False), {}, "not-a-ca"),
        (replace(ROOT, subject_key_identifier=bytes(20)), {}, "chain-broken"),
        (replace(ROOT, key=ec.generate_private_key(ec.SECP384R1())), {}, "wrong-key-type"),
        (replace(ROOT, key=rsa.generate_private_key(65537, 2048)), {}, "wrong-key-type"),
    ],
)
def test_a_root_that_cannot_serve_is_refused(
    do_import: Import, tmp_path: Path, recipe: Recipe, changes: dict[str, Any], refusal_id: str
):
    assert refusal(do_import, tmp_path, recipe, **changes).id == refusal_id


@pytest.mark.parametrize(
    ("signer", "root", "changes", "refusal_id"),
    [
        (SIGNER, ROOT, {"root": replace(ROOT, key=P256_KEYS[2]).make()}, "chain-broken"),
        (SIGNER, ROOT, {"now": datetime(2046, 6, 1, tzinfo=UTC)}, "certificate-expired"),
        (replace(SIGNER, constraints=None), ROOT, {}, "not-a-ca"),
        (replace(SIGNER, key_cert_sign=False), ROOT, {}, "not-a-ca"),
        (SIGNER, replace(ROOT, constraints=x509.BasicConstraints(ca=True, path_length=0)), {}, "not-a-ca"),
        (SIGNER, replace(ROOT, constraints=None), {}, "not-a-ca"),
        (SIGNER, replace(ROOT, key=rsa.generate_private_key(65537, 2048)), {}, "signer-not-storable"),
        (SIGNER, replace(ROOT, key=ec.generate_private_key(ec.SECP384R1())), {}, "signer-not-storable"),
        (replace(SIGNER, digest=SHA384()), ROOT, {}, "signer-not-storable"),
        (replace(SIGNER, subject_key_identifier=bytes(20)), ROOT, {}, "signer-not-storable"),
        (replace(SIGNER, subject_key_identifier=bytes(32)), ROOT, {}, "signer-not-storable"),
        (replace(SIGNER, authority_key_identifier=bytes(20)), ROOT, {}, "signer-not-storable"),
        (replace(SIGNER, start=datetime(1999, 1, 1, tzinfo=UTC)), ROOT, {}, "signer-not-storable"),
    ],
)
def test_a_signer_that_cannot_serve_is_refused(
    do_import: Import, tmp_path: Path, signer: Recipe, root: Recipe, changes: dict[str, Any], refusal_id: str
):
    assert refusal(do_import, tmp_path, signer, root, **changes).id == refusal_id


@pytest.mark.parametrize(
    "signer",
    [
        replace(SIGNER, serial_number=(1 << 159) - 1),
        replace(SIGNER, end=datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
        replace(SIGNER, end=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        replace(SIGNER, start=datetime(2020, 2, 29, 5, 6, 7, tzinfo=UTC)),
    ],
)
def test_serial_numbers_up_to_20_bytes_and_exact_dates_are_no_obstacle(do_import: Import, signer: Recipe):
    do_import(signer, ROOT)
