"""The card of the silicon check: looking, using a chip up, and reports of others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.state_file import load_state
from atecc_bench.ui.pages.board.page import BoardPage
from atecc_bench.ui.pages.board.report_dialog import ReportDialog
from atecc_bench.ui.pages.board.sacrifice_dialog import SacrificeDialog
from atecc_bench.ui.pages.board.silicon_card import SiliconCard
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.workflows.silicon.findings import Depth
from atecc_bench.workflows.silicon.report_document import read_report
from tests.support.probes import snapshot

Connect = Callable[[str], None]
Rested = Callable[[], None]


@pytest.fixture
def card(window: MainWindow) -> SiliconCard:
    window.show_page("Board")
    page = window.page("Board")
    assert isinstance(page, BoardPage)
    return page.silicon


def click(card: SiliconCard, qtbot: QtBot) -> None:
    qtbot.mouseClick(card.check_button, Qt.MouseButton.LeftButton)


def test_without_a_chip_only_a_report_can_be_opened(card: SiliconCard) -> None:
    assert not card.check_button.isEnabled()
    assert not card.sacrifice_button.isEnabled()
    assert not card.save_button.isEnabled()
    assert card.open_button.isEnabled()


def test_a_look_shows_what_was_found_and_can_be_saved_and_opened(
    card: SiliconCard, connected: Connect, rested: Rested, qtbot: QtBot, tmp_path: Path
) -> None:
    connected("virtual://provisioned")
    assert not card.sacrifice_button.isEnabled()  # it is locked
    click(card, qtbot)
    assert card.cancel_button.isVisibleTo(card)
    rested()
    assert "VIRTUAL" in card.findings.text()
    assert "confirmed" in card.findings.text()
    card.show_page()
    page = card.findChild(ReportDialog)
    assert page is not None
    assert "info-gpio" in page.page.toPlainText()
    page.accept()
    shown, path = card.findings.text(), tmp_path / "report.json"
    card.save(path)
    assert card.shown is not None
    assert read_report(path.read_bytes(), "file") == card.shown.report
    connected("virtual://fresh")
    assert card.findings.text() == ""
    card.open(path)
    rested()
    assert card.findings.text() == shown


def test_a_blank_chip_is_used_up_only_after_its_digits_were_typed(
    card: SiliconCard, connected: Connect, rested: Rested, qtbot: QtBot, tmp_path: Path
) -> None:
    url = f"virtual://fresh?state={tmp_path / 'chip.json'}"
    open_board(parse_virtual_url(url))
    before = snapshot(load_state(tmp_path / "chip.json")[0])
    connected(url)
    qtbot.mouseClick(card.sacrifice_button, Qt.MouseButton.LeftButton)
    rested()
    dialog = card.findChild(SacrificeDialog)
    assert dialog is not None
    assert not dialog.go.isEnabled()
    assert snapshot(load_state(tmp_path / "chip.json")[0]) == before
    field = dialog.confirm.focusProxy()
    assert field is not None
    memory = load_state(tmp_path / "chip.json")[0]
    qtbot.keyClicks(field, memory.config.serial_number.hex()[-6:])
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    rested()
    assert card.shown is not None
    assert card.shown.report.depth is Depth.SACRIFICE
    config = load_state(tmp_path / "chip.json")[0].config
    assert (config.config_locked, config.data_locked) == (True, True)
    assert not card.sacrifice_button.isEnabled()


def test_a_file_that_is_no_report_is_told_in_a_sentence(card: SiliconCard, rested: Rested, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("{}")
    card.open(path)
    rested()
    assert "is not the report of a silicon check" in card.words.text()
    assert card.open_button.isEnabled()


def test_a_check_that_is_cancelled_tells_what_it_found(
    card: SiliconCard, connected: Connect, rested: Rested, qtbot: QtBot
) -> None:
    connected("virtual://provisioned?speed=real")
    click(card, qtbot)
    qtbot.waitUntil(lambda: card.words.text().startswith("Reads"), timeout=15_000)
    qtbot.mouseClick(card.cancel_button, Qt.MouseButton.LeftButton)
    rested()
    assert "Cancelled" in card.findings.text()
    assert card.check_button.isEnabled()
