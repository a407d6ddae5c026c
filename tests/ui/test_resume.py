"""A provisioning that was cut off: Home offers to take it up, and the plan is made for what the chip is now."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from atecc_bench.provision.journal import Event
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.interrupted_banner import InterruptedBanner
from atecc_bench.ui.main_window import MainWindow
from atecc_bench.ui.pages.provision import ProvisionPage, WizardStep
from atecc_bench.ui.widgets.banner import Banner

WAIT_MS = 15_000
OTHER = "0123a0b1c2d3e4f5ee"


def cut_off(bench: Bench, serial: str, *, virtual: bool, profile: str = "trustcustom-tls") -> None:
    """The journal of a process that died while the chip made its keys."""
    journal = bench.records.begin(serial, virtual=virtual, at=datetime.now(UTC)).journal()
    journal.note(Event.BEGIN, serial_number=serial, profile=profile, steps=[])
    journal.note(Event.STEP, id="generate-keys", status="running")
    journal.note(Event.KEY_BEGINS, slot=0)


class Home:
    def __init__(self, window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
        self._window, self._bench, self._qtbot = window, bench, qtbot
        banner = window.page("Home").findChild(InterruptedBanner)
        assert banner is not None
        self.banner = banner

    def look(self) -> bool:
        """Come back to Home; whether something is offered."""
        self._window.show_page("Board")
        self._window.show_page("Home")
        self._qtbot.waitUntil(lambda: not self._bench.busy, timeout=WAIT_MS)
        return self.banner.isVisible()

    def press(self, text: str) -> None:
        button = next(b for b in self.banner.findChildren(QPushButton) if b.text() == text)
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self._qtbot.waitUntil(lambda: not self._bench.busy, timeout=WAIT_MS)


@pytest.fixture
def home(window: MainWindow, bench: Bench, qtbot: QtBot) -> Home:
    return Home(window, bench, qtbot)


@pytest.fixture
def serial(bench: Bench, connected: Callable[[str], None], tmp_path: Path) -> str:
    """Of a virtual chip whose zones are locked and that has no keys yet."""
    connected(f"virtual://configured?state={tmp_path / 'chip.json'}")
    assert bench.facts is not None
    return bench.facts.chip.serial_number


def wizard(window: MainWindow) -> ProvisionPage:
    page = window.page("Provision")
    assert isinstance(page, ProvisionPage)
    return page


def test_nothing_is_offered_when_nothing_was_cut_off(home: Home, serial: str) -> None:
    assert not home.look()


def test_the_chip_at_hand_is_taken_up_where_it_is_and_then_no_more_offered(
    home: Home, window: MainWindow, bench: Bench, serial: str, ca: Path, passphrase: str, qtbot: QtBot
) -> None:
    cut_off(bench, serial, virtual=True)
    assert home.look()
    assert "generate keys" in home.banner.accessibleName()
    assert "VIRTUAL" in home.banner.accessibleName()
    home.press("Resume")
    page = wizard(window)
    assert (window.current_page(), page.step) == ("Provision", WizardStep.NAMES)
    field = page.names.first_field()
    assert field is not None
    qtbot.keyClicks(field, passphrase)
    for step in (WizardStep.REHEARSAL, WizardStep.RESULT):  # nothing is left to lock, so nothing is asked
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda step=step: page.step is step and not bench.busy, timeout=WAIT_MS)
    assert page.result.verdict_text() == "PASS · VIRTUAL"
    assert not home.look()


def test_another_chip_is_waited_for(home: Home, window: MainWindow, bench: Bench, serial: str) -> None:
    cut_off(bench, OTHER, virtual=False)
    assert home.look()
    assert "0123 a0b1 c2d3 e4f5 ee" in home.banner.accessibleName()
    home.press("Resume")
    page = wizard(window)
    assert page.step is WizardStep.DEVICE
    said = " ".join(label.text() for label in page.device.findChildren(QLabel))
    assert "Plug in the chip 0123 a0b1 c2d3 e4f5 ee" in said


def test_no_other_profile_takes_the_place_of_one_that_is_gone(
    home: Home, window: MainWindow, bench: Bench, serial: str
) -> None:
    cut_off(bench, serial, virtual=True, profile="line-7")
    assert home.look()
    home.press("Resume")
    page = wizard(window)
    assert page.step is WizardStep.PROFILE
    said = " ".join(banner.accessibleName() for banner in page.profile.findChildren(Banner) if banner.isVisible())
    assert "“line-7” is not here" in said


def test_a_virtual_chip_that_is_gone_is_not_waited_for(home: Home, bench: Bench, serial: str) -> None:
    cut_off(bench, OTHER, virtual=True)
    assert not home.look()


def test_what_is_put_aside_is_not_offered_again(home: Home, bench: Bench, serial: str) -> None:
    cut_off(bench, OTHER, virtual=False)
    assert home.look()
    home.press("Put aside")
    assert not home.banner.isVisible()
    assert not home.look()
    assert bench.records.doubtful_keys(OTHER, virtual=False) == {0}  # what is known of the chip stays known
