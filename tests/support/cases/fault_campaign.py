"""One run of the fault campaign: a provisioning that meets with faults, then a resume without, and what must hold.

The chip is a fresh twin behind a virtual board whose state is in a file, so that what the chip holds is looked at
without any help of the code under test.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.encrypted_access import KEY_LENGTH
from atecc_bench.errors import BenchError
from atecc_bench.link.board.connection import connect
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority, create_authority, save_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.results import Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.records.escrow import load_escrow
from atecc_bench.records.run_records import Records
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.faults import FaultKind
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.p256_slots import has_private_key, public_key
from atecc_bench.twin.state.state_file import load_state
from tests.support.ledgers import records_in

PROFILE = load_profile("trustcustom-tls")

# How often each kind can happen in one provisioning: about 2,900 bytes, 110 requests, 70 commands, 30 EEPROM writes.
LAST = {
    FaultKind.BYTE_DROPPED: 3200,
    FaultKind.BYTE_FLIPPED: 3200,
    FaultKind.LINE_STALLED: 3200,
    FaultKind.BOARD_RESET: 115,
    FaultKind.CHIP_SILENT: 75,
    FaultKind.SELF_TEST: 3,
    FaultKind.POWER_LOST: 40,
    FaultKind.SDA_LOW: 300,
}
WRONG_ADDRESSES = (0x6C, 0x6A, 0x70, 0x20)
KINDS = (*LAST, FaultKind.WRONG_ADDRESS)


@dataclass(frozen=True)
class Result:
    """How one run of the campaign went; `findings` are promises that were broken."""

    faults: str
    first: str
    resumed: str
    findings: tuple[str, ...]


@cache
def authority() -> CertificateAuthority:
    made, _ = create_authority(
        organization="Nordlys AS", now=datetime.now(UTC) - timedelta(days=30), entropy=seeded_entropy(100)
    )
    return made


def random_faults(rng: random.Random) -> str:
    kinds = rng.sample(KINDS, 2 if rng.random() < 0.2 else 1)
    numbers = [
        rng.choice(WRONG_ADDRESSES) if kind is FaultKind.WRONG_ADDRESS else rng.randint(1, LAST[kind]) for kind in kinds
    ]
    return "".join(f"&fault={kind}:{number}" for kind, number in zip(kinds, numbers, strict=True))


def campaign_run(seed: str) -> Result:
    """One fresh chip, one provisioning with random faults, one resume."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    register_virtual_scheme()
    threads = threading.active_count()
    with tempfile.TemporaryDirectory() as folder:
        state, records = Path(folder) / "chip.json", records_in(Path(folder))
        url = f"virtual://fresh?state={state}&seed={rng.randrange(1 << 30)}"
        faults = random_faults(rng)
        findings: list[str] = []
        first = provision(f"{url}{faults}", records)
        findings += check(state, records, first)
        resumed = first if first == Verdict.PASS else provision(url, records)
        findings += check(state, records, resumed)
        if resumed != Verdict.PASS:
            findings.append(f"the resume ended in {resumed}")
        if records.for_chip(load_serial_number(state), virtual=True).interrupted():
            findings.append("a run has no end in its journal")
    if threading.active_count() != threads:
        findings.append("a thread is left")
    return Result(faults.removeprefix("&fault="), first, resumed, tuple(findings))


def provision(url: str, records: Records, *, fill_keys: bool = False) -> str:
    """PASS, FAIL: id, or refused: id."""
    issuer, now = issuer_of(authority().root, authority().signer, None), datetime.now(UTC)
    try:
        with connect(url) as board:
            session = board.open_chip()
            found = survey(session, PROFILE)
            of_chip = records.for_chip(found.serial_number, virtual=True)
            escrow = PASSPHRASE.encode() if fill_keys else b""
            plan = plan_for_chip(session, PROFILE, issuer, of_chip, now, fill_keys=fill_keys, escrow_passphrase=escrow)
            report = provision_device(
                session,
                plan,
                authority(),
                of_chip,
                escrow_passphrase=escrow,
                rehearsal=rehearse(plan, now, lambda _: None) if plan.irreversible else None,
                now=now,
                progress=lambda _: None,
            )
    except BenchError as error:
        return f"refused: {error.id}"
    return Verdict.PASS if report.error is None else f"FAIL: {report.error.id}"


def load_serial_number(state: Path) -> str:
    return load_state(state)[0].config.serial_number.hex()


def check(state: Path, records: Records, ended: str) -> Iterator[str]:
    """What must hold after every run, whatever happened in it."""
    if not state.exists():
        return
    memory, _ = load_state(state)
    yield from _check_configuration(memory)
    own_key = public_key(memory, 0) if has_private_key(memory, 0) else None
    for path in records.folder.rglob("*"):
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        elif path.name == "device.pem":
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            if certificate_public_key(certificate) != own_key:
                yield f"{path.parent.name} holds a certificate for a key that is not in the chip"
    if ended == Verdict.PASS:
        yield from _check_proofs(memory, records)


def _check_configuration(memory: Eeprom) -> Iterator[str]:
    found = memory.contents(Zone.CONFIG)
    if memory.config.config_locked:
        # Bytes 0-15 are the chip's, 84-87 belong to UpdateExtra and the locks.
        wanted = PROFILE.configuration
        # The lock of the key that was filled clears its bit of SlotLocked.
        expected = {i: wanted[i - 16] for i in range(16, 128) if i not in range(84, 88)}
        if found[SLOT_LOCKED] == expected[SLOT_LOCKED] & ~(1 << KEY_SLOT):
            expected[SLOT_LOCKED] = found[SLOT_LOCKED]
        differing = [i for i, byte in expected.items() if found[i] != byte]
        if differing:
            yield f"a configuration was locked that differs from the profile's at {differing}"
    elif memory.config.data_locked:
        yield "the data zone was locked before the configuration"


def _check_proofs(memory: Eeprom, records: Records) -> Iterator[str]:
    config = memory.config
    record = records.for_chip(config.serial_number.hex(), virtual=True).latest()
    if not (config.config_locked and config.data_locked) or record is None:
        yield "a PASS of a chip that is not locked or has no record"
        return
    device = x509.load_pem_x509_certificate(record.read("device_pem"))
    signer_key = authority().signer.public_key()
    assert isinstance(signer_key, ec.EllipticCurvePublicKey)
    signer_key.verify(device.signature, device.tbs_certificate_bytes, ec.ECDSA(SHA256()))
    slot_10 = memory.contents(Zone.DATA, 10)
    r, s = int.from_bytes(slot_10[:32]), int.from_bytes(slot_10[32:64])
    if encode_dss_signature(r, s) != device.signature:
        yield "the signature in slot 10 is not that of the certificate"
    if not all(has_private_key(memory, slot) for slot in PROFILE.generate_keys):
        yield "a key is missing"
    if memory.contents(Zone.DATA, 8)[:18] != config.serial_number.hex().encode("ascii"):
        yield "slot 8 does not hold the serial number"
    for slot, certificate in ((11, authority().signer), (15, authority().root)):
        point = certificate_public_key(certificate)
        if memory.contents(Zone.DATA, slot) != bytes(4) + point[:32] + bytes(4) + point[32:]:
            yield f"slot {slot} does not hold the public key"


PASSPHRASE = "of a long campaign"  # noqa: S105 - of a CA that lives as long as one run
LONGEST_RUN_S = 2.6
SECONDS_OF_ESCROW = 1.5
SECONDS_OF_FILLING = 2.0  # the escrow file, writing, two CheckMac and the lock
KEY_SLOT, SLOT_LOCKED = 4, 88
_SERVE = "atecc_bench", "serve", "--pty", "--chip", "fresh", "--speed", "real"


def kill_run(seed: str) -> Result:
    """One fresh chip on a served board, a provisioning in a process that is killed at a random moment, one resume."""
    return _killed(seed, fill_keys=False)


def kill_run_filling_keys(seed: str) -> Result:
    """The same with `--fill-keys`: a key that is in the chip has to be in an escrow file, whenever the kill came."""
    return _killed(seed, fill_keys=True)


def _killed(seed: str, *, fill_keys: bool) -> Result:
    rng = random.Random(seed)  # noqa: S311 - no secrets
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state, records = folder / "chip.json", records_in(folder)
        save_authority(folder / "ca", authority(), None, PASSPHRASE.encode())
        with served(state) as port:
            step = StepId.FILL_KEYS if fill_keys and rng.random() < 0.5 else ""
            longest = LONGEST_RUN_S + (SECONDS_OF_ESCROW if fill_keys else 0)
            after = rng.uniform(0, SECONDS_OF_FILLING if step else longest)
            killed = provision_and_kill(port, folder, after, step, *(["--fill-keys"] if fill_keys else []))
            findings = [*check(state, records, killed), *lost_keys(state, records)]
            resumed = provision(port, records, fill_keys=fill_keys)
            findings += [*check(state, records, resumed), *lost_keys(state, records)]
            if fill_keys and resumed == Verdict.PASS and not load_state(state)[0].config.slot_is_locked(KEY_SLOT):
                findings.append("a PASS, and the key is not locked")
        if resumed != Verdict.PASS:
            findings.append(f"the resume ended in {resumed}")
    return Result(
        f"kill -9{' filling keys' if fill_keys else ''} after {after:.3f} s{f' of {step}' if step else ''}",
        killed,
        resumed,
        tuple(findings),
    )


def lost_keys(state: Path, records: Records) -> Iterator[str]:
    """The key that was written into the chip, if no escrow file has it."""
    if not state.exists():
        return
    held = load_state(state)[0].contents(Zone.DATA, KEY_SLOT)[:KEY_LENGTH]
    if held == b"\xff" * KEY_LENGTH:
        return
    escrowed = [load_escrow(path.read_bytes(), PASSPHRASE.encode()) for path in records.folder.rglob("*escrow*.json")]
    if held not in [one.keys.get(KEY_SLOT) for one in escrowed]:
        yield f"the key in the chip is in none of {len(escrowed)} escrow files"


def provision_and_kill(port: str, folder: Path, seconds: float, step: str = "", *more: str) -> str:
    """Kill so many seconds after the journal, or a step in it, was begun; PASS when it was over by then."""
    own = {f"ATECC_BENCH_{name}_PASSPHRASE": PASSPHRASE for name in ("CA", "ESCROW")}
    environment = os.environ | {"ATECC_BENCH_DATA": str(folder)} | own
    arguments = ["provision", "--port", port, "--profile", PROFILE.name, "--ca", str(folder / "ca"), "--yes", *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "atecc_bench", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    while process.poll() is None and not _is_under_way(folder, step):
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    return Verdict.PASS if process.wait() == 0 else "killed"


def _is_under_way(folder: Path, step: str) -> bool:
    noted = [f'"id": "{step}"' in path.read_text() or not step for path in (folder / "records").rglob("journal.jsonl")]
    return any(noted)


@contextmanager
def served(state: Path) -> Iterator[str]:
    """A board in a process of its own, which outlives those that are killed; gives the name of its serial device."""
    command = [sys.executable, "-m", *_SERVE, "--state", str(state)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.communicate()
