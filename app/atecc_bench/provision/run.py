"""Running a plan on a chip, step by step, with every write read back and a proof at the end."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.chip.session import ChipSession
from atecc_bench.errors import BenchError, DeviceError, RefusedError
from atecc_bench.pki.authority import CertificateAuthority
from atecc_bench.pki.issue import issue_device_certificate
from atecc_bench.pki.keys import certificate_public_key
from atecc_bench.pki.layout import COMMON_NAME_SLOT, DEVICE_CERTIFICATE_SLOT, device_definition
from atecc_bench.pki.on_chip import ChipCertificates, contents_reader, prove_possession, rebuild_certificates
from atecc_bench.pki.rebuild import compress
from atecc_bench.pki.verify import check_chain
from atecc_bench.provision.plan import Plan, StepId, on_the_hour
from atecc_bench.provision.slot_keys import check_keys, random_key, write_keys
from atecc_bench.provision.survey import WRITTEN_SLOTS, overwritten_length

ATTEMPTS = 3  # for one step, when what fails is the way to the chip
I2C_ADDRESS = 16  # byte of the configuration zone
PAUSE_S = 0.3  # a board that restarts needs about that long

# Steps that change the chip long after it was looked at, and have no check of their own whose chip it is.
_CHECKED_AGAIN = frozenset({
    StepId.LOCK_DATA, StepId.GENERATE_KEYS, StepId.FILL_KEYS, StepId.LOCK_SLOTS, StepId.SAVE_SLOTS,
    StepId.WRITE_CERTIFICATES,
})  # fmt: skip


class Verdict(StrEnum):
    """How a provisioning ended."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"


class StepStatus(StrEnum):
    """How a step ended."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class StepResult:
    """One step and how it went; `seconds` is wall time."""

    id: StepId
    status: StepStatus
    seconds: float


@dataclass(frozen=True)
class Timing:
    """Where the time went, in seconds: from the first command to the last reply, in the chip, on the wire."""

    total_s: float
    chip_s: float
    wire_s: float

    @property
    def sentence(self) -> str:
        """For people. A virtual board that waits for nothing is faster than the chip it stands for."""
        if self.total_s < self.chip_s:
            return f"{self.total_s:.2f} s; a chip takes {self.chip_s:.2f} s for it, and the wire {self.wire_s:.2f} s."
        return f"{self.total_s:.2f} s, of which chip {self.chip_s:.2f} s and wire {self.wire_s:.2f} s."


@dataclass(frozen=True)
class Outcome:
    """The end of a run. `certificates` are as rebuilt from the chip; `error` says why it is a FAIL."""

    verdict: Verdict
    serial_number: str
    steps: tuple[StepResult, ...]
    timing: Timing
    certificates: ChipCertificates | None
    error: BenchError | None


@dataclass(frozen=True)
class Hooks:
    """What a caller wants to hear and to keep.

    `progress` gets each step as it starts and ends; `save` gets the slots that are about to be overwritten,
    and must have them safe when it returns. `key` gets a slot and None before a key is made in it, and the slot and
    the public key when it is there. `escrow` gets secret keys by slot before they are written, and must have them safe
    when it returns. Any of them may raise BenchError, which ends the run before the next command.
    """

    progress: Callable[[StepResult], None]
    save: Callable[[Mapping[int, bytes]], None]
    key: Callable[[int, bytes | None], None]
    escrow: Callable[[Mapping[int, bytes]], None]

    @classmethod
    def keeping_nothing(cls, progress: Callable[[StepResult], None]) -> "Hooks":
        """For a chip in software, whose run needs no record."""
        return cls(progress, save=lambda _: None, key=lambda slot, public_key: None, escrow=lambda _: None)


class _Run:
    def __init__(
        self, session: ChipSession, plan: Plan, authority: CertificateAuthority | None, now: datetime, hooks: Hooks
    ) -> None:
        self._session = session
        self._plan = plan
        self._authority = authority
        self._now = now
        self._hooks = hooks
        self._config: bytes | None = plan.survey.config_bytes
        self._made: set[int] = set()
        self._secret_keys: dict[int, bytes] = {}
        self._repeats = False
        self._public_keys = dict(plan.survey.public_keys)
        self._slots = dict(plan.survey.slots)
        self._issued = plan.certificates.device if plan.certificates else None
        self.certificates: ChipCertificates | None = None

    def step(self, step: StepId) -> None:
        """Do one step. What got lost on the way is repeated: each step can begin again without harm."""
        for left in reversed(range(ATTEMPTS)):
            self._repeats = left < ATTEMPTS - 1
            try:
                if step in _CHECKED_AGAIN and not (step is StepId.GENERATE_KEYS and self._plan.has(StepId.LOCK_DATA)):
                    self._check_serial_number(self._session.serial_number())
                self._do(step)
            except DeviceError as error:
                if not error.passing or not left:
                    raise
                time.sleep(PAUSE_S)
            else:
                return

    def _do(self, step: StepId) -> None:
        {
            StepId.CHECK_CHIP: self._check_chip,
            StepId.WRITE_CONFIG: self._write_config,
            StepId.LOCK_CONFIG: self._lock_config,
            StepId.LOCK_DATA: self._lock_data,
            StepId.GENERATE_KEYS: self._generate_keys,
            StepId.FILL_KEYS: self._fill_keys,
            StepId.LOCK_SLOTS: self._lock_slots,
            StepId.SAVE_SLOTS: self._save_slots,
            StepId.ISSUE: self._issue,
            StepId.WRITE_CERTIFICATES: self._write_certificates,
            StepId.REBUILD: self._rebuild,
            StepId.PROVE: self._prove,
        }[step]()

    def _check_chip(self) -> None:
        """Between the plan and the run somebody has thought about it: the chip may be another one by now."""
        found = self._session.read_config()
        self._check_serial_number(found.serial_number)
        if found.to_bytes() != self._plan.survey.config_bytes:
            raise RefusedError(
                "chip-changed",
                "The chip's configuration is not what it was when the plan was made.",
                "Start again: the plan has to be made for its present state. Nothing was written.",
            )

    def _check_serial_number(self, found: bytes) -> None:
        planned = self._plan.survey
        if found != planned.config.serial_number:
            raise RefusedError(
                "chip-changed",
                f"This is the chip {found.hex()}; the plan was made for {planned.serial_number}.",
                "Start again: the plan has to be made for this chip. Nothing was written to it.",
            )

    def _write_config(self) -> None:
        current, self._config = self._config or self._session.read_config().to_bytes(), None
        target = self._plan.profile.configuration_for(current)
        self._session.write_config(target, current)
        if target[I2C_ADDRESS] != current[I2C_ADDRESS]:
            self._session.move_to(ConfigZone.parse(target).i2c_address)
        found = self._session.read_config().to_bytes()
        if found != target:
            differing = [i for i in range(len(target)) if found[i] != target[i]]
            raise _read_back_differs(f"configuration, bytes {', '.join(map(str, differing))}")
        self._config = found

    def _lock_config(self) -> None:
        contents = self._plan.profile.contents_to_lock(self._config or self._session.read_config().to_bytes())
        self._lock(
            "configuration zone", lambda: self._session.lock_config(contents), lambda: self._session.zones_locked()[0]
        )

    def _lock_data(self) -> None:
        self._lock("data zone", self._session.lock_data, lambda: self._session.zones_locked()[1])

    def _lock(self, what: str, lock: Callable[[], None], is_locked: Callable[[], bool]) -> None:
        """Lock a zone or a slot; when the answer was lost, the lock may have taken hold all the same."""
        if not (self._repeats and is_locked()):
            lock()
        if not is_locked():
            raise _lock_did_not_hold(what)

    def _generate_keys(self) -> None:
        for slot in self._plan.missing_keys:
            if slot not in self._made:
                self._hooks.key(slot, None)
                self._public_keys[slot] = self._session.generate_key(slot)
                self._hooks.key(slot, self._public_keys[slot])
                self._made.add(slot)

    def _fill_keys(self) -> None:
        writes = self._plan.key_writes
        if not self._secret_keys:
            self._secret_keys = {write.slot: random_key(write.slot) for write in writes}
            self._hooks.escrow(self._secret_keys)
        write_keys(self._session, writes, self._secret_keys, known={})
        check_keys(self._session, self._secret_keys)

    def _lock_slots(self) -> None:
        for slot in (write.slot for write in self._plan.key_writes):
            self._lock(
                f"slot {slot}",
                partial(self._session.lock_slot, slot),
                lambda slot=slot: self._session.read_config().slot_is_locked(slot),
            )

    def _save_slots(self) -> None:
        self._slots = {slot: self._session.read_slot(slot, 0, overwritten_length(slot)) for slot in WRITTEN_SLOTS}
        self._hooks.save(self._slots)

    def _issue(self) -> None:
        if self._authority is None:
            raise RefusedError("ca-locked", "The certificate authority is locked.", "Give its passphrase.")
        self._issued = issue_device_certificate(
            self._authority,
            self._public_keys[self._plan.profile.device_key_slot],
            organization=self._plan.issuer.organization,
            common_name=self._plan.serial_number,
            not_before=on_the_hour(self._now),
        )

    def _write_certificates(self) -> None:
        device = self._device_certificate()
        contents = dict(self._plan.issuer.slots())
        contents[DEVICE_CERTIFICATE_SLOT] = compress(device, device_definition(device))
        contents[COMMON_NAME_SLOT] = self._plan.serial_number.encode("ascii")
        for slot in WRITTEN_SLOTS:
            self._session.write_slot(slot, contents[slot])
        for slot, length in WRITTEN_SLOTS.items():
            self._slots[slot] = self._session.read_slot(slot, 0, length)
            if self._slots[slot] != contents[slot]:
                raise _read_back_differs(f"slot {slot}")

    def _rebuild(self) -> None:
        device = self._device_certificate()
        issuer = self._plan.issuer
        signer = issuer.signer.public_bytes(Encoding.DER)
        key_slot = self._plan.profile.device_key_slot
        live = self._public_keys | {key_slot: self._session.public_key(key_slot)}
        rebuilt = rebuild_certificates(contents_reader(self._slots, live), device, signer)
        if rebuilt.device != device:
            raise _rebuilt_differs("device")
        if rebuilt.signer != signer or rebuilt.root_public_key != certificate_public_key(issuer.root):
            raise _rebuilt_differs("signer")
        check_chain(
            x509.load_der_x509_certificate(rebuilt.device),
            x509.load_der_x509_certificate(rebuilt.signer),
            issuer.root,
            self._now,
        )
        self.certificates = rebuilt

    def _prove(self) -> None:
        certificate = x509.load_der_x509_certificate(self._device_certificate())
        key_slot = self._plan.profile.device_key_slot
        prove_possession(self._session, key_slot, certificate_public_key(certificate))

    def _device_certificate(self) -> bytes:
        if self._issued is None:
            raise RefusedError("not-issued", "No device certificate has been issued.", "Provision the chip again.")
        return self._issued


def run_plan(
    session: ChipSession, plan: Plan, authority: CertificateAuthority | None, now: datetime, hooks: Hooks
) -> Outcome:
    """Run every step of the plan; the first that fails ends the run with a FAIL.

    `authority` may be None when the plan issues nothing. Nothing is raised for what happens on the chip or
    on the way to it: the outcome carries the error.
    """
    run = _Run(session, plan, authority, now, hooks)
    results = [StepResult(step.id, StepStatus.WAITING, 0.0) for step in plan.steps]
    error: BenchError | None = None
    chip_before, wire_before = session.chip_seconds, session.wire_seconds
    started = time.monotonic()
    for index, step in enumerate(plan.steps):
        step_started = time.monotonic()
        try:
            hooks.progress(replace(results[index], status=StepStatus.RUNNING))
            run.step(step.id)
            results[index] = StepResult(step.id, StepStatus.DONE, time.monotonic() - step_started)
            hooks.progress(results[index])
        except BenchError as caught:
            error = caught
            results[index] = StepResult(step.id, StepStatus.FAILED, time.monotonic() - step_started)
            break
    if error:
        _tell_failure(hooks, results)
    timing = Timing(
        total_s=time.monotonic() - started,
        chip_s=session.chip_seconds - chip_before,
        wire_s=session.wire_seconds - wire_before,
    )
    verdict = Verdict.FAIL if error else Verdict.PASS
    return Outcome(verdict, plan.serial_number, tuple(results), timing, run.certificates, error)


def _tell_failure(hooks: Hooks, results: list[StepResult]) -> None:
    failed = next(result for result in results if result.status is StepStatus.FAILED)
    with suppress(BenchError):  # what failed may have been the telling; the outcome carries it
        hooks.progress(failed)


def _read_back_differs(what: str) -> RefusedError:
    return RefusedError(
        "read-back-differs",
        f"What was read back differs from what was written: {what}.",
        "Nothing was locked after that. Check the wiring and run the provisioning again.",
    )


def _lock_did_not_hold(zone: str) -> RefusedError:
    return RefusedError(
        "lock-did-not-hold",
        f"The chip accepted the lock of its {zone}, but reads as unlocked.",
        "Check the supply and the wiring, then run the provisioning again: it goes on from what it finds.",
    )


def _rebuilt_differs(which: str) -> RefusedError:
    return RefusedError(
        "rebuilt-differs",
        f"The {which} certificate rebuilt from the chip is not the one that was issued.",
        "Compare them with `atecc-bench diagnose`, then provision again.",
    )
