"""The journal, what it tells after a crash, and the list of devices that passed."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.errors import DeviceError, InputError, RefusedError
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.results import StepResult, StepStatus, Verdict
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.journal import Event, Journal, read_journal
from atecc_bench.records.json_lines import append_line, read_lines
from atecc_bench.records.run_records import Records
from atecc_bench.twin.state.p256_slots import public_key
from atecc_bench.workflows.comparison.mend_certificate import prepare_mending, write_and_record
from atecc_bench.workflows.devices.provisioning import ProvisioningJob, preview_job, run_job
from atecc_bench.workflows.slots.key_change import changing_key
from tests.support.boards.passing_transport import PassingTransport
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, at_board, chip_records, issuer
from tests.support.ledgers import records_in
from tests.support.probes import snapshot

STEPS = ("write-config", "lock-config", "lock-data", "generate-keys", "write-certificates", "rebuild")


@pytest.fixture(params=["files alone", "with a ledger"])
def records(tmp_path: Path, request: pytest.FixtureRequest) -> Records:
    return Records(tmp_path / "records") if request.param == "files alone" else records_in(tmp_path)


class Died(BaseException):
    """The process ends here."""


def run(
    desk: TwinDesk, plan: Plan, authority: CertificateAuthority, records: Records, *, die_in: str = "", virtual: bool
) -> Report:
    def progress(result: StepResult) -> None:
        if result.id == die_in and result.status is StepStatus.RUNNING:
            raise Died

    return provision_device(
        desk.session,
        plan,
        authority,
        records.for_chip(plan.serial_number, virtual=virtual),
        rehearsal=rehearse(plan, NOW, lambda _: None) if plan.irreversible else None,
        now=NOW,
        progress=progress,
    )


def provision(desk: TwinDesk, authority: CertificateAuthority, records: Records, *, virtual: bool = True) -> Report:
    return run(desk, desk.plan(authority), authority, records, virtual=virtual)


def test_the_journal_of_a_pass(desk: TwinDesk, authority: CertificateAuthority, records: Records) -> None:
    report = provision(desk, authority, records)
    raw = (report.artifacts["result_json"].parent / "journal.jsonl").read_text()
    lines = [json.loads(line) for line in raw.splitlines()]
    assert lines[0]["event"] == "begin"
    assert lines[0]["profile_sha256"] == PROFILE.sha256
    assert lines[-1] | {"at": ""} == {"event": "end", "at": "", "verdict": "PASS", "error": None}
    steps = [(line["id"], line["status"]) for line in lines if line["event"] == "step"]
    assert steps == [(step.id, "running") for step in report.plan.steps]
    past = records.for_chip(desk.serial_number, virtual=True).runs()[0].past_run()
    assert past is not None
    assert (past.under_way, past.done) == (None, {step.id for step in report.plan.steps})
    assert records.for_chip(desk.serial_number, virtual=True).interrupted() is None
    assert not records.for_chip(desk.serial_number, virtual=True).doubtful_keys()


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_leaves_a_journal_that_says_where(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, step: str
) -> None:
    with pytest.raises(Died):
        run(desk, desk.plan(authority), authority, records, die_in=step, virtual=True)
    found = records.for_chip(desk.serial_number, virtual=True).interrupted()
    assert found is not None
    assert (found.serial_number, found.profile, found.under_way) == (desk.serial_number, "trustcustom-tls", step)
    assert step not in found.done
    assert "check-chip" in found.done
    assert [each.serial_number for each in records.interrupted_runs(virtual=True)] == [desk.serial_number]
    assert provision(desk, authority, records).outcome.verdict is Verdict.PASS
    assert records.for_chip(desk.serial_number, virtual=True).interrupted() is None


def test_a_key_that_nobody_saw_complete_is_made_again(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    assert provision(desk, authority, records).outcome.verdict is Verdict.PASS
    before = public_key(desk.memory, 0)
    record = records.for_chip(desk.serial_number, virtual=True).begin(NOW)
    journal = record.journal()
    journal.note(Event.BEGIN, serial_number=desk.serial_number, profile="trustcustom-tls")
    journal.note(Event.KEY_BEGINS, slot=0)
    doubtful = records.for_chip(desk.serial_number, virtual=True).doubtful_keys()
    assert doubtful == {0}
    plan = make_plan(PROFILE, survey(desk.session, PROFILE), issuer(authority.root, authority.signer), NOW, doubtful)
    assert plan.missing_keys == (0,)
    assert run(desk, plan, authority, records, virtual=True).outcome.verdict is Verdict.PASS
    assert public_key(desk.memory, 0) != before
    assert not records.for_chip(desk.serial_number, virtual=True).doubtful_keys()


def test_a_clock_that_was_ahead_makes_a_key_anew_once(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records)
    journal = records.for_chip(desk.serial_number, virtual=True).begin(NOW.replace(year=2031)).journal()
    journal.note(Event.BEGIN, serial_number=desk.serial_number, profile="trustcustom-tls")
    journal.note(Event.KEY_BEGINS, slot=0)
    order = ProvisioningJob(PROFILE, issuer(authority.root, authority.signer), authority)
    prepared = preview_job(order, at_board(desk.session, virtual=True), records, NOW)
    run_job(prepared, at_board(desk.session, virtual=True), NOW, lambda _: None)
    assert prepared.plan.missing_keys == (0,)
    assert records.for_chip(desk.serial_number, virtual=True).interrupted() is None
    assert preview_job(order, at_board(desk.session, virtual=True), records, NOW).plan.already_provisioned


facts = st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.integers()), max_size=4)


@given(
    slots=st.lists(st.tuples(st.integers(0, 15), st.none() | st.binary(min_size=64, max_size=64)), max_size=6),
    torn=st.integers(0, 40),
    more=facts,
)
def test_a_torn_journal_tells_what_was_on_the_disk(
    tmp_path_factory: pytest.TempPathFactory,
    slots: list[tuple[int, bytes | None]],
    torn: int,
    more: dict[str, object],
) -> None:
    path = tmp_path_factory.mktemp("run") / "journal.jsonl"
    journal = Journal(path)
    journal.note(Event.BEGIN, serial_number="0123", profile="p")
    for slot, key in slots:
        if key is None:
            journal.note(Event.KEY_BEGINS, slot=slot)
        else:
            journal.note(Event.KEY, slot=slot, public_key=key.hex())
    with path.open("ab") as file:
        file.write(json.dumps({"event": "end", "verdict": "PASS", "more": more}).encode()[: torn + 1])
    found = read_journal(path)
    assert found is not None
    assert found.interrupted
    assert found.keys == {slot: key.hex() if key else None for slot, key in slots}


@given(raw=st.binary(max_size=300))
def test_any_bytes_are_a_journal_or_none(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("run") / "journal.jsonl"
    path.write_bytes(raw)
    found = read_journal(path)
    assert found is None or found.serial_number


def test_without_a_rehearsal_nothing_irreversible_runs(
    desk: TwinDesk, authority: CertificateAuthority, other_authority: CertificateAuthority, records: Records
) -> None:
    plan = desk.plan(authority)
    before = snapshot(desk.memory)
    earlier = rehearse(plan, NOW, lambda _: None)
    desk.write_config()
    for rehearsal, now_planned in ((None, plan), (earlier, desk.plan(authority))):
        with pytest.raises(RefusedError, match="no rehearsal") as refused:
            provision_device(
                desk.session,
                now_planned,
                authority,
                records.for_chip(now_planned.serial_number, virtual=True),
                rehearsal=rehearsal,
                now=NOW,
                progress=lambda _: None,
            )
        assert refused.value.id == "not-rehearsed"
    assert before != snapshot(desk.memory)  # only by the test itself
    assert not desk.memory.config.config_locked


def test_a_key_of_another_device_is_refused(desk: TwinDesk, authority: CertificateAuthority, records: Records) -> None:
    provision(desk, authority, records)
    copy = TwinDesk(2)
    copy.write_config()
    copy.lock_config()
    copy.session.lock_data()
    copy.memory.write(Zone.DATA, 0, 0, desk.memory.contents(Zone.DATA, 0))
    with pytest.raises(RefusedError) as refused:
        provision(copy, authority, records)
    assert refused.value.id == "public-key-repeated"
    assert desk.serial_number in refused.value.message


def test_an_unlocked_chip_with_the_number_of_a_provisioned_one_is_refused(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records, virtual=False)
    with pytest.raises(RefusedError) as refused:
        provision(TwinDesk(), authority, records, virtual=False)
    assert refused.value.id == "serial-number-repeated"


def new_key(desk: TwinDesk) -> bytes:
    return desk.session.generate_key(0)


def test_a_locked_chip_with_another_key_is_not_the_one_on_record(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records, virtual=False)
    new_key(desk)  # what a chip of the same number would look like
    before = snapshot(desk.memory)
    with pytest.raises(RefusedError) as refused:
        provision(desk, authority, records, virtual=False)
    assert refused.value.id == "serial-number-repeated"
    assert "another key in slot 0" in refused.value.message
    assert snapshot(desk.memory) == before


def test_nor_is_one_that_is_locked_and_has_no_key(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records, virtual=False)
    other = TwinDesk()
    other.write_config()
    other.lock_config()
    for lock in (lambda: None, other.session.lock_data):
        lock()
        with pytest.raises(RefusedError) as refused:
            provision(other, authority, records, virtual=False)
        assert refused.value.id == "serial-number-repeated"


def test_the_same_chip_may_come_back(desk: TwinDesk, authority: CertificateAuthority, records: Records) -> None:
    for _ in range(2):
        assert provision(desk, authority, records, virtual=False).outcome.verdict is Verdict.PASS


def change_key(desk: TwinDesk, records: Records, *, virtual: bool) -> None:
    record = records.for_chip(desk.serial_number, virtual=virtual).begin(NOW)
    with changing_key(desk.session, record, desk.serial_number, 0) as changed:
        changed(new_key(desk))


def test_also_with_a_key_that_was_changed_here(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records, virtual=False)
    change_key(desk, records, virtual=False)
    assert provision(desk, authority, records, virtual=False).outcome.verdict is Verdict.PASS
    new_key(desk)
    of_chip = chip_records(desk.session, records, virtual=False)
    mending = prepare_mending(desk.session, authority, None, of_chip, NOW)
    write_and_record(desk.session, mending.chain, of_chip, NOW)
    assert provision(desk, authority, records, virtual=False).outcome.verdict is Verdict.PASS
    journal = records.for_chip(desk.serial_number, virtual=False).begin(NOW).journal()
    journal.note(Event.BEGIN, serial_number=desk.serial_number, profile="trustcustom-tls")
    journal.note(Event.KEY_BEGINS, slot=0)  # and the process died
    new_key(desk)
    plan = make_plan(PROFILE, survey(desk.session, PROFILE), issuer(authority.root, authority.signer), NOW, {0})
    assert run(desk, plan, authority, records, virtual=False).outcome.verdict is Verdict.PASS


def test_also_with_a_key_that_was_changed_here_when_the_process_died(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records, virtual=False)

    def die() -> None:
        record = records.for_chip(desk.serial_number, virtual=False).begin(NOW)
        with changing_key(desk.session, record, desk.serial_number, 0):
            new_key(desk)
            raise Died

    with pytest.raises(Died):
        die()
    assert records.for_chip(desk.serial_number, virtual=False).doubtful_keys() == {0}
    plan = make_plan(PROFILE, survey(desk.session, PROFILE), issuer(authority.root, authority.signer), NOW, {0})
    assert "Device key in slot 0, which cannot be saved" in plan.replaced
    assert run(desk, plan, authority, records, virtual=False).outcome.verdict is Verdict.PASS


def test_a_key_that_the_chip_would_not_change_is_not_made_again(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records, virtual=False)
    desk.session.lock_slot(0)
    with pytest.raises(ChipStatusError):
        change_key(desk, records, virtual=False)
    assert not records.for_chip(desk.serial_number, virtual=False).doubtful_keys()
    assert records.for_chip(desk.serial_number, virtual=False).runs()[0].past_run() is not None


def test_a_key_that_is_changed_on_its_own_hides_no_interrupted_run(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    with pytest.raises(Died):
        run(desk, desk.plan(authority), authority, records, die_in="write-certificates", virtual=True)
    change_key(desk, records, virtual=True)
    found = records.for_chip(desk.serial_number, virtual=True).interrupted()
    assert found is not None
    assert found.under_way == "write-certificates"
    records.for_chip(desk.serial_number, virtual=True).put_aside()
    assert records.for_chip(desk.serial_number, virtual=True).interrupted() is None


def test_a_virtual_chip_may_come_back_as_another(
    desk: TwinDesk, authority: CertificateAuthority, records: Records
) -> None:
    provision(desk, authority, records)
    new_key(desk)
    assert provision(desk, authority, records).outcome.verdict is Verdict.PASS
    assert provision(TwinDesk(), authority, records).outcome.verdict is Verdict.PASS


def test_a_full_disk_ends_the_run_before_the_next_command(
    desk: TwinDesk, authority: CertificateAuthority, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = desk.plan(authority)
    note = Journal.note

    def full(journal: Journal, event: Event, **facts: object) -> None:
        if facts.get("id") == "lock-config":
            raise DeviceError("record-not-writable", "The disk is full.")
        note(journal, event, **facts)

    monkeypatch.setattr(Journal, "note", full)
    report = run(desk, plan, authority, records, virtual=True)
    assert report.outcome.verdict is Verdict.FAIL
    assert report.outcome.error is not None
    assert report.outcome.error.id == "record-not-writable"
    assert not desk.memory.config.config_locked


class DiskWatch:
    """What fsync has put on the disk: the length of each file, and the entries of each folder."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fsync = os.fsync
        self.lengths: dict[int, list[int]] = {}
        self.names: set[Path] = set()
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, descriptor: int) -> None:
        self._fsync(descriptor)
        found = os.fstat(descriptor)
        self.lengths.setdefault(found.st_ino, []).append(found.st_size)
        if stat.S_ISDIR(found.st_mode):
            self.names.update(Path(f"/proc/self/fd/{descriptor}").resolve().iterdir())

    def of(self, path: Path) -> list[int]:
        return self.lengths.get(path.stat().st_ino, [])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc to tell folders apart")
@pytest.mark.parametrize("fill_keys", [False, True])
def test_no_command_goes_out_before_all_that_was_noted_is_on_the_disk(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fill_keys: bool
) -> None:
    disk, records = DiskWatch(monkeypatch), Records(tmp_path / "data" / "records")
    found, names = survey(desk.session, PROFILE), issuer(authority.root, authority.signer)
    plan = make_plan(PROFILE, found, names, NOW, fill_keys=fill_keys)
    rehearsal = rehearse(plan, NOW, lambda _: None)
    seen: list[int] = []

    def talk(send: Callable[[bytes], bytes], packet: bytes) -> bytes:
        (journal,) = records.folder.rglob("journal.jsonl")
        seen.append(journal.stat().st_size)
        assert disk.of(journal)[-1] == seen[-1]
        assert {journal, *journal.parents} - {tmp_path, *tmp_path.parents} <= disk.names
        assert set(journal.parent.iterdir()) <= disk.names
        return send(packet)

    desk.put_between(lambda behind: PassingTransport(behind, talk))
    report = provision_device(
        desk.session,
        plan,
        authority,
        records.for_chip(plan.serial_number, virtual=True),
        rehearsal=rehearsal,
        escrow_passphrase=b"of an escrow file",
        now=NOW,
        progress=lambda _: None,
    )
    assert report.error is None
    assert len(set(seen)) > 10
    folder = report.artifacts["result_json"].parent
    journal = folder / "journal.jsonl"
    ends = [n + 1 for n, byte in enumerate(journal.read_bytes()) if byte == ord("\n")]
    assert disk.of(journal) == ends  # one for each line
    assert {*folder.iterdir(), records.folder / "virtual" / "devices.jsonl"} <= disk.names


def test_a_line_behind_a_torn_one_is_whole(tmp_path: Path):
    path = tmp_path / "devices.jsonl"
    path.write_bytes(b'{"event": "beg')
    append_line(path, {"event": "end"})
    append_line(path, {"event": "more"})
    assert [facts["event"] for facts in read_lines(path)] == ["end", "more"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev/zero")
def test_a_line_that_never_ends_is_no_record():
    with pytest.raises(InputError) as caught:
        list(read_lines(Path("/dev/zero")))
    assert caught.value.id == "record-not-readable"


def test_lines_that_are_no_objects_are_passed_over(tmp_path: Path):
    file = tmp_path / "journal.jsonl"
    file.write_bytes(b"\n\n x\n[1]\n" + b'{"a": 1}\n' + b'{"b":' + b"[" * 90_000 + b'\n{"c": 2}')
    assert list(read_lines(file)) == [{"a": 1}, {"c": 2}]


def test_a_run_that_somebody_stopped_can_be_taken_up_until_it_is_put_aside(records: Records) -> None:
    chip = records.for_chip("0123a0b1c2d3e4f5ee", virtual=False)
    journal = chip.begin(NOW).journal()
    journal.note(Event.BEGIN, serial_number="0123a0b1c2d3e4f5ee", profile=PROFILE.name, steps=[])
    journal.note(Event.END, verdict="FAIL", error="config-mismatch")
    assert chip.interrupted() is None
    journal.note(Event.END, verdict="FAIL", error="cancelled")
    stopped = chip.interrupted()
    assert stopped is not None
    assert stopped.stopped
    chip.put_aside()
    assert chip.interrupted() is None
