"""Provisioning one device with its record."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from cryptography import x509

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.provision.model.results import StepResult
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.identity_check import check_same_chip
from atecc_bench.provision.run.rehearse import Rehearsal
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.provision.run.run_recorder import Register, RunRecorder
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.escrow_recipients import EscrowRecipient
from atecc_bench.records.key_registry import KeyRegistry
from atecc_bench.records.run_records import ChipRecords


def register_nowhere(
    registration: Registration, values: Mapping[str, str], chain: tuple[x509.Certificate, ...]
) -> None:
    """Refuse to leave a registration out.

    Raises:
        RefusedError: `not-registered`.
    """
    raise RefusedError(
        "not-registered",
        "The profile registers its devices, and nothing here does that.",
        "Provision the device with the program's own verbs or wizard.",
    )


def provision_device(
    session: ChipSession,
    plan: Plan,
    authority: CertificateAuthority | None,
    records: ChipRecords,
    *,
    rehearsal: Rehearsal | None,
    escrow_passphrase: bytes = b"",
    escrow_recipients: Sequence[EscrowRecipient] = (),
    bridge: str = "",
    now: datetime,
    progress: Callable[[StepResult], None],
    register: Register = register_nowhere,
) -> Report:
    """Run the plan and keep a record of it.

    Every run has a record and a journal of its own, a refused and a repeated one too. `bridge` is what the board says
    of itself, for the record. `rehearsal` may be None when nothing in the plan is for ever; `escrow_passphrase` is
    needed when the plan fills secret keys, and `escrow_recipients` can open their escrow file too. `register` queues
    what the profile says of a cloud.

    Raises:
        InputError: `record-not-writable`, before the first command when the folder cannot be made.
        RefusedError: Before the first command: `not-rehearsed`, `serial-number-repeated`, `public-key-repeated`,
            `run-open-elsewhere`.

    """
    _check_may_run(plan, rehearsal, records.registry)
    if not records.virtual:
        check_same_chip(session, plan, records)
    recorder = RunRecorder(plan, records, escrow_passphrase, escrow_recipients, now, progress, register)
    try:
        recorder.begin()
        return recorder.end(run_plan(session, plan, authority, now, recorder.hooks()), bridge)
    finally:
        recorder.leave()


def _check_may_run(plan: Plan, rehearsal: Rehearsal | None, registry: KeyRegistry) -> None:
    if plan.irreversible and not (rehearsal and rehearsal.passed_for(plan)):
        raise RefusedError(
            "not-rehearsed",
            "This plan locks the chip for ever, and no rehearsal of it has passed on a twin in the chip's state.",
            "Rehearse first, then run. Nothing was written.",
        )
    for public_key in plan.expected_public_keys:
        registry.check(plan.serial_number, public_key)
