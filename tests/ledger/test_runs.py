"""Runs in the ledger: one open at a time on a chip, each as its files say, and what may not be."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from atecc_bench.errors import InputError
from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.ledger.tables import certificates, devices, escrows, runs, slot_locks, steps
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.provision.model.results import StepResult, StepStatus, Verdict
from atecc_bench.provision.plan.plan_for_chip import plan_for_chip
from atecc_bench.provision.run.recorded_run import provision_device
from atecc_bench.provision.run.rehearse import rehearse
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.journal import Event, Journal
from atecc_bench.records.ledger import CertificateRepeatedError, ChipAtWorkError, NotEscrowedError
from tests.support.boards.twin_desk import NOW, PROFILE, TwinDesk, issuer
from tests.support.ledgers import ledger_in, records_of

PASSPHRASE = b"a passphrase of the tests"
CHIP = "0123" + "ab" * 7


class Died(BaseException):
    """The process ends here."""


def provision(
    desk: TwinDesk, authority: CertificateAuthority, ledger: FolderLedger,
    at_step: Callable[[str], None] = lambda step: None, *, hours: int = 0, fill_keys: bool = False,
) -> Report:  # fmt: skip
    now, records = NOW + timedelta(hours=hours), records_of(ledger).for_chip(desk.serial_number, virtual=True)
    names, passphrase = issuer(authority.root, authority.signer), PASSPHRASE if fill_keys else b""
    plan = plan_for_chip(
        desk.session, PROFILE, names, records, now, fill_keys=fill_keys, escrow_passphrase=passphrase
    )  # fmt: skip

    def progress(result: StepResult) -> None:
        if result.status is StepStatus.RUNNING:
            at_step(result.id.value)

    return provision_device(
        desk.session, plan, authority, records, rehearsal=rehearse(plan, now, lambda _: None), now=now,
        progress=progress, escrow_passphrase=passphrase,
    )  # fmt: skip


def dying_in(step: str) -> Callable[[str], None]:
    def progress(begun: str) -> None:
        if begun == step:
            raise Died

    return progress


def rows(ledger: FolderLedger) -> list[tuple[object, ...]]:
    """The runs, without what differs from time to time."""
    columns = (runs.c.name, runs.c.state, runs.c.profile, runs.c.verdict, runs.c.error, runs.c.failed_step)
    with ledger.opened.current().database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(runs.c.id))]


def test_a_pass_is_a_run_with_its_steps_and_its_certificate(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    ledger = ledger_in(tmp_path)
    report = provision(desk, authority, ledger)
    assert report.outcome.verdict is Verdict.PASS, report.error
    assert rows(ledger) == [("20260601T123456Z", "ended", "trustcustom-tls", "PASS", None, None)]
    with ledger.opened.current().database.reading() as connection:
        told = connection.execute(select(steps.c.step, steps.c.status).order_by(steps.c.position)).all()
        issued = connection.execute(select(certificates.c.sha256)).scalar_one()
    assert [tuple(one) for one in told] == [(step.id, "done") for step in report.plan.steps]
    assert report.outcome.certificates is not None
    assert issued == hashlib.sha256(report.outcome.certificates.device).digest()
    assert not list((tmp_path / "running").iterdir())


def test_a_run_that_is_cut_off_is_found_and_taken_up(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    with pytest.raises(Died):
        provision(desk, authority, ledger_in(tmp_path), dying_in("write-certificates"))
    ledger = ledger_in(tmp_path)
    records = records_of(ledger)
    assert [run.serial_number for run in records.interrupted_runs(virtual=True)] == [desk.serial_number]
    assert provision(desk, authority, ledger, hours=1).outcome.verdict is Verdict.PASS
    assert [row[1] for row in rows(ledger)] == ["cut off", "ended"]
    assert list(records.interrupted_runs(virtual=True)) == []


def test_a_run_that_is_put_aside_is_no_longer_open(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    ledger = ledger_in(tmp_path)
    with pytest.raises(Died):
        provision(desk, authority, ledger, dying_in("lock-data"))
    assert [row[1:3] for row in rows(ledger)] == [("open", "")]  # so far only its beginning is known
    records_of(ledger).for_chip(desk.serial_number, virtual=True).put_aside()
    assert [row[1:] for row in rows(ledger)] == [("ended", "trustcustom-tls", "put aside", None, "lock-data")]


def test_a_chip_on_which_somebody_works_is_kept_from_others(tmp_path: Path) -> None:
    first, second = (records_of(ledger_in(tmp_path)).for_chip(CHIP, virtual=False) for _ in range(2))
    record = first.begin_run(NOW)
    for other in (first, second):
        with pytest.raises(ChipAtWorkError, match="another port or window"):
            other.begin_run(NOW)
    assert [path.name for path in first.folder.iterdir()] == [record.folder.name]  # nothing is left of those refused
    first.registry.leave_run(CHIP, record.folder.name)
    assert second.begin_run(NOW).folder.name == "20260601T123456Z-001"


def test_a_run_that_died_before_its_journal_began_is_no_entry(tmp_path: Path) -> None:
    chip = records_of(ledger_in(tmp_path)).for_chip(CHIP, virtual=False)
    chip.registry.leave_run(CHIP, chip.begin_run(NOW).folder.name)
    ledger = ledger_in(tmp_path)
    again = records_of(ledger).for_chip(CHIP, virtual=False).begin_run(NOW + timedelta(hours=1))
    assert [row[0] for row in rows(ledger)] == [again.folder.name]


def test_the_database_itself_refuses_a_second_open_run_of_a_chip(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    records_of(ledger).for_chip(CHIP, virtual=False).begin_run(NOW)
    with ledger.opened.current().database.reading() as connection:
        row = dict(connection.execute(select(runs)).mappings().one())
    with pytest.raises(IntegrityError), ledger.opened.current().database.writing() as connection:
        connection.execute(runs.insert().values(row | {"id": None, "name": "another"}))


def test_a_serial_number_of_an_issuer_is_one_devices_certificate(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    side = ledger.side_of(ledger.records)
    first, again, other = (IssuedCertificate("aa" * 32, number, digest * 32) for number, digest in _ISSUED)
    side.issue("0123", first)
    side.issue("0123", again)  # signed anew: ECDSA makes another signature each time
    side.issue("4567", other)
    with pytest.raises(CertificateRepeatedError, match="0123") as refused:
        side.issue("4567", again)
    assert refused.value.id == "certificate-serial-repeated"
    side.issue("4567", IssuedCertificate("bb" * 32, "1f", "04" * 32))  # another issuer counts by itself


_ISSUED = (("1f", "01"), ("1f", "02"), ("2f", "03"))


def test_a_certificate_that_is_another_devices_never_reaches_the_chip(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    ledger = ledger_in(tmp_path)
    assert provision(desk, authority, ledger).outcome.verdict is Verdict.PASS
    with ledger.opened.current().database.writing() as connection:  # as if another device had that serial number
        connection.execute(devices.insert().values(virtual=True, serial_number=CHIP))
        another = select(devices.c.id).where(devices.c.serial_number == CHIP).scalar_subquery()
        connection.execute(certificates.update().values(device_id=another))
    reached: list[str] = []
    copy = TwinDesk()
    report = provision(copy, authority, ledger, reached.append)
    assert report.error is not None
    assert report.error.id == "certificate-serial-repeated"
    assert "write-certificates" not in reached


def test_a_slot_is_locked_over_a_random_key_only_when_its_escrow_is_stored(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    ledger = ledger_in(tmp_path)
    report = provision(desk, authority, ledger, fill_keys=True)
    assert report.outcome.verdict is Verdict.PASS, report.error
    with ledger.opened.current().database.reading() as connection:
        stored = connection.execute(select(escrows.c.slot, escrows.c.sha256)).all()
        locked = connection.execute(select(slot_locks.c.slot, slot_locks.c.escrow_sha256)).all()
    assert stored == locked
    assert stored


def test_a_key_without_an_escrow_is_never_locked_in(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    side = ledger.side_of(ledger.records / "virtual")
    chip = records_of(ledger).for_chip(CHIP, virtual=True)
    run = chip.begin_run(NOW).folder.name
    with pytest.raises(NotEscrowedError) as refused:
        side.lock_slots(CHIP, run, [4])
    assert refused.value.id == "key-not-escrowed"
    side.keep_escrow(CHIP, run, {4: "aa" * 32})
    side.lock_slots(CHIP, run, [4])
    with pytest.raises(NotEscrowedError, match="Slot 6"):
        side.lock_slots(CHIP, run, [4, 6])


@pytest.mark.file_alone
def test_a_ledger_that_cannot_be_written_begins_no_run(
    desk: TwinDesk, authority: CertificateAuthority, tmp_path: Path
) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(InputError) as caught:
        provision(desk, authority, ledger_in(tmp_path))
    assert caught.value.id == "record-not-writable"
    assert not desk.memory.config.config_locked


def test_an_end_that_could_not_be_noted_is_taken_over_from_the_journal(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    chip = records_of(ledger).for_chip(CHIP, virtual=False)
    record = chip.begin_run(NOW)
    record.journal().note(Event.BEGIN, serial_number=CHIP, profile="one")
    Journal(record.folder / "journal.jsonl").note(Event.END, verdict="FAIL", error="other-chip")  # and nobody hears it
    chip.registry.leave_run(CHIP, record.folder.name)
    assert list(records_of(ledger_in(tmp_path)).interrupted_runs(virtual=False)) == []
    chip.registry.leave_run(CHIP, chip.begin_run(NOW + timedelta(hours=1)).folder.name)
    assert rows(ledger)[0][1:5] == ("ended", "one", "FAIL", "other-chip")
