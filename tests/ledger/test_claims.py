"""One public key is one device, whoever asks at the same moment and whatever crashed before."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError
from atecc_bench.ledger import open_ledger
from atecc_bench.records.json_lines import append_line
from atecc_bench.records.key_registry import FILE, FileKeyRegistry, KeyRegistry, KeyRepeatedError
from atecc_bench.records.ledger import Ledger
from tests.support.examples import examples
from tests.support.ledgers import ledger_in

AT = datetime(2026, 6, 1, tzinfo=UTC)
KEY = bytes(range(64))
_CLAIMS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from atecc_bench.records.key_registry import KeyRepeatedError
from tests.support.ledgers import ledger_in
ledger = ledger_in(Path(sys.argv[1]))
side, passed = ledger.side_of(ledger.records), 0
for number in range(int(sys.argv[3])):
    try:
        side.claim(f"{int(sys.argv[2]) * 1000 + number:018x}", number.to_bytes(64, "big"), datetime.now(UTC))
    except KeyRepeatedError:
        continue
    passed += 1
print(passed)
"""


def side_in(folder: Path) -> Ledger:
    """The ledger as a process that begins now has it."""
    ledger = ledger_in(folder)
    return ledger.side_of(ledger.records)


@pytest.fixture
def side(tmp_path: Path) -> Ledger:
    return side_in(tmp_path)


def lines(folder: Path) -> list[str]:
    return (folder / "records" / FILE).read_text().splitlines()


def test_a_claimed_key_is_on_record_and_in_the_file(side: Ledger, tmp_path: Path) -> None:
    side.claim("0123", KEY, AT)
    assert side.keys_of("0123") == {KEY.hex()}
    assert FileKeyRegistry(tmp_path / "records").keys_of("0123") == {KEY.hex()}


def test_the_same_device_may_claim_its_key_again(side: Ledger) -> None:
    for hours in (0, 1, 1):  # the last is the same pass once more
        side.claim("0123", KEY, AT + timedelta(hours=hours))
    side.check("0123", KEY)
    assert side.count() == 2


def test_a_key_of_another_device_is_refused(side: Ledger, tmp_path: Path) -> None:
    side.claim("0123", KEY, AT)
    with pytest.raises(KeyRepeatedError, match="0123") as refused:
        side.claim("4567", KEY, AT)
    assert refused.value.id == "public-key-repeated"
    assert side.keys_of("4567") == frozenset()
    assert len(lines(tmp_path)) == 1


def test_chips_in_software_have_keys_of_their_own(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    ledger.side_of(ledger.records).claim("0123", KEY, AT)
    ledger.side_of(ledger.records / "virtual").claim("4567", KEY, AT)
    assert ledger.side_of(ledger.records).keys_of("4567") == frozenset()


def test_of_many_that_claim_one_key_at_once_one_gets_it(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def claim(number: int) -> bool:
        start.wait()
        try:
            side_in(tmp_path).claim(f"{number:018x}", KEY, AT)
        except KeyRepeatedError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(8))) == 1
    assert len(lines(tmp_path)) == 1


@pytest.mark.slow
def test_of_processes_that_claim_the_same_keys_each_key_has_one_device(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _CLAIMS, str(tmp_path)]
    at_work = [subprocess.Popen([*command, str(one), "20"], stdout=subprocess.PIPE, text=True) for one in range(3)]
    passed = [int(process.communicate(timeout=120)[0]) for process in at_work]
    assert sum(passed) == len(lines(tmp_path)) == side_in(tmp_path).count() == 20


def test_what_a_process_wrote_that_died_before_it_committed_is_taken_over(side: Ledger, tmp_path: Path) -> None:
    side.claim("0123", KEY, AT)
    append_line(tmp_path / "records" / FILE, {"serial_number": "4567", "public_key": "aa", "at": AT.isoformat()})
    for again in (side, side_in(tmp_path)):
        assert again.keys_of("4567") == {"aa"}
        with pytest.raises(KeyRepeatedError, match="4567"):
            again.check("89ab", b"\xaa")


def test_a_line_that_is_not_ended_is_taken_over_when_it_is(side: Ledger, tmp_path: Path) -> None:
    side.claim("0123", KEY, AT)
    with (tmp_path / "records" / FILE).open("ab") as file:
        file.write(b'{"serial_number": "4567", "public')
    assert side.keys_of("4567") == frozenset()
    side.claim("89ab", b"\xbb", AT)
    assert (side.count(), side_in(tmp_path).count()) == (2, 2)
    assert FileKeyRegistry(tmp_path / "records").count() == 2


def test_a_version_without_a_ledger_may_work_in_the_same_folder(side: Ledger, tmp_path: Path) -> None:
    side.claim("0123", KEY, AT)
    FileKeyRegistry(tmp_path / "records").claim("4567", b"\xaa", AT)
    side.claim("89ab", b"\xbb", AT)
    with pytest.raises(KeyRepeatedError, match="4567"):
        side.claim("cdef", b"\xaa", AT)
    assert side.passed_after(1, 9) == ("4567", "89ab")


def test_a_list_that_was_put_back_takes_nothing_away(side: Ledger, tmp_path: Path) -> None:
    side.claim("0123", KEY, AT)
    kept = (tmp_path / "records" / FILE).read_bytes()
    side.claim("4567", b"\xaa", AT)
    (tmp_path / "records" / FILE).write_bytes(kept)
    with pytest.raises(KeyRepeatedError, match="4567"):
        side.check("89ab", b"\xaa")
    assert side.count() == 2


def test_what_an_old_list_has_twice_stays_with_the_first_and_is_shown(tmp_path: Path) -> None:
    for serial_number in ("0123", "4567"):
        (tmp_path / "records").mkdir(exist_ok=True)
        facts = {"serial_number": serial_number, "public_key": KEY.hex(), "at": AT.isoformat()}
        append_line(tmp_path / "records" / FILE, facts)
    ledger = ledger_in(tmp_path)
    assert ledger.side_of(ledger.records).keys_of("0123") == {KEY.hex()}
    (conflict,) = ledger.opened.current().conflicts()
    assert (conflict.kind, conflict.serial_number, conflict.other) == ("public-key-repeated", "4567", "0123")


def test_a_lock_that_somebody_keeps_is_an_error_and_no_claim(
    tmp_path: Path, side: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    side.claim("0123", KEY, AT)
    monkeypatch.setattr(open_ledger, "LOCK_WAIT_S", 0.05)
    with FileLock(tmp_path / "records" / f"{FILE}.lock"), pytest.raises(InputError) as caught:
        side.claim("4567", b"\xaa", AT)
    assert caught.value.id == "record-not-writable"
    assert side.keys_of("4567") == frozenset()


_devices = st.sampled_from(["0123", "4567", "89ab"])
_keys = st.sampled_from([b"\x01", b"\x02", b"\x03", b"\x04"])


@given(asked=st.lists(st.tuples(_devices, _keys), max_size=12), seen=st.integers(0, 6))
@examples(0.25)  # each claim is on the disk twice
def test_it_answers_as_the_file_does(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, bytes]], seen: int
):
    folder = tmp_path_factory.mktemp("claims")
    answered = [_asked(registry, asked, seen) for registry in (side_in(folder), FileKeyRegistry(folder / "files"))]
    assert answered[0] == answered[1]


def _asked(registry: KeyRegistry, asked: list[tuple[str, bytes]], seen: int) -> list[object]:
    told: list[object] = []
    for number, (device, key) in enumerate(asked):
        try:
            registry.claim(device, key, AT + timedelta(seconds=number))
        except KeyRepeatedError as error:
            told.append(error.message)
    has = [registry.has_passed_after(seen, device) for device in ("0123", "4567", "89ab")]
    keys = [registry.keys_of(device) for device in ("0123", "4567", "89ab")]
    return [*told, has, keys, registry.count(), registry.newest(), registry.passed_after(seen, 100)]
