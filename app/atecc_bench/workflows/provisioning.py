"""An order: what is to be done to each device, whoever gives it, and doing it to one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issuer import Issuer
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.model.results import StepResult
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.recorded_run import Report, provision_device
from atecc_bench.provision.run.rehearse import Rehearsal, rehearse
from atecc_bench.records.run_records import Records


@dataclass(frozen=True)
class ProvisioningJob:
    """Profile, names and an unlocked authority; with `fill_keys` the passphrase of the escrow files.

    Issuer and authority are None for a profile that needs none. `inputs` is what was given for this device alone.
    """

    profile: Profile
    issuer: Issuer | None
    authority: CertificateAuthority | None = field(repr=False)
    fill_keys: bool = False
    escrow_passphrase: bytes = field(default=b"", repr=False)
    inputs: DeviceInputs = field(default_factory=DeviceInputs)

    def for_batch(self) -> "ProvisioningJob":
        """Without what belongs to one device: a certificate and a private key from outside, and texts that differ."""
        stay = {one.id for one in self.profile.operator_fields if not one.differs}
        fields = {id_: text for id_, text in self.inputs.fields.items() if id_ in stay}
        return replace(self, inputs=replace(self.inputs, fields=fields, certificate=(), private_keys={}))

    @property
    def asks_for_each_device(self) -> bool:
        """Whether something has to be typed for each device before it can be provisioned."""
        fields = self.profile.operator_fields
        return any(one.default is None and one.id not in self.inputs.fields for one in fields)

    def with_fields(self, fields: Mapping[str, str]) -> "ProvisioningJob":
        """For a device of which these texts were typed."""
        return replace(self, inputs=replace(self.inputs, fields={**self.inputs.fields, **fields}))


@dataclass(frozen=True)
class PlannedJob:
    """A plan that is ready to run, and how its rehearsal went (None: there is nothing to write)."""

    job: ProvisioningJob
    plan: Plan
    rehearsal: Rehearsal | None


def prepare(
    job: ProvisioningJob,
    session: ChipSession,
    records: Records,
    *,
    virtual: bool,
    now: datetime,
) -> PlannedJob:
    """Look at the chip, plan from its real state, and rehearse on a twin.

    Nothing is written. Raises what `make_plan` raises, and `RefusedError` (`rehearsal-failed`).
    """
    plan = plan_for_chip(
        session, job.profile, job.issuer, records, now,
        virtual=virtual, inputs=job.inputs, fill_keys=job.fill_keys, escrow_passphrase=job.escrow_passphrase,
    )  # fmt: skip
    rehearsal = None if plan.already_provisioned else rehearse(plan, now, lambda result: None)
    if rehearsal is not None and rehearsal.error is not None:
        raise rehearsal.error
    return PlannedJob(job, plan, rehearsal)


def carry_out(
    prepared: PlannedJob,
    session: ChipSession,
    records: Records,
    *,
    virtual: bool,
    bridge: str,
    now: datetime,
    progress: Callable[[StepResult], None],
) -> Report:
    """Run what was prepared, and confirmed where it locks something; raises as `provision_device`."""
    return provision_device(
        session,
        prepared.plan,
        prepared.job.authority,
        records,
        rehearsal=prepared.rehearsal,
        escrow_passphrase=prepared.job.escrow_passphrase,
        virtual=virtual,
        bridge=bridge,
        now=now,
        progress=progress,
    )
