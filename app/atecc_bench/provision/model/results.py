"""How a provisioning goes and ends.

These are its steps, where the time went, the verdict, and what a caller wants to hear.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from atecc_bench.connect.client_identity import ClientIdentity
from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.profiles.server_proof import TlsServer
from atecc_bench.provision.model.step import StepId
from atecc_bench.records.verdict import StepStatus, Verdict

CERTIFICATE_AWAITED = "certificate-awaited"


class CertificateAwaitedError(RefusedError):
    """A run that went as planned and lacks the certificate from outside."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(CERTIFICATE_AWAITED, message, hint)


@dataclass(frozen=True)
class StepResult:
    """One step and how it went; `seconds` is wall time."""

    id: StepId
    status: StepStatus
    seconds: float


@dataclass(frozen=True)
class Timing:
    """Where the time of a run went, in seconds.

    It is counted from the first command to the last reply, in the chip, and on the wire.
    """

    total_s: float
    chip_s: float
    wire_s: float

    @property
    def sentence(self) -> str:
        """The timing as a sentence for people.

        A virtual board that waits for nothing is faster than the chip it stands for.
        """
        total, chip, wire = (f"{seconds:.2f}\u00a0s" for seconds in (self.total_s, self.chip_s, self.wire_s))
        if self.total_s < self.chip_s:
            return f"{total}; a chip takes {chip} for it, and the wire {wire}."
        return f"{total}, of which chip {chip} and wire {wire}."


@dataclass(frozen=True)
class Outcome:
    """The end of a run.

    `certificates` are as rebuilt from the chip; `error` says why it is a FAIL. `proved` are the proofs that succeeded.
    `files` are what is to be kept, by artifact name; certificates are among them only after a PASS. `public_key` is the
    device's, X‖Y.
    """

    verdict: Verdict
    serial_number: str
    steps: tuple[StepResult, ...]
    timing: Timing
    certificates: ChipCertificates | None
    error: BenchError | None
    proved: frozenset[Proof] = field(default=frozenset())
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    public_key: bytes | None = None

    @property
    def went_as_planned(self) -> bool:
        """Whether every step was done.

        The run is a PASS, or one that only lacks the certificate from outside.
        """
        return self.error is None or isinstance(self.error, CertificateAwaitedError)


@dataclass(frozen=True)
class Hooks:
    """Functions that a run calls to report and to keep things.

    They are what a caller wants to hear and to keep.

    `progress` gets each step as it starts and ends; `save` gets the slots that are about to be overwritten, and must
    have them safe when it returns. `key` gets a slot and None before a key is made in it, and the slot and the public
    key when it is there. `escrow` gets secret keys by slot before they are written, and must have them safe when it
    returns. `register` gets what the device is to become in a cloud, the values of placeholders and its certificates,
    and must have it queued when it returns. `connect` gets a server that has to take the device, the values of
    placeholders, the device's identity and the time; it returns how it went, as JSON has it. `issued` gets a device
    certificate (DER) that was signed, and must have it noted before it goes to the chip. Any of them may raise
    BenchError, which ends the run before the next command.
    """

    progress: Callable[[StepResult], None]
    save: Callable[[Mapping[int, bytes]], None]
    key: Callable[[int, bytes | None], None]
    escrow: Callable[[Mapping[int, bytes]], None]
    register: Callable[[Registration, Mapping[str, str], tuple[x509.Certificate, ...]], None]
    connect: Callable[[TlsServer, Mapping[str, str], ClientIdentity, datetime], Mapping[str, object]]
    issued: Callable[[bytes], None] = lambda der: None

    @classmethod
    def keeping_nothing(cls, progress: Callable[[StepResult], None]) -> "Hooks":
        """Make hooks that keep no record.

        They are for a chip in software, whose run needs none, and for one that is only looked at. No server is
        connected to: what it would say of a chip in software says nothing of the other.
        """
        return cls(
            progress, save=lambda _: None, key=lambda slot, public_key: None, escrow=lambda _: None,
            register=lambda registration, values, chain: None, connect=lambda server, values, identity, now: {},
        )  # fmt: skip
