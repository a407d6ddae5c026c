"""How one provisioning ended, with its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench import __version__
from atecc_bench.diagnose.config.lock_effects import what_locks_protect, what_stays_open
from atecc_bench.errors import BenchError, InputError
from atecc_bench.profiles.what_is_trusted import what_is_trusted
from atecc_bench.provision.model.results import Outcome
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.report.run_document import RunDocument
from atecc_bench.provision.run.preview import Preview


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
            "proofs": [{"id": proof.value, "proved": proof in outcome.proved} for proof in plan.proofs],
            "trusted": what_is_trusted(plan.profile, plan.target_config),
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
