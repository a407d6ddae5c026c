"""The menus, the settings and what is remembered from one start to the next."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QSplitter
from pytestqt.qtbot import QtBot

from atecc_bench import __version__
from atecc_bench.records.run_records import Records
from atecc_bench.ui.app import build_window, dress
from atecc_bench.ui.shell.about_dialog import AboutDialog
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.shell.remembering import remembered_port
from atecc_bench.ui.shell.settings_dialog import SettingsDialog
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.fault_log import FILE, FaultLog
from atecc_bench.ui.state.preferences import Preferences
from atecc_bench.ui.style.palette import DARK, current_palette
from atecc_bench.ui.widgets.combo_box import ComboBox
from tests.support.window_probes import current_page

PAGES = ("Home", "Board", "Inspect", "Certificates", "Provision", "Compare", "Console")


def entry(window: MainWindow, menu: str, name: str) -> None:
    """Click an entry of a menu."""
    (found,) = (one for one in window.menuBar().actions() if one.text().replace("&", "") == menu)
    entries = found.menu().actions()  # type: ignore[union-attr]
    next(one for one in entries if one.text().replace("&", "").startswith(name)).trigger()


def test_the_menus_are_file_edit_view_help(window: MainWindow) -> None:
    assert [one.text().replace("&", "") for one in window.menuBar().actions()] == ["File", "Edit", "View", "Help"]


@pytest.mark.parametrize(("number", "page"), list(enumerate(PAGES, start=1)))
def test_control_and_a_number_go_to_a_page(window: MainWindow, number: int, page: str, qtbot: QtBot) -> None:
    window.show_page("Home" if page != "Home" else "Board")
    qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0.value + number), Qt.KeyboardModifier.ControlModifier)
    assert current_page(window) == page


def test_control_q_closes_and_asks_while_something_is_under_way(
    window: MainWindow, app_state: AppState, qtbot: QtBot
) -> None:
    app_state.begin_work("Back up", "Board")
    qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert window.isVisible()
    app_state.end_work()
    for dialog in window.findChildren(QDialog):
        dialog.reject()
    qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_about_says_version_and_licences_and_copies_what_a_report_needs(window: MainWindow, qtbot: QtBot) -> None:
    entry(window, "Help", "About")
    dialog = window.findChild(AboutDialog)
    assert isinstance(dialog, AboutDialog)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert f"ATECC Bench {__version__}" in QGuiApplication.clipboard().text()
    assert "PySide6" in QGuiApplication.clipboard().text()
    dialog.accept()


@pytest.fixture
def usual_text() -> Iterator[None]:
    yield
    folder = Path("/nowhere")
    dress(Preferences(folder))


def choose(box: ComboBox, value: object, qtbot: QtBot) -> None:
    box.setFocus()
    while box.currentData() != value:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() != before


def test_theme_and_text_size_change_at_once_and_stay(
    usual_text: None, window: MainWindow, app_state: AppState, qtbot: QtBot
) -> None:
    points = QApplication.font().pointSizeF()
    entry(window, "File", "Settings")
    dialog = window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    choose(dialog.theme, "dark", qtbot)
    assert current_palette() is DARK
    choose(dialog.text, 130, qtbot)
    assert QApplication.font().pointSizeF() == pytest.approx(points * 1.3)
    again = Preferences(app_state.data_folder)
    assert (again.theme, again.text_percent) == ("dark", 130)
    dialog.accept()


def test_place_page_and_splitters_are_as_they_were_left(
    window: MainWindow,
    app_state: AppState,
    show: Callable[[str], object],
    connected: Callable[[str], None],
    qtbot: QtBot,
) -> None:
    connected("virtual://provisioned")
    show("Certificates")
    window.resize(800, 520)  # the screen of tests is no larger
    splitter = window.page("Certificates").findChildren(QSplitter)[0]
    splitter.setSizes([400, 200])
    left = splitter.sizes()
    window.close()
    again_state = AppState(Records(app_state.records.folder))
    again = build_window(again_state)
    qtbot.addWidget(again)
    again.show()
    try:
        assert current_page(again) == "Certificates"
        assert (again.width(), again.height()) == (800, 520)
        restored = again.page("Certificates").findChildren(QSplitter)[0].sizes()
        assert abs(restored[0] / sum(restored) - left[0] / sum(left)) < 0.1
        assert remembered_port(Preferences(again_state.data_folder), again_state) == "virtual://provisioned"
    finally:
        again_state.shut_down()


def test_a_port_that_is_gone_is_not_tried_again(tmp_path: Path, app_state: AppState) -> None:
    preferences = Preferences(tmp_path)
    preferences.port = "/dev/ttyUSB7"
    assert remembered_port(preferences, app_state) == ""


def test_settings_that_somebody_spoilt_are_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text("[look]\ntext=huge\n[window]\ngeometry=7\npage=\n")
    preferences = Preferences(tmp_path)
    assert (preferences.text_percent, preferences.geometry.isEmpty(), preferences.page) == (100, True, "")


def test_a_fault_is_told_of_at_the_next_start_and_only_then(tmp_path: Path, qapp: object) -> None:
    (tmp_path / FILE).write_text("Fatal Python error: Segmentation fault\n")
    log = FaultLog(tmp_path)
    log.begin()
    told = log.of_last_time()
    assert told is not None
    assert "ended by a fault" in told.message
    assert "Segmentation fault" in log.told
    log.end()
    again = FaultLog(tmp_path)
    again.begin()
    assert again.of_last_time() is None
    again.end()
