"""Provisioning one device with its record: run the plan, keep the files, say how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench import __version__
from atecc_bench.chip.session import ChipSession
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
        if outcome.error is not None:
            error = outcome.error
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

    def save(slots: Mapping[int, bytes]) -> None:
        saved = {str(slot): content.hex() for slot, content in slots.items()}
        record.write("saved_json", to_json({"config": plan.survey.config_bytes.hex(), "slots": saved}))

    outcome = run_plan(session, plan, authority, now, Hooks(progress, save))
    certificates = outcome.certificates
    if certificates is not None and outcome.verdict is Verdict.PASS:
        record.write("device_pem", _pem(certificates.device))
        record.write("signer_pem", _pem(certificates.signer))
        record.write("root_pem", plan.issuer.root.public_bytes(Encoding.PEM))
    report = Report(outcome, plan, virtual, record.artifacts)
    record.write("result_json", to_json(report.document()))
    return report


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
