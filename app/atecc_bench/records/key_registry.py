"""Which key belongs to which chip: one line for each device that passed, so that no identity is given out twice."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from atecc_bench.errors import RefusedError
from atecc_bench.records.json_lines import append_line, read_lines

FILE = "devices.jsonl"


@dataclass(frozen=True)
class Registered:
    """One device that passed."""

    serial_number: str
    public_key: str


class KeyRegistry:
    """The devices of one folder of records; those of virtual chips have one of their own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def add(self, serial_number: str, public_key: bytes, at: datetime) -> None:
        """Note a device that passed; `public_key` is X‖Y.

        Raises:
            InputError: `record-not-writable`.

        """
        append_line(self._path, {"serial_number": serial_number, "public_key": public_key.hex(), "at": at.isoformat()})

    def check_key(self, serial_number: str, public_key: bytes) -> None:
        """Refuse a key that another device has already.

        Raises:
            InputError: `record-not-readable`.
            RefusedError: `public-key-repeated`.

        """
        wanted = public_key.hex()
        for device in self._devices():
            if device.public_key == wanted and device.serial_number != serial_number:
                raise RefusedError(
                    "public-key-repeated",
                    f"The chip {serial_number} has, or is to get, the public key of {device.serial_number}.",
                    "Two chips never have the same key by chance: one of them is a copy, and to be put aside, or the "
                    "same key file was given for both.",
                )

    def keys_of(self, serial_number: str) -> frozenset[str]:
        """The public keys (X‖Y, hexadecimal) with which devices of this serial number passed."""
        return frozenset(device.public_key for device in self._devices() if device.serial_number == serial_number)

    def _devices(self) -> list[Registered]:
        return [
            Registered(str(facts.get("serial_number")), str(facts.get("public_key")))
            for facts in read_lines(self._path)
        ]
