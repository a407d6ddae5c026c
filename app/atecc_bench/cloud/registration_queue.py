"""Registrations that wait until a cloud can be reached, one file each.

A device that passed has passed: what a cloud says of it, or that none can be reached, changes nothing of that. Its
registration waits in `<records>/registrations/waiting` and goes to `done` when it succeeded. Nothing in it is secret.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from atecc_bench.bounded_files import LARGEST_RECORD, read_bounded
from atecc_bench.cloud.aws_device import certificate_id
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.keys.key_files import load_certificates
from atecc_bench.private_files import open_private
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.records.durable_files import have_folder, sync_names
from atecc_bench.user_folders import DATA_FOLDER_VARIABLE

_WAITING, _DONE = "waiting", "done"


class QueuedRegistration(BaseModel):
    """A device to be registered, and how it went so far."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    serial_number: str
    at: str
    certificates: str
    values: Mapping[str, str]
    registration: Registration
    tried: int = 0
    error: Mapping[str, str] | None = None
    actions: tuple[Mapping[str, Any], ...] = Field(default=())

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The device certificate, its issuers behind it."""
        return tuple(load_certificates(self.certificates.encode("ascii")))

    @property
    def file_name(self) -> str:
        """Name of its file, one for each certificate of a chip.

        So a device that passes twice waits once.
        """
        return f"{self.serial_number}-{certificate_id(self.chain[0])[:16]}.json"


def queued(
    serial_number: str,
    chain: tuple[x509.Certificate, ...],
    values: Mapping[str, str],
    registration: Registration,
    now: datetime,
) -> QueuedRegistration:
    """Make the registration of a device that passed."""
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in chain).decode("ascii")
    return QueuedRegistration(
        serial_number=serial_number, at=now.isoformat(timespec="seconds"), certificates=pem, values=dict(values),
        registration=registration,
    )  # fmt: skip


class RegistrationQueue:
    """The registrations of a folder of records."""

    def __init__(self, records: Path) -> None:
        self._folder = records / "registrations"

    def put(self, entry: QueuedRegistration) -> None:
        """Have it waiting; when this returns it is on disk.

        Raises:
            InputError: `record-not-writable`.
        """
        self._write(_WAITING, entry)

    def waiting(self) -> tuple[QueuedRegistration, ...]:
        """What waits, the oldest first.

        A file that cannot be read is left out.
        """
        found: list[QueuedRegistration] = []
        for path in sorted((self._folder / _WAITING).glob("*.json")):
            with suppress(OSError, ValidationError):
                found.append(QueuedRegistration.model_validate_json(read_bounded(path, LARGEST_RECORD)))
        return tuple(sorted(found, key=lambda one: one.at))

    def done(self, entry: QueuedRegistration, actions: tuple[Mapping[str, Any], ...]) -> None:
        """Note that it succeeded, with what was done."""
        self._write(_DONE, entry.model_copy(update={"tried": entry.tried + 1, "error": None, "actions": actions}))
        with suppress(OSError):
            (self._folder / _WAITING / entry.file_name).unlink()

    def failed(self, entry: QueuedRegistration, error: BenchError) -> None:
        """Note why it did not succeed; it goes on waiting."""
        self._write(_WAITING, entry.model_copy(update={"tried": entry.tried + 1, "error": error.document}))

    def _write(self, place: str, entry: QueuedRegistration) -> None:
        folder = self._folder / place
        path = folder / entry.file_name
        partly = path.with_suffix(".part")
        try:
            have_folder(folder)
            with open_private(partly, "wb") as file:
                file.write(entry.model_dump_json(indent=2).encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            partly.replace(path)
            sync_names(folder)
        except OSError as error:
            raise InputError(
                "record-not-writable",
                f"The registration of {entry.serial_number} cannot be written to {folder}: {error.strerror}.",
                f"Choose another folder with the environment variable {DATA_FOLDER_VARIABLE}.",
            ) from error
