"""Provisioning a chip: preview, confirm, run.

The command line, a batch and the window do it by these functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509

from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issuer import Issuer, issuer_of
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.model.results import (
    CertificateAwaitedError,
    Outcome,
    StepResult,
    StepStatus,
    Timing,
    Verdict,
)
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.make_plan import ca_needed
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.preview import Preview, preview_of
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import Rehearsal, RehearsalFailedError, rehearse
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.escrow_recipients import EscrowRecipient
from atecc_bench.records.run_records import ChipRecords, Records
from atecc_bench.workflows.ca_access import CaAccess
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.doubts import check_clock, doubts_of
from atecc_bench.workflows.devices.registering import fetched_certificate, register_passed
from atecc_bench.workflows.devices.second_opinion import check_opinion


@dataclass(frozen=True)
class ProvisioningJob:
    """Profile, inputs and CA for provisioning a device.

    They say what is to be done to a device. `issuer` is None for a profile that needs none, `authority` until the CA is
    unlocked. `inputs` is what was given for this device alone. With `fill_keys`, `escrow_passphrase` is that of the
    escrow files, and `escrow_recipients` can open them too. One in `opinion_every` devices has
    to be held to another board before the next is begun; 0 demands that of none.
    """

    profile: Profile
    issuer: Issuer | None
    authority: CertificateAuthority | None = field(repr=False)
    fill_keys: bool = False
    escrow_passphrase: bytes = field(default=b"", repr=False)
    inputs: DeviceInputs = field(default_factory=DeviceInputs)
    escrow_recipients: tuple[EscrowRecipient, ...] = ()
    opinion_every: int = 0

    def unlocked(self, ca: CaAccess) -> "ProvisioningJob":
        """The same with its authority.

        Raises:
            BenchError: What `CaAccess.unlock` raises.
        """
        authority = ca.unlock()
        return replace(
            self, issuer=issuer_of(authority.root, authority.signer, ca.organization), authority=authority
        )  # fmt: skip

    def for_batch(self) -> "ProvisioningJob":
        """Copy the job without what belongs to one device.

        That is the certificate, private keys, and texts that differ.
        """
        stay = {one.id for one in self.profile.operator_fields if not one.differs}
        fields = {id_: text for id_, text in self.inputs.fields.items() if id_ in stay}
        return replace(self, inputs=replace(self.inputs, fields=fields, certificate=(), private_keys={}))

    @property
    def asks_for_each_device(self) -> bool:
        """Whether something has to be typed for each device.

        It is needed before the device can be provisioned.
        """
        fields = self.profile.operator_fields
        return any(one.default is None and one.id not in self.inputs.fields for one in fields)

    def with_fields(self, fields: Mapping[str, str]) -> "ProvisioningJob":
        """The same for a device of which these texts were typed."""
        return replace(self, inputs=replace(self.inputs, fields={**self.inputs.fields, **fields}))


@dataclass(frozen=True)
class PlannedJob:
    """A job with its plan for one chip.

    It also says how the rehearsal went, which is None where there is nothing to write.
    """

    job: ProvisioningJob
    plan: Plan
    records: ChipRecords
    rehearsal: Rehearsal | None

    @property
    def needs_authority(self) -> bool:
        """Whether something is signed by the CA."""
        return self.plan.has(StepId.ISSUE) or self.plan.has(StepId.MANIFEST)

    @property
    def rehearsal_error(self) -> RehearsalFailedError | None:
        """Why the rehearsal failed; None when it passed, or there was none."""
        return None if self.rehearsal is None else self.rehearsal.error

    def check_rehearsal(self) -> None:
        """Raise `RehearsalFailedError` when the rehearsal failed."""
        if (error := self.rehearsal_error) is not None:
            raise error

    def check_clock(self, now: datetime) -> None:
        """Refuse to issue unasked with a clock that cannot be right.

        Raises:
            RefusedError: `clock-doubtful`.
        """
        if self.plan.issues and self.plan.doubts:  # without any the records were looked into already
            check_clock(now, self.records.registry)

    def preview(self) -> Preview:
        """What will come of it; only for a rehearsal that passed."""
        return preview_of(self.plan, self.rehearsal)

    def unlocked(self, ca: CaAccess | None, escrow_passphrase: bytes) -> "PlannedJob":
        """Copy the planned job with its CA and escrow passphrase.

        The CA is there where the job needs one, and the passphrase is for new escrow files.
        """
        job = self.job.unlocked(ca) if ca is not None and self.needs_authority else self.job
        return replace(self, job=replace(job, escrow_passphrase=escrow_passphrase))

    def rehearsal_report(self, now: datetime) -> Report:
        """Report how the rehearsal ended, in the form of a run's report.

        Every step waits where there was nothing to rehearse.
        """
        plan, rehearsal = self.plan, self.rehearsal
        if rehearsal is None:
            waiting = tuple(StepResult(step.id, StepStatus.WAITING, 0.0) for step in plan.steps)
            outcome = Outcome(Verdict.PASS, plan.serial_number, waiting, Timing(0, 0, 0), plan.certificates, None)
        elif rehearsal.outcome.went_as_planned:
            outcome = replace(rehearsal.outcome, verdict=Verdict.PASS, error=None)  # nothing is awaited by a rehearsal
        else:
            outcome = replace(rehearsal.outcome, error=rehearsal.error)
        return Report(outcome, plan, self.records.virtual, {}, now, rehearsed=True)


def new_job(
    profile: Profile, ca: CaAccess | None, inputs: DeviceInputs, *, fill_keys: bool, escrow_passphrase: bytes = b""
) -> ProvisioningJob:
    """Make a job whose CA is not unlocked yet.

    A preview needs no passphrase.

    Raises:
        InputError: `ca-needed`, `usage` for a CA that the profile does not need, and what `CaAccess.issuer` raises.
    """
    if ca is None and profile.needs_authority:
        raise ca_needed(profile)
    if ca is not None and not profile.needs_authority:
        raise InputError(
            "usage", f"The profile {profile.name} needs no certificate authority.", "Leave --ca out."
        )  # fmt: skip
    issuer = None if ca is None else ca.issuer()
    return ProvisioningJob(profile, issuer, None, fill_keys, escrow_passphrase, inputs)


def preview_job(job: ProvisioningJob, chip: ConnectedChip, records: Records, now: datetime) -> PlannedJob:
    """Plan from the chip's real state, and rehearse on a twin.

    Whatever would be written is rehearsed. Nothing is written to the chip itself. How the rehearsal went is in what
    this returns.

    Raises:
        BenchError: What `plan_for_chip` and `check_opinion` raise.
    """
    of_chip = chip.records_in(records)
    plan = plan_for_chip(
        chip.session, job.profile, job.issuer, of_chip, now,
        inputs=job.inputs, fill_keys=job.fill_keys, escrow_passphrase=job.escrow_passphrase,
    )  # fmt: skip
    if not plan.already_provisioned:
        check_opinion(of_chip, job.opinion_every)
    plan = replace(plan, doubts=doubts_of(plan, chip.board.url, now, of_chip.registry))
    rehearsal = None if plan.already_provisioned else rehearse(plan, now, lambda result: None)
    return PlannedJob(job, plan, of_chip, rehearsal)


def run_job(
    planned: PlannedJob, chip: ConnectedChip, now: datetime, on_progress: Callable[[StepResult], None]
) -> Report:
    """Run a job that was previewed, and confirmed where needed.

    The plan says whether it needs that. A certificate that the profile has a cloud issue is fetched, and the run goes
    on with it.

    Raises:
        RehearsalFailedError: The rehearsal failed.
        BenchError: What `provision_device` raises.
    """
    planned.check_rehearsal()
    report = _run(planned, chip, now, on_progress)
    registration = planned.job.profile.registration
    request = report.outcome.files.get("csr_pem")
    if registration is None or request is None or not registration.fetches_certificate:
        return report
    try:
        certificate = fetched_certificate(registration, request)
    except BenchError as error:
        return replace(report, outcome=replace(report.outcome, error=_not_fetched(error)))
    inputs = replace(planned.job.inputs, certificate=certificate)
    plan = plan_for_chip(
        chip.session, planned.job.profile, planned.job.issuer, planned.records, now, inputs=inputs,
        fill_keys=planned.job.fill_keys, escrow_passphrase=planned.job.escrow_passphrase,
    )  # fmt: skip
    rehearsal = None if plan.already_provisioned else rehearse(plan, now, lambda result: None)
    job = replace(planned.job, inputs=inputs)
    return _run(replace(planned, job=job, plan=plan, rehearsal=rehearsal), chip, now, on_progress)


def _run(
    planned: PlannedJob, chip: ConnectedChip, now: datetime, on_progress: Callable[[StepResult], None]
) -> Report:  # fmt: skip
    return provision_device(
        chip.session,
        planned.plan,
        planned.job.authority,
        planned.records,
        rehearsal=planned.rehearsal,
        escrow_passphrase=planned.job.escrow_passphrase,
        escrow_recipients=planned.job.escrow_recipients,
        bridge=chip.board.info.text,
        now=now,
        progress=on_progress,
        register=lambda registration, values, chain: _queue(planned.records, registration, values, chain),
    )


def _queue(
    records: ChipRecords, registration: Registration, values: Mapping[str, str], chain: tuple[x509.Certificate, ...]
) -> None:
    register_passed(records, registration, values, chain)


def _not_fetched(error: BenchError) -> CertificateAwaitedError:
    return CertificateAwaitedError(
        f"The chip's request is made, and its certificate could not be fetched: {error.message}",
        f"{error.hint} Then provision the chip again: the same request is made, or give the certificate with --cert.",
    )
