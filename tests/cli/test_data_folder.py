"""What the program keeps is for its owner alone, whatever the umask."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")]


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_a_first_provisioning_leaves_nothing_to_others(
    tmp_path: Path, run_process: Any, monkeypatch: pytest.MonkeyPatch
):
    data = tmp_path / "data"
    monkeypatch.setenv("ATECC_BENCH_DATA", str(data))
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", "correct horse battery")
    monkeypatch.setenv("ATECC_BENCH_ESCROW_PASSPHRASE", "battery staple horse")
    assert run_process("ca", "init", tmp_path / "ca", "--organization", "ACME").code == 0
    words = ("--profile", "trustcustom-tls", "--ca", tmp_path / "ca", "--fill-keys", "--yes")
    done = run_process("provision", "--port", "virtual://fresh", *words)
    assert done.code == 0, done.err
    made = [data, *data.rglob("*")]
    assert {path.name for path in made} >= {"result.json", "escrow.json", "devices.jsonl", "logs"}
    assert {mode(path) for path in made if path.is_dir()} == {0o700}
    assert {mode(path) for path in made if path.is_file()} == {0o600}
