"""What a ledger does for the records of a folder.

Records are files, and the files are the truth. A ledger is an index of them that finds, counts and refuses without
reading them all, and that keeps apart those who work at the same moment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from atecc_bench.errors import RefusedError
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.key_registry import KeyRegistry


class ChipAtWorkError(RefusedError):
    """A chip on which a provisioning is open somewhere else."""

    def __init__(self, serial_number: str, where: str, since: str, hint: str) -> None:
        super().__init__(
            "run-open-elsewhere",
            f"A provisioning of the chip {serial_number} is open at {where}, since {since}.",
            hint,
        )


class CertificateRepeatedError(RefusedError):
    """A serial number that its issuer gave to another certificate before."""

    def __init__(self, serial_number: str, certificate: IssuedCertificate, other: str) -> None:
        super().__init__(
            "certificate-serial-repeated",
            f"The certificate for the chip {serial_number} has the serial number {certificate.serial_number}, which "
            f"its issuer gave to another certificate, of the chip {other}.",
            "Serial numbers of an issuer never repeat: find out whether two authorities go by one name and key, or the "
            "chip is a copy. Nothing was written after that.",
        )


class NotEscrowedError(RefusedError):
    """A slot to be locked over a key that nobody kept."""

    def __init__(self, serial_number: str, slot: int) -> None:
        super().__init__(
            "key-not-escrowed",
            f"Slot {slot} of the chip {serial_number} is to be locked over a random key, and no escrow file of it is "
            "on record.",
            "Provision the chip again where its records are. The slot was not locked.",
        )


class Ledger(KeyRegistry, Protocol):
    """The index of a folder of records.

    Serial numbers have 18 hexadecimal digits; `run` is the name of a run's folder. Each method has its part on the disk
    when it returns.
    """

    def open_run(self, serial_number: str, run: str, at: datetime) -> None:
        """Keep the chip for one run.

        The folder of the run is there and has no journal yet.

        Raises:
            InputError: `record-not-readable`, `record-not-writable`, `ledger-damaged`.
            ChipAtWorkError: `run-open-elsewhere`.
        """
        ...

    def leave_run(self, serial_number: str, run: str) -> None:
        """Let go of the chip.

        This process does nothing more in this run, ended or not.
        """
        ...

    def index_run(self, serial_number: str, run: str) -> None:
        """Take over what the files of a run say now.

        Nothing is raised: what cannot be taken over now is taken over later.
        """
        ...

    def issue(self, serial_number: str, certificate: IssuedCertificate) -> None:
        """Note a certificate of a device before it goes anywhere.

        Raises:
            InputError: As above.
            CertificateRepeatedError: `certificate-serial-repeated`.
        """
        ...

    def keep_escrow(self, serial_number: str, run: str, slots: Mapping[int, str]) -> None:
        """Note that an escrow file is stored.

        `slots` has the SHA-256 of the file of each.

        Raises:
            InputError: As above.
        """
        ...

    def lock_slots(self, serial_number: str, run: str, slots: Sequence[int]) -> None:
        """Note slots with random keys that are about to be locked.

        Raises:
            InputError: As above.
            NotEscrowedError: `key-not-escrowed`, and nothing is noted.
        """
        ...

    def away(self) -> str:
        """Why the ledger of all stations cannot be asked now.

        The answer is a sentence.

        It is empty where it can, or there is none.
        """
        ...

    def interrupted(self, look: Callable[[], None]) -> Iterable[str]:
        """The serial numbers of chips whose newest provisioning never ended.

        `look` is called again and again meanwhile, and may raise to end the search.

        Raises:
            InputError: As above.
        """
        ...
