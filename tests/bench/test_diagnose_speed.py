"""What comparing and explaining costs: pairs a second, a megabyte in the diff, and a log from paste to sentence."""

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QTimerEvent
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.records.run_records import Records
from atecc_bench.ui.app import application
from atecc_bench.ui.pages.compare.page import ComparePage
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.hex.diff_rows import DiffRange
from atecc_bench.ui.widgets.hex.hex_diff import HexDiff
from tests.support.cases.pastes import firmware_comparison
from tests.support.cases.wrong_provisioning import MISTAKES, Workbench
from tests.support.window_probes import stored_scroll_bar

pytestmark = pytest.mark.bench

MEBIBYTE = 1 << 20
FRAMES = 200


@pytest.fixture(scope="module")
def pairs() -> list[tuple[bytes, bytes]]:
    app_state = Workbench(1000)
    kinds = [mistake for mistakes in MISTAKES.values() for mistake in mistakes]
    cases = [kinds[number % len(kinds)](app_state, number % 2) for number in range(1000)]
    return [(case.comparison.expected, case.comparison.stored) for case in cases]


def test_compare_and_explain_a_thousand_pairs(pairs: list[tuple[bytes, bytes]]) -> None:
    started = time.process_time()
    for expected, stored in pairs:
        causes(compare(expected, stored))
    rate = len(pairs) / (time.process_time() - started)
    print(f"\ncompare and explain: {rate:.0f} certificate pairs a second on one core")
    assert rate >= 300


@pytest.mark.parametrize("kind", ["every 1000th byte", "everything", "nothing", "every second byte"])
def test_a_mebibyte_opens_and_scrolls(qtbot: QtBot, kind: str) -> None:
    expected = os.urandom(MEBIBYTE)
    changed = bytearray(expected)
    if kind == "everything":
        changed = bytearray(byte ^ 0xFF for byte in expected)
    elif kind != "nothing":
        step = 1000 if kind == "every 1000th byte" else 2
        for position in range(0, MEBIBYTE, step):
            changed[position] ^= 1
    stored = bytes(changed)
    diff = HexDiff()
    qtbot.addWidget(diff)
    diff.resize(1100, 700)
    diff.show()
    started = time.perf_counter()
    comparison = compare(expected, stored)
    ranges = [DiffRange(r.start, r.end + 1, r.field, (r.stored_start, r.stored_end + 1)) for r in comparison.ranges]
    diff.set_comparison(expected, stored, ranges)
    diff.grab()
    opened = time.perf_counter() - started
    diff.fold_or_unfold()
    bar = stored_scroll_bar(diff)
    frames: list[float] = []
    for number in range(FRAMES):
        started = time.process_time()
        bar.setValue(bar.maximum() * number // FRAMES)
        diff.grab()  # paints both panes and the map, all of them
        frames.append(time.process_time() - started)
    frame = statistics.median(frames)
    print(
        f"\n1 MiB, {kind} differs: {len(ranges)} ranges, open in {opened * 1000:.0f} ms, "
        f"a frame {frame * 1000:.1f} ms of the processor (95 %: {statistics.quantiles(frames, n=20)[-1] * 1000:.1f} ms)"
    )
    assert opened < 0.5
    assert frame <= 0.016


class _Painted(QObject):
    """Whether a widget has been painted since it was asked last."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.Paint
        return False


class _LongestPause(QObject):
    """The longest time in which the window could not do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds, self._last = 0.0, time.monotonic()
        self.startTimer(5)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802 - Qt's name
        now = time.monotonic()
        self.seconds, self._last = max(self.seconds, now - self._last), now


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[ComparePage]:
    application()
    app_state = AppState(Records(tmp_path))
    page = ComparePage(app_state)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    yield page
    app_state.shut_down()


def test_from_the_pasted_log_to_the_sentence_on_screen(
    page: ComparePage, pairs: list[tuple[bytes, bytes]], qtbot: QtBot
) -> None:
    banner = page.findChild(Banner)
    assert banner is not None
    painted = _Painted()
    banner.installEventFilter(painted)
    log = "\r\n".join(f"I ({n}) wifi: noise {n:08x}" for n in range(2000)) + "\r\n" + firmware_comparison(*pairs[0])
    QGuiApplication.clipboard().setText(log)
    seconds: list[float] = []
    for _ in range(10):
        painted.count = 0
        started = time.perf_counter()
        page.paste()
        qtbot.waitUntil(lambda: painted.count > 0)
        seconds.append(time.perf_counter() - started)
        assert "another key" in banner.accessibleName()
    print(f"\nfrom pasting a log of {len(log)} characters to the sentence: {max(seconds) * 1000:.0f} ms at the longest")
    assert max(seconds) <= 0.5


@pytest.mark.parametrize("kind", ["short lines", "two files of a mebibyte", "a log of a mebibyte"])
def test_the_window_is_never_held_up_by_what_it_reads(
    page: ComparePage, pairs: list[tuple[bytes, bytes]], tmp_path: Path, qtbot: QtBot, kind: str
) -> None:
    names = [tmp_path / name for name in ("one.der", "other.der")]
    expected = os.urandom(MEBIBYTE)
    names[0].write_bytes(expected)
    names[1].write_bytes(bytes(byte ^ (number % 2) for number, byte in enumerate(expected)))
    noise = "ab\n" if kind == "short lines" else "I (12) wifi: noise 0000ab12\n"
    text = noise * (MEBIBYTE // len(noise)) + firmware_comparison(*pairs[0])
    longest = _LongestPause()
    started = time.perf_counter()
    if kind.startswith("two"):
        page.open_files([str(name) for name in names])
    else:
        page.show_text(text, "clipboard")
    qtbot.waitUntil(lambda: not page.app_state.busy, timeout=30_000)
    qtbot.wait(50)  # what is shown is painted
    seconds = time.perf_counter() - started
    assert page.shown is not None
    print(f"\n{kind}: shown after {seconds:.2f} s, the window's longest pause {longest.seconds * 1000:.0f} ms")
    assert longest.seconds <= 0.1
