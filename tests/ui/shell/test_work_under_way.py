"""What nothing may disturb: the port stays, progress is in sight, and closing asks."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.console.command_panel import CommandPanel
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.shell.stop_dialog import StopDialog
from atecc_bench.ui.shell.work_bar import WorkBar
from atecc_bench.ui.state.app_state import AppState

Show = Callable[[str], QWidget]
Connected = Callable[[str], None]


def ports(window: MainWindow) -> QComboBox:
    (found,) = (one for one in window.header.findChildren(QComboBox) if one.accessibleName() == "Port")
    return found


def work_bar(window: MainWindow) -> WorkBar:
    found = window.findChild(WorkBar)
    assert isinstance(found, WorkBar)
    return found


def test_the_port_stays_while_something_is_under_way(window: MainWindow, app_state: AppState, connected: Connected):
    connected("virtual://provisioned")
    app_state.begin_work("Provisioning", "Provision")
    assert not ports(window).isEnabled()
    app_state.connect_to("virtual://fresh")
    assert app_state.port == "virtual://provisioned"
    app_state.end_work()
    assert ports(window).isEnabled()


def test_progress_is_in_sight_on_every_page_but_its_own(window: MainWindow, app_state: AppState, show: Show):
    app_state.begin_work("Provisioning", "Provision")
    app_state.note_work("Lock the data zone")
    for page in ("Home", "Board", "Certificates", "Console"):
        show(page)
        assert work_bar(window).isVisible()
        assert work_bar(window).words() == "Provisioning: Lock the data zone"
    show("Provision")
    assert not work_bar(window).isVisible()
    app_state.end_work()
    show("Home")
    assert not work_bar(window).isVisible()


def test_closing_in_the_middle_asks_and_closes_once_the_work_has_stopped(
    window: MainWindow, app_state: AppState, qtbot: QtBot
):
    stopped: list[bool] = []
    window.stop_wanted.connect(lambda: stopped.append(True))
    app_state.begin_work("Back up", "Board")
    window.close()
    assert window.isVisible()
    dialog = window.findChild(StopDialog)
    assert isinstance(dialog, StopDialog)
    dialog.accept()
    assert stopped == [True]
    assert window.isVisible()
    app_state.end_work()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_going_on_leaves_the_window_open(window: MainWindow, app_state: AppState):
    app_state.begin_work("Back up", "Board")
    window.close()
    dialog = window.findChild(StopDialog)
    assert isinstance(dialog, StopDialog)
    dialog.reject()
    app_state.end_work()
    assert window.isVisible()


def turn_wheel(widget: QWidget) -> None:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre, widget.mapToGlobal(centre), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("page", ["Board", "Console"])
def test_the_wheel_changes_no_list_that_is_not_open(window: MainWindow, show: Show, connected: Connected, page: str):
    connected("virtual://provisioned")
    show(page)
    combos = [one for one in window.findChildren(QComboBox) if one.isVisible()]
    assert len(combos) > 1
    before = [one.currentText() for one in combos]
    for combo in combos:
        combo.setFocus()
        turn_wheel(combo)
    assert [one.currentText() for one in combos] == before


def test_typed_words_and_form_are_one_state(show: Show, connected: Connected, qtbot: QtBot):
    connected("virtual://provisioned")
    panel = show("Console").findChild(CommandPanel)
    assert isinstance(panel, CommandPanel)
    (words,) = (one for one in panel.findChildren(QLineEdit) if one.accessibleName() == "Command as words or packet")
    (choice,) = (one for one in panel.findChildren(QComboBox) if one.accessibleName() == "Command")
    panel.choose("Lock")
    qtbot.keyClicks(words, "info")
    fields = [one for one in panel.findChildren(QComboBox) if one is not choice]
    assert not any(one.isVisible() for one in fields)  # of Lock, which is not what is sent
    assert panel.packet().opcode == 0x30
    choice.activated.emit(choice.currentIndex())  # somebody chose a command
    assert words.text() == ""
    qtbot.waitUntil(
        lambda: "zone" in {one.accessibleName() for one in panel.findChildren(QWidget) if one.isVisible()}
    )  # fmt: skip
