"""What is typed for one chip never goes into another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.state.app_state import AppState

WAIT_MS = 15_000
NAME = "Thing name"


class Operator:
    """Provisions for AWS IoT, where each device has a name of its own and no CA of ours signs."""

    def __init__(self, page: ProvisionPage, app_state: AppState, qtbot: QtBot) -> None:
        self.page, self._app_state, self._qtbot = page, app_state, qtbot

    def press(self, button: QPushButton) -> None:
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.rest()

    def rest(self) -> None:
        self._qtbot.waitUntil(lambda: not self._app_state.busy, timeout=WAIT_MS)

    def plug_in(self, url: str) -> str:
        """Connect to a board; the serial number of its chip."""
        self._app_state.connect_to(url)
        self.rest()
        assert self._app_state.facts is not None
        return self._app_state.facts.chip.serial_number

    def field(self, name: str = NAME) -> QLineEdit:
        while self.page.step < WizardStep.NAMES:
            self.press(self.page.next_button)
        assert self.page.step is WizardStep.NAMES
        return next(line for line in self.page.inputs.findChildren(QLineEdit) if line.accessibleName() == name)

    def to_confirmation(self) -> None:
        for _ in range(2):
            self.press(self.page.next_button)
        assert self.page.step is WizardStep.CONFIRM

    def run(self, serial_number: str) -> None:
        digits = self.page.confirm.field().focusProxy()
        assert digits is not None
        self._qtbot.keyClicks(digits, serial_number[-6:])
        self.press(self.page.lock_button)
        self._qtbot.waitUntil(lambda: self.page.step is WizardStep.RESULT, timeout=WAIT_MS)
        self.rest()


@pytest.fixture
def urls(tmp_path: Path) -> tuple[str, str]:
    """Two chips that can be plugged in again and again."""
    first, second = (f"virtual://fresh?state={tmp_path / f'{name}.json'}" for name in "ab")
    return first, second


@pytest.fixture
def operator(
    show: Callable[[str], ProvisionPage], app_state: AppState, qtbot: QtBot, urls: tuple[str, str],
) -> Operator:  # fmt: skip
    page = show("Provision")
    operator = Operator(page, app_state, qtbot)
    operator.plug_in(urls[0])
    assert page.profile.choose("aws-iot")
    return operator


def test_a_chip_that_takes_the_place_of_another_before_the_run_gets_none_of_its_names(
    operator: Operator, urls: tuple[str, str]
) -> None:
    operator.field().setText("pump-0001")
    operator.plug_in(urls[1])
    assert operator.page.step is WizardStep.DEVICE
    assert operator.field().text() == ""


def test_a_chip_that_comes_back_keeps_its_name(operator: Operator, urls: tuple[str, str]) -> None:
    operator.field().setText("pump-0001")
    operator.plug_in(urls[0])
    assert operator.field().text() == "pump-0001"


@pytest.mark.slow
def test_the_name_is_confirmed_and_after_waiting_for_a_certificate_it_is_only_the_same_chips(
    operator: Operator, urls: tuple[str, str]
) -> None:
    serial_number = operator.plug_in(urls[0])
    operator.field().setText("pump-0001")
    operator.to_confirmation()
    shown = [label.text() for label in operator.page.confirm.findChildren(QLabel) if label.isVisible()]
    assert "Thing name: pump-0001" in shown
    operator.run(serial_number)
    assert operator.page.result.verdict_text() == "WAITING · VIRTUAL"
    operator.press(operator.page.next_button)
    assert operator.field().text() == "pump-0001"
    operator.plug_in(urls[1])
    assert operator.field().text() == ""
