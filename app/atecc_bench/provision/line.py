"""A frozen line: profile, names and CA as a supervisor chose them, kept behind a passphrase until it is given again.

JSON in the user's data folder. Of the passphrase it holds only what Scrypt (RFC 7914) makes of it; nothing in it opens
a CA. It keeps operators from changing what the line makes. It is no protection from somebody who may change the files
of this user.
"""

import hmac
import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority import load_authority
from atecc_bench.provision.durable import sync_names
from atecc_bench.provision.given import Given
from atecc_bench.provision.issuer import issuer_of
from atecc_bench.provision.order import Order
from atecc_bench.provision.profile import KeySource
from atecc_bench.provision.profile_file import load_profile

SHORTEST_PASSPHRASE = 8
_FILE = "line.json"

# OWASP's choice for interactive use: 128 MiB and a few tenths of a second.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_SALT_LENGTH = 16

_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class FrozenLine(BaseModel):
    """What the line makes. `ca` is the folder of the CA, `signer_sha256` the fingerprint of its certificate.

    Both are None for a profile that needs no CA. `fields` are texts of the profile that are the same on every device.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    atecc_bench_line: Annotated[int, Field(ge=1, le=1)] = 1
    profile: str
    profile_sha256: _Hash
    ca: str | None
    signer_sha256: _Hash | None
    organization: str
    fields: dict[str, str]
    fill_keys: bool
    salt: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    passphrase_hash: _Hash

    def check(self, passphrase: bytes) -> None:
        """Compare a passphrase with the supervisor's; takes a few tenths of a second.

        Raises:
            RefusedError: `wrong-supervisor-passphrase`.

        """
        found = _hash(passphrase, bytes.fromhex(self.salt))
        if not hmac.compare_digest(found, bytes.fromhex(self.passphrase_hash)):
            raise RefusedError(
                "wrong-supervisor-passphrase",
                "This is not the supervisor's passphrase.",
                "Type it again; capitals and spaces count.",
            )

    def order(self, ca_passphrase: bytes, escrow_passphrase: bytes) -> Order:
        """Unlock the CA, and make sure that profile and CA are those that were frozen.

        Raises:
            RefusedError: `line-changed`.
            InputError: what `load_profile` and `load_authority` raise, and `escrow-passphrase`.

        """
        profile = load_profile(self.profile)
        if profile.sha256 != self.profile_sha256:
            raise _changed(f"The profile {self.profile}")
        if any(key.source in (KeySource.IMPORT, KeySource.DERIVE) for key in profile.keys):
            raise InputError(
                "line-needs-keys",
                f"The profile {self.profile} needs keys from files, and none of them is kept with the line.",
                "A supervisor has to leave the frozen mode, give the files, and freeze the line again.",
            )
        if self.fill_keys and len(escrow_passphrase) < SHORTEST_PASSPHRASE:
            raise InputError(
                "escrow-passphrase",
                f"The escrow passphrase needs at least {SHORTEST_PASSPHRASE} characters.",
                "It encrypts the secret keys that are filled into each chip.",
            )
        given = Given(fields=self.fields)
        order = Order(profile, None, None, self.fill_keys, escrow_passphrase, given)
        if self.ca is None:
            return order
        authority = load_authority(Path(self.ca), ca_passphrase)
        if _fingerprint(authority.signer) != self.signer_sha256:
            raise _changed(f"The signer of the CA in {self.ca}")
        issuer = issuer_of(authority.root, authority.signer, self.organization)
        return replace(order, issuer=issuer, authority=authority)


def freeze(folder: Path, order: Order, ca: Path | None, passphrase: bytes) -> FrozenLine:
    """Write the line for an order, as it is `for_batch`, into the data folder.

    Raises:
        InputError: `passphrase-too-short`, `line-not-writable`.

    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(
            "passphrase-too-short",
            f"The supervisor's passphrase needs at least {SHORTEST_PASSPHRASE} characters.",
            "Choose a longer one.",
        )
    salt = os.urandom(_SALT_LENGTH)
    line = FrozenLine(
        profile=order.profile.name,
        profile_sha256=order.profile.sha256,
        ca=str(ca.resolve()) if ca else None,
        signer_sha256=_fingerprint(order.issuer.signer) if order.issuer else None,
        organization=order.issuer.organization if order.issuer else "",
        fields=dict(order.given.fields),
        fill_keys=order.fill_keys,
        salt=salt.hex(),
        passphrase_hash=_hash(passphrase, salt).hex(),
    )
    part = folder / f"{_FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(line.model_dump_json(indent=2).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / _FILE)
        sync_names(folder)
    except OSError as error:
        raise _not_writable(folder, error) from error
    return line


def frozen_line(folder: Path) -> FrozenLine | None:
    """The line of a data folder, None when nothing is frozen.

    Raises:
        InputError: `bad-line` when there is one that cannot be read: then nothing may be provisioned.

    """
    path = folder / _FILE
    try:
        return FrozenLine.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise InputError(
            "bad-line",
            f"This line was frozen, and {path} cannot be read.",
            "A supervisor has to look at the file; without it the line is not frozen any more.",
        ) from error


def thaw(folder: Path, line: FrozenLine, passphrase: bytes) -> None:
    """Leave the frozen mode.

    Raises:
        RefusedError: `wrong-supervisor-passphrase`.
        InputError: `line-not-writable`.

    """
    line.check(passphrase)
    try:
        (folder / _FILE).unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error


def _hash(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(passphrase)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex()


def _changed(what: str) -> RefusedError:
    return RefusedError(
        "line-changed",
        f"{what} is not what it was when this line was frozen.",
        "A supervisor has to leave the frozen mode and freeze the line again.",
    )


def _not_writable(folder: Path, error: OSError) -> InputError:
    return InputError(
        "line-not-writable", f"{folder / _FILE} cannot be written: {error.strerror}.", "Make the folder writable."
    )
