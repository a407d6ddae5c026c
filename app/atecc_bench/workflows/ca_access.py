"""Access to a certificate authority.

That is its folder, its passphrase, and where that passphrase may lie ready.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.passphrases import check_new_passphrase
from atecc_bench.pki.authority.certificate_authority import (
    SIGNER,
    CertificateAuthority,
    create_authority,
    load_authority,
    load_authority_certificates,
    save_authority,
)
from atecc_bench.pki.authority.issuer import Issuer, issuer_of
from atecc_bench.pki.authority.key_store import weakly_encrypted
from atecc_bench.pki.encoding.distinguished_names import organization_of
from atecc_bench.records.run_records import Records

VARIABLE = "ATECC_BENCH_CA_PASSPHRASE"
SERVICE = "atecc-bench"
_WEAK = "Its key is encrypted as weakly as earlier versions did: the next unlocking encrypts it anew."


@dataclass(frozen=True)
class CaAccess:
    """Folder, organization and passphrase of a certificate authority (CA).

    They are as somebody named them. `organization` None is the signer's, and `passphrase` is there if one was typed.
    """

    folder: Path
    organization: str | None = None
    passphrase: bytes = field(default=b"", repr=False)

    def issuer(self) -> Issuer:
        """Its certificates, for which nobody needs a passphrase.

        Raises:
            InputError: `no-ca`, `not-a-certificate`, `organization-needed`.

        """
        root, signer = load_authority_certificates(self.folder)
        return issuer_of(root, signer, self.organization)

    def unlock(self) -> CertificateAuthority:
        """Open the CA with its passphrase.

        It is the one that was typed, else one that lies ready. This takes a moment.

        Raises:
            InputError: `passphrase-needed` without any, and what `load_authority` raises.
        """
        passphrase = self.passphrase or ready_passphrase(self.folder)
        if not passphrase:
            raise InputError("passphrase-needed", "The CA's passphrase is needed to sign.", "Type it, then go on.")
        return load_authority(self.folder, passphrase)

    def weakly_encrypted(self) -> tuple[str, ...]:
        """Key files that `unlock` encrypts anew.

        Raises:
            InputError: `no-ca`.
        """
        return tuple(name for name in weakly_encrypted(self.folder) if name.startswith(SIGNER))


def default_ca(records: Records) -> Path:
    """Default CA folder of the wizard.

    The wizard looks for a CA there, and makes one there.
    """
    return records.folder.parent / "ca"


@dataclass(frozen=True)
class CaSummary:
    """Summary of a CA's certificates in words.

    `organization` is the signer's, and is empty when the signer names none. `remark` is what its owner should know.
    """

    root: str
    signer: str
    organization: str
    remark: str = ""


def read_ca(folder: Path) -> CaSummary:
    """Read the certificates of a CA.

    Raises:
        InputError: `no-ca`, `not-a-certificate`.

    """
    root, signer = load_authority_certificates(folder)
    try:
        return CaSummary(
            root.subject.rfc4514_string(),
            f"{signer.subject.rfc4514_string()}, valid until {signer.not_valid_after_utc:%Y-%m-%d}",
            organization_of(signer.subject) or "",
            _WEAK if CaAccess(folder).weakly_encrypted() else "",
        )
    except ValueError as error:  # names and dates are parsed when they are first asked for
        raise InputError(
            "not-a-certificate",
            f"A certificate in {folder} is malformed: {error}.",
            "Choose another folder, or put the right certificates there.",
        ) from error


def make_ca(folder: Path, organization: str, passphrase: bytes) -> None:
    """Make a new CA in a folder.

    Raises:
        InputError: What `check_new_passphrase`, `create_authority` and `save_authority` raise.
    """
    check_new_passphrase(passphrase)
    authority, root_key = create_authority(organization=organization, now=datetime.now(UTC))
    save_authority(folder, authority, root_key, passphrase)


def ready_passphrase(directory: Path) -> bytes | None:
    """Passphrase of the CA in `directory`, found without asking anybody."""
    return os.fsencode(os.environ.get(VARIABLE, "")) or _from_keyring(directory)


def remember(directory: Path, passphrase: bytes) -> None:
    """Put the passphrase into this user's keyring.

    Raises:
        InputError: `no-keyring`.

    """
    # Imported where it is used: looking for the system's keyring takes a while.
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, str(directory.resolve()), passphrase.decode())
    except (KeyringError, UnicodeDecodeError) as error:
        raise InputError(
            "no-keyring",
            f"the keyring does not take the passphrase: {type(error).__name__}.",
            "Use --passphrase-file instead.",
        ) from error


def _from_keyring(directory: Path) -> bytes | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        password = keyring.get_password(SERVICE, str(directory.resolve()))
    except KeyringError:
        return None  # no keyring on this system: somebody will be asked
    return password.encode() if password else None
