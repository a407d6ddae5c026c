"""The Board page over virtual boards: what a person sees whose board is blank, foreign or wired wrongly."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.twin.board.rom_target import TARGETS
from atecc_bench.twin.board.sample_images import write_practice_image
from atecc_bench.ui.pages.board.board_card import BoardCard
from atecc_bench.ui.pages.board.boot_picture import BootPicture
from atecc_bench.ui.pages.board.page import BoardPage
from atecc_bench.ui.pages.board.ports_card import PortsCard
from atecc_bench.ui.pages.provision.page import ProvisionPage, WizardStep
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.badges import Badge
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.scroll_area import Scroller

PASSPHRASE = "correct horse battery"  # noqa: S105 - of a CA that lives for one test
WAIT_MS = 20_000


@pytest.fixture
def page(window: MainWindow) -> BoardPage:
    window.show_page("Board")
    page = window.page("Board")
    assert isinstance(page, BoardPage)
    return page


@pytest.fixture
def firmware(tmp_path: Path) -> Path:
    write_practice_image(tmp_path / "firmware", size=16 * 1024)
    return tmp_path / "firmware"


def connect(app_state: AppState, qtbot: QtBot, port: str) -> None:
    app_state.connect_to(port)
    idle(app_state, qtbot)


def idle(app_state: AppState, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not app_state.worker.busy, timeout=WAIT_MS)


def child(page: QWidget, kind: type[QWidget]) -> QWidget:
    found = page.findChild(kind)
    assert isinstance(found, QWidget)
    return found


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def shown(widget: QWidget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel)}


def flash(page: BoardPage, qtbot: QtBot, firmware: Path) -> None:
    page.firmware.image.setText(str(firmware))
    qtbot.mouseClick(page.firmware.flash_button, Qt.MouseButton.LeftButton)
    assert page.firmware.cancel_button.isEnabled()
    qtbot.waitUntil(lambda: not page.firmware.cancel_button.isEnabled(), timeout=WAIT_MS)


def install(page: BoardPage, app_state: AppState, qtbot: QtBot, target: str) -> None:
    """One click on a blank board, with the image that came along."""
    connect(app_state, qtbot, f"virtual://blank-board?target={target}")
    assert page.firmware.flash_button.text() == "Install bridge"
    qtbot.mouseClick(page.firmware.flash_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: app_state.facts is not None, timeout=WAIT_MS)
    idle(app_state, qtbot)


class TestWhatRuns:
    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("port", "says"),
        [
            ("virtual://provisioned", "ATECC Bench bridge 0.1.0"),
            ("virtual://blank-board", "invalid header: 0xffffffff"),
            ("virtual://other-firmware", "weather"),
            ("virtual://no-chip", "ATECC Bench bridge"),
        ],
    )
    def test_it_is_told_by_what_the_board_says(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, port: str, says: str
    ) -> None:
        connect(app_state, qtbot, port)
        assert says in words(child(page, BoardCard))

    def test_without_hardware_it_says_which_driver_may_be_missing(self, page: BoardPage) -> None:
        ports = child(page, PortsCard)
        assert "CP210x" in words(ports)
        assert "dialout" in words(ports)


class TestFlash:
    @pytest.fixture
    def flashed(self, page: BoardPage, app_state: AppState, qtbot: QtBot, firmware: Path) -> AppState:
        """What was a blank board is a device."""
        connect(app_state, qtbot, f"virtual://blank-board?firmware={firmware}")
        assert app_state.facts is None
        flash(page, qtbot, firmware)
        idle(app_state, qtbot)
        return app_state

    @pytest.mark.slow
    def test_a_blank_board_becomes_a_device_in_the_window(self, page: BoardPage, flashed: AppState) -> None:
        assert flashed.facts is not None
        assert flashed.facts.virtual
        assert flashed.facts.baud == 921600
        assert "02:00:00:52:0a:01" in words(child(page, BoardCard))
        assert "921600 baud" in page.firmware.log.toPlainText()

    @pytest.mark.slow
    def test_a_board_that_the_bridge_was_just_installed_on_is_provisioned(
        self, window: MainWindow, page: BoardPage, app_state: AppState, qtbot: QtBot, tmp_path: Path
    ) -> None:
        install(page, app_state, qtbot, "esp32s3")
        authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC))
        save_authority(tmp_path / "data" / "ca", authority, root_key, PASSPHRASE.encode())
        assert app_state.facts is not None
        window.show_page("Provision")
        wizard = window.page("Provision")
        assert isinstance(wizard, ProvisionPage)
        for _ in range(2):
            wizard.go_on()
        qtbot.keyClicks(wizard.inputs.first_field(), PASSPHRASE)
        wizard.go_on()
        idle(app_state, qtbot)
        wizard.go_on()
        confirm = wizard.confirm.findChild(ConfirmSerial)
        assert confirm is not None
        field = confirm.focusProxy()
        assert field is not None
        qtbot.keyClicks(field, app_state.facts.chip.serial_number[-6:])
        wizard.go_on()
        qtbot.waitUntil(lambda: wizard.step is WizardStep.RESULT, timeout=WAIT_MS)
        assert wizard.result.verdict_text() == "PASS · VIRTUAL"

    @pytest.mark.slow
    @pytest.mark.parametrize("target", sorted(TARGETS))
    def test_one_click_installs_what_came_along(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, target: str
    ) -> None:
        install(page, app_state, qtbot, target)
        assert app_state.facts is not None
        assert app_state.facts.baud == 921600
        assert app_state.facts.board_chip == target.upper()
        assert "921600 baud" in page.firmware.log.toPlainText()
        assert "921600 baud" in words(child(page, BoardCard))

    @pytest.mark.slow
    def test_into_ram(self, page: BoardPage, app_state: AppState, qtbot: QtBot, firmware: Path) -> None:
        connect(app_state, qtbot, f"virtual://blank-board?firmware={firmware}")
        page.firmware.image.setText(str(firmware))
        qtbot.mouseClick(page.firmware.ram_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: app_state.facts is not None, timeout=WAIT_MS)

    @pytest.mark.slow
    def test_one_click_starts_what_came_along_in_ram(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://other-firmware")
        assert app_state.facts is None
        assert page.firmware.ram_button.text() == "Start bridge in RAM (keeps what is on the board)"
        assert [badge.text() for badge in page.firmware.findChildren(Badge)] == ["not yet seen on silicon"]
        qtbot.mouseClick(page.firmware.ram_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: app_state.facts is not None, timeout=WAIT_MS)
        assert "921600 baud" in page.firmware.log.toPlainText()

    @pytest.mark.slow
    def test_cancel_ends_it_within_a_second(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, firmware: Path
    ) -> None:
        connect(app_state, qtbot, f"virtual://blank-board?firmware={firmware}&speed=real")
        page.firmware.image.setText(str(firmware))
        page.firmware.flash()
        qtbot.waitUntil(lambda: "at 0x10000" in page.firmware.log.toPlainText(), timeout=WAIT_MS)
        qtbot.mouseClick(page.firmware.cancel_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: app_state.error is not None, timeout=1000)
        assert app_state.error is not None
        assert app_state.error.id == "cancelled"
        assert "half written" in page.firmware.log.toPlainText()
        assert page.firmware.flash_button.isEnabled()

    def test_without_an_image_it_says_how_to_get_one_and_the_board_stays(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, tmp_path: Path
    ) -> None:
        connect(app_state, qtbot, "virtual://provisioned")
        page.firmware.image.setText(str(tmp_path))
        page.firmware.flash()
        idle(app_state, qtbot)
        assert "idf.py" in words(page.firmware)
        assert app_state.facts is not None
        assert page.firmware.flash_button.isEnabled()

    @pytest.mark.slow
    def test_an_application_of_somebody_else_is_named_before_it_is_overwritten(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, firmware: Path
    ) -> None:
        connect(app_state, qtbot, f"virtual://other-firmware?firmware={firmware}")
        assert page.firmware.flash_button.text() == "Overwrite with the bridge"
        assert "back it up first" in words(page.firmware)
        flash(page, qtbot, firmware)
        assert app_state.facts is not None
        assert page.firmware.flash_button.text() == "Install bridge"

    @pytest.mark.slow
    def test_an_error_is_told_with_what_to_try(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, firmware: Path
    ) -> None:
        connect(app_state, qtbot, "virtual://blank-board?fault=flash-stuck:0x10040")
        flash(page, qtbot, firmware)
        panel = child(page, ErrorPanel)
        assert panel.isVisible()
        assert panel.accessibleName() == "The bridge could not be flashed."
        assert not child(page, BootPicture).isVisible()

    @pytest.mark.slow
    def test_a_backup_and_its_restoration(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, tmp_path: Path
    ) -> None:
        connect(app_state, qtbot, "virtual://provisioned")
        file = tmp_path / "short.bin"
        file.write_bytes(b"not a flash")
        page.firmware.restore(file)
        qtbot.waitUntil(lambda: app_state.error is not None, timeout=WAIT_MS)
        assert app_state.error is not None
        assert app_state.error.id == "not-a-backup"
        file.write_bytes(b"\xff" * 4 * 1024 * 1024)
        page.firmware.restore(file)
        qtbot.waitUntil(lambda: "Restored from" in page.firmware.log.toPlainText(), timeout=WAIT_MS)
        idle(app_state, qtbot)

    @pytest.mark.slow
    def test_the_buttons_are_shown_only_when_the_automatic_reset_fails(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            connect(app_state, qtbot, f"socket://127.0.0.1:{silent.getsockname()[1]}")
            picture = child(page, BootPicture)
            assert not picture.isVisible()
            page.firmware.identify()
            idle(app_state, qtbot)
            assert picture.isVisible()
            assert "Hold BOOT" in picture.accessibleDescription()

    def test_reading_the_chip_brings_the_bridge_back(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://provisioned")
        page.firmware.identify()
        qtbot.waitUntil(lambda: bool(app_state.board_chips) and app_state.facts is not None, timeout=WAIT_MS)
        assert "4096 KB" in words(child(page, BoardCard))


class TestWiring:
    @pytest.mark.parametrize(
        ("port", "pins"),
        [
            ("virtual://blank-board?target=esp32c3", ("GPIO 4", "GPIO 5")),
            ("virtual://other-firmware?target=esp32p4", ("GPIO 7", "GPIO 8")),
            ("virtual://blank-board", ("GPIO 21", "GPIO 22")),
        ],
    )
    def test_a_rom_that_names_its_chip_names_the_pins(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot, port: str, pins: tuple[str, str]
    ) -> None:
        connect(app_state, qtbot, port)
        assert set(pins) <= shown(page.wiring)

    def test_before_any_board_is_known_it_can_be_chosen(self, page: BoardPage) -> None:
        card = page.wiring
        assert "not known yet" in card.boards.text()
        card.choice.setCurrentText("Adafruit QT Py ESP32-S2, STEMMA QT")
        assert {"GPIO 41", "GPIO 40"} <= shown(card)
        assert "UART0" in card.boards.text()
        card.choice.setCurrentText("Any board")
        assert {"GPIO 21", "GPIO 22"} <= shown(card)

    def test_the_boards_to_choose_from_are_those_with_the_chip_that_is_there(
        self, page: BoardPage, app_state: AppState, qtbot: QtBot
    ) -> None:
        page.wiring.choice.setCurrentText("Seeed XIAO ESP32C3")
        connect(app_state, qtbot, "virtual://blank-board?target=esp32c3")
        assert page.wiring.choice.currentText() == "Seeed XIAO ESP32C3"
        assert {"GPIO 6", "GPIO 7"} <= shown(page.wiring)
        connect(app_state, qtbot, "virtual://blank-board?target=esp32c6")
        assert page.wiring.choice.currentText() == "Any board"
        assert {"GPIO 6", "GPIO 7"} <= shown(page.wiring)
        assert page.wiring.choice.findText("Seeed XIAO ESP32C3") == -1

    def test_modules_with_a_chip_are_named_with_its_address(self, page: BoardPage) -> None:
        assert "M5Stack Unit ID (Grove, 0x35)" in words(page.wiring)

    def test_a_good_board(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://provisioned")
        qtbot.mouseClick(page.wiring.test_button, Qt.MouseButton.LeftButton)
        idle(app_state, qtbot)
        assert "04 11 33 43" in words(page.wiring.results)
        assert app_state.facts is not None

    def test_without_a_chip_the_likely_mistake(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://no-chip")
        panel = child(page, ErrorPanel)
        assert "the chip is not" in panel.accessibleName()
        qtbot.mouseClick(page.wiring.test_button, Qt.MouseButton.LeftButton)
        idle(app_state, qtbot)
        assert "swapped" in words(page.wiring.results)

    def test_pins_are_found_and_used(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://provisioned")
        qtbot.mouseClick(page.wiring.find_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "Found" in words(page.wiring.results), timeout=WAIT_MS)
        idle(app_state, qtbot)
        assert app_state.facts is not None
        assert page.wiring.test_button.isEnabled()

    def test_no_pins_are_found(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://no-chip")
        qtbot.mouseClick(page.wiring.find_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "Nothing answers" in words(page.wiring.results), timeout=WAIT_MS)

    def test_a_board_that_does_not_answer(self, page: BoardPage, app_state: AppState, qtbot: QtBot) -> None:
        connect(app_state, qtbot, "virtual://blank-board")
        qtbot.mouseClick(page.wiring.test_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "blank" in words(page.wiring.results), timeout=WAIT_MS)
        assert page.wiring.test_button.isEnabled()


def test_no_card_at_the_right_is_wider_than_what_is_seen(page: BoardPage, window: MainWindow, qtbot: QtBot):
    window.resize(1280, 800)
    window.show()
    for url in ("virtual://other-firmware", "virtual://no-chip"):
        page._app_state.connect_to(url)
        qtbot.waitUntil(lambda: page._app_state.error is not None and page._error.isVisible(), timeout=WAIT_MS)
        (side,) = (one for one in page.findChildren(Scroller) if one.isAncestorOf(page._error))
        qtbot.waitUntil(lambda side=side: side.column.geometry().width() <= side.viewport().width(), timeout=2_000)


def test_the_firmware_card_is_whole_while_it_is_at_work(page: BoardPage, window: MainWindow, qtbot: QtBot):
    window.resize(1280, 800)
    window.show()
    page._app_state.connect_to("virtual://other-firmware")
    qtbot.waitUntil(lambda: page._app_state.error is not None and not page._app_state.busy, timeout=WAIT_MS)
    page.firmware._begin("Write")
    qtbot.waitUntil(page.firmware.log.isVisible, timeout=2_000)
    qtbot.wait(100)
    log = page.firmware.log
    assert log.mapTo(page, log.rect().bottomLeft()).y() < page.height()
    assert page.firmware.geometry().bottom() <= page.height()
    words = page.firmware._words
    assert not words.isVisible() or words.height() >= words.heightForWidth(words.width())
