"""The wizard's inputs, and its work on the device's thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.escrow_recipients import EscrowRecipient
from atecc_bench.records.run_records import Records
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.workflows.ca_access import CaAccess
from atecc_bench.workflows.devices.provisioning import PlannedJob, ProvisioningJob, new_job, preview_job, run_job


@dataclass(frozen=True)
class WizardInputs:
    """What was typed in the wizard.

    `ca` is None for a profile that needs none; `inputs` is what the profile asks for each device. With `fill_keys` the
    profile's secret keys are to be filled and locked, and go into escrow under `escrow_passphrase` and for
    `escrow_recipients`.
    """

    ca: CaAccess | None
    inputs: DeviceInputs
    fill_keys: bool = False
    escrow_passphrase: bytes = field(default=b"", repr=False)
    escrow_recipients: tuple[EscrowRecipient, ...] = ()


def job_of(profile: Profile, typed: WizardInputs) -> ProvisioningJob:
    """Make the job for what was typed, its CA unlocked.

    Raises:
        BenchError: What `new_job` and `CaAccess.unlock` raise.
    """
    job = new_job(
        profile, typed.ca, typed.inputs, fill_keys=typed.fill_keys, escrow_passphrase=typed.escrow_passphrase
    )  # fmt: skip
    job = replace(job, escrow_recipients=typed.escrow_recipients)
    return job if typed.ca is None else job.unlocked(typed.ca)


def previewing(
    make_job: Callable[[], ProvisioningJob], records: Records, *, asks: bool
) -> Callable[[DeviceAccess], PlannedJob]:
    """Operation that previews the job that is made first.

    It raises for a rehearsal that failed and, where nobody is asked, for a clock that cannot be right.
    """

    def operation(device: DeviceAccess) -> PlannedJob:
        now = datetime.now(UTC)
        planned = preview_job(make_job(), device, records, now)
        planned.check_rehearsal()
        if not asks:
            planned.check_clock(now)
        return planned

    return operation


def running(planned: PlannedJob) -> Callable[[DeviceAccess], Report]:
    """Operation that runs the plan on the chip.

    Each step's result is reported as it starts and ends.
    """
    return lambda device: run_job(planned, device, datetime.now(UTC), device.report)
