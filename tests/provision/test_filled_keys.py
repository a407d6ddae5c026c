"""Secret keys of a profile: filled at random, in escrow before they are written, proved and locked."""

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.encrypted_access import write_key
from atecc_bench.errors import DeviceError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.provision.model.device_inputs import DeviceInputs
from atecc_bench.provision.model.results import StepResult, StepStatus, Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.escrow import load_escrow
from atecc_bench.records.run_records import Records
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, chip_records, hooks, issuer
from tests.support.probes import snapshot

PASSPHRASE = b"of an escrow file"


def plan_with_keys(
    desk: TwinDesk,
    authority: CertificateAuthority,
    records: Records,
    profile: Profile = PROFILE,
    passphrase: bytes = b"",
    *,
    fill_keys: bool = True,
    master_key: bytes = b"",
) -> Plan:
    names = issuer(authority.root, authority.signer)
    return plan_for_chip(
        desk.session,
        profile,
        names,
        chip_records(desk.session, records, virtual=True),
        NOW,
        fill_keys=fill_keys,
        escrow_passphrase=passphrase,
        inputs=DeviceInputs(master_key=master_key),
    )


def provision(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, profile: Profile = PROFILE
) -> Mapping[str, Path]:
    return run(desk, authority, records, plan_with_keys(desk, authority, records, profile)).artifacts


def run(
    desk: TwinDesk,
    authority: CertificateAuthority,
    records: Records,
    plan: Plan,
    progress: Callable[[StepResult], None] = lambda _: None,
) -> Report:
    report = provision_device(
        desk.session,
        plan,
        authority,
        records.for_chip(plan.serial_number, virtual=True),
        rehearsal=rehearse(plan, NOW, lambda _: None) if plan.irreversible else None,
        escrow_passphrase=PASSPHRASE,
        now=NOW,
        progress=progress,
    )
    assert report.outcome.verdict is Verdict.PASS
    return report


@pytest.mark.slow
def test_slot_4_holds_the_key_in_escrow_and_is_locked(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    artifacts = provision(desk, authority, Records(tmp_path))
    escrowed = load_escrow(artifacts["escrow_json"].read_bytes(), PASSPHRASE)
    assert escrowed.serial_number.hex() == desk.serial_number
    assert desk.memory.contents(Zone.DATA, 4)[:32] == escrowed.keys[4]
    assert desk.memory.config.slot_is_locked(4)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_the_escrow_file_is_for_its_owner_only(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path) -> None:
    artifacts = provision(desk, authority, Records(tmp_path))
    assert artifacts["escrow_json"].stat().st_mode & 0o077 == 0


def test_the_key_is_in_no_other_file(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path) -> None:
    provision(desk, authority, Records(tmp_path))
    key = desk.memory.contents(Zone.DATA, 4)[:32]
    for path in tmp_path.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert key not in content
        assert key.hex() not in content.decode("latin-1").lower()


def test_a_locked_key_is_left_alone(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path) -> None:
    provision(desk, authority, Records(tmp_path))
    before = snapshot(desk.memory)
    assert plan_with_keys(desk, authority, Records(tmp_path)).already_provisioned
    provision(desk, authority, Records(tmp_path))
    assert snapshot(desk.memory) == before


def test_unless_the_operator_agrees_the_slot_stays_as_it_is(desk: TwinDesk, authority: CertificateAuthority) -> None:
    assert not desk.plan(authority).has(StepId.FILL_KEYS)
    desk.provision(authority)
    assert not desk.memory.config.slot_is_locked(4)


def test_a_key_without_escrow_is_never_written(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path) -> None:
    def full_disk(_: object) -> None:
        raise DeviceError("not-writable", "The disk is full.", "Make room.")

    plan = plan_with_keys(desk, authority, Records(tmp_path))
    outcome = run_plan(desk.session, plan, authority, NOW, hooks(escrow=full_disk))
    assert outcome.verdict is Verdict.FAIL
    assert set(desk.memory.contents(Zone.DATA, 4)) == {0xFF}
    assert not desk.memory.config.slot_is_locked(4)


@pytest.mark.slow
@pytest.mark.parametrize("step", [StepId.FILL_KEYS, StepId.LOCK_SLOTS])
def test_a_run_that_stops_there_is_taken_up_with_a_new_key(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, step: StepId
) -> None:
    def stop(result: StepResult) -> None:
        if result.id is step and result.status is StepStatus.RUNNING:
            raise DeviceError("port-lost", "The port stopped working.", "Plug the board in again.")

    behind: Transport = desk.transport
    plan = plan_with_keys(desk, authority, Records(tmp_path))
    outcome = run_plan(desk.session, plan, authority, NOW, hooks(progress=stop))
    assert outcome.error is not None
    assert outcome.error.id == "port-lost"
    desk.put_between(lambda _: behind)
    artifacts = provision(desk, authority, Records(tmp_path))
    escrowed = load_escrow(artifacts["escrow_json"].read_bytes(), PASSPHRASE)
    assert desk.memory.contents(Zone.DATA, 4)[:32] == escrowed.keys[4]
    assert desk.memory.config.slot_is_locked(4)


MANDATORY = """
name: mandatory
title: Every chip gets its IO protection key
parts: [ATECC608A]
configuration: {base: massprovisioning-608}
keys:
  - {slot: 0, title: Device key, source: generate}
  - {slot: 4, title: IO protection key, source: SOURCE, lock: true}
certificates:
  layout: ECC608-MassProvisioning
  subject: {O: "{organization}", CN: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession, secret-keys-held]
"""


def mandatory(folder: Path, source: str = "generate") -> Profile:
    (folder / "mandatory.yaml").write_text(MANDATORY.replace("SOURCE", source))
    return load_profile(str(folder / "mandatory.yaml"))


def lock_slot_4(desk: TwinDesk, key: bytes | None) -> None:
    """What somebody else does to a chip: locks all of it, slot 4 with a key of his own or with nothing in it."""
    desk.write_config()
    desk.lock_config()
    desk.session.lock_data()
    if key is not None:
        write_key(desk.session, 4, key)
    desk.session.lock_slot(4)


def refused(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, profile: Profile, passphrase: bytes = b""
) -> None:
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as caught:
        plan_with_keys(desk, authority, records, profile, passphrase)
    assert caught.value.id == "key-not-reachable"
    assert "Slot 4 is locked" in caught.value.message
    assert "Nothing was written" in caught.value.hint
    assert snapshot(desk.memory) == before


@pytest.mark.parametrize("key", [None, bytes(range(32))])
@pytest.mark.parametrize("every_chip", [True, False])
def test_a_slot_that_somebody_else_locked_is_no_key_of_ours(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, key: bytes | None, every_chip: bool
) -> None:
    lock_slot_4(desk, key)
    profile = mandatory(tmp_path) if every_chip else PROFILE
    refused(desk, authority, Records(tmp_path / "records"), profile)
    refused(desk, authority, Records(tmp_path / "records"), profile, PASSPHRASE)


def test_who_does_not_ask_for_the_key_gets_a_pass_that_does_not_speak_of_it(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    lock_slot_4(desk, None)
    records = Records(tmp_path)
    report = run(desk, authority, records, plan_with_keys(desk, authority, records, fill_keys=False))
    assert Proof.SECRET_KEYS not in report.outcome.proved


@pytest.mark.slow
@pytest.mark.parametrize("passphrase", [PASSPHRASE, b"", b"another passphrase"])
def test_a_key_that_an_earlier_run_locked_counts(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, passphrase: bytes
) -> None:
    profile, records = mandatory(tmp_path), Records(tmp_path / "records")
    provision(desk, authority, records, profile)
    plan = plan_with_keys(desk, authority, records, profile, passphrase)
    assert plan.already_provisioned
    assert Proof.SECRET_KEYS in run(desk, authority, records, plan).outcome.proved


def test_without_its_record_it_does_not(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path) -> None:
    profile, records = mandatory(tmp_path), Records(tmp_path / "records")
    provision(desk, authority, records, profile)
    refused(desk, authority, Records(tmp_path / "elsewhere"), profile, PASSPHRASE)
    (escrow,) = records.folder.rglob("escrow.json")
    escrow.unlink()
    refused(desk, authority, records, profile, PASSPHRASE)


def test_nor_does_the_record_of_another_chip(desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path) -> None:
    profile, records = mandatory(tmp_path), Records(tmp_path / "records")
    other = TwinDesk(2)
    provision(other, authority, records, profile)
    folder = records.folder / "virtual"
    shutil.copytree(folder / other.serial_number, folder / desk.serial_number)
    lock_slot_4(desk, bytes(32))
    refused(desk, authority, records, profile, PASSPHRASE)
    refused(desk, authority, records, profile)


@pytest.mark.slow
def test_with_its_passphrase_the_chip_itself_is_asked(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    profile, records = mandatory(tmp_path), Records(tmp_path / "records")
    provision(desk, authority, records, profile)
    desk.memory.write(Zone.DATA, 4, 0, bytes(32))  # as another chip of the same serial number would have it
    refused(desk, authority, records, profile, PASSPHRASE)


@pytest.mark.slow
def test_a_lock_that_nobody_saw_hold_is_for_the_chip_to_show(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    def die(result: StepResult) -> None:
        if result.id is StepId.LOCK_SLOTS and result.status is StepStatus.DONE:
            raise KeyboardInterrupt

    profile, records = mandatory(tmp_path), Records(tmp_path / "records")
    with pytest.raises(KeyboardInterrupt):
        run(desk, authority, records, plan_with_keys(desk, authority, records, profile), die)
    assert desk.memory.config.slot_is_locked(4)
    refused(desk, authority, records, profile)
    plan = plan_with_keys(desk, authority, records, profile, PASSPHRASE)
    assert Proof.SECRET_KEYS in run(desk, authority, records, plan).outcome.proved


def test_a_derived_key_that_was_written_and_not_locked_yet_is_locked_by_the_next_run(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    def die(result: StepResult) -> None:
        if result.id is StepId.LOCK_SLOTS:
            raise KeyboardInterrupt

    profile, records, master_key = mandatory(tmp_path, "derive"), Records(tmp_path / "records"), bytes(range(32))
    plan = plan_with_keys(desk, authority, records, profile, master_key=master_key)
    with pytest.raises(KeyboardInterrupt):
        run(desk, authority, records, plan, die)
    again = plan_with_keys(desk, authority, records, profile, master_key=master_key)
    assert (again.has(StepId.FILL_KEYS), again.has(StepId.LOCK_SLOTS)) == (False, True)
    assert Proof.SECRET_KEYS in run(desk, authority, records, again).outcome.proved
    assert desk.memory.config.slot_is_locked(4)
