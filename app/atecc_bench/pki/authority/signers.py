"""Further signers of an authority, and signers certified elsewhere.

An outside CA takes a request and gives a certificate.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.pki.authority.certificate_authority import (
    DEFAULT_SIGNER_NAME,
    DEFAULT_SIGNER_YEARS,
    ROOT,
    ROOT_FILE,
    SIGNER,
    SIGNER_FILE,
    SIGNERS_FOLDER,
    CertificateAuthority,
    check_key,
    check_root,
    check_signer,
    issue_authority,
    load_authority_certificates,
    save_authority,
)
from atecc_bench.pki.authority.files import add_authority_files, check_no_authority, write_authority_files
from atecc_bench.pki.authority.issue_ca import Entropy, ExtensionProfile
from atecc_bench.pki.authority.key_store import key_file, key_path, load_authority_key
from atecc_bench.pki.encoding.distinguished_names import distinguished_name
from atecc_bench.pki.keys.key_files import load_certificate, private_key_from_entropy
from atecc_bench.pki.keys.pkcs11_key import Pkcs11PrivateKey

REQUEST_FILE = "signer.csr"

_SIGNER_ID = re.compile(r"[0-9A-F]{4}")


def add_signer(
    directory: Path,
    *,
    signer_id: str,
    root_secret: bytes,
    passphrase: bytes,
    now: datetime,
    name: str = DEFAULT_SIGNER_NAME,
    years: int = DEFAULT_SIGNER_YEARS,
    profile: ExtensionProfile = ExtensionProfile.STANDARD,
    entropy: Entropy = secrets.token_bytes,
) -> Path:
    """Issue a further signer under the root of an authority.

    Returns its folder, an authority of its own. `signer_id` is four upper-case hexadecimal digits, which end the name
    as CryptoAuthLib's signer id does. `root_secret` is the passphrase of the root's key, or the PIN of its token;
    `passphrase` is for the new key.

    Raises:
        InputError: `no-ca`, `signer-id-not-usable`, `root-key-elsewhere`, `ca-exists`, `name-not-usable`,
            `wrong-passphrase` or `passphrase-needed`.
        RefusedError: As `check_root` does.
    """
    check_signer_id(signer_id)
    root, _ = load_authority_certificates(directory)
    folder = directory / SIGNERS_FOLDER / signer_id
    check_no_authority(folder)
    check_root(root, now)
    if key_path(directory, ROOT) is None:
        raise InputError(
            "root-key-elsewhere",
            "The root's key is not in this authority, so no signer can be issued under it here.",
            "Make a request with `atecc-bench ca csr`, have it signed, and take the answer with `ca adopt`.",
        )
    root_key = load_authority_key(directory, ROOT, root_secret)
    check_key(root, root_key)
    authority = issue_authority(
        root,
        root_key,
        signer_name=f"{name} {signer_id}",
        now=now,
        years=years,
        profile=profile,
        entropy=entropy,
    )
    save_authority(folder, authority, None, passphrase)
    return folder


def request_signer(
    directory: Path,
    *,
    subject: x509.Name,
    passphrase: bytes,
    key: Pkcs11PrivateKey | None = None,
    entropy: Entropy = secrets.token_bytes,
) -> bytes:
    """Make a signer's key and its certificate request (PEM).

    They are saved in a new directory, which `adopt_signer` completes. The request asks for basicConstraints with
    CA:TRUE and pathlen 0, and for keyUsage. With a `key` of a module no key is made.

    Raises:
        InputError: `ca-exists`, `ca-not-writable` or `passphrase-needed`.
    """
    signer_key: ec.EllipticCurvePrivateKey = key or private_key_from_entropy(entropy)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(signer_key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    name, content = key_file(SIGNER, signer_key, passphrase)
    write_authority_files(directory, {name: content, REQUEST_FILE: request})
    return request


def adopt_signer(
    directory: Path, *, certificate: bytes, root: bytes, secret: bytes, now: datetime
) -> CertificateAuthority:
    """Complete an authority with the certificate from an outside CA.

    The directory is one of `request_signer`; `certificate` is what the outside CA issued, `root` its root. `secret` is
    the passphrase of the signer's key, or the PIN of its token. Nothing is written unless the signer can be used.

    Raises:
        InputError: `no-request`, `ca-exists`, `wrong-passphrase`, or `not-a-certificate`.
        RefusedError: `key-does-not-match`, and as `check_signer` does.
    """
    if exists(directory / SIGNER_FILE):
        raise InputError(
            "ca-exists", f"{directory} has its signer certificate already.", "Make a new request in another directory."
        )
    if key_path(directory, SIGNER) is None:
        raise InputError(
            "no-request",
            f"There is no signer's key in {directory} that waits for a certificate.",
            "Make one with `atecc-bench ca csr`.",
        )
    signer_key = load_authority_key(directory, SIGNER, secret)
    signer, root_certificate = load_certificate(certificate), load_certificate(root)
    check_key(signer, signer_key)
    check_signer(signer, root_certificate, now)
    files: Mapping[str, bytes] = {
        ROOT_FILE: root_certificate.public_bytes(Encoding.PEM),
        SIGNER_FILE: signer.public_bytes(Encoding.PEM),
    }
    add_authority_files(directory, files)
    return CertificateAuthority(root_certificate, signer, signer_key)


def signer_subject(organization: str, name: str, signer_id: str | None) -> x509.Name:
    """The name of a signer, with its id at the end.

    Raises:
        InputError: `name-not-usable` or `signer-id-not-usable`.
    """
    if signer_id is not None:
        check_signer_id(signer_id)
    return distinguished_name(organization, name if signer_id is None else f"{name} {signer_id}")


def check_signer_id(signer_id: str) -> None:
    """Raise `InputError` (`signer-id-not-usable`) unless it is four upper-case hexadecimal digits."""
    if _SIGNER_ID.fullmatch(signer_id) is None:
        raise InputError(
            "signer-id-not-usable",
            f"{signer_id!r} is no signer id: the 72 bytes on the chip have two bytes for it.",
            "Give four upper-case hexadecimal digits, such as 0001.",
        )
