"""Provisioning one device with its record.

This runs the plan, keeps the files, and says how it ended.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench import __version__
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.config.lock_effects import what_locks_protect, what_stays_open
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.results import Hooks, Outcome, StepResult, StepStatus, Verdict
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.report.run_document import RunDocument
from atecc_bench.provision.run.identity_check import check_same_chip
from atecc_bench.provision.run.preview import Preview
from atecc_bench.provision.run.rehearse import Rehearsal
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.records.escrow import EscrowedKeys, save_escrow
from atecc_bench.records.journal import Event
from atecc_bench.records.key_registry import KeyRegistry, KeyRepeatedError
from atecc_bench.records.run_records import ESCROW, ChipRecords, to_json

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """How one provisioning ended, and where its files are.

    `bridge` is what the board says of itself.
    """

    outcome: Outcome
    plan: Plan
    virtual: bool
    artifacts: Mapping[str, Path]
    at: datetime
    bridge: str = ""
    rehearsed: bool = False
    record_error: InputError | None = None

    @property
    def error(self) -> BenchError | None:
        """The error that a person has to hear of.

        It says why the run failed, or that its record could not be kept.
        """
        return self.outcome.error or self.record_error

    def pems(self) -> dict[str, bytes]:
        """What is to be kept of the run, by artifact name.

        These are the certificates of a PASS, or a request.
        """
        return dict(self.outcome.files)

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 fingerprints of the certificates, by artifact name.

        They are of the certificates (DER) of a PASS; those of a rehearsal are of stand-ins.
        """
        if self.rehearsed:
            return {}
        files = self.pems()
        names = [name for name in ("device_pem", "signer_pem", "root_pem") if name in files]
        return {name: x509.load_pem_x509_certificate(files[name]).fingerprint(SHA256()).hex() for name in names}

    def document(self, preview: Preview | None = None) -> RunDocument:
        """Make the one document of `provision --json`.

        It is also kept in the record. `preview` is what a rehearsal showed.
        """
        outcome, plan, timing, error = self.outcome, self.plan, self.outcome.timing, self.error
        pems = {name: pem.decode("ascii") for name, pem in self.pems().items()}
        return RunDocument.model_validate({
            "virtual": self.virtual,
            "verdict": outcome.verdict,
            "serial_number": outcome.serial_number,
            "profile": plan.profile.name,
            "profile_sha256": plan.profile.sha256,
            "at": self.at.isoformat(timespec="seconds"),
            "rehearsed": self.rehearsed,
            "already_provisioned": plan.already_provisioned,
            "steps": [
                {"id": step.id.value, "status": step.status.value, "seconds": round(step.seconds, 4)}
                for step in outcome.steps
            ],
            "plan": [step.document for step in plan.steps],
            "replaces": plan.replaced,
            "for_ever": what_locks_protect(plan.target_config),
            "stays_open": what_stays_open(plan.target_config),
            "proofs": [{"id": proof.value, "proved": proof in outcome.proved} for proof in plan.profile.proofs],
            "timing": {
                "total_s": round(timing.total_s, 4),
                "chip_s": round(timing.chip_s, 4),
                "wire_s": round(timing.wire_s, 4),
            },
            "artifacts": {name: str(path) for name, path in self.artifacts.items()},
            "fingerprints": self.fingerprints(),
            "version": __version__,
            "bridge": self.bridge,
            "certificates": pems if self.record_error else None,
            "error": error.document if error else None,
            "foreseen": preview.document() if preview else None,
        })  # fmt: skip


def provision_device(
    session: ChipSession,
    plan: Plan,
    authority: CertificateAuthority | None,
    records: ChipRecords,
    *,
    rehearsal: Rehearsal | None,
    escrow_passphrase: bytes = b"",
    bridge: str = "",
    now: datetime,
    progress: Callable[[StepResult], None],
) -> Report:
    """Run the plan and keep a record of it.

    Every run has a record and a journal of its own, a refused and a repeated one too. `bridge` is what the board says
    of itself, for the record. `rehearsal` may be None when nothing in the plan is for ever; `escrow_passphrase` is
    needed when the plan fills secret keys.

    Raises:
        InputError: `record-not-writable`, before the first command when the folder cannot be made.
        RefusedError: Before the first command: `not-rehearsed`, `serial-number-repeated`, `public-key-repeated`.

    """
    registry, virtual = records.registry, records.virtual
    _check_may_run(plan, rehearsal, registry)
    if not virtual:
        check_same_chip(session, plan, records)
    record = records.begin(now)
    journal = record.journal()
    journal.note(
        Event.BEGIN,
        serial_number=plan.serial_number,
        profile=plan.profile.name,
        profile_sha256=plan.profile.sha256,
        version=__version__,
        virtual=virtual,
        fields=dict(plan.inputs.fields),
        fill_keys=plan.fill_keys,
        steps=[step.id.value for step in plan.steps],
    )
    if not plan.already_provisioned:
        record.write("saved_config_json", to_json({"config": plan.survey.config_bytes.hex()}))

    def on_result(result: StepResult) -> None:
        if result.status is not StepStatus.DONE:
            journal.note(Event.STEP, id=result.id.value, status=result.status.value)
        _logger.info("Step %s: %s", result.id.value, result.status.value)
        progress(result)

    def save(slots: Mapping[int, bytes]) -> None:
        saved = "saved_json" in record.artifacts  # the step was repeated; what was there first is kept
        if not saved:
            record.save_slots(slots)

    def key(slot: int, public_key: bytes | None) -> None:
        if public_key is None:
            journal.note(Event.KEY_BEGINS, slot=slot)
            return
        journal.note(Event.KEY, slot=slot, public_key=public_key.hex())
        registry.check(plan.serial_number, public_key)

    def escrow(keys: Mapping[int, bytes]) -> None:
        save_escrow(record.folder / ESCROW, EscrowedKeys(plan.survey.config.serial_number, keys), escrow_passphrase)

    outcome = run_plan(session, plan, authority, now, Hooks(on_result, save, key, escrow))
    report = Report(outcome, plan, virtual, {}, now, bridge)
    try:
        for name, pem in report.pems().items():
            record.write(name, pem)
        report = replace(report, artifacts=record.artifacts)
        if outcome.verdict is Verdict.PASS and outcome.public_key is not None:
            try:
                registry.claim(plan.serial_number, outcome.public_key, now)
            except KeyRepeatedError as error:  # another port was faster with the same key
                outcome = replace(outcome, verdict=Verdict.FAIL, error=error)
                report = replace(report, outcome=outcome)
        journal.note(Event.END, verdict=outcome.verdict.value, error=outcome.error.id if outcome.error else None)
        record.write("result_json", to_json(report.document().to_json()))
    except InputError as error:
        # What happened to the chip must be told all the same.
        report = replace(report, record_error=error)
    with suppress(InputError):  # what cannot be read is not listed
        report = replace(report, artifacts=record.artifacts)
    return report


def _check_may_run(plan: Plan, rehearsal: Rehearsal | None, registry: KeyRegistry) -> None:
    if plan.irreversible and not (rehearsal and rehearsal.passed_for(plan)):
        raise RefusedError(
            "not-rehearsed",
            "This plan locks the chip for ever, and no rehearsal of it has passed on a twin in the chip's state.",
            "Rehearse first, then run. Nothing was written.",
        )
    for public_key in plan.expected_public_keys:
        registry.check(plan.serial_number, public_key)
