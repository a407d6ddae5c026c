"""The certificate authority: a root, and signers for device certificates.

On disk it is a directory with `root.pem`, `signer.pem`, `signer.key.pem` and, unless the root belongs to somebody else,
`root.key.pem`. Keys are encrypted PKCS #8; for one in a PKCS #11 module, `….pkcs11.json` says where. Further signers
are authorities of their own, without the root's key, in `signers/`.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.file_checks import exists, is_folder
from atecc_bench.pki.authority.files import check_no_authority, read_authority_file, write_authority_files
from atecc_bench.pki.authority.issue_ca import Entropy, ExtensionProfile, issue_root, issue_signer, start_of_validity
from atecc_bench.pki.authority.key_store import key_file, key_path, load_authority_key
from atecc_bench.pki.authority.storable_check import check_storable
from atecc_bench.pki.encoding.distinguished_names import distinguished_name, organization_of
from atecc_bench.pki.keys.key_files import (
    certificate_public_key,
    key_identifier,
    load_certificate,
    load_private_key,
    private_key_from_entropy,
    public_key_bytes,
)
from atecc_bench.pki.keys.pkcs11_key import Pkcs11Reference, open_pkcs11_key
from atecc_bench.pki.x509.chain_checks import check_issued_by, check_may_issue, check_valid_at
from atecc_bench.pki.x509.strict_verifiers import AuthorityWarning, strict_warnings

DEFAULT_ROOT_NAME: Final = "Device Root"
DEFAULT_SIGNER_NAME: Final = "Device Signer"
DEFAULT_ROOT_YEARS: Final = 25
DEFAULT_SIGNER_YEARS: Final = 10

ROOT: Final = "root"
SIGNER: Final = "signer"
ROOT_FILE: Final = "root.pem"
SIGNER_FILE: Final = "signer.pem"
SIGNER_KEY_FILE: Final = "signer.key.pem"
SIGNERS_FOLDER: Final = "signers"


@dataclass(frozen=True)
class CertificateAuthority:
    """A certificate authority that can issue device certificates."""

    root: x509.Certificate
    signer: x509.Certificate
    signer_key: ec.EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True)
class CertificateSummary:
    """One certificate of an authority, for people.

    Names are RFC 4514 text, dates UTC.
    """

    subject: str
    issuer: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    key_identifier: str
    path: Path


@dataclass(frozen=True)
class AuthoritySummary:
    """An authority, as far as it shows without its passphrase."""

    directory: Path
    root: CertificateSummary
    signer: CertificateSummary
    root_key_path: Path | None
    signer_key_path: Path
    warnings: tuple[AuthorityWarning, ...]
    signers: tuple["AuthoritySummary", ...] = ()


def create_authority(
    *,
    organization: str,
    now: datetime,
    root_name: str = DEFAULT_ROOT_NAME,
    signer_name: str = DEFAULT_SIGNER_NAME,
    root_years: int = DEFAULT_ROOT_YEARS,
    signer_years: int = DEFAULT_SIGNER_YEARS,
    profile: ExtensionProfile = ExtensionProfile.STANDARD,
    printable: bool = False,
    entropy: Entropy = secrets.token_bytes,
) -> tuple[CertificateAuthority, ec.EllipticCurvePrivateKey]:
    """Make a root and a signer in memory.

    Returns the authority and the root's private key. Both certificates are valid from the last full hour before `now`.
    `printable`: names are PrintableString, not UTF8String. The same `entropy` gives the same bytes.

    Raises:
        InputError: `name-not-usable`.
    """
    start = start_of_validity(now)
    root_key = private_key_from_entropy(entropy)
    root_subject = distinguished_name(organization, root_name, printable=printable)
    root = issue_root(root_subject, root_key, start=start, years=root_years, entropy=entropy, profile=profile)
    authority = issue_authority(
        root, root_key, signer_name=signer_name, now=now, years=signer_years, profile=profile, printable=printable,
        entropy=entropy,
    )  # fmt: skip
    return authority, root_key


def issue_authority(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    signer_name: str,
    now: datetime,
    years: int = DEFAULT_SIGNER_YEARS,
    profile: ExtensionProfile = ExtensionProfile.STANDARD,
    printable: bool = False,
    entropy: Entropy = secrets.token_bytes,
) -> CertificateAuthority:
    """Issue a signer with a new key under a root.

    It is in the root's organization.

    Raises:
        InputError: `name-not-usable`.
        RefusedError: `certificate-expired`.
    """
    signer_key = private_key_from_entropy(entropy)
    signer = issue_signer(
        distinguished_name(organization_of(root.subject), signer_name, printable=printable),
        signer_key.public_key(),
        root,
        root_key,
        start=start_of_validity(now),
        years=years,
        entropy=entropy,
        profile=profile,
    )
    return CertificateAuthority(root, signer, signer_key)


def import_authority(
    directory: Path,
    *,
    certificate: bytes,
    key: bytes | Pkcs11Reference,
    passphrase: bytes,
    now: datetime,
    key_passphrase: bytes | None = None,
    root: bytes | None = None,
    signer_name: str = DEFAULT_SIGNER_NAME,
    entropy: Entropy = secrets.token_bytes,
) -> CertificateAuthority:
    """Make an authority of an existing CA certificate and its key.

    It is saved in `directory`. The key is a file's content, with its passphrase, or where in a PKCS #11 module it is,
    with the PIN. A self-signed certificate becomes the root, and a signer is issued under it. A certificate issued by
    another becomes the signer and needs that other as `root`. Nothing is written unless all is well.

    Raises:
        InputError: `ca-exists`, `not-a-certificate`, `not-a-key`, `passphrase-needed`, `wrong-passphrase`,
            `wrong-key-type` or `root-needed`.
        RefusedError: `key-does-not-match`, `not-a-ca`, `certificate-expired`,
            `certificate-not-yet-valid`, `chain-broken` or `signer-not-storable`.
    """
    check_no_authority(directory)
    imported = load_certificate(certificate, key_passphrase)
    if isinstance(key, Pkcs11Reference):
        imported_key = open_pkcs11_key(key, key_passphrase or b"")
    else:
        imported_key = load_private_key(key, key_passphrase)
    imported_root = None if root is None else load_certificate(root)
    check_key(imported, imported_key)
    if imported.subject == imported.issuer:
        if imported_root not in (None, imported):
            raise RefusedError(
                "chain-broken",
                "The certificate is self-signed, so it is its own root; the root given is another one.",
                "Leave the root out.",
            )
        authority = _with_issued_signer(imported, imported_key, signer_name, now, entropy)
        root_key = imported_key
    else:
        authority = _with_imported_signer(imported, imported_key, imported_root, now)
        root_key = None
    save_authority(directory, authority, root_key, passphrase)
    return authority


def save_authority(
    directory: Path,
    authority: CertificateAuthority,
    root_key: ec.EllipticCurvePrivateKey | None,
    passphrase: bytes,
) -> None:
    """Save an authority in a new directory, all or nothing.

    Without a `root_key` the root is somebody else's.

    Raises:
        InputError: `ca-exists`, `ca-not-writable` or `passphrase-needed`.
    """
    check_no_authority(directory)
    files = dict([key_file(SIGNER, authority.signer_key, passphrase)])
    files[ROOT_FILE] = authority.root.public_bytes(Encoding.PEM)
    files[SIGNER_FILE] = authority.signer.public_bytes(Encoding.PEM)
    if root_key is not None:
        name, content = key_file(ROOT, root_key, passphrase)
        files[name] = content
    write_authority_files(directory, files)


def load_authority(directory: Path, passphrase: bytes) -> CertificateAuthority:
    """Load an authority with its signer's key.

    For a key in a PKCS #11 module the passphrase is the PIN of its token.

    Raises:
        InputError: `no-ca`, `wrong-passphrase`, and what `load_certificate` and `load_authority_key` raise for damaged
            files.
        RefusedError: `key-does-not-match`, `chain-broken`.
    """
    root, signer = load_authority_certificates(directory)
    signer_key = load_authority_key(directory, SIGNER, passphrase)
    check_key(signer, signer_key)
    check_issued_by(signer, root, "signer", "the root")
    return CertificateAuthority(root, signer, signer_key)


def load_authority_certificates(directory: Path) -> tuple[x509.Certificate, x509.Certificate]:
    """Load root and signer of an authority; needs no passphrase.

    Raises:
        InputError: `no-ca` or `not-a-certificate`.
    """
    root, signer = (load_certificate(read_authority_file(directory, name)) for name in (ROOT_FILE, SIGNER_FILE))
    return root, signer


def show_authority(directory: Path) -> AuthoritySummary:
    """Summarize an authority and its further signers; needs no passphrase.

    Raises:
        InputError: `no-ca` or `not-a-certificate`.
    """
    root, signer = load_authority_certificates(directory)
    further = directory / SIGNERS_FOLDER
    folders = sorted(folder for folder in further.iterdir() if is_folder(folder)) if is_folder(further) else []
    return AuthoritySummary(
        directory=directory,
        root=_summary(root, directory / ROOT_FILE),
        signer=_summary(signer, directory / SIGNER_FILE),
        root_key_path=key_path(directory, ROOT),
        signer_key_path=key_path(directory, SIGNER) or directory / SIGNER_KEY_FILE,
        warnings=strict_warnings(root, signer),
        signers=tuple(show_authority(folder) for folder in folders if exists(folder / SIGNER_FILE)),
    )


def _with_issued_signer(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    signer_name: str,
    now: datetime,
    entropy: Entropy,
) -> CertificateAuthority:
    check_root(root, now)
    authority = issue_authority(root, root_key, signer_name=signer_name, now=now, entropy=entropy)
    check_issued_by(authority.signer, root, "signer", "the root")
    return authority


def _with_imported_signer(
    signer: x509.Certificate,
    signer_key: ec.EllipticCurvePrivateKey,
    root: x509.Certificate | None,
    now: datetime,
) -> CertificateAuthority:
    if root is None:
        raise InputError(
            "root-needed",
            f"The certificate was issued by another: {signer.issuer.rfc4514_string()}. "
            "That certificate is needed as the root.",
            "Give the root certificate too (--root).",
        )
    check_signer(signer, root, now)
    return CertificateAuthority(root, signer, signer_key)


def check_signer(signer: x509.Certificate, root: x509.Certificate, now: datetime) -> None:
    """Check that a signer can issue device certificates now.

    The signer also has to fit on a chip.

    Raises:
        RefusedError: `not-a-ca`, `certificate-expired`, `certificate-not-yet-valid`, `chain-broken` or
            `signer-not-storable`.
    """
    check_may_issue(signer, "signer", authorities_below=0)
    check_valid_at(signer, now, "signer")
    check_issued_by(signer, root, "signer", "the root")
    check_storable(signer, root)
    check_root(root, now)


def check_root(root: x509.Certificate, now: datetime) -> None:
    """Check that a root can issue signers now.

    Raises:
        RefusedError: As `check_signer` does.
    """
    check_issued_by(root, root, "root", "itself")
    check_may_issue(root, "root", authorities_below=1)
    check_valid_at(root, now, "root")


def check_key(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """Raise `RefusedError` (`key-does-not-match`) unless the certificate was made for this key."""
    if certificate_public_key(certificate) != public_key_bytes(key.public_key()):
        raise RefusedError(
            "key-does-not-match",
            f"The private key does not belong to the certificate of {certificate.subject.rfc4514_string()}.",
            "Give the key this certificate was made for.",
        )


def _summary(certificate: x509.Certificate, path: Path) -> CertificateSummary:
    return CertificateSummary(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial_number=f"{certificate.serial_number:X}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_identifier=key_identifier(certificate_public_key(certificate)).hex().upper(),
        path=path,
    )
