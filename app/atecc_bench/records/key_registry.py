"""The registry of which key belongs to which chip.

It is there so that no identity is given out twice.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock, Timeout

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.records.json_lines import append_line, read_lines

FILE: Final = "devices.jsonl"
LOCK_WAIT_S: Final = 10.0


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

    def passed(self) -> tuple[str, ...]:
        """The serial numbers of the devices that passed, in their order."""
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

    `devices.jsonl` has one line for each device that passed.
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

    def passed(self) -> tuple[str, ...]:
        """The serial numbers of the devices that passed, in their order."""
        return tuple(device.serial_number for device in self._devices())

    def newest(self) -> datetime | None:
        """When the last device passed; see `KeyRegistry.newest`."""
        told = [facts.get("at") for facts in read_lines(self._path)][-1:]
        try:
            at = datetime.fromisoformat(str(told[0]))
        except (IndexError, ValueError):
            return None
        return at if at.tzinfo else None

    def _devices(self) -> list[RegisteredDevice]:
        return [
            RegisteredDevice(str(facts.get("serial_number")), str(facts.get("public_key")))
            for facts in read_lines(self._path)
        ]
