"""Roots as people have them, and templates of every kind under them."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.authority.issue_ca import issue_root
from atecc_bench.pki.compressed.definition import CertificateDefinition
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_builder import device_placement, signer_placement, template_from_sample
from atecc_bench.pki.encoding.distinguished_names import distinguished_name
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    key_identifier,
    load_certificate,
    load_private_key,
    private_key_from_entropy,
    public_key_bytes,
)
from atecc_bench.pki.keys.pkcs11_key import open_pkcs11_key
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.support.external.softhsm import PIN, SoftHsm

START = datetime(2026, 3, 14, 9, tzinfo=UTC)
SAMPLE_START = datetime(2025, 1, 2, 3, tzinfo=UTC)
_SERIAL_NUMBER_LENGTHS = {SerialSource.DEVICE_SN: 10, SerialSource.SIGNER_ID: 3}

DEVICE_SOURCES = [source for source in SerialSource if source is not SerialSource.SIGNER_ID]
SIGNER_SOURCES = [source for source in SerialSource if "DEVICE_SN" not in source.name]


@dataclass(frozen=True)
class Root:
    """A root certificate and its key; `strict` when strict verifiers accept it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    strict: bool

    @property
    def public_key(self) -> bytes:
        return certificate_public_key(self.certificate)


def our_root() -> Root:
    entropy = seeded_entropy(7)
    key = private_key_from_entropy(entropy)
    return Root(_root_of(key), key, strict=True)


def root_in_softhsm(softhsm: SoftHsm) -> Root:
    key = open_pkcs11_key(softhsm.generate("matrix root"), PIN.encode())
    return Root(_root_of(key), key, strict=True)


def openssl_root(folder: Path) -> Root:
    """As a default `openssl req -x509` makes it, without keyUsage."""
    for command in (
        "ecparam -name prime256v1 -genkey -out root.key",
        "req -new -x509 -key root.key -days 40000 -set_serial 0x77 -subj /O=ACME/CN=Root -out root.crt",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    certificate = load_certificate((folder / "root.crt").read_bytes())
    return Root(certificate, load_private_key((folder / "root.key").read_bytes()), strict=False)


def signer_template(root: Root, source: SerialSource) -> CertificateDefinition:
    """A template of signers under a root, with the signer id in the name."""
    subject = distinguished_name("Nordlys AS", "Signer FFFF")
    sample = _sample(subject, root.certificate.subject, source, authority_key=root.public_key, is_authority=True)
    placement = signer_placement(source)
    return template_from_sample(
        sample, placement, authority_public_key=root.public_key, signer_id_in="tbsCertificate.subject.commonName"
    )


def device_template(signer: x509.Certificate, source: SerialSource, signer_id: bool = True) -> CertificateDefinition:
    """A template of devices under a signer."""
    subject = distinguished_name("Nordlys AS", "0123a1b2c3d4e5f6ee")
    signer_key = certificate_public_key(signer)
    sample = _sample(subject, signer.subject, source, authority_key=signer_key, is_authority=False)
    return template_from_sample(
        sample,
        device_placement(source),
        authority_public_key=signer_key,
        signer_id_in="tbsCertificate.issuer.commonName" if signer_id else None,
    )


def openssl_verify(folder: Path, root: x509.Certificate, signer: bytes, device: bytes, *, strict: bool) -> str:
    """What `openssl verify` says of a chain, at a moment when it is valid."""
    for name, certificate in (
        ("root", root),
        ("signer", x509.load_der_x509_certificate(signer)),
        ("device", x509.load_der_x509_certificate(device)),
    ):
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    moment = str(int(datetime(2027, 6, 1, tzinfo=UTC).timestamp()))
    options = ["-x509_strict"] if strict else []
    arguments = ["-attime", moment, "-CAfile", "root.pem", "-untrusted", "signer.pem", "device.pem"]
    done = subprocess.run(
        ["openssl", "verify", *options, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).strip()


def _root_of(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = distinguished_name("Nordlys AS", "Root")
    return issue_root(name, key, start=SAMPLE_START, years=100, entropy=seeded_entropy(8))


def _sample(
    subject: x509.Name, issuer: x509.Name, source: SerialSource, *, authority_key: bytes, is_authority: bool
) -> bytes:
    """A certificate of the structure that is wanted, for another key, with other dates, signed by nobody."""
    key = private_key_from_entropy(seeded_entropy(9))
    length = _SERIAL_NUMBER_LENGTHS.get(source, 16)
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(b"\x40" + bytes(length - 1)))
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .not_valid_before(SAMPLE_START)
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier(key_identifier(public_key_bytes(key.public_key()))), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier(key_identifier(authority_key), None, None), critical=False)
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    return builder.add_extension(usage, critical=True).sign(key, SHA256()).public_bytes(Encoding.DER)
