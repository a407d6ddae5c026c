import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from atecc_bench.ui.state.serial_number_text import grouped_serial
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial

SERIAL = "0123A0B1C2D3E4F5EE"


@pytest.fixture
def confirm(qtbot: QtBot) -> ConfirmSerial:
    confirm = ConfirmSerial()
    confirm.set_serial(SERIAL)
    qtbot.addWidget(confirm)
    confirm.show()
    return confirm


def field(confirm: ConfirmSerial) -> QLineEdit:
    return confirm.findChildren(QLineEdit)[0]


def paste(qtbot: QtBot, confirm: ConfirmSerial, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(field(confirm), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_the_last_six_digits_confirm_at_the_sixth(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    announced = []
    confirm.confirmed_changed.connect(announced.append)
    qtbot.keyClicks(field(confirm), "e4f5e")
    assert not confirm.is_confirmed()
    qtbot.keyClicks(field(confirm), "e")
    assert confirm.is_confirmed()
    assert field(confirm).text() == "e4f5 ee"
    qtbot.keyClick(field(confirm), Qt.Key.Key_Backspace)
    assert not confirm.is_confirmed()
    assert announced == [True, False]


def test_letter_case_and_spaces_do_not_matter(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    qtbot.keyClicks(field(confirm), "E4 F5 EE")
    assert confirm.is_confirmed()


def test_other_digits_do_not_confirm_and_are_told_so(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    qtbot.keyClicks(field(confirm), "0123a0")
    assert not confirm.is_confirmed()
    assert "not the last six digits" in field(confirm).accessibleDescription()


def test_a_scanned_serial_number_never_confirms(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    """A scanner types all digits, sometimes with something before them, and Enter."""
    announced = []
    confirm.confirmed_changed.connect(announced.append)
    for scanned in (SERIAL, "00" + SERIAL, "0x" + SERIAL, "SN" + SERIAL):
        confirm.clear()
        qtbot.keyClicks(field(confirm), scanned)
        qtbot.keyClick(field(confirm), Qt.Key.Key_Return)
    assert announced == []


def test_a_pasted_text_longer_than_six_digits_is_not_taken_at_all(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    paste(qtbot, confirm, SERIAL)
    assert field(confirm).text() == ""
    assert "Not taken" in field(confirm).accessibleDescription()
    qtbot.keyClicks(field(confirm), "e4f")
    paste(qtbot, confirm, "5eee")
    assert field(confirm).text() == "e4f"


def test_editing_in_the_middle_keeps_the_groups(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    qtbot.keyClicks(field(confirm), "45ee")
    field(confirm).setCursorPosition(1)
    qtbot.keyClicks(field(confirm), "f")
    field(confirm).setCursorPosition(0)
    qtbot.keyClicks(field(confirm), "e")
    assert field(confirm).text() == "e4f5 ee"
    assert confirm.is_confirmed()


def test_another_chip_is_asked_for_anew(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    qtbot.keyClicks(field(confirm), "e4f5ee")
    with qtbot.waitSignal(confirm.confirmed_changed) as changed:
        confirm.set_serial("0123000000000000EE")
    assert changed.args == [False]
    assert field(confirm).text() == ""


def test_another_chip_with_the_same_end_is_asked_for_anew(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    qtbot.keyClicks(field(confirm), "e4f5ee")
    confirm.set_serial("0123FFFFFFFFE4F5EE")
    assert not confirm.is_confirmed()


@pytest.mark.parametrize("serial", ["", "0123", SERIAL + "00", "0123A0B1C2D3E4F5EG"])
def test_only_a_whole_serial_number_can_be_asked_for(confirm: ConfirmSerial, serial: str) -> None:
    with pytest.raises(ValueError, match="18 hex digits"):
        confirm.set_serial(serial)


def test_the_field_has_a_name_and_takes_the_focus(qtbot: QtBot, confirm: ConfirmSerial) -> None:
    assert field(confirm).accessibleName() == "Last six digits of the serial number"
    confirm.activateWindow()
    confirm.setFocus()
    qtbot.waitUntil(field(confirm).hasFocus)


def test_serial_numbers_are_written_in_groups() -> None:
    assert grouped_serial(SERIAL) == "0123 a0b1 c2d3 e4f5 ee"
