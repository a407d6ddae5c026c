"""A finished chip held to another board, against its record.

A board can show what it likes. Another one, which was not there when the chip was provisioned, shows the chip itself.
Reads only; that a chip was as its record says is noted, for lines that demand it of one in so many.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.profiles.server_proof import TlsProof
from atecc_bench.provision.model.results import Hooks, Outcome
from atecc_bench.provision.model.step import StepEffect, StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.report.run_document import RunDocument
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.records.run_records import ChipRecords, DeviceRecord, Records
from atecc_bench.workflows.connected_chip import ConnectedChip
from atecc_bench.workflows.devices.finished_run import newest_pass, plan_again, profile_of

_MOST_COUNTED = 1000  # of devices that wait, so that a line with very many on record need not read them all


@dataclass(frozen=True)
class SecondOpinion:
    """What a chip showed of what its record says.

    `run` is the PASS that it was held against. `error` says why it is not that chip in that state any more.
    """

    run: RunDocument
    outcome: Outcome | None
    error: BenchError | None

    @property
    def agrees(self) -> bool:
        """Whether everything is as the record says."""
        return self.error is None


def second_opinion(chip: ConnectedChip, records: Records, now: datetime) -> SecondOpinion:
    """Hold a chip against the newest PASS on record of it.

    Raises:
        InputError: `no-record` without a PASS on this computer, `profile-changed`, and what reading the record and
            noting the opinion raise.
        DeviceError: The way to the chip failed.
    """
    of_chip = chip.records_in(records)
    found = newest_pass(of_chip)
    if found is None:
        raise InputError(
            "no-record",
            f"This computer has no PASS of the chip {of_chip.serial_number} on record to hold it against.",
            "Verify it on the computer that provisioned it, or point ATECC_BENCH_DATA to that one's data.",
        )
    run, record = found
    profile = profile_of(run)
    try:
        plan = _plan(chip, profile, of_chip, record, now)
        _check_known_key(plan, of_chip)
        outcome = run_plan(chip.session, plan, None, now, _no_hooks())
    except RefusedError as error:
        return SecondOpinion(run, None, error)
    error = outcome.error or _other_certificate(outcome, record)
    if error is None:
        of_chip.opinions.note(of_chip.serial_number, now)
    return SecondOpinion(run, outcome, error)


def check_opinion(records: ChipRecords, every: int) -> None:
    """Refuse another device while a second opinion is due.

    One is due when `every` devices have passed since one of them was held to another board; 0 demands none.

    Raises:
        InputError: `record-not-readable`.
        RefusedError: `second-opinion-due`.
    """
    if not every:
        return
    waiting = records.opinions.waiting(max(every, _MOST_COUNTED))
    if len(waiting) >= every:
        raise RefusedError(
            "second-opinion-due",
            f"{len(waiting)} devices have passed here since one of them was held to another board, and one in {every} "
            "has to be.",
            f"Plug one of them, {waiting[-1]} for example, into another board: atecc-bench verify --port OTHER",
        )


def _no_hooks() -> Hooks:
    return Hooks.keeping_nothing(lambda result: None)


def _plan(chip: ConnectedChip, profile: Profile, records: ChipRecords, record: DeviceRecord, now: datetime) -> Plan:
    plan = plan_again(chip, profile, records, record, now)
    if not plan.already_provisioned:
        left = [step.title for step in plan.steps if step.effect is not StepEffect.READS]
        raise RefusedError(
            "not-as-on-record",
            f"The chip {plan.serial_number} is not what its record says; it would take: {', '.join(left)}.",
            "Somebody changed it since, or the board that provisioned it showed what was not there.",
        )
    # What the authority signed needs its key again, and what a server says is not about the chip.
    proofs = tuple(one for one in profile.proofs if one is not Proof.MANIFEST and not isinstance(one, TlsProof))
    steps = tuple(step for step in plan.steps if step.id not in (StepId.MANIFEST, StepId.REGISTER, StepId.CONNECT))
    return replace(plan, profile=profile.model_copy(update={"proofs": proofs}), steps=steps)


def _check_known_key(plan: Plan, records: ChipRecords) -> None:
    known = records.registry.keys_of(plan.serial_number)
    slot = plan.profile.device_key_slot
    if plan.survey.public_keys[slot].hex() not in known:
        raise RefusedError(
            "not-as-on-record",
            f"The key in slot {slot} of the chip {plan.serial_number} is not the one on record.",
            "It was made anew since, or the board that provisioned the chip gave another for it.",
        )


def _other_certificate(outcome: Outcome, record: DeviceRecord) -> RefusedError | None:
    kept = load_certificate(record.read("device_pem")).public_bytes(Encoding.DER)
    if outcome.certificates is None or outcome.certificates.device == kept:
        return None
    return RefusedError(
        "not-as-on-record",
        f"The chip {outcome.serial_number} holds another device certificate than the one on record.",
        "See what differs with `atecc-bench diagnose`.",
    )
