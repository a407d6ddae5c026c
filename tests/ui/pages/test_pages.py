"""The pages over real virtual boards: what a person sees after a click."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.ui.pages.certificates.page import CertificatesPage
from atecc_bench.ui.pages.compare.page import ComparePage
from atecc_bench.ui.pages.console.page import ConsolePage
from atecc_bench.ui.pages.inspect.page import InspectPage
from atecc_bench.ui.pages.provision.page import ProvisionPage
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_summary import LinkState
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.hex.hex_diff import HexDiff
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.tables.row_table import RowTable
from atecc_bench.ui.widgets.tables.slot_table import SlotTable
from tests.support.window_probes import byte_rect
from tests.tools.make_scenarios import make_scenario

WAIT_MS = 15_000


def banner_text(page: ComparePage | CertificatesPage) -> str:
    banner = page.findChild(Banner)
    assert banner is not None
    return banner.accessibleName()


def banner_description(page: ComparePage) -> str:
    banner = page.findChild(Banner)
    assert banner is not None
    return banner.accessibleDescription()


def device_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "device" and thread.is_alive()]


class TestTheDevice:
    def test_a_connected_chip_stands_in_the_header_with_its_badges(
        self, app_state: AppState, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://provisioned")
        summary = app_state.summary
        assert summary.link is LinkState.CONNECTED
        assert (summary.part, summary.variant, summary.virtual) == ("ATECC608A", "TrustCUSTOM", True)
        assert (summary.config_locked, summary.data_locked) == (True, True)

    def test_a_board_that_cannot_be_reached_is_explained_on_every_page_about_the_chip(
        self, show: Callable[[str], QWidget], connected: Callable[[str], None]
    ) -> None:
        connected("virtual://blank-board")
        for name in ("Inspect", "Certificates", "Compare", "Provision"):
            page = show(name)
            if isinstance(page, ProvisionPage):
                page.go_on()  # to the step about the chip
            panel = page.findChild(ErrorPanel)
            assert panel is not None
            assert panel.isVisible()
            assert "blank" in panel.accessibleDescription()

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["Home", "Board", "Inspect", "Certificates", "Provision", "Compare"])
    def test_connecting_can_be_cancelled_on_every_page(
        self, name: str, window: MainWindow, app_state: AppState, rested: Callable[[], None], qtbot: QtBot
    ) -> None:
        window.show_page(name)
        page = window.page(name)
        if isinstance(page, ProvisionPage):
            page.go_on()  # to the step about the chip
        with socket.create_server(("127.0.0.1", 0)) as silent:
            app_state.connect_to(f"socket://127.0.0.1:{silent.getsockname()[1]}")
            cancel = [b for b in page.findChildren(QPushButton) if b.text() == "Cancel" and b.isVisible()]
            assert len(cancel) == 1
            qtbot.mouseClick(cancel[0], Qt.MouseButton.LeftButton)
            rested()
        assert app_state.summary.link is LinkState.DISCONNECTED
        assert not cancel[0].isVisible()

    def test_escape_cancels_connecting_and_nothing_else(
        self,
        window: MainWindow,
        app_state: AppState,
        connected: Callable[[str], None],
        rested: Callable[[], None],
        qtbot: QtBot,
    ) -> None:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            app_state.connect_to(f"socket://127.0.0.1:{silent.getsockname()[1]}")
            qtbot.keyClick(window, Qt.Key.Key_Escape)
            rested()
        assert isinstance(app_state.error, CancelledError)
        connected("virtual://provisioned")
        ended: list[str] = []
        app_state.run("Read", lambda device: device.session.revision().hex(), ended.append, lambda error: None)
        qtbot.keyClick(window, Qt.Key.Key_Escape)
        rested()
        assert len(ended) == 1

    def test_a_port_that_serves_another_operation_is_at_work_and_offers_no_cancel_elsewhere(
        self, window: MainWindow, app_state: AppState, connected: Callable[[str], None], rested: Callable[[], None]
    ) -> None:
        connected("virtual://provisioned")
        window.show_page("Inspect")
        go_on = threading.Event()
        heard: list[bool] = []
        app_state.use_port(
            "Think", lambda access: go_on.wait(WAIT_MS / 1000), heard.append, print, "It could not think."
        )
        assert app_state.summary.link is LinkState.AT_WORK
        assert not [
            b for b in window.page("Inspect").findChildren(QPushButton) if b.text() == "Cancel" and b.isVisible()
        ]
        go_on.set()
        rested()
        assert (heard, app_state.summary.link) == ([True], LinkState.CONNECTED)

    def test_closing_the_window_leaves_no_thread(
        self, window: MainWindow, app_state: AppState, connected: Callable[[str], None]
    ) -> None:
        connected("virtual://provisioned")
        before = len(device_threads())
        window.close()
        assert len(device_threads()) == before - 1


class TestInspect:
    @pytest.fixture
    def page(self, show: Callable[[str], QWidget], connected: Callable[[str], None]) -> InspectPage:
        connected("virtual://provisioned")
        page = show("Inspect")
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
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=byte_rect(view, 96 + 2 * 11).center())
        assert slots.selected_row() == 11


class TestCompare:
    def test_the_mismatch_is_told_in_one_sentence_with_its_three_ranges(
        self, show: Callable[[str], QWidget], connected: Callable[[str], None]
    ) -> None:
        connected("virtual://mismatch")
        page = show("Compare")
        assert isinstance(page, ComparePage)
        assert banner_text(page) == "The certificate was signed for another key than the one in slot 0."
        table, diff = page.findChild(RowTable), page.findChild(HexDiff)
        assert table is not None
        assert diff is not None
        model = table.model()
        assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["15–30", "200–263", "279–298"]
        assert "What to do: Issue the certificate again" in banner_description(page)
        diff.go_next()
        assert table.selected_row() == 1

    def test_a_provisioned_chip_is_equal_to_the_byte(
        self, show: Callable[[str], QWidget], connected: Callable[[str], None]
    ) -> None:
        connected("virtual://provisioned")
        page = show("Compare")
        assert isinstance(page, ComparePage)
        assert banner_text(page) == "The chip holds exactly this certificate."

    def test_two_files_are_compared_without_a_chip(
        self, show: Callable[[str], QWidget], rested: Callable[[], None], tmp_path: Path
    ) -> None:
        for name in ("mismatch", "provisioned"):
            (tmp_path / f"{name}.pem").write_bytes(make_scenario(name)["device.pem"])
        page = show("Compare")
        assert isinstance(page, ComparePage)
        page.open_files([str(tmp_path / "mismatch.pem"), str(tmp_path / "provisioned.pem")])
        rested()
        assert banner_text(page).startswith("The expected certificate is that of another device")

    def test_a_file_that_is_no_certificate_is_refused_with_a_sentence(
        self, show: Callable[[str], QWidget], rested: Callable[[], None], tmp_path: Path
    ) -> None:
        (tmp_path / "noise.pem").write_text("this is not a certificate")
        page = show("Compare")
        assert isinstance(page, ComparePage)
        page.open_files([str(tmp_path / "noise.pem")])
        rested()
        panel = page.findChild(ErrorPanel)
        assert panel is not None
        assert panel.isVisible()


def test_certificates_show_a_chain_that_holds(show: Callable[[str], QWidget], connected: Callable[[str], None]) -> None:
    connected("virtual://provisioned")
    page = show("Certificates")
    assert isinstance(page, CertificatesPage)
    assert banner_text(page) == "The chain holds."


def test_the_console_lists_every_exchange(
    app_state: AppState, qtbot: QtBot, show: Callable[[str], QWidget], connected: Callable[[str], None]
) -> None:
    page = show("Console")
    connected("virtual://provisioned")
    assert isinstance(page, ConsolePage)
    table = page.findChild(RowTable)
    assert table is not None
    qtbot.waitUntil(lambda: table.model().rowCount() == len(app_state.exchanges), timeout=WAIT_MS)
    assert table.model().index(0, 1).data() == "board:version()"


@pytest.mark.parametrize("name", ["Home", "Inspect", "Certificates", "Provision", "Compare", "Console"])
def test_the_smallest_window_has_room_for_every_page(
    name: str, window: MainWindow, show: Callable[[str], QWidget], connected: Callable[[str], None]
) -> None:
    window.resize(1024, 640)
    connected("virtual://mismatch")
    page = show(name)
    needed = page.minimumSizeHint()
    assert needed.width() <= page.width()
    assert needed.height() <= page.height()
