"""Memory with secrets in it is dumped and read by nobody."""

import subprocess
import sys

import pytest

LOOK = """
import resource
from atecc_bench.memory_guard import guard_memory
guard_memory()
import ctypes
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_no_core_and_not_dumpable() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0"]
