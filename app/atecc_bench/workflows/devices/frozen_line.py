"""A production line frozen by a supervisor.

The profile, the names and the CA are as the supervisor chose them, and stay so until the passphrase is given again.

The line is JSON in the user's data folder. Of the passphrase it holds only what Scrypt (RFC 7914) makes of it: one half
of that tells the right passphrase, the other, which is not kept, seals all that the file says (HMAC-SHA256). Nothing in
it opens a CA.

What somebody at this computer can do, and what becomes of it:

- Edit the file. Its checksum is looked at whenever it is read, and a file that does not fit it stops the line.
- Edit it and make the checksum fit. No device is made before a supervisor begins a batch with the passphrase, and the
  seal, which takes the passphrase, no longer fits then.
- Put in a hash and a seal made with a passphrase of his own. Then the supervisor's passphrase does not fit.
- Change the profile or the CA. Their hashes are in the file and are compared when a batch begins. What a running batch
  makes was read before it began.

None of that can be prevented for the files themselves: whoever may write in this user's data folder can delete the
file, or have the program use another folder (ATECC_BENCH_DATA), and then the line is not frozen, which the window shows
by offering everything. The command line knows no frozen line either: it is for who has a terminal. Against that only
the operating system helps, with an account for operators that starts nothing but the window and deletes nothing.
"""

import hashlib
import hmac
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.file_checks import is_folder
from atecc_bench.passphrases import check_new_passphrase
from atecc_bench.pki.authority.certificate_authority import load_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.private_files import make_private_folder, open_private
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.proofs_and_layouts import KeySource
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.records.durable_files import sync_names
from atecc_bench.records.escrow_recipients import EscrowRecipient
from atecc_bench.workflows.devices.provisioning import ProvisioningJob

_FILE = "line.json"
_ADDED = frozenset({"escrow_recipients", "opinion_every", "training"})

# OWASP's choice for interactive use: 128 MiB and a few tenths of a second.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_SALT_LENGTH = 16

_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class FrozenLine(BaseModel):
    """Settings of a frozen production line.

    They say what the line makes. `ca` is the folder of the CA, `signer_sha256` the fingerprint of its certificate. Both
    are None for a profile that needs no CA. `fields` are texts of the profile that are the same on every device.
    `escrow_recipients` are public keys, and one in `opinion_every` devices has to be held to another board. With
    `training` only chips in software count, and none of silicon is written. `seal` is
    over all that stands before it, `checksum` over that and the seal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    atecc_bench_line: Annotated[int, Field(ge=2, le=2)] = 2
    profile: str
    profile_sha256: _Hash
    ca: str | None
    signer_sha256: _Hash | None
    organization: str
    fields: dict[str, str]
    fill_keys: bool
    escrow_recipients: tuple[str, ...] = ()
    opinion_every: Annotated[int, Field(ge=0)] = 0
    training: bool = False
    salt: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    passphrase_hash: _Hash
    seal: _Hash = ""
    checksum: _Hash = ""

    def check(self, passphrase: bytes) -> None:
        """Check the supervisor's passphrase, and that the line is unchanged.

        The line has to be as it was frozen with this passphrase. The check takes a few tenths of a second.

        Raises:
            RefusedError: `wrong-supervisor-passphrase`, `line-changed`.
        """
        if not hmac.compare_digest(self._sealed(self.seal_key(passphrase)), self.seal):
            raise _changed("The file of the frozen line")

    def seal_key(self, passphrase: bytes) -> bytes:
        """Key that the seal is made with.

        Raises:
            RefusedError: `wrong-supervisor-passphrase`.
        """
        found, seal_key = _hashes(passphrase, bytes.fromhex(self.salt))
        if not hmac.compare_digest(found.hex(), self.passphrase_hash):
            raise RefusedError(
                "wrong-supervisor-passphrase",
                "This is not the supervisor's passphrase.",
                "Type it again; capitals and spaces count.",
            )
        return seal_key

    @property
    def fits_checksum(self) -> bool:
        """Whether nobody has edited the file without making a new checksum, too."""
        return self._summed() == self.checksum

    def with_seal(self, seal_key: bytes) -> "FrozenLine":
        """The line with its seal and its checksum."""
        sealed = self.model_copy(update={"seal": self._sealed(seal_key)})
        return sealed.model_copy(update={"checksum": sealed._summed()})

    def _sealed(self, seal_key: bytes) -> str:
        return hmac.digest(seal_key, self._content("seal", "checksum"), "sha256").hex()

    def _summed(self) -> str:
        return hashlib.sha256(self._content("checksum")).hexdigest()

    def _content(self, *without: str) -> bytes:
        return json.dumps(self.to_json(*without), sort_keys=True).encode("ascii")

    def to_json(self, *without: str) -> dict[str, object]:
        """The line as a JSON document.

        It is as earlier versions wrote it where nothing else was chosen.
        """
        document = self.model_dump(exclude=set(without), mode="json")
        return {name: value for name, value in document.items() if value or name not in _ADDED}

    def job(self, ca_passphrase: bytes, escrow_passphrase: bytes) -> ProvisioningJob:
        """Unlock the CA and make the job of the line.

        It makes sure that profile and CA are those that were frozen.

        Raises:
            RefusedError: `line-changed`.
            InputError: What `load_profile` and `load_authority` raise, and `escrow-passphrase`.
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
        if self.fill_keys:
            try:
                check_new_passphrase(escrow_passphrase, "The escrow passphrase")
            except InputError as error:
                raise InputError(
                    "escrow-passphrase", error.message, "It encrypts the secret keys that are filled into each chip."
                ) from error
        inputs = DeviceInputs(fields=self.fields)
        recipients = tuple(EscrowRecipient(jwk) for jwk in self.escrow_recipients)
        job = ProvisioningJob(
            profile, None, None, self.fill_keys, escrow_passphrase, inputs, recipients, self.opinion_every
        )
        if self.ca is None:
            return job
        authority = load_authority(Path(self.ca), ca_passphrase)
        if _fingerprint(authority.signer) != self.signer_sha256:
            raise _changed(f"The signer of the CA in {self.ca}")
        issuer = issuer_of(authority.root, authority.signer, self.organization)
        return replace(job, issuer=issuer, authority=authority)


def freeze(
    folder: Path, job: ProvisioningJob, ca: Path | None, passphrase: bytes, *, training: bool = False
) -> FrozenLine:
    """Write the frozen line for an order into the data folder.

    The order is as it is `for_batch`.

    Raises:
        InputError: `line-not-writable`, and what `check_new_passphrase` raises.
    """
    check_new_passphrase(passphrase, "The supervisor's passphrase")
    salt = os.urandom(_SALT_LENGTH)
    passphrase_hash, seal_key = _hashes(passphrase, salt)
    line = FrozenLine(
        profile=job.profile.name,
        profile_sha256=job.profile.sha256,
        ca=str(ca.resolve()) if ca else None,
        signer_sha256=_fingerprint(job.issuer.signer) if job.issuer else None,
        organization=job.issuer.organization if job.issuer else "",
        fields=dict(job.inputs.fields),
        fill_keys=job.fill_keys,
        escrow_recipients=tuple(one.jwk for one in job.escrow_recipients),
        opinion_every=job.opinion_every,
        training=training,
        salt=salt.hex(),
        passphrase_hash=passphrase_hash.hex(),
    ).with_seal(seal_key)
    part = folder / f"{_FILE}.part"
    try:
        if not is_folder(folder):
            make_private_folder(folder)
        part.unlink(missing_ok=True)
        with open_private(part, "xb") as file:
            file.write(json.dumps(line.to_json(), indent=2).encode() + b"\n")
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
        InputError: `bad-line` when there is one that cannot be read or was edited: then nothing may be provisioned.

    """
    path = folder / _FILE
    try:
        line = FrozenLine.model_validate_json(read_bounded(path))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise InputError(
            "bad-line",
            f"This line was frozen, and {path} cannot be read.",
            "A supervisor has to look at the file; without it the line is not frozen any more.",
        ) from error
    if not line.fits_checksum:
        raise InputError(
            "bad-line",
            f"This line was frozen, and {path} was edited since.",
            "A supervisor has to remove the file and freeze the line again; nothing is provisioned until then.",
        )
    return line


def thaw(folder: Path, line: FrozenLine, passphrase: bytes) -> None:
    """Leave the frozen mode, also when the file was changed meanwhile.

    Raises:
        RefusedError: `wrong-supervisor-passphrase`.
        InputError: `line-not-writable`.

    """
    line.seal_key(passphrase)
    try:
        (folder / _FILE).unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error


def _hashes(passphrase: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """One hash to know the passphrase by, and one to seal with."""
    both = Scrypt(salt=salt, length=64, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(passphrase)
    return both[:32], both[32:]


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
