"""What ATECC Bench costs in time, always as a ratio to something measured in the same run.

Run by `make bench`; the figures are printed, and the bounds are those the product promises.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.chip import commands
from atecc_bench.chip.zones import Zone
from atecc_bench.link.board import connect
from atecc_bench.pki.authority import create_authority
from atecc_bench.provision.plan import issuer_of, make_plan
from atecc_bench.provision.profile import load_profile
from atecc_bench.provision.records import Records
from atecc_bench.provision.report import provision_device
from atecc_bench.provision.run import Verdict
from atecc_bench.provision.survey import survey

pytestmark = pytest.mark.bench

# Ends the process as soon as a top-level window has painted.
_FIRST_PAINT = """
import os, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            QTimer.singleShot(0, lambda: os._exit(0))
        return False

original = QApplication.exec
def watched_exec(*arguments):
    application = QApplication.instance()
    application.installEventFilter(FirstPaint(application))
    return original()
QApplication.exec = watched_exec
"""
_OURS = _FIRST_PAINT + "sys.argv = ['atecc-bench']\nfrom atecc_bench.__main__ import main\nmain()\n"
_BARE = _FIRST_PAINT + "app = QApplication([])\nwindow = QMainWindow()\nwindow.show()\napp.exec()\n"


def _seconds(script: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    return time.perf_counter() - started


def test_time_to_the_first_painted_window() -> None:
    pairs = [(_seconds(_OURS), _seconds(_BARE)) for _ in range(10)][1:]  # the first pair warms the caches
    ratio = statistics.median(ours / bare for ours, bare in pairs)
    bare = statistics.median(bare for _, bare in pairs)
    print(f"\nfirst painted window: {ratio:.2f} x a bare QMainWindow ({bare:.3f} s)")
    assert ratio <= 2.5


@pytest.mark.parametrize(("baud", "bound"), [(115200, 1.3), (921600, 1.15)])
def test_a_full_provisioning_against_the_chips_own_times(
    served_board: Callable[[str], str], tmp_path: Path, baud: int, bound: float
) -> None:
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now)
    profile = load_profile("trustcustom-tls")
    ratios: list[float] = []
    wire_ratios: list[float] = []
    for _ in range(3):
        with connect(served_board("virtual://fresh?speed=real")) as board:
            session = board.open_chip()
            board.set_baud(baud)
            plan = make_plan(profile, survey(session, profile), issuer_of(authority.root, authority.signer, None), now)
            report = provision_device(
                session, plan, authority, Records(tmp_path), virtual=True, now=now, progress=lambda _: None
            )
        timing = report.outcome.timing
        assert report.outcome.verdict is Verdict.PASS
        ratios.append(timing.total_s / timing.chip_s)
        wire_ratios.append((timing.chip_s + timing.wire_s) / timing.chip_s)
    ratio, wire = statistics.median(ratios), statistics.median(wire_ratios)
    print(f"\nprovisioning at {baud}: {ratio:.3f} x the chip's execution times (wire alone {wire:.3f})")
    assert ratio <= bound


_LIBRARY_LOOP = """
import time
revision, block = bytearray(4), bytearray(32)
started = time.perf_counter()
for _ in range(50):
    assert cal.atcab_info(revision) == 0
    assert cal.atcab_read_zone(0, 0, 0, 0, block, 32) == 0
out["seconds"] = time.perf_counter() - started
"""


def test_info_and_read_against_cryptoauthlib(
    served_board: Callable[[str], str], run_cryptoauthlib: Callable[[str, str], dict[str, float]]
) -> None:
    device = served_board("virtual://provisioned?speed=real")
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(3):
        theirs.append(run_cryptoauthlib(device, _LIBRARY_LOOP)["seconds"])
        with connect(device) as board:
            session = board.open_chip()
            started = time.perf_counter()
            for _ in range(50):
                session.execute(commands.info())
                session.execute(commands.read_block(Zone.CONFIG, 0, 0))
            ours.append(time.perf_counter() - started)
    ratio = statistics.median(o / t for o, t in zip(ours, theirs, strict=True))
    figures = json.dumps({"ours_s": [round(s, 3) for s in ours], "cryptoauthlib_s": [round(s, 3) for s in theirs]})
    print(f"\n50 x (Info + 32-byte Read): {ratio:.2f} x CryptoAuthLib {figures}")
    assert ratio <= 1.0
