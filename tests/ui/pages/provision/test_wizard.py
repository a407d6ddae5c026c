"""The wizard over real virtual boards: from profile to PASS or FAIL."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.provision.model.results import StepResult, Verdict
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.rehearse import Rehearsal, rehearse
from atecc_bench.records.run_records import DeviceRecord
from atecc_bench.ui.pages.console.exchange_text import request_text
from atecc_bench.ui.pages.home.interrupted_banner import InterruptedBanner
from atecc_bench.ui.pages.provision.key_choice import KeyChoice
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.pages.provision.tasks.new_ca import NewCaDialog
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.serial_number_text import grouped_serial
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.step_rail import StepRail

WAIT_MS = 15_000


class Operator:
    """Goes through the wizard as a person does."""

    def __init__(self, page: ProvisionPage, qtbot: QtBot, passphrase: str) -> None:
        self.page = page
        self.app_state = page.app_state
        self.passphrase = passphrase
        self._qtbot = qtbot

    def press(self, button: QPushButton) -> None:
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def rest(self) -> None:
        self._qtbot.waitUntil(lambda: not self.app_state.worker.busy, timeout=WAIT_MS)

    def to_names(self) -> None:
        while self.page.step < WizardStep.NAMES:
            self.press(self.page.next_button)
        self.rest()

    def to_rehearsal(self) -> None:
        self.to_names()
        self._qtbot.keyClicks(self.page.inputs.first_field(), self.passphrase)
        self.press(self.page.next_button)
        self.rest()

    def to_confirmation(self) -> None:
        self.to_rehearsal()
        self.press(self.page.next_button)

    def serial_number(self) -> str:
        assert self.app_state.facts is not None
        return self.app_state.facts.chip.serial_number

    def type_digits(self, digits: str) -> None:
        confirm = self.page.confirm.findChild(ConfirmSerial)
        assert confirm is not None
        field = confirm.focusProxy()
        assert field is not None
        self._qtbot.keyClicks(field, digits)

    def start_run(self) -> None:
        self.to_confirmation()
        self.type_digits(self.serial_number()[-6:])
        self.press(self.page.lock_button)

    def await_result(self) -> None:
        self._qtbot.waitUntil(lambda: self.page.step is WizardStep.RESULT, timeout=WAIT_MS)
        self.rest()

    def wait_for(self, true: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(true, timeout=WAIT_MS)

    def await_first_key(self) -> None:
        """Both zones have been locked when the chip makes its first key."""
        self._qtbot.waitUntil(
            lambda: any(request_text(e.request).startswith("GenKey") for e in self.app_state.exchanges), timeout=WAIT_MS
        )


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def steps(page: ProvisionPage) -> dict[str, str]:
    rail = page.findChild(StepRail)
    assert rail is not None
    spoken = [child.accessibleName() for child in rail.findChildren(QWidget) if ": " in child.accessibleName()]
    return dict(name.split(": ")[1].split(", ") for name in spoken)


def device_threads() -> int:
    return sum(thread.name == "device" for thread in threading.enumerate())


def banner_text(step: QWidget) -> str:
    banner = step.findChild(Banner)
    assert banner is not None
    return banner.accessibleName()


@pytest.fixture
def page(ca: Path, show: Callable[[str], QWidget], connected: Callable[[str], None]) -> ProvisionPage:
    connected("virtual://fresh")
    page = show("Provision")
    assert isinstance(page, ProvisionPage)
    return page


@pytest.fixture
def operator(page: ProvisionPage, qtbot: QtBot, passphrase: str) -> Operator:
    return Operator(page, qtbot, passphrase)


@pytest.mark.slow
def test_from_profile_to_pass(page: ProvisionPage, app_state: AppState, operator: Operator) -> None:
    operator.to_confirmation()
    assert page.step is WizardStep.CONFIRM
    serial = operator.serial_number()
    assert not page.lock_button.isEnabled()
    operator.type_digits(serial[-6:])
    operator.press(page.lock_button)
    operator.await_result()
    assert page.result.verdict_text() == "PASS · VIRTUAL"
    assert steps(page)["Run"] == steps(page)["Result"] == "done"
    assert app_state.summary.data_locked
    record = app_state.records.for_chip(serial, virtual=True).latest()
    assert record is not None
    assert record.has_certificates


@pytest.mark.slow
def test_the_report_is_one_page_of_html_or_pdf(page: ProvisionPage, operator: Operator, tmp_path: Path) -> None:
    operator.start_run()
    operator.await_result()
    for name in ("report.html", "report.pdf"):
        page.result.save_report(tmp_path / name)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert operator.serial_number() in html
    assert "VIRTUAL" in html
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]
    for name in ("report.html", "report.pdf"):
        with pytest.raises(OSError, match="none"):
            page.result.save_report(tmp_path / "none" / name)


@pytest.mark.slow
def test_wrong_digits_do_not_lock(page: ProvisionPage, operator: Operator) -> None:
    operator.to_confirmation()
    operator.type_digits("000000" if operator.serial_number()[-6:] != "000000" else "111111")
    assert not page.lock_button.isEnabled()
    page.go_on()
    assert page.step is WizardStep.CONFIRM


@pytest.mark.slow
def test_what_a_chip_holds_is_replaced_only_after_its_digits_were_typed(
    page: ProvisionPage, operator: Operator, connected: Callable[[str], None]
) -> None:
    connected("virtual://provisioned")
    operator.to_confirmation()
    assert page.step is WizardStep.CONFIRM
    assert "This replaces: " in texts(page.confirm)
    assert "Device certificate in slot 10" in texts(page.confirm)
    assert (page.lock_button.text(), page.lock_button.isEnabled()) == ("Replace and provision", False)
    page.go_on()
    assert page.step is WizardStep.CONFIRM
    operator.type_digits(operator.serial_number()[-6:])
    operator.press(page.lock_button)
    operator.await_result()
    assert page.result.verdict_text() == "PASS · VIRTUAL"


@pytest.mark.slow
def test_another_chip_starts_the_preparation_again(
    page: ProvisionPage, operator: Operator, connected: Callable[[str], None]
) -> None:
    operator.to_rehearsal()
    connected("virtual://fresh")
    assert page.step is WizardStep.DEVICE


def test_a_chip_with_locked_zones_is_not_said_to_be_untouched(
    page: ProvisionPage, connected: Callable[[str], None]
) -> None:
    connected("virtual://provisioned")
    banner = page.device.findChild(Banner)
    assert banner is not None
    assert "Both zones are locked" in banner.accessibleName()
    assert "This run has written nothing so far." in banner.accessibleDescription()


class TestNames:
    @pytest.mark.parametrize("typed", ["wrong", ""])
    def test_without_the_right_passphrase_it_goes_back_to_the_names(
        self, page: ProvisionPage, operator: Operator, typed: str
    ) -> None:
        operator.passphrase = typed
        operator.to_rehearsal()
        assert page.step is WizardStep.NAMES
        assert "passphrase" in banner_text(page.inputs).lower()

    def test_after_a_wrong_passphrase_the_right_one_is_typed_into_an_empty_field(
        self, page: ProvisionPage, operator: Operator, passphrase: str
    ) -> None:
        operator.passphrase = passphrase[:-1]
        operator.to_rehearsal()
        operator.passphrase = passphrase
        operator.to_rehearsal()
        assert page.step is WizardStep.REHEARSAL

    def test_what_was_chosen_for_the_keys_of_a_profile_is_not_chosen_for_those_of_another(
        self, page: ProvisionPage, operator: Operator
    ) -> None:
        operator.to_names()
        keys = page.inputs.findChild(KeyChoice)
        assert keys is not None
        fill = next(one for one in keys.findChildren(QRadioButton) if one.text().startswith("Fill"))
        fill.click()
        for line in keys.lines():
            line.setText("not for another profile")
        page.go_back()
        operator.to_names()
        assert keys.fills()  # it is the same profile
        for _ in range(2):
            page.go_back()
        assert page.profile.choose("espressif-trustcustom")
        operator.to_names()
        assert not keys.fills()
        fill.click()
        assert keys.passphrase() == b""

    def test_escrow_passphrases_that_differ_are_both_typed_again(
        self, page: ProvisionPage, operator: Operator, qtbot: QtBot
    ) -> None:
        operator.to_names()
        keys = page.inputs.findChild(KeyChoice)
        assert keys is not None
        next(one for one in keys.findChildren(QRadioButton) if one.text().startswith("Fill")).click()
        for line, text in zip(keys.lines(), ("correct horse", "correct house"), strict=True):
            qtbot.keyClicks(line, text)
        operator.press(page.next_button)
        assert page.step is WizardStep.NAMES
        assert "differ" in banner_text(page.inputs)
        assert [line.text() for line in keys.lines()] == ["", ""]

    def test_the_passphrase_is_forgotten_once_it_has_been_used(self, page: ProvisionPage, operator: Operator) -> None:
        operator.to_rehearsal()
        assert page.step is WizardStep.REHEARSAL
        assert operator.passphrase not in [line.text() for line in page.inputs.findChildren(QLineEdit)]

    @pytest.mark.parametrize("damage", ["no certificate", "a byte of a name", "cut short"])
    def test_a_folder_with_malformed_certificates_is_told_in_a_sentence(
        self, page: ProvisionPage, operator: Operator, ca: Path, qtbot: QtBot, damage: str
    ) -> None:
        operator.to_names()
        good = (ca / "signer.pem").read_bytes()
        middle = len(good) // 3
        (ca / "signer.pem").write_bytes(
            {
                "no certificate": b"nothing of the kind",
                "a byte of a name": good[:middle] + (b"////////") + good[middle + 8 :],
                "cut short": good[:middle],
            }[damage]
        )
        folder = page.inputs.findChildren(QLineEdit)[0]
        folder.setText(f"{ca}/")
        qtbot.waitUntil(lambda: "Looking" not in banner_text(page.inputs), timeout=WAIT_MS)
        assert "certificate" in banner_text(page.inputs)
        assert "internal" not in banner_text(page.inputs)

    def test_a_new_ca_is_made_without_holding_up_the_window(
        self, page: ProvisionPage, app_state: AppState, tmp_path: Path, qtbot: QtBot
    ) -> None:
        dialog = NewCaDialog(tmp_path / "new", app_state.worker, page)
        qtbot.addWidget(dialog)
        dialog.open()
        _, organization, passphrase, again = dialog.findChildren(QLineEdit)
        organization.setText("Nordlys AS")
        for line in (passphrase, again):
            line.setText("correct horse battery")
        go_on = threading.Event()
        app_state.worker.run_without_board("Think", lambda: go_on.wait(WAIT_MS / 1000), lambda _: None, lambda _: None)
        make = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Make CA")
        qtbot.mouseClick(make, Qt.MouseButton.LeftButton)
        assert not (tmp_path / "new").exists()  # the click is over, and the device's thread has not come to it
        dialog.close()
        assert dialog.isVisible()
        with qtbot.waitSignal(dialog.accepted, timeout=WAIT_MS):
            go_on.set()
        assert (tmp_path / "new" / "signer.pem").exists()


def test_a_rehearsal_that_failed_is_nowhere_said_to_have_passed(
    page: ProvisionPage, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(plan: Plan, now: datetime, progress: Callable[[StepResult], None]) -> Rehearsal:
        rehearsal = rehearse(plan, now, progress)
        error = RefusedError("key-differs", "The twin holds another key.", "Look at the profile.")
        return replace(rehearsal, outcome=replace(rehearsal.outcome, verdict=Verdict.FAIL, error=error))

    monkeypatch.setattr("atecc_bench.workflows.devices.provisioning.rehearse", fails)
    operator.to_rehearsal()
    assert page.step is WizardStep.REHEARSAL
    assert "The rehearsal failed" in texts(page.rehearsal)
    assert "The twin holds another key." in texts(page.rehearsal)
    assert "passed" not in texts(page)
    assert not page.next_button.isEnabled()


@pytest.mark.slow
class TestFailure:
    @pytest.fixture
    def told_locks(self, app_state: AppState) -> list[tuple[bool | None, bool | None]]:
        """What the header said of the zones while steps ran."""
        told: list[tuple[bool | None, bool | None]] = []
        app_state.summary_changed.connect(
            lambda: told.append((app_state.summary.config_locked, app_state.summary.data_locked))
        )
        return told

    @pytest.fixture
    def failed(
        self,
        told_locks: object,
        page: ProvisionPage,
        operator: Operator,
        connected: Callable[[str], None],
        tmp_path: Path,
    ) -> ProvisionPage:
        connected(f"virtual://fresh?speed=real&state={tmp_path / 'chip.json'}")
        operator.start_run()
        operator.await_first_key()
        operator.press(page.cancel_button)
        operator.await_result()
        return page

    def test_it_says_where_it_stopped_what_is_locked_and_that_it_can_go_on(self, failed: ProvisionPage) -> None:
        said = texts(failed.result)
        assert failed.result.verdict_text() == "FAIL · VIRTUAL"
        assert "The run stopped at “" in said
        assert "the configuration zone (by this run) and the data zone (by this run)" in said
        assert "goes on from there" in said

    def test_it_shows_the_folder_of_the_record(self, failed: ProvisionPage, app_state: AppState) -> None:
        assert str(app_state.records.folder) in texts(failed.result)
        assert "result.json" in texts(failed.result)

    def test_the_steps_do_not_say_that_the_run_is_done(self, failed: ProvisionPage) -> None:
        assert steps(failed)["Run"] == steps(failed)["Result"] == "failed"

    def test_the_next_run_goes_on_from_there(self, failed: ProvisionPage, operator: Operator) -> None:
        operator.press(failed.next_button)
        operator.rest()
        operator.to_rehearsal()
        assert failed.step is WizardStep.REHEARSAL
        operator.press(failed.next_button)  # nothing is left to lock, so nothing is asked
        operator.await_result()
        assert failed.result.verdict_text() == "PASS · VIRTUAL"

    def test_it_names_its_chip_and_goes_when_another_comes(
        self, failed: ProvisionPage, operator: Operator, app_state: AppState
    ) -> None:
        serial = operator.serial_number()
        assert f"Chip {grouped_serial(serial)}" in texts(failed.result)
        app_state.connect_to("virtual://fresh")
        operator.rest()
        assert failed.step is WizardStep.DEVICE
        assert grouped_serial(serial) in texts(failed.device)
        assert "FAIL" in texts(failed.device)

    def test_try_again_goes_on_with_what_is_left_without_asking_for_the_passphrase(
        self, failed: ProvisionPage, operator: Operator
    ) -> None:
        operator.press(failed.again_button)
        operator.rest()
        assert failed.step is WizardStep.REHEARSAL
        operator.press(failed.next_button)
        operator.await_result()
        assert failed.result.verdict_text() == "PASS · VIRTUAL"
        assert not failed.again_button.isVisible()

    def test_home_offers_to_take_up_what_was_stopped(
        self, failed: ProvisionPage, window: MainWindow, operator: Operator
    ) -> None:
        window.show_page("Home")
        banner = window.page("Home").findChild(InterruptedBanner)
        assert isinstance(banner, InterruptedBanner)
        operator.wait_for(banner.isVisible)

    def test_the_badges_told_of_the_locks_while_the_run_went_on(
        self, failed: ProvisionPage, told_locks: list[tuple[bool | None, bool | None]]
    ) -> None:
        assert told_locks[:2] == [(True, False), (True, True)]

    def test_closing_the_window_leaves_no_thread(self, failed: ProvisionPage, window: MainWindow) -> None:
        before = device_threads()
        window.close()
        assert device_threads() == before - 1


@pytest.mark.slow
def test_a_run_whose_record_could_not_be_written_is_no_pass(
    page: ProvisionPage, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = DeviceRecord.write

    def full(record: DeviceRecord, name: str, content: bytes) -> None:
        if name == "result_json":
            raise InputError("record-not-writable", "The disk is full.", "Choose another folder.")
        write(record, name, content)

    monkeypatch.setattr(DeviceRecord, "write", full)
    operator.start_run()
    operator.await_result()
    assert page.result.verdict_text() == "FAIL · VIRTUAL"
    assert "The disk is full. Choose another folder." in texts(page.result)


@pytest.mark.slow
def test_the_smallest_window_shows_every_step_that_can_never_be_undone(
    page: ProvisionPage, operator: Operator, window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1024, 640)
    operator.to_confirmation()
    step = page.confirm
    qtbot.waitUntil(lambda: step.scroller.viewport().height() < step.table.height(), timeout=WAIT_MS)
    rows = [row for row in range(step.table.model().rowCount()) if _is_for_ever(page, row)]
    assert len(rows) == 2
    assert step.scroller.verticalScrollBar().value() == 0
    assert step.table.row_bottom(rows[-1]) <= step.scroller.viewport().height()


def _is_for_ever(page: ProvisionPage, row: int) -> bool:
    tooltip = page.confirm.table.model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
    return "never be undone" in (tooltip or "")
