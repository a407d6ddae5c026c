"""Inspect and Console: everything in step, files instead of a chip, commands from a form, refusals explained."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.chip.config.slot_matrix import Ability
from atecc_bench.diagnose.bundle.bundle_file import read_bundle
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.ui.pages.code_field import CodeField
from atecc_bench.ui.pages.console.exchange_text import request_text
from atecc_bench.ui.pages.console.page import ConsolePage
from atecc_bench.ui.pages.inspect.contents import ContentsPanel
from atecc_bench.ui.pages.inspect.findings import FindingsTable
from atecc_bench.ui.pages.inspect.page import InspectPage
from atecc_bench.ui.pages.inspect.report_html import report_html
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.subject import Subject
from atecc_bench.ui.widgets.banner import Banner
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.print_report import save_pdf
from atecc_bench.ui.widgets.tables.config_tree import ConfigTree
from atecc_bench.ui.widgets.tables.row_table import RowTable
from atecc_bench.ui.widgets.tables.slot_table import SlotTable
from tests.support.window_probes import select_cell, set_words

T = TypeVar("T", bound=QWidget)
CODES = [("F4", "ATCA_EXECUTION_ERROR", "0F"), ("04 11 33 43", "AFTER_WAKE", "04 11 33 43"), ("xyz", "no code", "0xF4")]
WAIT_MS = 15_000
Show = Callable[[str], QWidget]
Connect = Callable[[str], None]


def child(page: QWidget, kind: type[T]) -> T:
    found = page.findChild(kind)
    assert found is not None
    return found


@pytest.fixture
def inspect(show: Show, connected: Connect) -> InspectPage:
    connected("virtual://provisioned")
    page = show("Inspect")
    assert isinstance(page, InspectPage)
    return page


@pytest.fixture
def console(show: Show, connected: Connect) -> ConsolePage:
    connected("virtual://provisioned")
    page = show("Console")
    assert isinstance(page, ConsolePage)
    return page


def test_a_cell_of_the_matrix_shows_its_sentence_and_its_bytes(inspect: InspectPage) -> None:
    select_cell(child(inspect, SlotTable), 4, Ability.WRITE)
    assert child(inspect, HexView).selection() == (28, 30)
    assert "Anybody writes slot 4" in detail(inspect)
    select_cell(child(inspect, SlotTable), 4, Ability.LOCK)
    assert child(inspect, HexView).selection() == (104, 106)


@pytest.mark.parametrize(("code", "first", "further"), CODES)
def test_a_code_is_explained_on_both_pages(
    show: Show, inspect: InspectPage, code: str, first: str, further: str
) -> None:
    field = child(inspect, CodeField)
    field.setText(code)
    field.returnPressed.emit()
    assert first in detail(inspect)
    assert further in detail(inspect)
    console = show("Console")
    field = child(console, CodeField)
    field.setText(code)
    field.returnPressed.emit()
    said = next(one for one in console.findChildren(QPlainTextEdit) if one.accessibleName() == "The selected exchange")
    assert first in said.toPlainText()
    assert further in said.toPlainText()


def detail(page: InspectPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel))


def test_a_field_opens_down_to_its_bits_and_both_sides_stay_in_step(inspect: InspectPage) -> None:
    tree, view = child(inspect, ConfigTree), child(inspect, HexView)
    view.select_range(38, 39)
    item = tree.currentItem()
    assert item is not None
    assert item.text(0) == "SlotConfig[9]"
    bits = [bit for n in range(item.childCount()) if (bit := item.child(n)) is not None]
    assert [bit.text(0) for bit in bits] == [
        "ReadKey",
        "NoMac",
        "LimitedUse",
        "EncryptRead",
        "IsSecret",
        "WriteKey",
        "WriteConfig",
    ]
    view.select_range(0, 1)
    tree.setCurrentItem(bits[6])
    assert view.selection() == (38, 40)
    assert "SlotConfig[9].WriteConfig" in detail(inspect)


def test_search_finds_fields_and_bytes_and_goes_round(inspect: InspectPage, qtbot: QtBot) -> None:
    view = child(inspect, HexView)
    field = next(f for f in inspect.findChildren(QLineEdit) if f.accessibleName() == "Search")

    def look_for(text: str) -> tuple[int, int] | None:
        field.setText(text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        return view.selection()

    assert look_for("KeyConfig[3]") == (102, 104)
    assert look_for("c4 44") == (22, 24)
    assert look_for("c4 44") == (38, 40)
    assert look_for("c4 44") == (22, 24)
    look_for("no such thing")
    assert "Nothing was found" in detail(inspect)


def test_contents_are_read_where_they_may_be_and_say_why_not(
    inspect: InspectPage, rested: Callable[[], None], qtbot: QtBot
) -> None:
    inspect.show_tab("Contents")
    rested()
    panel = child(inspect, ContentsPanel)
    model = panel.table.model()
    rows = {model.index(row, 0).data(): model.index(row, 2).data() for row in range(model.rowCount())}
    assert rows["Counter 0"] == "0 of 2097151"
    assert rows["Slot 0"] == "It holds a private key, which never leaves the chip."
    assert rows["Slot 9"] == "It is only read encrypted, with the key in slot 4."
    assert rows["OTP"].startswith("FF FF")
    panel.table.select_row(3 + 8)
    assert panel.view.all_bytes()[:18].startswith(b"0123")


def test_the_gravest_finding_stands_above_and_names_its_bytes(inspect: InspectPage) -> None:
    assert "whoever writes it opens every encrypted" in child(inspect, Banner).accessibleName()
    child(inspect, FindingsTable).select_row(0)
    assert child(inspect, HexView).selection() == (28, 30)


def test_bytes_are_copied_as_c_and_the_configuration_in_other_forms(inspect: InspectPage) -> None:
    view = child(inspect, HexView)
    view.select_range(16, 18)
    view.copy_selection_as_c()
    assert "uint8_t bytes[2]" in QGuiApplication.clipboard().text()
    assert "0xC0, 0x00" in QGuiApplication.clipboard().text()


def test_a_report_is_saved_and_everything_works_from_it_without_hardware(
    inspect: InspectPage, app_state: AppState, rested: Callable[[], None], tmp_path: Path, show: Show, qtbot: QtBot
) -> None:
    path = tmp_path / "report.zip"
    inspect.save_report(path)
    rested()
    assert read_bundle(path.read_bytes()).virtual
    app_state.facts = None
    app_state.port = ""
    inspect.open_file(path)
    rested()
    assert "bundle report.zip of a VIRTUAL chip" in detail(inspect)
    assert child(inspect, HexView).all_bytes()[:2] == b"\x01\x23"
    console = show("Console")
    assert isinstance(console, ConsolePage)
    set_words(console.form, "genkey slot=1 key=private")
    console.form.ask()
    text = child(console, QPlainTextEdit)
    qtbot.waitUntil(lambda: "would have to be" in text.toPlainText(), timeout=WAIT_MS)
    assert "KeyConfig[1].Private" in text.toPlainText()


def test_a_damaged_dump_is_repaired_in_view_and_a_wrong_file_refused(
    inspect: InspectPage, rested: Callable[[], None], tmp_path: Path
) -> None:
    raw = child(inspect, HexView).all_bytes()
    (tmp_path / "dump.txt").write_text((raw[:40] + raw[41:]).hex(" "))
    inspect.open_file(tmp_path / "dump.txt")
    rested()
    assert child(inspect, HexView).all_bytes() == raw
    assert child(inspect, Banner).accessibleName() == "The dump was repaired"
    (tmp_path / "no.txt").write_text("hello")
    inspect.open_file(tmp_path / "no.txt")
    rested()
    assert child(inspect, ErrorPanel).isVisible()
    back = next(b for b in inspect.findChildren(QPushButton) if b.text() == "Back to the chip")
    back.click()
    assert "configuration zone" in detail(inspect)


def test_a_command_from_the_form_is_sent_and_its_refusal_explained_in_place(
    console: ConsolePage, rested: Callable[[], None], qtbot: QtBot
) -> None:
    console.form.choose("Read")
    console.form.set_value("slot", "4")
    console.send()
    rested()
    qtbot.waitUntil(lambda: console.explanation() is not None, timeout=WAIT_MS)
    told = console.explanation()
    assert told is not None
    assert [a.reason and a.reason.id for a in told.answers] == [ReasonId.SLOT_NEVER_READABLE]
    text = child(console, QPlainTextEdit).toPlainText()
    assert "> Read size=32 slot=4" in text
    assert "SlotConfig[4].IsSecret (byte 28, bit 7) would have to be 0 instead of 1" in text
    assert "e:t(" not in text
    next(b for b in console.findChildren(QPushButton) if b.text() == "Show raw lines").click()
    assert "e:t(" in child(console, QPlainTextEdit).toPlainText()


def test_what_changes_the_chip_is_sent_only_with_the_digits_of_its_serial_number(
    console: ConsolePage, app_state: AppState, rested: Callable[[], None], qtbot: QtBot
) -> None:
    send = next(b for b in console.findChildren(QPushButton) if b.text() == "Send")
    console.form.choose("GenKey")
    assert not send.isEnabled()
    console.form.set_value("slot", "2")
    assert send.isEnabled()
    console.form.set_value("key", "private")
    assert not send.isEnabled()
    before = len(app_state.exchanges)
    console.send()
    rested()
    assert len(app_state.exchanges) == before
    assert app_state.facts is not None
    digits = next(f for f in console.findChildren(QLineEdit) if f.accessibleName().startswith("Last six"))
    qtbot.keyClicks(digits, app_state.facts.chip.serial_number[-6:])
    assert send.isEnabled()
    console.send()
    rested()
    assert any("GenKey key=private slot=2" in request for request in _commands(app_state))


def _commands(app_state: AppState) -> list[str]:
    return [request_text(exchange.request) for exchange in app_state.exchanges]


def test_the_list_is_filtered(console: ConsolePage) -> None:
    table = child(console, RowTable)
    field = next(f for f in console.findChildren(QLineEdit) if f.accessibleName() == "Filter exchanges")
    field.setText("revision")
    assert table.model().rowCount() == 1
    assert table.model().index(0, 1).data() == "Info"


def test_the_configuration_goes_on_paper(inspect: InspectPage, tmp_path: Path) -> None:
    assert any(button.text() == "Print" for button in inspect.findChildren(QPushButton))
    assert inspect.app_state.facts is not None
    subject = Subject.of_chip(inspect.app_state.facts)
    html = report_html(subject)
    for told in (subject.config.serial_number.hex(), "ECC608-MassProvisioning", "Slot 4 is the IO", "SlotConfig[15]"):
        assert told in html
    save_pdf("configuration", html, tmp_path / "configuration.pdf")
    assert (tmp_path / "configuration.pdf").read_bytes().startswith(b"%PDF-")
