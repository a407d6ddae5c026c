"""The wizard from Home to PASS: by keyboard alone through every mishap, and by a newcomer's mouse."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.pages.provision.tasks.new_ca import NewCaDialog
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.deliberate_button import QUIET_MS
from tests.support.boards.cable import Cable

WAIT_MS = 20_000


@pytest.fixture
def cable(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cable]:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that look like a serial port")
    cable = Cable()
    monkeypatch.setattr("atecc_bench.link.transports.serial_ports.serial_ports", cable.ports)
    yield cable
    cable.pull()


class Keyboard:
    """Keys, sent to whatever has the focus; sees no more than a person does."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self._window = window
        self._qtbot = qtbot
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)

    def focus(self) -> QWidget:
        focus = QApplication.focusWidget()
        assert focus is not None
        return focus

    def at(self) -> str:
        """The name of what has the focus."""
        focus = self.focus()
        return focus.text() if isinstance(focus, QAbstractButton) else focus.accessibleName()

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.focus(), text)

    def press(self, key: Qt.Key = Qt.Key.Key_Return) -> None:
        self._qtbot.wait(QUIET_MS + 30)
        self._qtbot.keyClick(self.focus(), key)
        self._qtbot.wait(QUIET_MS + 30)

    def tab_to(self, name: str) -> None:
        for _ in range(60):
            if self.at() == name:
                return
            self._qtbot.keyClick(self.focus(), Qt.Key.Key_Tab)
        pytest.fail(f"no key leads to “{name}”")

    def wait_for(self, name: str) -> None:
        self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None and self.at() == name, timeout=WAIT_MS)


def wizard(window: MainWindow) -> ProvisionPage:
    page = window.page("Provision")
    assert isinstance(page, ProvisionPage)
    return page


def test_by_keyboard_alone_from_home_to_pass_with_a_wrong_confirmation_a_cancel_an_unplug_and_a_resume(
    window: MainWindow, app_state: AppState, ca: Path, passphrase: str, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> None:
    keyboard = Keyboard(window, qtbot)
    keyboard.tab_to("Provision a device")
    keyboard.press()
    page = wizard(window)
    keyboard.tab_to("Next")
    keyboard.press()
    assert page.step is WizardStep.DEVICE

    cable.plug_in(tmp_path / "chip.json", "real")  # it is recognised by itself
    keyboard.wait_for("Next")
    assert app_state.facts is not None
    serial = app_state.facts.chip.serial_number

    def names_and_rehearsal() -> None:
        keyboard.press()
        assert page.step is WizardStep.NAMES
        keyboard.type(passphrase)
        keyboard.press()
        assert (page.step, keyboard.at()) == (WizardStep.NAMES, "Rehearse")  # Enter in a field only leaves it
        keyboard.press()
        qtbot.waitUntil(lambda: page.next_button.isEnabled(), timeout=WAIT_MS)
        assert page.step is WizardStep.REHEARSAL
        keyboard.press()

    def confirm() -> None:
        assert page.step is WizardStep.CONFIRM
        keyboard.type(serial[-6:])
        keyboard.press()
        assert (page.step, keyboard.at()) == (WizardStep.CONFIRM, "Lock and provision")
        keyboard.press()

    names_and_rehearsal()
    keyboard.type("000000")  # wrong
    keyboard.press()
    keyboard.press()
    assert (page.step, page.lock_button.isEnabled()) == (WizardStep.CONFIRM, False)
    for _ in range(7):
        keyboard.press(Qt.Key.Key_Backspace)
    confirm()

    assert (page.step, keyboard.at()) == (WizardStep.RUN, "Cancel")
    keyboard.press()
    keyboard.wait_for("Next device")
    assert page.result.verdict_text() == "FAIL · VIRTUAL"

    keyboard.press()  # the same chip is still there, and the next run goes on from its state
    keyboard.wait_for("Next")
    names_and_rehearsal()
    if page.step is WizardStep.CONFIRM:
        confirm()
    assert page.step is WizardStep.RUN
    cable.pull()
    keyboard.wait_for("Next device")
    assert page.result.verdict_text() == "FAIL · VIRTUAL"
    keyboard.press()
    assert page.step is WizardStep.DEVICE

    cable.plug_in(tmp_path / "chip.json", "real")
    keyboard.wait_for("Next")
    names_and_rehearsal()
    if page.step is WizardStep.CONFIRM:
        confirm()
    keyboard.wait_for("Next device")
    assert page.result.verdict_text() == "PASS · VIRTUAL"
    record = app_state.records.for_chip(serial, virtual=True).latest()
    assert record is not None
    assert record.has_certificates


class Clicks(QObject):
    """Counts the presses of the mouse, on whatever they land."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self.count += 1
        return False


def test_a_newcomer_needs_at_most_eight_clicks_besides_typing_names(
    window: MainWindow, app_state: AppState, connected: Callable[[str], None], qapp: QApplication, qtbot: QtBot
) -> None:
    """There is no CA yet, and the board at hand is the one that the window opens with."""
    connected(app_state.first_port())
    clicks = Clicks()
    qapp.installEventFilter(clicks)
    try:
        _provision_as_a_newcomer(window, app_state, qtbot)
    finally:
        qapp.removeEventFilter(clicks)
    assert wizard(window).result.verdict_text() == "PASS · VIRTUAL"
    assert clicks.count <= 8
    print(f"\n{clicks.count} clicks")


def _provision_as_a_newcomer(window: MainWindow, app_state: AppState, qtbot: QtBot) -> None:
    def click(text: str, within: QWidget) -> None:
        def found() -> list[QAbstractButton]:
            buttons = within.findChildren(QAbstractButton)
            return [b for b in buttons if b.text() == text and b.isVisible() and b.isEnabled()]

        qtbot.waitUntil(lambda: bool(found()) and not app_state.busy, timeout=WAIT_MS)
        qtbot.mouseClick(found()[0], Qt.MouseButton.LeftButton)

    def fill_in_dialog() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, NewCaDialog)
        for name, text in (
            ("Organization", "Nordlys AS"),
            ("Passphrase", "correct horse"),
            ("Passphrase again", "correct horse"),
        ):
            line = next(line for line in dialog.findChildren(QLineEdit) if line.accessibleName() == name)
            qtbot.keyClicks(line, text)
        make = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Make CA")
        qtbot.mouseClick(make, Qt.MouseButton.LeftButton)

    click("Provision a device", window)
    page = wizard(window)
    click("Next", page)
    click("Take a new virtual chip", page)
    qtbot.waitUntil(lambda: page.step is WizardStep.NAMES, timeout=WAIT_MS)
    QTimer.singleShot(100, fill_in_dialog)
    click("New CA…", page)
    click("Rehearse", page)
    click("Next", page)
    assert page.step is WizardStep.CONFIRM
    assert app_state.facts is not None
    digits = page.confirm.field().focusProxy()
    assert digits is not None
    qtbot.keyClicks(digits, app_state.facts.chip.serial_number[-6:])
    click("Lock and provision", page)
    qtbot.waitUntil(lambda: page.step is WizardStep.RESULT, timeout=WAIT_MS)
