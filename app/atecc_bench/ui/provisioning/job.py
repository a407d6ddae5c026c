"""What the wizard has gathered so far, and the work it hands to the device's thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from atecc_bench.pki.authority import CertificateAuthority, load_authority, load_authority_certificates
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
    """What the operator chose: the CA's folder, the organization, or None for the signer's, the passphrase."""

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


def typed_or_ready(ca: Path, typed: str) -> bytes:
    """The passphrase as typed, else one that lies ready; empty when there is none."""
    return typed.encode() or ready_passphrase(ca) or b""


def prepare(profile: Profile, names: Names) -> Callable[[Device], Prepared]:
    """Unlock the CA, look at the chip, plan and rehearse."""

    def operation(device: Device) -> Prepared:
        root, signer = load_authority_certificates(names.ca)
        authority = load_authority(names.ca, names.passphrase)
        now = datetime.now(UTC)
        plan = make_plan(profile, survey(device.session, profile), issuer_of(root, signer, names.organization), now)
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
            virtual=device.board.info.virtual,
            now=datetime.now(UTC),
            progress=device.report,
        )

    return operation
