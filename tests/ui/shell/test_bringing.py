"""Whatever is dropped or pasted, on whatever page, is shown on the page that it is for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.home.bring_card import BringCard
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from tests.support.boards.twin_desk import TwinDesk
from tests.support.window_probes import current_page

WAIT_MS = 15_000
LOG = "E (4711) crypto: atcab_sign failed with ATCA_EXECUTION_ERROR"


def dump() -> str:
    desk = TwinDesk()
    desk.write_config()
    return desk.memory.config.to_bytes().hex(" ")


@pytest.fixture
def brings(window: MainWindow, app_state: AppState, qtbot: QtBot) -> Callable[[list[Path] | str, str], str]:
    """Drops something on a page; gives the page that shows it."""

    def drop(things: list[Path] | str, page: str) -> str:
        window.show_page(page)
        data = QMimeData()
        if isinstance(things, str):
            data.setText(things)
        else:
            data.setUrls([QUrl.fromLocalFile(str(path)) for path in things])
        handle, at = window.windowHandle(), QPoint(500, 8)  # the header, which takes nothing itself
        for kind in (QDragEnterEvent, QDropEvent):
            event = kind(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(handle, event)
        qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
        return current_page(window)

    return drop


Brings = Callable[[list[Path] | str, str], str]


@pytest.mark.parametrize("page", ["Home", "Board", "Console"])
def test_a_dump_is_inspected(brings: Brings, app_state: AppState, page: str, tmp_path: Path) -> None:
    file = tmp_path / "config.txt"
    file.write_text(dump())
    assert brings([file], page) == "Inspect"
    assert app_state.subject is not None


@pytest.mark.parametrize("page", ["Home", "Inspect"])
def test_a_certificate_is_held_against_the_chip(brings: Brings, window: MainWindow, ca: Path, page: str) -> None:
    file = ca / "root.pem"
    assert brings([file], page) == "Certificates"
    assert "1 certificates from files." in words(window.page("Certificates"))


def test_the_text_of_a_certificate_too(brings: Brings, window: MainWindow, ca: Path) -> None:
    assert brings((ca / "root.pem").read_text(), "Board") == "Certificates"
    assert "1 certificates from files." in words(window.page("Certificates"))


def test_a_code_is_explained(brings: Brings, window: MainWindow) -> None:
    assert brings("ATCA_COMM_FAIL", "Home") == "Console"
    edits = [one.toPlainText() for one in window.page("Console").findChildren(QPlainTextEdit)]
    assert any("COMM_FAIL" in text for text in [*edits, words(window.page("Console"))])


def test_a_log_is_diagnosed(brings: Brings) -> None:
    assert brings("\n".join([LOG] * 3), "Home") == "Compare"


def test_what_is_on_the_clipboard_is_pasted_on_every_page(
    window: MainWindow, app_state: AppState, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText(dump())
    window.show_page("Board")
    window.activateWindow()
    window.header.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: current_page(window) == "Inspect" and not app_state.busy, timeout=WAIT_MS)
    assert app_state.subject is not None


def test_home_has_a_field_for_it(window: MainWindow, app_state: AppState, qtbot: QtBot) -> None:
    card = window.page("Home").findChild(BringCard)
    assert isinstance(card, BringCard)
    assert not card.look.isEnabled()
    qtbot.keyClicks(card.text, "0xF4")
    qtbot.mouseClick(card.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: current_page(window) == "Console" and not app_state.busy, timeout=WAIT_MS)


def test_a_frozen_line_takes_nothing(window: MainWindow, app_state: AppState, qtbot: QtBot) -> None:
    window.set_pages_open(False)
    assert not window.acceptDrops()
    QGuiApplication.clipboard().setText(dump())
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert current_page(window) == "Home"
    assert app_state.subject is None


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))
