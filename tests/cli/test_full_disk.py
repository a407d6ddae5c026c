"""A disk that is full behind stdout, and something spoiled behind stderr as well: still 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here"),
]


def code_of(redirections: str, *words: str) -> int:
    command = " ".join([sys.executable, "-m", "atecc_bench", *words, redirections])
    return subprocess.run(["/bin/sh", "-c", command], check=False, timeout=60).returncode


@pytest.mark.parametrize("stderr", ["2>&1", "2>/dev/full", "2>&-"])
def test_a_full_disk_ends_with_two_whatever_is_behind_stderr(stderr: str):
    assert code_of(f">/dev/full {stderr}", "ports") == 2


def test_a_full_disk_and_a_reader_of_stderr_that_has_gone_end_with_two():
    reading, writing = os.pipe()
    os.close(reading)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "atecc_bench", "ports"], stdout=full, stderr=writing, check=False, timeout=60
        )
    os.close(writing)
    assert done.returncode == 2


def test_an_error_that_no_stream_takes_keeps_its_code():
    assert code_of(">/dev/full 2>&1", "info", "--port", "/dev/ttyNoSuchPort") == 3
