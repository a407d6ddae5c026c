"""Closing the window is always safe: the process ends, whatever the device is doing."""

import subprocess
import sys
from pathlib import Path

import pytest

_CLOSE_WHILE_BUSY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

original = QApplication.exec

def close_soon(application):
    QTimer.singleShot(int(sys.argv[1]), application.closeAllWindows)
    return original()

QApplication.exec = close_soon
from atecc_bench.ui.app import open_window

sys.exit(open_window(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("milliseconds", "port"),
    [
        pytest.param(800, "virtual://provisioned?speed=real", id="while it looks at a chip"),
        pytest.param(300, "virtual://blank-board?speed=real", id="while it looks for a bridge"),
        pytest.param(1500, "virtual://no-chip", id="after it found no chip"),
    ],
)
def test_the_process_ends_when_the_window_is_closed(milliseconds: int, port: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CLOSE_WHILE_BUSY, str(milliseconds), port],
        env={"QT_QPA_PLATFORM": "offscreen", "ATECC_BENCH_DATA": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (done.returncode, done.stderr) == (0, "")
