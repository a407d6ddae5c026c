"""A barcode scanner is a fast keyboard that ends with Enter: it must not press what a person has to mean."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.ui.widgets.deliberate_button import QUIET_MS, DeliberateButton

LONG = QUIET_MS + 40


class Desk:
    """A field and a button below it, as in the wizard."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.window = QWidget()
        self.field, self.button = QLineEdit(), DeliberateButton("Lock")
        column = QVBoxLayout(self.window)
        column.addWidget(self.field)
        column.addWidget(self.button)
        self.field.returnPressed.connect(self.button.setFocus)
        self.pressed: list[bool] = []
        self.refused: list[bool] = []
        self.button.clicked.connect(lambda: self.pressed.append(True))
        self.button.refused.connect(lambda: self.refused.append(True))
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def keys(self, text: str, delay: int = -1) -> None:
        """Type into whatever has the focus; a line feed is Enter."""
        for letter in text:
            focus = QApplication.focusWidget()
            assert focus is not None
            if letter == "\n":
                self._qtbot.keyClick(focus, Qt.Key.Key_Return, delay=delay)
            else:
                self._qtbot.keyClick(focus, letter, delay=delay)

    def wait(self) -> None:
        self._qtbot.wait(LONG)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


@pytest.mark.parametrize("key", ["\n", " "])
def test_a_key_that_stands_alone_presses_it(desk: Desk, key: str) -> None:
    desk.button.setFocus()
    desk.wait()
    desk.keys(key)
    assert desk.pressed == []  # it may be the beginning of a scan
    desk.wait()
    assert desk.pressed == [True]


@pytest.mark.parametrize("scan", ["0123A0B1\n", "A B C\n\n", " 12\n", "\n", "\n\n", "7\n\n\n"])
def test_a_scan_into_the_field_is_taken_there_and_presses_nothing(desk: Desk, scan: str) -> None:
    desk.field.setFocus()
    desk.wait()
    desk.keys(scan)
    desk.wait()
    assert desk.pressed == []
    assert desk.field.text() == scan.partition("\n")[0]
    assert desk.button.hasFocus()


@pytest.mark.slow
@pytest.mark.parametrize("scan", ["0123A0B1\n", "A B C\n", " 12\n", "7\n\n"])
@pytest.mark.parametrize("delay", [-1, 30])
def test_a_scan_while_the_button_has_the_focus_presses_nothing_and_says_so(desk: Desk, scan: str, delay: int) -> None:
    desk.button.setFocus()
    desk.wait()
    desk.keys(scan, delay)
    desk.wait()
    assert desk.pressed == []
    assert desk.refused


def test_a_slow_scanner_does_not_press_it_either(desk: Desk) -> None:
    desk.button.setFocus()
    desk.wait()
    desk.keys("01")
    desk.wait()
    desk.keys("\n")
    desk.wait()
    assert desk.pressed == []


def test_after_a_scan_a_person_can_press_it(desk: Desk) -> None:
    desk.button.setFocus()
    desk.wait()
    desk.keys("0123\n")
    desk.wait()
    desk.keys("\n")
    desk.wait()
    assert desk.pressed == [True]


def test_the_mouse_presses_it_at_once(desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(desk.button, Qt.MouseButton.LeftButton)
    assert desk.pressed == [True]
