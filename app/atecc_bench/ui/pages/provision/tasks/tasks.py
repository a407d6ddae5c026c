"""What the wizard has gathered so far, and the work it hands to the device's thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.pki.authority.certificate_authority import (
    CertificateAuthority,
    create_authority,
    load_authority,
    load_authority_certificates,
    save_authority,
)
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.pki.encoding.distinguished_names import organization_of
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.run.recorded_run import Report
from atecc_bench.records.run_records import Records
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.workflows.ca_access import ready_passphrase
from atecc_bench.workflows.provisioning import PlannedJob, ProvisioningJob, carry_out, prepare


@dataclass(frozen=True)
class CaAccess:
    """A CA as it was typed: its folder, the organization, or None for the signer's, the passphrase, or nothing."""

    folder: Path
    organization: str | None
    passphrase: bytes = field(repr=False)

    def unlock(self) -> CertificateAuthority:
        """Open it with the passphrase that was typed, else with one that lies ready. Takes a moment.

        Raises:
            InputError: `passphrase-needed` without any, and what `load_authority` raises.

        """
        passphrase = self.passphrase or ready_passphrase(self.folder)
        if not passphrase:
            raise InputError("passphrase-needed", "The CA's passphrase is needed to sign.", "Type it, then go on.")
        return load_authority(self.folder, passphrase)


@dataclass(frozen=True)
class Names:
    """What was typed. `ca` is None for a profile that needs none; `inputs` is what the profile asks for each device.

    `fill_keys`: the profile's secret keys are to be filled and locked, and go into escrow under `escrow_passphrase`.
    """

    ca: CaAccess | None
    inputs: DeviceInputs
    fill_keys: bool = False
    escrow_passphrase: bytes = field(default=b"", repr=False)


def default_ca(records: Records) -> Path:
    """The folder in which the wizard looks for a CA, and makes one."""
    return records.folder.parent / "ca"


@dataclass(frozen=True)
class CaSummary:
    """A CA's certificates in words; `organization` is the signer's, empty when it names none."""

    root: str
    signer: str
    organization: str


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
        )
    except ValueError as error:  # names and dates are parsed when they are first asked for
        raise InputError(
            "not-a-certificate",
            f"A certificate in {folder} is malformed: {error}.",
            "Choose another folder, or put the right certificates there.",
        ) from error


def make_ca(folder: Path, organization: str, passphrase: bytes) -> None:
    """Make a new CA in a folder; raises what `create_authority` and `save_authority` raise."""
    authority, root_key = create_authority(organization=organization, now=datetime.now(UTC))
    save_authority(folder, authority, root_key, passphrase)


def job_of(profile: Profile, names: Names) -> ProvisioningJob:
    """The order for what was typed, its CA unlocked; raises what `unlock` raises."""
    job = ProvisioningJob(profile, None, None, names.fill_keys, names.escrow_passphrase, names.inputs)
    if names.ca is None:
        return job
    authority = names.ca.unlock()
    issuer = issuer_of(authority.root, authority.signer, names.ca.organization)
    return replace(job, issuer=issuer, authority=authority)


def preparing(job: Callable[[], ProvisioningJob], records: Records) -> Callable[[DeviceAccess], PlannedJob]:
    """Look at the chip, plan and rehearse, by the order that is made first."""

    def operation(device: DeviceAccess) -> PlannedJob:
        virtual = device.board.info.virtual
        now = datetime.now(UTC)
        return prepare(job(), device.session, records, virtual=virtual, now=now)

    return operation


def running(prepared: PlannedJob, records: Records) -> Callable[[DeviceAccess], Report]:
    """Run the plan on the chip; each step's result is reported as it starts and ends."""

    def operation(device: DeviceAccess) -> Report:
        board = device.board.info
        return carry_out(
            prepared,
            device.session,
            records,
            virtual=board.virtual,
            bridge=board.text,
            now=datetime.now(UTC),
            progress=device.report,
        )

    return operation
