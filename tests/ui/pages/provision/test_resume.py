"""A provisioning that was cut off: Home offers to take it up, and the plan is made for what the chip is now."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.profiles.files import load_profile
from atecc_bench.records.journal import Event
from atecc_bench.ui.pages.home.interrupted_banner import InterruptedBanner
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from tests.support.window_probes import current_page

WAIT_MS = 15_000
OTHER = "0123a0b1c2d3e4f5ee"


def cut_off(
    app_state: AppState, serial: str, *, virtual: bool, profile: str = "trustcustom-tls", **begun: object
) -> None:  # fmt: skip
    """The journal of a process that died while the chip made its keys."""
    journal = app_state.records.for_chip(serial, virtual=virtual).begin(datetime.now(UTC)).journal()
    journal.note(Event.BEGIN, serial_number=serial, profile=profile, steps=[], **begun)
    journal.note(Event.STEP, id="generate-keys", status="running")
    journal.note(Event.KEY_BEGINS, slot=0)


class Home:
    def __init__(self, window: MainWindow, app_state: AppState, qtbot: QtBot) -> None:
        self._window, self._app_state, self._qtbot = window, app_state, qtbot
        banner = window.page("Home").findChild(InterruptedBanner)
        assert banner is not None
        self.banner = banner

    def look(self) -> bool:
        """Come back to Home; whether something is offered."""
        self._window.show_page("Board")
        self._window.show_page("Home")
        self._qtbot.waitUntil(lambda: not self._app_state.busy, timeout=WAIT_MS)
        return self.banner.isVisible()

    def press(self, text: str) -> None:
        button = next(b for b in self.banner.findChildren(QPushButton) if b.text() == text)
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self._qtbot.waitUntil(lambda: not self._app_state.busy, timeout=WAIT_MS)


@pytest.fixture
def home(window: MainWindow, app_state: AppState, qtbot: QtBot) -> Home:
    return Home(window, app_state, qtbot)


@pytest.fixture
def serial(app_state: AppState, connected: Callable[[str], None], tmp_path: Path) -> str:
    """Of a virtual chip whose zones are locked and that has no keys yet."""
    connected(f"virtual://configured?state={tmp_path / 'chip.json'}")
    assert app_state.facts is not None
    return app_state.facts.chip.serial_number


def wizard(window: MainWindow) -> ProvisionPage:
    page = window.page("Provision")
    assert isinstance(page, ProvisionPage)
    return page


def said(step: QWidget) -> str:
    return " ".join(label.text() for label in step.findChildren(QLabel) if label.isVisible())


def test_nothing_is_offered_when_nothing_was_cut_off(home: Home, serial: str) -> None:
    assert not home.look()


@pytest.mark.slow
def test_the_chip_at_hand_is_taken_up_where_it_is_and_then_no_more_offered(
    home: Home, window: MainWindow, app_state: AppState, serial: str, ca: Path, passphrase: str, qtbot: QtBot
) -> None:
    cut_off(app_state, serial, virtual=True)
    assert home.look()
    assert "generate keys" in home.banner.accessibleName()
    assert "VIRTUAL" in home.banner.accessibleName()
    home.press("Resume")
    page = wizard(window)
    assert (current_page(window), page.step) == ("Provision", WizardStep.NAMES)
    field = page.inputs.first_field()
    assert field is not None
    qtbot.keyClicks(field, passphrase)
    for step in (WizardStep.REHEARSAL, WizardStep.RESULT):  # nothing is left to lock, so nothing is asked
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda step=step: page.step is step and not app_state.busy, timeout=WAIT_MS)
    assert page.result.verdict_text() == "PASS · VIRTUAL"
    assert not home.look()


@pytest.mark.slow
def test_another_chip_is_waited_for(home: Home, window: MainWindow, app_state: AppState, serial: str) -> None:
    cut_off(app_state, OTHER, virtual=False)
    assert home.look()
    assert "0123 a0b1 c2d3 e4f5 ee" in home.banner.accessibleName()
    home.press("Resume")
    page = wizard(window)
    assert page.step is WizardStep.DEVICE
    assert "Plug in the chip 0123 a0b1 c2d3 e4f5 ee" in said(page.device)


@pytest.mark.slow
def test_another_chip_is_not_taken_for_the_one_that_is_waited_for_until_a_profile_is_chosen(
    home: Home, window: MainWindow, app_state: AppState, serial: str, qtbot: QtBot
) -> None:
    cut_off(app_state, OTHER, virtual=False, fill_keys=True)
    assert home.look()
    home.press("Resume")
    page = wizard(window)
    assert not page.next_button.isEnabled()
    assert "This is another chip" in said(page.device)
    page.go_on()
    assert page.step is WizardStep.DEVICE
    qtbot.mouseClick(page.back_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
    assert (page.step, page.next_button.isEnabled()) == (WizardStep.DEVICE, True)
    assert "another chip" not in said(page.device)
    qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
    assert page.step is WizardStep.NAMES
    assert not page.inputs.typed().fill_keys


@pytest.mark.slow
@pytest.mark.parametrize("absent", [False, True], ids=["the chip is there", "the chip comes later"])
def test_what_the_run_was_begun_with_is_there_again(
    home: Home,
    window: MainWindow,
    app_state: AppState,
    serial: str,
    connected: Callable[[str], None],
    qtbot: QtBot,
    *,
    absent: bool,
) -> None:
    begun = {"thing_name": "pump-0042"}
    cut_off(app_state, serial, virtual=True, profile="aws-iot", fields=begun, fill_keys=True)
    port = app_state.port
    assert home.look()
    if absent:
        app_state.connect_to("virtual://fresh")
    home.press("Resume")
    page = wizard(window)
    if absent:
        connected(port)
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
    assert page.step is WizardStep.NAMES
    names = page.inputs.typed()
    assert (names.fill_keys, names.inputs.fields) == (True, begun)
    connected("virtual://fresh")
    page.go_back()
    for _ in range(2):
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
    assert page.inputs.typed().inputs.fields == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sha256", "why"),
    [
        ("line-7", "", "“line-7” is not here"),
        ("trustcustom-tls", 64 * "0", "“trustcustom-tls” is not what it was when the run began"),
    ],
)
def test_no_other_profile_takes_the_place_of_one_that_is_gone_or_was_changed(
    home: Home, window: MainWindow, app_state: AppState, serial: str, name: str, sha256: str, why: str
) -> None:
    cut_off(app_state, serial, virtual=True, profile=name, profile_sha256=sha256)
    assert home.look()
    home.press("Resume")
    page = wizard(window)
    assert page.step is WizardStep.PROFILE
    assert why in said(page.profile)


@pytest.mark.slow
def test_a_run_is_taken_up_by_its_own_profile(home: Home, window: MainWindow, app_state: AppState, serial: str) -> None:
    profile = load_profile("aws-iot")
    cut_off(app_state, serial, virtual=True, profile=profile.name, profile_sha256=profile.sha256)
    assert home.look()
    home.press("Resume")
    assert wizard(window).profile.chosen() == profile
    assert wizard(window).step is WizardStep.NAMES


def test_a_virtual_chip_that_is_gone_is_not_waited_for(home: Home, app_state: AppState, serial: str) -> None:
    cut_off(app_state, OTHER, virtual=True)
    assert not home.look()


def test_what_is_put_aside_is_not_offered_again(home: Home, app_state: AppState, serial: str) -> None:
    cut_off(app_state, OTHER, virtual=False)
    assert home.look()
    home.press("Put aside")
    assert not home.banner.isVisible()
    assert not home.look()
    assert app_state.records.for_chip(OTHER, virtual=False).doubtful_keys() == {
        0
    }  # what is known of the chip stays known
