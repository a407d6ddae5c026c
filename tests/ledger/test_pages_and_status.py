"""Pages over everything, each device and run once, and the ledger made again from the files."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from atecc_bench.errors import InputError
from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.ledger.pages import RunRow, devices_page, every_device, runs_page
from atecc_bench.ledger.status import rebuild, status_of
from atecc_bench.ledger.tables import metadata
from atecc_bench.records.journal import Event
from atecc_bench.records.ledger import ChipAtWorkError
from tests.ledger.test_take_over import BEFORE, CUT_OFF, TWICE
from tests.support.ledgers import ledger_in, records_of

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> FolderLedger:
    shutil.copytree(BEFORE, tmp_path / "data")
    return ledger_in(tmp_path / "data")


def contents(ledger: FolderLedger) -> dict[str, list[str]]:
    """All rows without the numbers that the database gives them."""
    with ledger.opened.current().database.reading() as connection:
        return {
            table.name: sorted(
                repr({name: value for name, value in row.items() if not name.endswith("id")})
                for row in connection.execute(select(table)).mappings()
            )
            for table in metadata.sorted_tables
        }


def every_run(ledger: FolderLedger, *, at_most: int, verdict: str = "") -> list[RunRow]:
    found: list[RunRow] = []
    after: str | None = ""
    with ledger.opened.current().database.reading() as connection:
        while after is not None:
            page = runs_page(connection, virtual=False, verdict=verdict, after=after, at_most=at_most)
            assert len(page.rows) <= at_most
            found += page.rows
            after = page.after
    return found


@pytest.mark.parametrize("at_most", [1, 2, 3, 5, 50])
def test_pages_of_runs_have_each_once_and_the_newest_first(ledger: FolderLedger, at_most: int) -> None:
    ledger.opened.current().take_over(lambda: None)
    found = every_run(ledger, at_most=at_most)
    names = [row.name for row in found]
    assert len(found) == 5
    assert names == sorted(names, reverse=True)
    assert [row.verdict for row in every_run(ledger, at_most=at_most, verdict="PASS")] == ["PASS"] * 3


def test_pages_of_runs_that_began_together_miss_none(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    for number in range(7):
        chip = records_of(ledger).for_chip(f"{number:018x}", virtual=False)
        journal = chip.begin_run(AT).journal()
        journal.note(Event.BEGIN, serial_number=chip.serial_number, profile="one")
        journal.note(Event.END, verdict="PASS", error=None)
    assert len({row.serial_number for row in every_run(ledger, at_most=2)}) == 7


def test_pages_of_devices_have_each_once_with_its_keys(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    side = ledger.side_of(ledger.records)
    numbers = [f"{number:018x}" for number in range(11)]
    for number in random.Random(1).sample(numbers, len(numbers)):  # noqa: S311 - no secrets
        side.claim(number, number.encode(), AT)
    side.claim(numbers[3], b"another", AT + timedelta(hours=1))
    with ledger.opened.current().database.reading() as connection:
        first = devices_page(connection, virtual=False, at_most=4)
        second = devices_page(connection, virtual=False, after=first.after or "", at_most=7)
        every = list(every_device(connection, virtual=False))
        assert list(every_device(connection, virtual=True)) == []
    assert [row.serial_number for row in (*first.rows, *second.rows)] == numbers
    assert second.after is None
    assert tuple(every) == first.rows + second.rows
    assert every[3].public_keys == (numbers[3].encode().hex(), b"another".hex())
    assert (every[3].passes, every[3].passed_at) == (2, AT + timedelta(hours=1))


def test_a_place_that_no_page_gave_is_wrong_usage(ledger: FolderLedger) -> None:
    with ledger.opened.current().database.reading() as connection, pytest.raises(InputError) as caught:
        runs_page(connection, virtual=False, after="nowhere")
    assert caught.value.id == "usage"


def test_the_status_counts_what_there_is(ledger: FolderLedger) -> None:
    found = status_of(ledger, lambda: None)
    assert (found.devices, found.virtual_devices, found.passes, found.runs, found.open_runs) == (3, 1, 4, 7, 1)
    assert (found.certificates, found.conflicts) == (3, ())


def test_a_ledger_that_is_made_again_is_the_same(ledger: FolderLedger) -> None:
    ledger.opened.current().take_over(lambda: None)
    before = contents(ledger)
    assert contents(rebuild(ledger, lambda: None)) == before


def test_a_ledger_that_grew_with_the_runs_is_the_one_made_from_their_files(ledger: FolderLedger) -> None:
    ledger.opened.current().take_over(lambda: None)
    chip = records_of(ledger).for_chip(TWICE, virtual=False)
    record = chip.begin_run(AT + timedelta(days=1))
    journal = record.journal()
    journal.note(Event.BEGIN, serial_number=TWICE, profile="one", profile_sha256="ab", version="9")
    journal.note(Event.STEP, id="rebuild", status="running")
    journal.note(Event.STEP, id="rebuild", status="failed")
    journal.note(Event.END, verdict="FAIL", error="other-chip")
    chip.registry.leave_run(TWICE, record.folder.name)
    chip.registry.claim(TWICE, b"\xaa", AT)
    grown = contents(ledger)
    assert contents(rebuild(ledger, lambda: None)) == grown


@pytest.mark.file_alone
def test_a_damaged_ledger_is_put_aside_and_made_again(ledger: FolderLedger) -> None:
    ledger.opened.current().take_over(lambda: None)
    before = contents(ledger)
    ledger.opened.current().close()
    path = ledger.data_folder / "ledger.sqlite"
    path.write_bytes(b"no database, but long enough to be taken for one" * 1000)
    again = rebuild(ledger_in(ledger.data_folder), lambda: None)
    assert contents(again) == before
    assert list(ledger.data_folder.glob("ledger.sqlite.damaged-*"))


def test_a_ledger_in_use_is_not_made_again(ledger: FolderLedger) -> None:
    chip = records_of(ledger).for_chip(CUT_OFF, virtual=False)
    chip.begin_run(AT + timedelta(days=1))
    with pytest.raises(ChipAtWorkError, match=CUT_OFF):
        rebuild(ledger_in(ledger.data_folder), lambda: None)
