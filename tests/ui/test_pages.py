"""The pages over real virtual boards: what a person sees after a click."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from atecc_bench.pki.authority import create_authority, save_authority
from atecc_bench.provision.records import Records
from atecc_bench.provision.scenarios import make_scenario
from atecc_bench.ui.app import build_window
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.device_summary import LinkState
from atecc_bench.ui.main_window import MainWindow
from atecc_bench.ui.pages.certificates import CertificatesPage
from atecc_bench.ui.pages.compare import ComparePage
from atecc_bench.ui.pages.console import ConsolePage
from atecc_bench.ui.pages.inspect import InspectPage
from atecc_bench.ui.pages.provision import ProvisionPage, WizardStep
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.hex_diff import HexDiff
from atecc_bench.ui.widgets.hex_view import HexView
from atecc_bench.ui.widgets.row_table import RowTable
from atecc_bench.ui.widgets.slot_table import SlotTable

PASSPHRASE = "correct horse battery"  # noqa: S105 - of a CA that lives for one test
WAIT_MS = 15_000


@pytest.fixture(autouse=True)
def no_passphrase_lies_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE", raising=False)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(Records(tmp_path / "data" / "records"))
    yield bench
    bench.worker.shut_down()


@pytest.fixture
def window(bench: Bench, qtbot: QtBot) -> MainWindow:
    window = build_window(bench)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def connected(bench: Bench, qtbot: QtBot) -> Callable[[str], None]:
    def connect(port: str) -> None:
        bench.connect_to(port)
        qtbot.waitUntil(lambda: not bench.worker.busy, timeout=WAIT_MS)

    return connect


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
    save_authority(tmp_path / "data" / "ca", authority, root_key, PASSPHRASE.encode())
    return tmp_path / "data" / "ca"


def show(window: MainWindow, bench: Bench, qtbot: QtBot, page: str) -> None:
    window.show_page(page)
    qtbot.waitUntil(lambda: not bench.worker.busy, timeout=WAIT_MS)


def banner_text(page: ComparePage | CertificatesPage) -> str:
    banner = page.findChild(Banner)
    assert banner is not None
    return banner.accessibleName()


def device_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "device" and thread.is_alive()]


class TestTheDevice:
    def test_a_connected_chip_stands_in_the_header_with_its_badges(
        self, bench: Bench, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://provisioned")
        summary = bench.summary
        assert summary.link is LinkState.CONNECTED
        assert (summary.part, summary.variant, summary.virtual) == ("ATECC608A", "TrustCUSTOM", True)
        assert (summary.config_locked, summary.data_locked) == (True, True)

    def test_a_board_that_cannot_be_reached_is_explained_on_every_page_about_the_chip(
        self, window: MainWindow, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://blank-board")
        for name in ("Inspect", "Certificates", "Compare", "Provision"):
            show(window, bench, qtbot, name)
            panel = window.page(name).findChild(ErrorPanel)
            assert panel is not None
            assert panel.isVisible()
            assert "blank" in panel.accessibleDescription()

    def test_closing_the_window_leaves_no_thread(
        self, window: MainWindow, bench: Bench, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://provisioned")
        before = len(device_threads())
        window.close()
        assert len(device_threads()) == before - 1


class TestInspect:
    @pytest.fixture
    def page(self, window: MainWindow, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]) -> InspectPage:
        connected("virtual://provisioned")
        show(window, bench, qtbot, "Inspect")
        page = window.page("Inspect")
        assert isinstance(page, InspectPage)
        return page

    def test_choosing_a_slot_selects_its_slot_config(self, page: InspectPage) -> None:
        slots, view = page.findChild(SlotTable), page.findChild(HexView)
        assert slots is not None
        assert view is not None
        slots.select_row(8)
        assert view.selection() == (36, 38)

    def test_choosing_bytes_selects_the_slot_they_configure(self, page: InspectPage, qtbot: QtBot) -> None:
        slots, view = page.findChild(SlotTable), page.findChild(HexView)
        assert slots is not None
        assert view is not None
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.byte_rect(96 + 2 * 11).center())
        assert slots.selected_row() == 11


class TestCompare:
    def test_the_mismatch_is_told_in_one_sentence_with_its_three_ranges(
        self, window: MainWindow, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://mismatch")
        show(window, bench, qtbot, "Compare")
        page = window.page("Compare")
        assert isinstance(page, ComparePage)
        assert banner_text(page) == "The certificate was signed for another key than the one in slot 0."
        table, diff = page.findChild(RowTable), page.findChild(HexDiff)
        assert table is not None
        assert diff is not None
        model = table.model()
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["15–30", "200–263", "279–298"]
        diff.go_next()
        assert table.selected_row() == 1

    def test_a_provisioned_chip_is_equal_to_the_byte(
        self, window: MainWindow, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://provisioned")
        show(window, bench, qtbot, "Compare")
        page = window.page("Compare")
        assert isinstance(page, ComparePage)
        assert banner_text(page) == "The chip holds exactly this certificate."

    def test_two_files_are_compared_without_a_chip(
        self, window: MainWindow, bench: Bench, qtbot: QtBot, tmp_path: Path
    ) -> None:
        for name in ("mismatch", "provisioned"):
            (tmp_path / f"{name}.pem").write_bytes(make_scenario(name)["device.pem"])
        show(window, bench, qtbot, "Compare")
        page = window.page("Compare")
        assert isinstance(page, ComparePage)
        page.open_files([str(tmp_path / "mismatch.pem"), str(tmp_path / "provisioned.pem")])
        assert banner_text(page) == "The certificates differ."

    def test_a_file_that_is_no_certificate_is_refused_with_a_sentence(
        self, window: MainWindow, bench: Bench, qtbot: QtBot, tmp_path: Path
    ) -> None:
        (tmp_path / "noise.pem").write_text("this is not a certificate")
        show(window, bench, qtbot, "Compare")
        page = window.page("Compare")
        assert isinstance(page, ComparePage)
        page.open_files([str(tmp_path / "noise.pem")])
        panel = page.findChild(ErrorPanel)
        assert panel is not None
        assert panel.isVisible()


def test_certificates_show_a_chain_that_holds(
    window: MainWindow, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]
) -> None:
    connected("virtual://provisioned")
    show(window, bench, qtbot, "Certificates")
    page = window.page("Certificates")
    assert isinstance(page, CertificatesPage)
    assert banner_text(page) == "The chain holds."


def test_the_console_lists_every_exchange(
    window: MainWindow, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]
) -> None:
    show(window, bench, qtbot, "Console")
    connected("virtual://provisioned")
    page = window.page("Console")
    assert isinstance(page, ConsolePage)
    table = page.findChild(RowTable)
    assert table is not None
    qtbot.waitUntil(lambda: table.model().rowCount() == len(bench.exchanges), timeout=WAIT_MS)
    assert table.model().index(0, 1).data() == "board:version()"


class TestTheWizard:
    @pytest.fixture
    def page(
        self, window: MainWindow, bench: Bench, qtbot: QtBot, ca: Path, connected: Callable[[str], None]
    ) -> ProvisionPage:
        connected("virtual://fresh")
        show(window, bench, qtbot, "Provision")
        page = window.page("Provision")
        assert isinstance(page, ProvisionPage)
        return page

    def to_rehearsal(self, page: ProvisionPage, qtbot: QtBot, passphrase: str = PASSPHRASE) -> None:
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        qtbot.keyClicks(page.names.first_field(), passphrase)
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not page.bench.worker.busy, timeout=WAIT_MS)

    def type_digits(self, page: ProvisionPage, qtbot: QtBot, digits: str) -> None:
        confirm = page.confirm.findChild(ConfirmSerial)
        assert confirm is not None
        field = confirm.focusProxy()
        assert field is not None
        qtbot.keyClicks(field, digits)

    def test_from_profile_to_pass(self, page: ProvisionPage, bench: Bench, qtbot: QtBot) -> None:
        self.to_rehearsal(page, qtbot)
        assert page.step is WizardStep.REHEARSAL
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        assert page.step is WizardStep.CONFIRM
        assert bench.facts is not None
        serial = bench.facts.chip.serial_number
        assert not page.lock_button.isEnabled()
        self.type_digits(page, qtbot, serial[-6:])
        qtbot.mouseClick(page.lock_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: page.step is WizardStep.RESULT, timeout=WAIT_MS)
        assert page.result.verdict_text() == "PASS · VIRTUAL"
        qtbot.waitUntil(lambda: not bench.worker.busy, timeout=WAIT_MS)
        assert bench.summary.data_locked
        record = bench.records.latest(serial, virtual=True)
        assert record is not None
        assert record.has_certificates

    def test_wrong_digits_do_not_lock(self, page: ProvisionPage, bench: Bench, qtbot: QtBot) -> None:
        self.to_rehearsal(page, qtbot)
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        assert bench.facts is not None
        serial = bench.facts.chip.serial_number
        self.type_digits(page, qtbot, "000000" if serial[-6:] != "000000" else "111111")
        assert not page.lock_button.isEnabled()
        page.go_on()
        assert page.step is WizardStep.CONFIRM

    def test_a_wrong_passphrase_leads_back_to_its_field(self, page: ProvisionPage, qtbot: QtBot) -> None:
        self.to_rehearsal(page, qtbot, "wrong")
        assert page.step is WizardStep.NAMES
        banner = page.names.findChild(Banner)
        assert banner is not None
        assert "passphrase" in banner.accessibleName().lower()

    def test_another_chip_starts_the_preparation_again(
        self, page: ProvisionPage, qtbot: QtBot, connected: Callable[[str], None]
    ) -> None:
        self.to_rehearsal(page, qtbot)
        connected("virtual://fresh")
        assert page.step is WizardStep.DEVICE

    def test_the_passphrase_is_forgotten_once_it_has_been_used(self, page: ProvisionPage, qtbot: QtBot) -> None:
        self.to_rehearsal(page, qtbot)
        assert PASSPHRASE not in [line.text() for line in page.names.findChildren(QLineEdit)]

    def test_cancel_ends_a_run_within_a_second_and_closing_leaves_nothing_behind(
        self, window: MainWindow, page: ProvisionPage, bench: Bench, qtbot: QtBot, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://fresh?speed=real")
        self.to_rehearsal(page, qtbot) if page.step is WizardStep.PROFILE else page.go_on()
        qtbot.waitUntil(lambda: not bench.worker.busy, timeout=WAIT_MS)
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
        assert bench.facts is not None
        self.type_digits(page, qtbot, bench.facts.chip.serial_number[-6:])
        qtbot.mouseClick(page.lock_button, Qt.MouseButton.LeftButton)
        qtbot.wait(300)
        assert page.step is WizardStep.RUN
        qtbot.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: page.step is WizardStep.RESULT, timeout=1000)
        assert page.result.verdict_text().startswith("FAIL")
        before = len(device_threads())
        window.close()
        assert len(device_threads()) == before - 1
