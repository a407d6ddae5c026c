"""A code that is scanned anywhere in the window but in a field presses nothing, opens nothing, chooses nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.pages.provision.tasks.new_ca import NewCaDialog
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets import deliberate_button

WAIT_MS = 15_000
QUIET_MS = 40  # this scanner leaves less than a millisecond between two keys
SCAN = " f7 v\n\n"  # begins as Space presses a button; f and v begin names in lists; ends with CR LF


@pytest.fixture(autouse=True)
def fast_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliberate_button, "QUIET_MS", QUIET_MS)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been opened outside the window."""
    found: list[str] = []

    def choose(*_: object) -> tuple[str, str]:
        found.append("file dialog")
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: choose()[0])
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append("folder"))
    return found


class Scanner:
    """Scans a code while each thing that can have the focus has it, and says which of them did something."""

    def __init__(self, window: MainWindow, app_state: AppState, opened: list[str], qtbot: QtBot) -> None:
        self._window, self._app_state, self._opened, self._qtbot = window, app_state, opened, qtbot
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)

    def scan_everywhere(self, within: QWidget) -> list[str]:
        """Names of the widgets at which a scan did something."""
        targets = [one for one in within.findChildren(QWidget) if _takes_keys(one)]
        assert targets
        return [name for one in targets if (name := _name(one)) and not self._leaves_all_as_it_is(one)]

    def _leaves_all_as_it_is(self, target: QWidget) -> bool:
        before = self._state()
        target.setFocus()
        self._qtbot.wait(QUIET_MS + 10)
        for letter in SCAN:
            focus = QApplication.activePopupWidget() or QApplication.focusWidget() or target
            if letter == "\n":
                self._qtbot.keyClick(focus, Qt.Key.Key_Return)
            else:
                self._qtbot.keyClick(focus, letter)
        self._qtbot.wait(QUIET_MS + 10)
        after = self._state()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        return before == after and popup is None

    def _state(self) -> tuple[object, ...]:
        page, window = _wizard(self._window), self._window
        checks = [button.isChecked() for button in page.findChildren(QAbstractButton) if button.isCheckable()]
        tabs = [tab.currentIndex() for tab in page.findChildren(QTabWidget)]
        combos = [combo.currentIndex() for combo in window.findChildren(QComboBox)]
        dialogs = QApplication.activeModalWidget()
        app_state = self._app_state
        shown = window.page("Provision").isVisible()
        return page.step, checks, tabs, combos, dialogs, app_state.port, app_state.busy, len(self._opened), shown


def _takes_keys(widget: QWidget) -> bool:
    by_keyboard = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    if isinstance(widget, QAbstractButton) and widget.isCheckable() and not widget.isChecked():
        return False  # of those that exclude each other the keyboard comes to the chosen one alone
    return by_keyboard and widget.isVisible() and widget.isEnabled() and not isinstance(widget, QLineEdit)


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else widget.accessibleName()
    return text or type(widget).__name__


def _wizard(window: MainWindow) -> ProvisionPage:
    page = window.page("Provision")
    assert isinstance(page, ProvisionPage)
    return page


@pytest.mark.slow
def test_a_scan_does_nothing_at_any_step(
    window: MainWindow,
    app_state: AppState,
    ca: Path,
    passphrase: str,
    connected: Callable[[str], None],
    show: Callable[[str], QWidget],
    opened: list[str],
    qtbot: QtBot,
) -> None:
    connected("virtual://fresh?speed=max")
    show("Provision")
    page, scanner = _wizard(window), Scanner(window, app_state, opened, qtbot)
    touched: dict[str, list[str]] = {}

    def scan(within: QWidget = page) -> None:
        step = page.step
        touched[f"{step.title} {len(touched)}"] = scanner.scan_everywhere(within)
        assert page.step is step, touched

    def rest() -> None:
        qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)

    scan(window)
    page.go_on()
    scan()
    page.go_on()
    scan()
    field = page.inputs.first_field()
    assert isinstance(field, QLineEdit)
    field.setText(passphrase)
    page.go_on()
    rest()
    scan()
    page.go_on()
    scan()
    digits = page.confirm.field().focusProxy()
    assert isinstance(digits, QLineEdit)
    assert app_state.facts is not None
    digits.setText(app_state.facts.chip.serial_number[-6:])
    scan()  # the button that locks is enabled now
    assert page.step is WizardStep.CONFIRM
    page.go_on()
    qtbot.waitUntil(lambda: page.step is WizardStep.RESULT, timeout=WAIT_MS)
    rest()
    scan()
    assert {step: names for step, names in touched.items() if names} == {}


@pytest.mark.slow
def test_a_scan_makes_no_ca(
    window: MainWindow,
    app_state: AppState,
    ca: Path,
    show: Callable[[str], QWidget],
    opened: list[str],
    qtbot: QtBot,
) -> None:
    show("Provision")
    scanner = Scanner(window, app_state, opened, qtbot)
    dialog = NewCaDialog(ca / "new", app_state.worker, _wizard(window))
    qtbot.addWidget(dialog)
    dialog.open()
    assert scanner.scan_everywhere(dialog) == []
    for line in dialog.findChildren(QLineEdit):
        line.setFocus()
        qtbot.keyClicks(line, "correct horse")
        qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.wait(QUIET_MS + 10)
    assert dialog.isVisible()
    assert dialog.isEnabled()  # nothing is being made
