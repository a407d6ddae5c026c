"""What the files of a run say, as the ledger has it."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.report.device_history import steps_of_journal
from atecc_bench.records.escrow import escrowed_slots
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.journal import Event
from atecc_bench.records.run_records import DeviceRecord
from atecc_bench.records.verdict import StepStatus

REPEATED: Final = "certificate-serial-repeated"
_ESCROW, _DEVICE = "escrow_json", "device_pem"


@dataclass(frozen=True)
class Step:
    """A step that was begun."""

    step: str
    status: str
    seconds: float


@dataclass(frozen=True)
class RunFacts:
    """A run by its journal and the files beside it.

    `verdict` is None where the journal has no end. `escrow` is the SHA-256 of its escrow file, for `escrowed`;
    `locked` says that slots were to be locked.
    """

    name: str
    profile: str
    profile_sha256: str
    version: str
    began: datetime | None
    ended: datetime | None
    verdict: str | None
    error: str | None
    steps: tuple[Step, ...]
    certificates: tuple[IssuedCertificate, ...]
    escrowed: tuple[int, ...] = ()
    escrow: bytes = field(default=b"", repr=False)
    locked: bool = False

    @property
    def provisions(self) -> bool:
        """Whether it was a provisioning.

        It is none when a key was changed on its own.
        """
        return bool(self.profile)

    @property
    def failed_step(self) -> str | None:
        """The step in which it failed or was cut off."""
        last = self.steps[-1] if self.steps else None
        return last.step if last is not None and last.status != StepStatus.DONE else None


def run_facts(record: DeviceRecord, serial_number: str) -> RunFacts | None:
    """Read the files of a run.

    None where no journal tells that it began.

    Raises:
        InputError: `record-not-readable`.
    """
    lines = list(record.journal_lines())
    begin = next((line for line in lines if line.get("event") == Event.BEGIN), None)
    if begin is None:
        return None
    end = next((line for line in reversed(lines) if line.get("event") == Event.END), None)
    error = _text(end, "error") or None
    try:
        steps = tuple(Step(str(one["id"]), str(one["status"]), _seconds(one)) for one in steps_of_journal(lines))
    except (ValueError, TypeError):
        steps = ()  # JSON, but no journal: the rest of it may tell
    escrow = record.read(_ESCROW) if _ESCROW in record.artifacts else b""
    return RunFacts(
        record.folder.name,
        _text(begin, "profile"),
        _text(begin, "profile_sha256"),
        _text(begin, "version"),
        _moment(begin.get("at")),
        None if end is None else _moment(end.get("at")),
        None if end is None else _text(end, "verdict"),
        error,
        steps,
        () if error == REPEATED else (_noted(lines) or _kept(record)),
        escrowed_slots(escrow, serial_number) if escrow else (),
        hashlib.sha256(escrow).digest() if escrow else b"",
        any(step.step == StepId.LOCK_SLOTS for step in steps),
    )


def certificates_of(record: DeviceRecord) -> tuple[IssuedCertificate, ...]:
    """The device certificate that a record has, also one without a journal.

    Raises:
        InputError: `record-not-readable`.
    """
    return _kept(record)


def _noted(lines: list[Any]) -> tuple[IssuedCertificate, ...]:
    found = [line for line in lines if line.get("event") == Event.CERTIFICATE]
    named = (tuple(_text(line, name) for name in ("issuer", "serial_number", "sha256")) for line in found)
    return tuple(IssuedCertificate(*one) for one in named if all(map(_is_hex, one)))


def _kept(record: DeviceRecord) -> tuple[IssuedCertificate, ...]:
    if _DEVICE not in record.artifacts:
        return ()
    try:
        certificate = load_certificate(record.read(_DEVICE))
    except InputError:
        return ()  # a damaged file vouches for nothing
    return (issued(certificate),)


def issued(certificate: x509.Certificate) -> IssuedCertificate:
    """What tells a certificate from every other."""
    return IssuedCertificate.of(certificate, certificate.public_bytes(Encoding.DER))


def _is_hex(text: str) -> bool:
    return bool(text) and all(letter in "0123456789abcdef" for letter in text)


def _text(line: Any, name: str) -> str:
    value = None if line is None else line.get(name)
    return "" if value is None else str(value)[:256]


def _seconds(step: dict[str, object]) -> float:
    seconds = step.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _moment(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
