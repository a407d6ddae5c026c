"""Provisioning one device with its record: run the plan, keep the files, say how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench import __version__
from atecc_bench.chip.session import ChipSession
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.authority import CertificateAuthority
from atecc_bench.provision.plan import Plan
from atecc_bench.provision.records import Records, to_json
from atecc_bench.provision.run import Hooks, Outcome, StepResult, Verdict, run_plan


@dataclass(frozen=True)
class Report:
    """How the provisioning of one device ended, and where its files are."""

    outcome: Outcome
    plan: Plan
    virtual: bool
    artifacts: Mapping[str, Path]
    rehearsed: bool = False
    record_error: InputError | None = None

    @property
    def error(self) -> BenchError | None:
        """What a person has to hear of: why the run failed, or that its record could not be kept."""
        return self.outcome.error or self.record_error

    def pems(self) -> dict[str, bytes]:
        """The certificates of a PASS, by artifact name."""
        certificates = self.outcome.certificates
        if certificates is None or self.outcome.verdict is not Verdict.PASS:
            return {}
        return {
            "device_pem": _pem(certificates.device),
            "signer_pem": _pem(certificates.signer),
            "root_pem": self.plan.issuer.root.public_bytes(Encoding.PEM),
        }

    def document(self) -> dict[str, object]:
        """The one document of `provision --json`; also kept in the record."""
        outcome = self.outcome
        document: dict[str, object] = {
            "virtual": self.virtual,
            "verdict": outcome.verdict.value,
            "serial_number": outcome.serial_number,
            "profile": self.plan.profile.name,
            "rehearsed": self.rehearsed,
            "already_provisioned": self.plan.already_provisioned,
            "steps": [
                {"id": step.id.value, "status": step.status.value, "seconds": round(step.seconds, 4)}
                for step in outcome.steps
            ],
            "timing": {
                "total_s": round(outcome.timing.total_s, 4),
                "chip_s": round(outcome.timing.chip_s, 4),
                "wire_s": round(outcome.timing.wire_s, 4),
            },
            "artifacts": {name: str(path) for name, path in self.artifacts.items()},
            "version": __version__,
        }
        error = self.error
        if self.record_error is not None:
            document["certificates"] = {name: pem.decode("ascii") for name, pem in self.pems().items()}
        if error is not None:
            document["error"] = {"id": error.id, "message": error.message, "hint": error.hint}
        return document


def provision_device(
    session: ChipSession,
    plan: Plan,
    authority: CertificateAuthority | None,
    records: Records,
    *,
    virtual: bool,
    now: datetime,
    progress: Callable[[StepResult], None],
) -> Report:
    """Run the plan and keep a record of it.

    Every run has a record of its own, a refused and a repeated one too.

    Raises:
        InputError: `record-not-writable`, before the first command when the folder cannot be made.

    """
    record = records.begin(plan.serial_number, virtual=virtual, at=now)
    if not plan.already_provisioned:
        record.write("saved_config_json", to_json({"config": plan.survey.config_bytes.hex()}))

    def save(slots: Mapping[int, bytes]) -> None:
        record.write("saved_json", to_json({"slots": {str(slot): slots[slot].hex() for slot in slots}}))

    outcome = run_plan(session, plan, authority, now, Hooks(progress, save))
    report = Report(outcome, plan, virtual, record.artifacts)
    try:
        for name, pem in report.pems().items():
            record.write(name, pem)
        report = replace(report, artifacts=record.artifacts)
        record.write("result_json", to_json(report.document()))
    except InputError as error:
        # What happened to the chip must be told all the same.
        report = replace(report, artifacts=record.artifacts, record_error=error)
    return replace(report, artifacts=record.artifacts)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
