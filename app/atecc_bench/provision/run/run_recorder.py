"""The record of one run while it goes on."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench import __version__
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.profiles.proofs_and_layouts import KeySource
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.provision.model.results import Hooks, Outcome, StepResult, StepStatus, Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.prove_connection import prove_connection
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.escrow import EscrowedKeys, save_escrow
from atecc_bench.records.escrow_recipients import EscrowRecipient
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.journal import Event
from atecc_bench.records.run_records import ESCROW, ChipRecords, to_json

_logger = logging.getLogger(__name__)

Register = Callable[[Registration, Mapping[str, str], tuple[x509.Certificate, ...]], None]


class RunRecorder:
    """Keep journal, saved contents, escrow and results of one run.

    Each method has its part on disk when it returns, so that what follows may touch the chip. `escrow_passphrase` is
    needed when the plan fills secret keys; `progress` hears of each step; `register` queues a registration.

    Raises:
        InputError: `record-not-writable` when the run's folder cannot be made.
    """

    def __init__(
        self,
        plan: Plan,
        records: ChipRecords,
        escrow_passphrase: bytes,
        escrow_recipients: Sequence[EscrowRecipient],
        now: datetime,
        progress: Callable[[StepResult], None],
        register: Register,
    ) -> None:
        self._register = register
        self._plan = plan
        self._records = records
        self._escrow_passphrase = escrow_passphrase
        self._escrow_recipients = tuple(escrow_recipients)
        self._now = now
        self._progress = progress
        self._record = records.begin_run(now)
        self._run = self._record.folder.name
        self._journal = self._record.journal()

    def hooks(self) -> Hooks:
        """What a run calls to have things kept."""
        return Hooks(
            self._note_step, self._save_slots, self._note_key, self._save_escrow, self._register, prove_connection,
            self._note_certificate,
        )  # fmt: skip

    def begin(self) -> None:
        """Note what is about to be done, and save the configuration."""
        plan = self._plan
        self._journal.note(
            Event.BEGIN,
            serial_number=plan.serial_number,
            profile=plan.profile.name,
            profile_sha256=plan.profile.sha256,
            version=__version__,
            virtual=self._records.virtual,
            fields=dict(plan.inputs.fields),
            fill_keys=plan.fill_keys,
            steps=[step.id.value for step in plan.steps],
        )
        if not plan.already_provisioned:
            self._record.write("saved_config_json", to_json({"config": plan.survey.config_bytes.hex()}))

    def end(self, outcome: Outcome, bridge: str) -> Report:
        """Keep how the run ended, and report it.

        `bridge` is what the board says of itself. A PASS whose public key another port has claimed meanwhile becomes a
        FAIL, and so does one whose record cannot be written. What happened to the chip is told all the same.
        """
        report = Report(outcome, self._plan, self._records.virtual, {}, self._now, bridge)
        try:
            report = replace(report, outcome=self._claimed(outcome))
            for name, pem in report.pems().items():
                self._record.write(name, pem)
            report = replace(report, artifacts=self._record.artifacts)
            error = report.outcome.error
            self._record.write("result_json", to_json(report.document().to_json()))
            self._journal.note(Event.END, verdict=report.outcome.verdict.value, error=error.id if error else None)
        except InputError as error:
            failed = replace(report.outcome, verdict=Verdict.FAIL, error=report.outcome.error or error)
            report = replace(report, outcome=failed, record_error=error)
        with suppress(InputError):  # what cannot be read is not listed
            report = replace(report, artifacts=self._record.artifacts)
        return report

    def leave(self) -> None:
        """Let go of the chip, whether or not the run ended."""
        self._records.registry.leave_run(self._plan.serial_number, self._run)

    def _claimed(self, outcome: Outcome) -> Outcome:
        if outcome.verdict is not Verdict.PASS or outcome.public_key is None:
            return outcome
        try:
            if self._plan.external_chain:  # of our own it was noted when it was issued
                self._note_certificate(self._plan.external_chain[0].public_bytes(Encoding.DER))
            self._records.registry.claim(self._plan.serial_number, outcome.public_key, self._now)
        except RefusedError as error:  # another port was faster with the same key
            return replace(outcome, verdict=Verdict.FAIL, error=error, files={})
        return outcome

    def _note_step(self, result: StepResult) -> None:
        if result.id is StepId.LOCK_SLOTS and result.status is StepStatus.RUNNING:
            self._records.registry.lock_slots(self._plan.serial_number, self._run, self._random_keys())
        if result.status is not StepStatus.DONE:
            self._journal.note(Event.STEP, id=result.id.value, status=result.status.value)
        _logger.info("Step %s: %s", result.id.value, result.status.value)
        self._progress(result)

    def _save_slots(self, slots: Mapping[int, bytes]) -> None:
        if "saved_json" not in self._record.artifacts:  # when a step is repeated, what was there first is kept
            self._record.save_slots(slots)

    def _note_key(self, slot: int, public_key: bytes | None) -> None:
        if public_key is None:
            self._journal.note(Event.KEY_BEGINS, slot=slot)
            return
        self._journal.note(Event.KEY, slot=slot, public_key=public_key.hex())
        self._records.registry.check(self._plan.serial_number, public_key)

    def _save_escrow(self, keys: Mapping[int, bytes]) -> None:
        escrowed = EscrowedKeys(self._plan.survey.config.serial_number, keys)
        save_escrow(self._record.folder / ESCROW, escrowed, self._escrow_passphrase, self._escrow_recipients)
        digest = hashlib.sha256(self._record.read("escrow_json")).hexdigest()
        self._records.registry.keep_escrow(self._plan.serial_number, self._run, dict.fromkeys(keys, digest))

    def _random_keys(self) -> tuple[int, ...]:
        """The slots to be locked over a random key.

        Nobody has that key but its escrow file.
        """
        random = {key.slot for key in self._plan.profile.secret_keys if key.source is KeySource.GENERATE}
        return tuple(slot for slot in self._plan.locked_keys if slot in random)

    def _note_certificate(self, der: bytes) -> None:
        issued = IssuedCertificate.of(x509.load_der_x509_certificate(der), der)
        self._journal.note(
            Event.CERTIFICATE, issuer=issued.issuer, serial_number=issued.serial_number, sha256=issued.sha256
        )
        self._records.registry.issue(self._plan.serial_number, issued)
