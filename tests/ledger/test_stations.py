"""Several stations with one ledger on a server: what one has, the others are refused; and when the server is away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from atecc_bench.errors import InputError
from atecc_bench.ledger import shared_ledger
from atecc_bench.ledger.folder_ledger import FolderLedger
from atecc_bench.ledger.status import rebuild, status_of
from atecc_bench.records.escrow import EscrowedKeys, save_escrow
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.journal import Event
from atecc_bench.records.key_registry import KeyRepeatedError
from atecc_bench.records.ledger import CertificateRepeatedError, ChipAtWorkError
from atecc_bench.records.run_records import ChipRecords
from tests.support.ledgers import ledger_in, own_database, records_of
from tests.support.servers.postgresql import PostgresServer

AT = datetime(2026, 6, 1, tzinfo=UTC)
KEY = bytes(range(64))
CHIP, OTHER = "0123" + "ab" * 7, "0123" + "cd" * 7
Bench = Callable[[str], FolderLedger]


@pytest.fixture(autouse=True)
def on_a_server(kind: str) -> None:
    if kind == "file":
        pytest.skip("a ledger in a file is one station's")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench by its name; all have one database."""
    monkeypatch.setattr(shared_ledger, "AGAIN_S", 0.0)
    url = own_database(tmp_path)

    def begin(name: str) -> FolderLedger:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "station.json").write_text(f'{{"key": "{name}", "name": "bench {name}"}}')
        return ledger_in(tmp_path / name, url)

    return begin


def chip_at(ledger: FolderLedger, serial_number: str = CHIP) -> ChipRecords:
    return records_of(ledger).for_chip(serial_number, virtual=False)


def passed(ledger: FolderLedger, serial_number: str, key: bytes, at: datetime = AT) -> None:
    """A run from begin to PASS, as the recorder writes it."""
    chip = chip_at(ledger, serial_number)
    record = chip.begin_run(at)
    record.journal().note(Event.BEGIN, serial_number=serial_number, profile="one")
    chip.registry.claim(serial_number, key, at)
    record.journal().note(Event.END, verdict="PASS", error=None)
    chip.registry.leave_run(serial_number, record.folder.name)


def test_a_key_of_one_bench_is_refused_at_another(bench: Bench) -> None:
    passed(bench("A"), CHIP, KEY)
    with pytest.raises(KeyRepeatedError, match=CHIP):
        passed(bench("B"), OTHER, KEY)
    assert chip_at(bench("B")).registry.keys_of(CHIP) == {KEY.hex()}


def test_a_chip_that_is_put_on_a_second_bench_is_refused_with_the_first_ones_name(bench: Bench) -> None:
    first = chip_at(bench("A")).begin_run(AT)
    first.journal().note(Event.BEGIN, serial_number=CHIP, profile="one")
    with pytest.raises(ChipAtWorkError, match="the bench bench A"):
        chip_at(bench("B")).begin_run(AT)
    first.journal().note(Event.END, verdict="FAIL", error="other-chip")
    chip_at(bench("B")).begin_run(AT)


def test_a_serial_number_of_an_issuer_is_refused_at_another_bench(bench: Bench) -> None:
    chip_at(bench("A")).registry.issue(CHIP, IssuedCertificate("aa" * 32, "1f", "01" * 32))
    with pytest.raises(CertificateRepeatedError, match=CHIP):
        chip_at(bench("B")).registry.issue(OTHER, IssuedCertificate("aa" * 32, "1f", "02" * 32))


def test_each_bench_counts_its_own_passes(bench: Bench) -> None:
    passed(bench("A"), CHIP, KEY)
    passed(bench("B"), OTHER, b"\xbb")
    assert chip_at(bench("B")).registry.passed_after(0, 9) == (OTHER,)
    found = status_of(bench("A"), lambda: None)
    assert (found.stations, found.devices, found.passes, found.runs) == (2, 2, 2, 2)


def test_a_bench_that_makes_its_part_again_leaves_the_others(bench: Bench) -> None:
    passed(bench("A"), CHIP, KEY)
    passed(bench("B"), OTHER, b"\xbb")
    rebuild(bench("A"), lambda: None)
    found = status_of(bench("B"), lambda: None)
    assert (found.devices, found.passes, found.runs) == (2, 2, 2)


class TestAServerThatIsAway:
    def test_a_bench_goes_on_and_says_so_and_delivers_in_order(
        self, bench: Bench, postgres_server: PostgresServer
    ) -> None:
        here = bench("A")
        passed(here, CHIP, KEY)
        postgres_server.stop()
        try:
            for number in range(3):
                passed(here, f"0123{number:014x}", bytes([number]), AT + timedelta(hours=number + 1))
            assert "cannot be reached" in chip_at(here).registry.away()
            assert status_of(here, lambda: None).away
            with pytest.raises(KeyRepeatedError, match=CHIP):  # its own it knows
                chip_at(here).registry.check(OTHER, KEY)
            with pytest.raises(InputError) as caught:
                rebuild(here, lambda: None)
            assert caught.value.id == "ledger-unreachable"
        finally:
            postgres_server.start()
        assert chip_at(here).registry.count() == 4
        assert not chip_at(here).registry.away()
        found = status_of(bench("B"), lambda: None)
        assert (found.devices, found.passes, found.runs, found.open_runs, found.conflicts) == (4, 4, 4, 0, ())

    def test_what_contradicts_another_bench_is_shown_and_not_dropped(
        self, bench: Bench, postgres_server: PostgresServer
    ) -> None:
        here = bench("A")
        postgres_server.stop()
        try:
            passed(here, OTHER, KEY)
        finally:
            postgres_server.start()
        passed(bench("B"), CHIP, KEY)
        found = status_of(here, lambda: None)
        (conflict,) = found.conflicts
        assert (conflict.station, conflict.serial_number, conflict.other) == ("bench A", OTHER, CHIP)
        assert (found.passes, found.runs) == (2, 2)

    def test_a_run_in_which_the_server_goes_and_comes_ends_as_any_other(
        self, bench: Bench, postgres_server: PostgresServer
    ) -> None:
        here = bench("A")
        chip = chip_at(here)
        record = chip.begin_run(AT)
        record.journal().note(Event.BEGIN, serial_number=CHIP, profile="one")
        postgres_server.stop("immediate")
        try:
            save_escrow(record.folder / "escrow.json", EscrowedKeys(bytes.fromhex(CHIP), {4: bytes(32)}), b"secret")
            chip.registry.keep_escrow(CHIP, record.folder.name, {4: "aa" * 32})
            chip.registry.lock_slots(CHIP, record.folder.name, [4])
        finally:
            postgres_server.start()
        chip.registry.lock_slots(CHIP, record.folder.name, [4])
        chip.registry.claim(CHIP, KEY, AT)
        record.journal().note(Event.END, verdict="PASS", error=None)
        found = status_of(bench("B"), lambda: None)
        assert (found.passes, found.runs, found.open_runs, found.conflicts) == (1, 1, 0, ())
