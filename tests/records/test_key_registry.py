"""No public key is ever given to two devices, whoever asks at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from atecc_bench.errors import InputError
from atecc_bench.records import key_registry
from atecc_bench.records.key_registry import FILE, FileKeyRegistry, KeyRepeatedError

AT = datetime(2026, 6, 1, tzinfo=UTC)
KEY = bytes(range(64))


@pytest.fixture
def registry(tmp_path: Path) -> FileKeyRegistry:
    return FileKeyRegistry(tmp_path)


def test_a_claimed_key_is_on_record(registry: FileKeyRegistry) -> None:
    registry.claim("0123", KEY, AT)
    assert registry.keys_of("0123") == {KEY.hex()}


def test_the_same_device_may_claim_its_key_again(registry: FileKeyRegistry) -> None:
    registry.claim("0123", KEY, AT)
    registry.claim("0123", KEY, AT)
    registry.check("0123", KEY)


def test_a_key_of_another_device_is_refused(registry: FileKeyRegistry) -> None:
    registry.claim("0123", KEY, AT)
    with pytest.raises(KeyRepeatedError, match="0123") as refused:
        registry.claim("4567", KEY, AT)
    assert refused.value.id == "public-key-repeated"
    assert registry.keys_of("4567") == frozenset()


def test_of_many_that_claim_one_key_at_once_one_gets_it(tmp_path: Path) -> None:
    start = threading.Barrier(16)

    def claim(number: int) -> bool:
        start.wait()
        try:
            FileKeyRegistry(tmp_path).claim(f"{number:018x}", KEY, AT)
        except KeyRepeatedError:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(claim, range(16))) == 1
    assert len((tmp_path / FILE).read_text().splitlines()) == 1


def test_a_lock_that_somebody_keeps_is_an_error_and_no_claim(
    tmp_path: Path, registry: FileKeyRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_registry, "LOCK_WAIT_S", 0.05)
    with FileLock(tmp_path / f"{FILE}.lock"), pytest.raises(InputError) as caught:
        registry.claim("0123", KEY, AT)
    assert caught.value.id == "record-not-writable"
    assert registry.keys_of("0123") == frozenset()
