"""A defect in the window: told above the page, noted in the log, and the window goes on."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from atecc_bench.errors import BenchError, DefectError
from atecc_bench.logs import begin_logging, end_logging, log_tail
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.background import Background
from atecc_bench.ui.state.defect_watch import DefectWatch
from atecc_bench.ui.state.device_worker import DeviceWorker
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from tests.support.window_probes import current_page

pytestmark = pytest.mark.qt_no_exception_capture

WAIT_MS = 15_000


def broken(*_: object) -> None:
    raise ZeroDivisionError("as an injected defect")


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path / "data"))
    begin_logging()
    yield
    end_logging()


@pytest.fixture
def watch(window: MainWindow) -> Iterator[DefectWatch]:
    watch = DefectWatch(window)
    watch.met.connect(window.show_defect)
    watch.begin()
    yield watch
    watch.end()


def panels(window: MainWindow) -> list[ErrorPanel]:
    return [panel for panel in window.findChildren(ErrorPanel) if panel.accessibleName().startswith("Something went")]


def texts(panel: ErrorPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel))


def test_a_defect_in_the_windows_thread_is_told_and_the_window_goes_on(
    window: MainWindow, watch: DefectWatch, qtbot: QtBot
):
    with qtbot.waitSignal(watch.met, timeout=WAIT_MS):
        QTimer.singleShot(0, broken)
    (panel,) = panels(window)
    assert panel.isVisible()
    assert "ZeroDivisionError" in texts(panel)
    assert "atecc-bench bundle" in texts(panel)
    assert "as an injected defect" in log_tail()
    window.show_page("Board")
    assert current_page(window) == "Board"
    next(button for button in panel.findChildren(QPushButton) if button.text() == "Dismiss").click()
    assert not panel.isVisible()


def test_a_defect_in_another_thread_is_told_in_the_windows(window: MainWindow, watch: DefectWatch, qtbot: QtBot):
    heard: list[threading.Thread] = []
    watch.met.connect(lambda _: heard.append(threading.current_thread()))
    with qtbot.waitSignal(watch.met, timeout=WAIT_MS):
        threading.Thread(target=broken, name="helper").start()
    qtbot.waitUntil(lambda: bool(panels(window)), timeout=WAIT_MS)
    assert "The thread “helper” failed" in texts(panels(window)[0])
    assert heard == [threading.main_thread()]


def test_a_defect_that_comes_again_and_again_is_told_once(watch: DefectWatch, qtbot: QtBot):
    told: list[DefectError] = []
    watch.met.connect(told.append)
    for _ in range(3):
        QTimer.singleShot(0, broken)
    qtbot.wait(50)
    assert len(told) == 1
    assert log_tail().count("Traceback") == 1


def test_whoever_watched_before_watches_again_afterwards(qapp: object):
    before = (sys.excepthook, threading.excepthook)
    watch = DefectWatch()
    watch.begin()
    assert sys.excepthook != before[0]
    watch.end()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_defect_in_an_operation_on_the_device_is_its_error_and_the_worker_goes_on(qapp: object, qtbot: QtBot):
    worker = DeviceWorker()
    failed: list[BenchError] = []
    done: list[int] = []
    worker.run_without_board("Do something", broken, broken, failed.append)
    worker.run_without_board("Do more", lambda: 7, done.append, failed.append)
    qtbot.waitUntil(lambda: not worker.busy, timeout=WAIT_MS)
    worker.shut_down()
    (error,) = failed
    assert (error.id, done) == ("internal", [7])
    assert error.message.startswith("“Do something” failed because of a defect")
    assert "as an injected defect" not in error.message
    assert "as an injected defect" in log_tail()
    assert "Do more: done" in log_tail()


def test_a_defect_in_the_background_is_its_error(qapp: object, qtbot: QtBot):
    background = Background()
    failed: list[BenchError] = []
    background.start("Read a file", broken, broken, failed.append, lambda _: None)
    qtbot.waitUntil(lambda: bool(failed), timeout=WAIT_MS)
    assert failed[0].id == "internal"
    assert "as an injected defect" in log_tail()
