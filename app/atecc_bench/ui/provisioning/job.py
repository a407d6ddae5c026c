"""What the wizard has gathered so far, and the work it hands to the device's thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.pki.authority import (
    CertificateAuthority,
    create_authority,
    load_authority,
    load_authority_certificates,
    save_authority,
)
from atecc_bench.pki.names import organization_of
from atecc_bench.provision.passphrase import ready_passphrase
from atecc_bench.provision.plan import Plan, issuer_of, make_plan
from atecc_bench.provision.profile import Profile
from atecc_bench.provision.records import Records
from atecc_bench.provision.rehearse import Rehearsal, rehearse
from atecc_bench.provision.report import Report, provision_device
from atecc_bench.provision.survey import survey
from atecc_bench.ui.device_worker import Device


@dataclass(frozen=True)
class Names:
    """What was typed: the CA's folder, the organization, or None for the signer's, the passphrase, or nothing."""

    ca: Path
    organization: str | None
    passphrase: bytes = field(repr=False)


@dataclass(frozen=True)
class Prepared:
    """A plan that is ready to run, the unlocked authority, and how the rehearsal went (None: nothing to write)."""

    plan: Plan
    authority: CertificateAuthority = field(repr=False)
    rehearsal: Rehearsal | None


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


def prepare(profile: Profile, names: Names, records: Records) -> Callable[[Device], Prepared]:
    """Unlock the CA, look at the chip, plan and rehearse.

    The passphrase is the one that was typed, else one that lies ready; without any, InputError
    `passphrase-needed`.
    """

    def operation(device: Device) -> Prepared:
        root, signer = load_authority_certificates(names.ca)
        passphrase = names.passphrase or ready_passphrase(names.ca)
        if not passphrase:
            raise InputError("passphrase-needed", "The CA's passphrase is needed to sign.", "Type it, then go on.")
        authority = load_authority(names.ca, passphrase)
        now = datetime.now(UTC)
        found, virtual = survey(device.session, profile), device.board.info.virtual
        doubtful = records.doubtful_keys(found.serial_number, virtual=virtual)
        plan = make_plan(profile, found, issuer_of(root, signer, names.organization), now, doubtful)
        device.report(plan)
        rehearsal = None if plan.already_provisioned else rehearse(plan, now, lambda result: None)
        if rehearsal is not None and rehearsal.outcome.error is not None:
            raise rehearsal.outcome.error
        return Prepared(plan, authority, rehearsal)

    return operation


def run(prepared: Prepared, records: Records) -> Callable[[Device], Report]:
    """Run the plan on the chip; each step's result is reported as it starts and ends."""

    def operation(device: Device) -> Report:
        return provision_device(
            device.session,
            prepared.plan,
            prepared.authority,
            records,
            rehearsal=prepared.rehearsal,
            virtual=device.board.info.virtual,
            bridge=device.board.info.text,
            now=datetime.now(UTC),
            progress=device.report,
        )

    return operation
