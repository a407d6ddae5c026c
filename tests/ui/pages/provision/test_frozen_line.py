"""A line that a supervisor has frozen: devices are plugged in one after the other, and nothing is asked or chosen."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.profiles.files import load_profile
from atecc_bench.records.run_records import Records
from atecc_bench.twin.ports.url_scheme import is_virtual_url
from atecc_bench.ui.app import build_window
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.pages.provision.tasks.line_dialogs import (
    AGAIN,
    CA,
    CONFIRM,
    ESCROW,
    EVERY,
    SUPERVISOR,
    LineDialog,
    confirmation_text,
)
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.basics import without_mnemonic
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.workflows.devices.frozen_line import frozen_line
from tests.support.boards.cable import Cable
from tests.support.window_probes import current_page

WAIT_MS = 20_000
SECRET = "only the supervisor"  # noqa: S105 - of a line that lives for one test
RIGHT = {SUPERVISOR: SECRET, AGAIN: SECRET, CONFIRM: "trustcustom-tls"}


@pytest.fixture
def cable(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cable]:
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that look like a serial port")
    cable = Cable(as_silicon=True)
    monkeypatch.setattr("atecc_bench.link.transports.serial_ports.serial_ports", cable.ports)
    yield cable
    cable.pull()


def choose_profile(page: ProvisionPage, profile: str) -> None:
    title = without_mnemonic(f"{load_profile(profile).title}   (")
    next(b for b in page.profile.findChildren(QRadioButton) if b.text().startswith(title)).click()


class Supervisor:
    """Presses buttons and fills in the dialogs that they open."""

    def __init__(self, window: MainWindow, app_state: AppState, qtbot: QtBot) -> None:
        page = window.page("Provision")
        assert isinstance(page, ProvisionPage)
        self.window, self.page, self.app_state = window, page, app_state
        self._qtbot = qtbot
        self._training = False
        self.problems: list[str] = []
        self.focused: list[str] = []

    def press(self, button: QPushButton) -> None:
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def answer(self, button: QPushButton, *tries: dict[str, str]) -> None:
        """Press a button and try these entries in the dialog until it closes; then give up."""
        QTimer.singleShot(0, lambda: self.fill_in(list(tries)))
        self.press(button)

    def fill_in(self, tries: list[dict[str, str]]) -> None:
        """Try these entries in the dialog that is open until it closes; then give up."""
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, LineDialog)
        for entries in tries:
            for line in dialog.findChildren(QLineEdit):
                line.setText(entries.get(line.accessibleName(), ""))
            for choice in dialog.findChildren(QCheckBox):
                choice.setChecked(self._training)
            self.press(dialog.findChildren(QPushButton)[-1])
            self._qtbot.waitUntil(lambda: dialog.isEnabled() or not dialog.isVisible(), timeout=WAIT_MS)
            if not dialog.isVisible():
                return
            self.problems.append(dialog.findChildren(QLabel)[-1].text())
            focus = dialog.focusWidget()
            self.focused.append("" if focus is None else focus.accessibleName())
        dialog.reject()

    def freeze(
        self, passphrase: str, escrow: str = "", *, profile: str = RIGHT[CONFIRM], training: bool = False
    ) -> None:
        page, right = self.page, {**RIGHT, CONFIRM: profile}
        self.window.show_page("Provision")
        choose_profile(page, profile)
        while page.step < WizardStep.NAMES:
            self.press(page.next_button)
        self._qtbot.keyClicks(page.inputs.first_field(), passphrase)
        if escrow:
            fill = next(b for b in page.inputs.findChildren(QRadioButton) if b.text().startswith("Fill"))
            fill.setChecked(True)
            for name in ("Escrow passphrase", "The same again"):
                line = next(one for one in page.inputs.findChildren(QLineEdit) if one.accessibleName() == name)
                line.setText(escrow)
        self.press(page.next_button)
        self._qtbot.waitUntil(page.next_button.isEnabled, timeout=WAIT_MS)
        self._training = training
        self.answer(page.freeze_button, {**right, CONFIRM: "yes"}, {**right, AGAIN: "other"},
            {**right, EVERY: "some"}, {**right, EVERY: "5"})  # fmt: skip

    def await_result(self) -> str:
        self._qtbot.waitUntil(lambda: self.page.step is WizardStep.RESULT and not self.app_state.busy, timeout=WAIT_MS)
        return self.page.result.verdict_text()


@pytest.fixture
def frozen(
    window: MainWindow, app_state: AppState, ca: Path, passphrase: str, connected: Callable[[str], None], qtbot: QtBot,
) -> Supervisor:  # fmt: skip
    connected("virtual://fresh")
    supervisor = Supervisor(window, app_state, qtbot)
    supervisor.freeze(passphrase)
    qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
    return supervisor


def other_window(app_state: AppState, qtbot: QtBot) -> tuple[MainWindow, AppState]:
    """The program, started again on the same data."""
    app_state.shut_down()
    again = AppState(Records(app_state.records.folder))
    window = build_window(again)
    qtbot.addWidget(window, before_close_func=lambda _: again.end_work())
    window.show()
    again.load_line()
    return window, again


@pytest.mark.slow
def test_the_line_is_frozen_only_for_a_confirmation_and_a_passphrase_typed_twice(frozen: Supervisor) -> None:
    assert "trustcustom-tls" in frozen.problems[0]
    assert "differ" in frozen.problems[1]
    assert "no number" in frozen.problems[2]
    assert frozen.app_state.line is not None
    assert frozen.app_state.line.opinion_every == 5
    assert frozen.app_state.frozen
    assert frozen_line(frozen.app_state.data_folder) == frozen.app_state.line


@pytest.mark.slow
def test_a_frozen_line_offers_no_virtual_board_and_no_other_page(frozen: Supervisor, qtbot: QtBot) -> None:
    app_state = frozen.app_state
    assert not [choice for choice in app_state.port_choices() if is_virtual_url(choice.port)]
    assert app_state.port == ""
    assert app_state.first_port() == ""
    for url in ("virtual://fresh", "VIRTUAL://fresh", "Virtual://Fresh?speed=real"):
        app_state.connect_to(url)
        assert (app_state.busy, app_state.port) == (False, "")
    assert not [b for b in frozen.page.findChildren(QPushButton) if "virtual" in b.text().lower() and b.isVisible()]
    assert not [b for b in frozen.page.findChildren(QPushButton) if b.text() == "Choose a board" and b.isVisible()]
    app_state.page_wanted.emit("Board")
    qtbot.keyClick(frozen.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert current_page(frozen.window) == "Provision"
    assert [w for w in frozen.window.findChildren(QWidget) if w.accessibleName() == "Pages" and w.isVisible()] == []


@pytest.mark.slow
def test_devices_are_provisioned_one_after_the_other_with_no_more_than_enter(
    frozen: Supervisor, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> None:
    page, app_state = frozen.page, frozen.app_state
    serials: list[str] = []
    for number in range(2):
        cable.plug_in(tmp_path / f"chip-{number}.json")
        assert frozen.await_result() == "PASS"
        assert app_state.facts is not None
        serials.append(app_state.facts.chip.serial_number)
        assert not app_state.facts.virtual
        frozen.press(page.next_button)
        qtbot.waitUntil(lambda: app_state.facts is not None, timeout=WAIT_MS)
        assert page.step is WizardStep.DEVICE  # the chip that has passed is not done again
        cable.pull()
        qtbot.waitUntil(lambda: app_state.facts is None, timeout=WAIT_MS)
    assert len(set(serials)) == 2
    assert all(app_state.records.for_chip(serial, virtual=False).latest() for serial in serials)


@pytest.mark.slow
def test_a_virtual_board_behind_a_serial_port_is_not_run(
    frozen: Supervisor, served_board: Callable[[str], str], qtbot: QtBot
) -> None:
    app_state = frozen.app_state
    app_state.connect_to(served_board("virtual://fresh"))
    qtbot.waitUntil(lambda: app_state.facts is not None and not app_state.busy, timeout=WAIT_MS)
    assert frozen.page.step is WizardStep.DEVICE
    assert app_state.facts is not None
    assert not app_state.facts.chip.config_locked


@pytest.mark.slow
def test_only_the_passphrase_leaves_the_mode(frozen: Supervisor) -> None:
    page, app_state = frozen.page, frozen.app_state
    frozen.answer(page.leave_button, {SUPERVISOR: "operator"})
    assert app_state.frozen
    frozen.answer(page.leave_button, {SUPERVISOR: SECRET})
    assert not app_state.frozen
    assert app_state.job is None
    assert page.step is WizardStep.PROFILE
    assert frozen_line(app_state.data_folder) is None


@pytest.mark.slow
def test_leaving_the_mode_hides_nothing_of_a_device_that_was_run_meanwhile(
    frozen: Supervisor, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> None:
    def run_a_device_and_leave() -> None:
        cable.plug_in(tmp_path / "chip.json")
        assert frozen.await_result() == "PASS"
        frozen.fill_in([{SUPERVISOR: SECRET}])

    QTimer.singleShot(0, run_a_device_and_leave)
    frozen.press(frozen.page.leave_button)
    assert not frozen.app_state.frozen
    assert frozen.page.step is WizardStep.RESULT
    assert frozen.page.next_button.isVisible()
    frozen.press(frozen.page.next_button)
    qtbot.waitUntil(lambda: not frozen.app_state.busy, timeout=WAIT_MS)
    assert frozen.page.step is WizardStep.DEVICE


@pytest.mark.slow
def test_after_a_restart_the_line_is_frozen_and_waits_for_the_supervisor(
    frozen: Supervisor, passphrase: str, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> None:
    window, app_state = other_window(frozen.app_state, qtbot)
    try:
        again = Supervisor(window, app_state, qtbot)
        assert current_page(window) == "Provision"
        assert again.page.begin_button.isVisible()
        cable.plug_in(tmp_path / "chip.json")
        qtbot.waitUntil(lambda: app_state.facts is not None and not app_state.busy, timeout=WAIT_MS)
        assert again.page.step is WizardStep.DEVICE  # nothing was confirmed since the start
        entries = {SUPERVISOR: SECRET, CA: passphrase, CONFIRM: "trustcustom-tls"}
        again.answer(again.page.begin_button, {**entries, SUPERVISOR: "operator"}, {**entries, CA: "x"}, entries)
        assert "supervisor" in again.problems[0]
        assert again.await_result() == "PASS"
    finally:
        app_state.shut_down()


@pytest.mark.slow
def test_a_batch_begins_only_with_an_escrow_passphrase_typed_twice(
    window: MainWindow, app_state: AppState, ca: Path, passphrase: str, connected: Callable[[str], None], qtbot: QtBot
) -> None:
    connected("virtual://fresh")
    escrow = "the right escrow"
    Supervisor(window, app_state, qtbot).freeze(passphrase, escrow)
    window, app_state = other_window(app_state, qtbot)
    try:
        again = Supervisor(window, app_state, qtbot)
        entries = {SUPERVISOR: SECRET, CA: passphrase, ESCROW: escrow, AGAIN: escrow, CONFIRM: "trustcustom-tls"}
        again.answer(again.page.begin_button, {**entries, ESCROW: "teh right escrow"})
        assert app_state.job is None
        assert "differ" in again.problems[0]
        assert again.focused == [AGAIN]
        again.answer(again.page.begin_button, entries)
        assert app_state.job is not None
        assert app_state.job.escrow_passphrase == escrow.encode()
    finally:
        app_state.shut_down()


@pytest.mark.slow
def test_a_dialog_stays_until_its_deed_has_ended(frozen: Supervisor, qtbot: QtBot) -> None:
    app_state, go_on = frozen.app_state, threading.Event()
    stayed: list[bool] = []

    def leave_and_close() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, LineDialog)
        dialog.findChildren(QLineEdit)[0].setText(SECRET)
        app_state.worker.run_without_board("Think", lambda: go_on.wait(WAIT_MS / 1000), lambda _: None, lambda _: None)
        frozen.press(dialog.findChildren(QPushButton)[-1])
        for close in (dialog.close, dialog.reject):
            close()
            stayed.append(dialog.isVisible())
        go_on.set()

    QTimer.singleShot(0, leave_and_close)
    frozen.press(frozen.page.leave_button)  # comes back when the dialog is gone
    assert stayed == [True, True]
    assert not app_state.frozen
    assert frozen_line(app_state.data_folder) is None


@pytest.mark.slow
def test_the_name_to_type_is_shown(frozen: Supervisor) -> None:
    assert frozen.app_state.job is not None
    assert RIGHT[CONFIRM] in confirmation_text(frozen.app_state.job)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "replacement", "said"), [(".*", "{}", "cannot be read"), ("Nordlys AS", "Fjord AS", "was edited since")]
)
def test_a_damaged_or_edited_line_provisions_nothing(
    frozen: Supervisor, qtbot: QtBot, content: str, replacement: str, said: str
) -> None:
    path = frozen.app_state.data_folder / "line.json"
    path.write_text(re.sub(content, replacement, path.read_text(), count=1, flags=re.DOTALL))
    window, app_state = other_window(frozen.app_state, qtbot)
    try:
        page = window.page("Provision")
        assert isinstance(page, ProvisionPage)
        assert app_state.frozen
        assert (page.begin_button.isVisible(), page.leave_button.isVisible()) == (False, False)
        assert said in "".join(label.text() for label in page.device.findChildren(QLabel))
    finally:
        app_state.shut_down()


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.mark.slow
def test_a_device_that_is_taken_out_is_no_error_but_room_for_the_next(
    frozen: Supervisor, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> None:
    app_state, page = frozen.app_state, frozen.page
    cable.plug_in(tmp_path / "chip.json")
    assert frozen.await_result() == "PASS"
    frozen.press(page.next_button)
    qtbot.waitUntil(lambda: app_state.facts is not None and not app_state.busy, timeout=WAIT_MS)
    cable.pull()
    qtbot.waitUntil(lambda: app_state.facts is None and not app_state.busy, timeout=WAIT_MS)
    assert "Plug in the next device" in words(page.device)
    assert not [panel for panel in page.device.findChildren(ErrorPanel) if panel.isVisible()]
    red = [b for b in frozen.window.header.findChildren(Badge) if b.isVisible() and b.kind is BadgeKind.IRREVERSIBLE]
    assert red == []


@pytest.fixture
def training(
    window: MainWindow, app_state: AppState, ca: Path, passphrase: str, connected: Callable[[str], None], qtbot: QtBot,
) -> Supervisor:  # fmt: skip
    connected("virtual://fresh")
    supervisor = Supervisor(window, app_state, qtbot)
    supervisor.freeze(passphrase, training=True)
    qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
    return supervisor


@pytest.mark.slow
def test_a_line_for_training_runs_virtual_boards_and_says_training_everywhere(
    training: Supervisor, qtbot: QtBot
) -> None:
    app_state, page = training.app_state, training.page
    assert app_state.line is not None
    assert app_state.line.training
    assert training.await_result() == "PASS · VIRTUAL · TRAINING"
    assert "TRAINING" in training.window.windowTitle()
    assert "TRAINING" in [badge.text() for badge in training.window.header.findChildren(Badge) if badge.isVisible()]
    first = app_state.facts
    training.press(page.next_button)
    offer = next(b for b in page.device.findChildren(QPushButton) if b.text() == "Take a new virtual chip")
    qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
    assert "TRAINING" in words(page)
    if page.step is WizardStep.DEVICE:  # a virtual port is a new chip each time it is opened
        training.press(offer)
    assert training.await_result() == "PASS · VIRTUAL · TRAINING"
    assert first is not None
    assert app_state.facts is not None
    assert app_state.facts.chip.serial_number != first.chip.serial_number


@pytest.mark.slow
def test_a_line_for_training_writes_no_chip_of_silicon(
    training: Supervisor, cable: Cable, tmp_path: Path, qtbot: QtBot
) -> None:
    app_state, page = training.app_state, training.page
    training.await_result()
    training.press(page.next_button)
    training.await_result() if page.step is not WizardStep.DEVICE else None
    cable.plug_in(tmp_path / "chip.json")
    qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
    app_state.connect_to(cable.port)
    qtbot.waitUntil(lambda: app_state.facts is not None and not app_state.facts.virtual, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
    assert page.step is not WizardStep.RUN
    assert app_state.facts is not None
    assert not app_state.facts.chip.config_locked
    assert list(app_state.records.for_chip(app_state.facts.chip.serial_number, virtual=False).runs()) == []


@pytest.mark.slow
def test_a_line_stays_for_training_after_a_restart(training: Supervisor, qtbot: QtBot) -> None:
    training.await_result()
    window, app_state = other_window(training.app_state, qtbot)
    try:
        assert app_state.training
        assert "TRAINING" in window.windowTitle()
    finally:
        app_state.shut_down()
