"""Folders of the version before, which had no ledger, come in without loss.

`tests/data/records-of-before` was made by that version: a device that passed twice with a key that was changed between,
one with an escrow, one that was cut off, and one in software that failed and then passed.
"""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.ledger.tables import certificates, devices, escrows, keys, passes, runs, slot_locks, steps
from atecc_bench.records.key_registry import FileKeyRegistry
from atecc_bench.records.run_records import Records
from tests.support.ledgers import ledger_in, records_of

BEFORE = Path(__file__).parent.parent / "data" / "records-of-before"
TWICE, ESCROWED, CUT_OFF, SOFTWARE = (
    "01230abba5d068bbee", "0123fafd9748c180ee", "0123efe209d57f9dee", "01238de5409b09fbee"
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> FolderLedger:
    shutil.copytree(BEFORE, tmp_path / "data")
    return ledger_in(tmp_path / "data")


def counted(ledger: FolderLedger, table: Table) -> int:
    with ledger.opened.current().database.reading() as connection:
        return len(connection.execute(select(table)).all())


def taken_over(ledger: FolderLedger) -> FolderLedger:
    for virtual in (False, True):
        ledger.opened.current().side(virtual=virtual).take_over(lambda: None)
    return ledger


def test_every_device_is_known_with_its_keys(ledger: FolderLedger) -> None:
    for folder in (ledger.records, ledger.records / "virtual"):
        side, files = ledger.side_of(folder), FileKeyRegistry(folder)
        for serial_number in (TWICE, ESCROWED, CUT_OFF, SOFTWARE):
            assert side.keys_of(serial_number) == files.keys_of(serial_number)
        assert (side.count(), side.newest()) == (files.count(), files.newest())
    assert ledger.opened.current().conflicts() == ()


def test_every_run_is_there_with_how_it_ended(ledger: FolderLedger) -> None:
    taken_over(ledger)
    columns = (devices.c.serial_number, runs.c.name, runs.c.state, runs.c.verdict, runs.c.error, runs.c.failed_step)
    with ledger.opened.current().database.reading() as connection:
        told = connection.execute(select(*columns).join(runs).order_by(runs.c.name)).all()
    assert [tuple(row) for row in told] == [
        (TWICE, "20260601T123456Z", "ended", "PASS", None, None),
        (ESCROWED, "20260601T133456Z", "ended", "PASS", None, None),
        (CUT_OFF, "20260601T143456Z", "open", None, None, "write-certificates"),
        (TWICE, "20260601T153456Z", "ended", "key changed", None, None),
        (TWICE, "20260601T163456Z", "ended", "PASS", None, None),
        (SOFTWARE, "20260601T173456Z", "ended", "FAIL", "chip-changed", "rebuild"),
        (SOFTWARE, "20260601T183456Z", "ended", "PASS", None, None),
    ]


def test_what_is_kept_of_them_is_counted(ledger: FolderLedger) -> None:
    taken_over(ledger)
    tables = (devices, keys, passes, certificates, escrows, slot_locks)
    assert [counted(ledger, table) for table in tables] == [4, 3, 4, 3, 1, 1]
    assert counted(ledger, steps) == sum(
        sum(line.get("status") == "running" for line in record.journal_lines())
        for virtual, chips in ((False, (TWICE, ESCROWED, CUT_OFF)), (True, (SOFTWARE,)))
        for chip in chips
        for record in Records(ledger.records).for_chip(chip, virtual=virtual).runs()
    )


def test_the_run_that_was_cut_off_is_found(ledger: FolderLedger) -> None:
    assert [run.serial_number for run in records_of(ledger).interrupted_runs(virtual=False)] == [CUT_OFF]
    assert list(records_of(ledger).interrupted_runs(virtual=True)) == []


def test_what_was_interrupted_midway_goes_on(ledger: FolderLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    class EnoughError(Exception):
        pass

    def look() -> None:
        looks.append(None)
        if len(looks) == 2:
            raise EnoughError

    looks: list[None] = []
    monkeypatch.setattr("atecc_bench.ledger.indexed_runs._AT_ONCE", 1)
    with pytest.raises(EnoughError):
        ledger.opened.current().side(virtual=False).take_over(look)
    assert counted(ledger, runs) == 3  # of the first chip alone
    assert counted(taken_over(ledger_in(ledger.data_folder)), runs) == 7


def test_taking_over_changes_none_of_the_files(ledger: FolderLedger) -> None:
    def contents() -> dict[str, bytes]:
        files = (path for path in ledger.records.rglob("*") if path.is_file())
        return {path.relative_to(ledger.records).as_posix(): path.read_bytes() for path in files}

    before = contents()
    taken_over(ledger)
    assert contents() == before


def test_a_second_time_adds_nothing(ledger: FolderLedger) -> None:
    tables = (devices, keys, passes, certificates, runs, steps, escrows, slot_locks)
    once = [counted(taken_over(ledger), table) for table in tables]
    again = taken_over(ledger_in(ledger.data_folder))
    assert [counted(again, table) for table in tables] == once
