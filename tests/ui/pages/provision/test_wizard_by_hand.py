"""The wizard from Home to PASS: by keyboard alone through one mishap after the other, and by a newcomer's mouse."""

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
from atecc_bench.ui.widgets import deliberate_button
from tests.support.boards.cable import Cable

WAIT_MS = 20_000
QUIET_MS = 20


@pytest.fixture(autouse=True)
def patient_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """These hands leave more time between two keys than any button asks for; it need not be that of people."""
    monkeypatch.setattr(deliberate_button, "QUIET_MS", QUIET_MS)


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
        self._qtbot.wait(QUIET_MS + 10)
        self._qtbot.keyClick(self.focus(), key)
        self._qtbot.wait(QUIET_MS + 10)

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


class Operator:
    """Goes through the wizard by keyboard alone, with one board on a cable."""

    def __init__(
        self, keyboard: Keyboard, page: ProvisionPage, cable: Cable, state: Path, passphrase: str, qtbot: QtBot
    ) -> None:
        self.keyboard, self.page, self.cable = keyboard, page, cable
        self._state, self._passphrase, self._qtbot = state, passphrase, qtbot

    @property
    def serial_number(self) -> str:
        facts = self.page.app_state.facts
        assert facts is not None
        return facts.chip.serial_number

    def plug_in(self) -> None:
        """The chip is recognised by itself."""
        self.cable.plug_in(self._state, "real")
        self.keyboard.wait_for("Next")

    def rehearse(self) -> None:
        """From the device through names and rehearsal."""
        self.keyboard.press()
        assert self.page.step is WizardStep.NAMES
        self.keyboard.type(self._passphrase)
        self.keyboard.press()
        # Enter in a field only leaves it
        assert (self.page.step, self.keyboard.at()) == (WizardStep.NAMES, "Rehearse")
        self.keyboard.press()
        self._qtbot.waitUntil(lambda: self.page.next_button.isEnabled(), timeout=WAIT_MS)
        assert self.page.step is WizardStep.REHEARSAL
        self.keyboard.press()

    def confirm(self) -> None:
        assert self.page.step is WizardStep.CONFIRM
        self.keyboard.type(self.serial_number[-6:])
        self.keyboard.press()
        assert (self.page.step, self.keyboard.at()) == (WizardStep.CONFIRM, "Lock and provision")
        self.keyboard.press()
        assert (self.page.step, self.keyboard.at()) == (WizardStep.RUN, "Cancel")

    def go_on(self) -> None:
        """To the run of a chip that an earlier run may have locked, in which case nothing is asked."""
        self.rehearse()
        if self.page.step is WizardStep.CONFIRM:
            self.confirm()
        assert self.page.step is WizardStep.RUN

    def await_verdict(self) -> str:
        self.keyboard.wait_for("Next device")
        return self.page.result.verdict_text()


@pytest.fixture
def operator(
    patient_hands: None, window: MainWindow, ca: Path, passphrase: str, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> Operator:
    """Has come from Home to the step in which a device is plugged in."""
    keyboard = Keyboard(window, qtbot)
    keyboard.tab_to("Provision a device")
    keyboard.press()
    page = wizard(window)
    keyboard.tab_to("Next")
    keyboard.press()
    assert page.step is WizardStep.DEVICE
    return Operator(keyboard, page, cable, tmp_path / "chip.json", passphrase, qtbot)


@pytest.mark.slow
def test_by_keyboard_alone_from_home_to_pass(operator: Operator, app_state: AppState) -> None:
    operator.plug_in()
    operator.rehearse()
    operator.confirm()
    assert operator.await_verdict() == "PASS · VIRTUAL"
    record = app_state.records.for_chip(operator.serial_number, virtual=True).latest()
    assert record is not None
    assert record.has_certificates


@pytest.mark.slow
def test_wrong_digits_lock_nothing_until_they_are_corrected(operator: Operator) -> None:
    keyboard, page = operator.keyboard, operator.page
    operator.plug_in()
    operator.rehearse()
    keyboard.type("000000")
    keyboard.press()
    keyboard.press()
    assert (page.step, page.lock_button.isEnabled()) == (WizardStep.CONFIRM, False)
    for _ in range(7):
        keyboard.press(Qt.Key.Key_Backspace)
    operator.confirm()


@pytest.mark.slow
def test_after_a_cancel_the_next_run_of_the_same_chip_passes(operator: Operator) -> None:
    operator.plug_in()
    operator.rehearse()
    operator.confirm()
    operator.keyboard.press()  # Cancel has the focus
    assert operator.await_verdict() == "FAIL · VIRTUAL"
    operator.keyboard.press()  # the same chip is still there, and the next run goes on from its state
    operator.keyboard.wait_for("Next")
    operator.go_on()
    assert operator.await_verdict() == "PASS · VIRTUAL"


@pytest.mark.slow
def test_an_unplugged_board_fails_and_another_is_waited_for(operator: Operator) -> None:
    operator.plug_in()
    operator.go_on()
    operator.cable.pull()
    assert operator.await_verdict() == "FAIL · VIRTUAL"
    operator.keyboard.press()
    assert operator.page.step is WizardStep.DEVICE


@pytest.mark.slow
def test_a_board_that_is_plugged_in_again_is_taken_up_to_pass(operator: Operator, app_state: AppState) -> None:
    operator.plug_in()
    operator.go_on()
    operator.cable.pull()
    operator.await_verdict()
    operator.keyboard.press()
    operator.plug_in()
    operator.go_on()
    assert operator.await_verdict() == "PASS · VIRTUAL"
    record = app_state.records.for_chip(operator.serial_number, virtual=True).latest()
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


@pytest.mark.slow
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
