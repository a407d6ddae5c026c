"""Secret keys of a profile: filled at random, in escrow before they are written, proved and locked."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from atecc_bench.chip.transport import Transport
from atecc_bench.chip.zones import Zone
from atecc_bench.errors import DeviceError
from atecc_bench.pki.authority import CertificateAuthority
from atecc_bench.provision.escrow import load_escrow
from atecc_bench.provision.outcome import StepResult, StepStatus, Verdict
from atecc_bench.provision.plan import Plan
from atecc_bench.provision.planning import make_plan
from atecc_bench.provision.records import Records
from atecc_bench.provision.rehearse import rehearse
from atecc_bench.provision.report import provision_device
from atecc_bench.provision.run import run_plan
from atecc_bench.provision.step import StepId
from atecc_bench.provision.survey import survey
from twin_desk import NOW, PROFILE, TwinDesk, hooks, issuer

PASSPHRASE = b"of an escrow file"


def plan_with_keys(desk: TwinDesk, authority: CertificateAuthority) -> Plan:
    found = survey(desk.session, PROFILE)
    return make_plan(PROFILE, found, issuer(authority.root, authority.signer), NOW, fill_keys=True)


def provision(desk: TwinDesk, authority: CertificateAuthority, records: Records) -> Mapping[str, Path]:
    plan = plan_with_keys(desk, authority)
    report = provision_device(
        desk.session,
        plan,
        authority,
        records,
        rehearsal=rehearse(plan, NOW, lambda _: None) if plan.irreversible else None,
        escrow_passphrase=PASSPHRASE,
        virtual=True,
        now=NOW,
        progress=lambda _: None,
    )
    assert report.outcome.verdict is Verdict.PASS
    return report.artifacts


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
    before = desk.memory.snapshot()
    assert plan_with_keys(desk, authority).already_provisioned
    provision(desk, authority, Records(tmp_path))
    assert desk.memory.snapshot() == before


def test_unless_the_operator_agrees_the_slot_stays_as_it_is(desk: TwinDesk, authority: CertificateAuthority) -> None:
    assert not desk.plan(authority).has(StepId.FILL_KEYS)
    desk.provision(authority)
    assert not desk.memory.config.slot_is_locked(4)


def test_a_key_without_escrow_is_never_written(desk: TwinDesk, authority: CertificateAuthority) -> None:
    def full_disk(_: object) -> None:
        raise DeviceError("not-writable", "The disk is full.", "Make room.")

    plan = plan_with_keys(desk, authority)
    outcome = run_plan(desk.session, plan, authority, NOW, hooks(escrow=full_disk))
    assert outcome.verdict is Verdict.FAIL
    assert set(desk.memory.contents(Zone.DATA, 4)) == {0xFF}
    assert not desk.memory.config.slot_is_locked(4)


@pytest.mark.parametrize("step", [StepId.FILL_KEYS, StepId.LOCK_SLOTS])
def test_a_run_that_stops_there_is_taken_up_with_a_new_key(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, step: StepId
) -> None:
    def stop(result: StepResult) -> None:
        if result.id is step and result.status is StepStatus.RUNNING:
            raise DeviceError("port-lost", "The port stopped working.", "Plug the board in again.")

    behind: Transport = desk.transport
    outcome = run_plan(desk.session, plan_with_keys(desk, authority), authority, NOW, hooks(progress=stop))
    assert outcome.error is not None
    assert outcome.error.id == "port-lost"
    desk.put_between(lambda _: behind)
    artifacts = provision(desk, authority, Records(tmp_path))
    escrowed = load_escrow(artifacts["escrow_json"].read_bytes(), PASSPHRASE)
    assert desk.memory.contents(Zone.DATA, 4)[:32] == escrowed.keys[4]
    assert desk.memory.config.slot_is_locked(4)
