"""The registry of which key belongs to which chip.

It is there so that no identity is given out twice.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock, Timeout

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.json_lines import append_line, read_lines

FILE: Final = "devices.jsonl"
LOCK_WAIT_S: Final = 10.0
SERIAL_NUMBER: Final = re.compile(r"[0-9a-f]{18}")


class KeyRepeatedError(RefusedError):
    """A public key that another device has already."""

    def __init__(self, serial_number: str, other: str) -> None:
        super().__init__(
            "public-key-repeated",
            f"The chip {serial_number} has, or is to get, the public key of {other}.",
            "Two chips never have the same key by chance: one of them is a copy, and to be put aside, or the "
            "same key file was given for both.",
        )


class KeyRegistry(Protocol):
    """Public keys of the devices that passed, by serial number.

    Keys are X‖Y, serial numbers have 18 hexadecimal digits.
    """

    def check(self, serial_number: str, public_key: bytes) -> None:
        """Refuse a key that another device has already.

        Raises:
            InputError: `record-not-readable`.
            KeyRepeatedError: `public-key-repeated`.

        """
        ...

    def claim(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        """Check that a key is new and note it for a device.

        This is one step that no other process or thread can come between.

        Raises:
            InputError: `record-not-readable`, `record-not-writable`.
            KeyRepeatedError: `public-key-repeated`.
        """
        ...

    def keys_of(self, serial_number: str) -> frozenset[str]:
        """The public keys (hexadecimal) with which devices of this serial number passed."""
        ...

    def count(self) -> int:
        """How often a device passed here."""
        ...

    def passed_after(self, number: int, at_most: int) -> tuple[str, ...]:
        """The serial numbers of devices that passed after so many.

        They are in their order.

        Each is there once, and no more than so many.
        """
        ...

    def has_passed_after(self, number: int, serial_number: str) -> bool:
        """Whether a device is among those that passed after so many."""
        ...

    def newest(self) -> datetime | None:
        """When the last device passed.

        None where none did or it is not told.
        """
        ...


@dataclass(frozen=True)
class RegisteredDevice:
    """One device that passed."""

    serial_number: str
    public_key: str


class FileKeyRegistry:
    """A key registry in a file of a folder of records.

    `devices.jsonl` has one line for each device that passed. It is read whole: this serves a folder that no ledger
    indexes, such as one that is looked at once.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def check(self, serial_number: str, public_key: bytes) -> None:
        """Refuse a key that another device has already; see `KeyRegistry.check`."""
        wanted = public_key.hex()
        for device in self._devices():
            if device.public_key == wanted and device.serial_number != serial_number:
                raise KeyRepeatedError(serial_number, device.serial_number)

    def claim(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        """Check that a key is new and note it for a device.

        A lock file keeps all others out meanwhile.
        """
        try:
            with FileLock(self._path.with_name(f"{FILE}.lock"), timeout=LOCK_WAIT_S, mode=0o600):
                self.check(serial_number, public_key)
                facts = {"serial_number": serial_number, "public_key": public_key.hex(), "at": at.isoformat()}
                append_line(self._path, facts)
        except (Timeout, OSError) as error:
            raise InputError(
                "record-not-writable",
                f"{self._path} cannot be locked against other stations: {error}.",
                "Close what else provisions here, or choose another folder with the environment variable "
                "ATECC_BENCH_DATA.",
            ) from error

    def keys_of(self, serial_number: str) -> frozenset[str]:
        """The public keys (hexadecimal) with which devices of this serial number passed."""
        return frozenset(device.public_key for device in self._devices() if device.serial_number == serial_number)

    def count(self) -> int:
        """How often a device passed here."""
        return len(self._devices())

    def passed_after(self, number: int, at_most: int) -> tuple[str, ...]:
        """The devices that passed after so many; see `KeyRegistry.passed_after`."""
        return tuple(dict.fromkeys(device.serial_number for device in self._devices()[number:]))[:at_most]

    def has_passed_after(self, number: int, serial_number: str) -> bool:
        """Whether a device is among those that passed after so many."""
        return any(device.serial_number == serial_number for device in self._devices()[number:])

    def newest(self) -> datetime | None:
        """When the last device passed; see `KeyRegistry.newest`."""
        told = [facts.get("at") for facts in read_lines(self._path)][-1:]
        try:
            at = datetime.fromisoformat(str(told[0]))
        except (IndexError, ValueError):
            return None
        return at if at.tzinfo else None

    def open_run(self, serial_number: str, run: str, at: datetime) -> None:
        """Nothing: without a ledger nobody else is heard of."""
        del serial_number, run, at

    def leave_run(self, serial_number: str, run: str) -> None:
        """Nothing, as none was kept."""
        del serial_number, run

    def index_run(self, serial_number: str, run: str) -> None:
        """Nothing: the files of the run say it."""
        del serial_number, run

    def issue(self, serial_number: str, certificate: IssuedCertificate) -> None:
        """Nothing: the journal of the run says it."""
        del serial_number, certificate

    def keep_escrow(self, serial_number: str, run: str, slots: Mapping[int, str]) -> None:
        """Nothing: the escrow file says it."""
        del serial_number, run, slots

    def lock_slots(self, serial_number: str, run: str, slots: Sequence[int]) -> None:
        """Nothing: the journal of the run says it."""
        del serial_number, run, slots

    def away(self) -> str:
        """Nothing: there is no ledger of all stations."""
        return ""

    def interrupted(self, look: Callable[[], None]) -> Iterable[str]:
        """All chips of the folder.

        Each may have a run that never ended; see `Ledger.interrupted`.
        """
        for folder in sorted(self._path.parent.glob("*")):
            if SERIAL_NUMBER.fullmatch(folder.name):  # and neither the batches, nor the chips in software
                look()
                yield folder.name

    def _devices(self) -> list[RegisteredDevice]:
        return [
            RegisteredDevice(str(facts.get("serial_number")), str(facts.get("public_key")))
            for facts in read_lines(self._path)
        ]
