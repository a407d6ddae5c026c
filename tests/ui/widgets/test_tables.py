import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_matrix import Ability, SlotCell, slot_matrix
from atecc_bench.profiles.files import load_profile
from atecc_bench.ui.style.palette import LIGHT
from atecc_bench.ui.widgets.tables.plan_table import PlanRow, PlanStatus, PlanTable
from atecc_bench.ui.widgets.tables.row_table import RowTable
from atecc_bench.ui.widgets.tables.slot_table import SlotTable
from tests.support.window_probes import select_cell

CONFIG = ConfigZone.parse(bytes(16) + load_profile("trustcustom-tls").configuration)
MATRIX = slot_matrix(CONFIG)
PLAN = [
    PlanRow("Write configuration", "112 bytes", PlanStatus.DONE, seconds=0.9),
    PlanRow(
        "Lock configuration", "The policies are fixed for ever", PlanStatus.PLANNED, irreversible=True, seconds=0.04
    ),
    PlanRow("Prove", "sign a fresh challenge", PlanStatus.PLANNED),
]


@pytest.fixture
def slots(qtbot: QtBot) -> SlotTable:
    table = SlotTable()
    table.set_slots(MATRIX, {0: "Device <key>"})
    qtbot.addWidget(table)
    table.resize(740, 400)
    table.show()
    return table


def spoken(table: RowTable, row: int) -> list[str]:
    model = table.model()
    return [model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(model.columnCount())]


def test_a_screen_reader_hears_dots_as_words_and_the_sentence_behind_them(slots: SlotTable) -> None:
    said = spoken(slots, 0)
    assert said[0] == "Slot 0"
    assert said[2] == "Sign yes ReadKey bit 0 of slot 0 is 1: its key signs digests from outside."
    assert said[-1] == "Used for Device <key>"


def test_a_sentence_is_shown_as_text_and_never_as_markup(slots: SlotTable) -> None:
    tooltip = slots.model().index(4, 6).data(Qt.ItemDataRole.ToolTipRole)
    assert "Anybody writes slot 4 at any time (WriteConfig is Always)." in tooltip


def test_every_cell_has_its_sentence_and_bytes(qtbot: QtBot, slots: SlotTable) -> None:
    for row in MATRIX:
        for ability, cell in zip(Ability, row, strict=True):
            assert cell.ability is ability
            assert cell.sentence.endswith(".")
            assert all(13 <= first <= last < 128 for first, last in cell.bytes)
    with qtbot.waitSignal(slots.cell_selected) as selected:
        select_cell(slots, 9, Ability.READ)
    assert selected.args is not None
    slot, cell = selected.args
    assert slot == 9
    assert isinstance(cell, SlotCell)
    assert cell.bytes == ((38, 39),)
    assert "with the key in slot 4 (ReadKey)" in cell.sentence


def test_the_keyboard_moves_the_selected_row(qtbot: QtBot, slots: SlotTable) -> None:
    slots.select_row(0)
    with qtbot.waitSignal(slots.row_selected) as selected:
        qtbot.keyClick(slots, Qt.Key.Key_Down)
    assert selected.args == [1]
    assert slots.selected_row() == 1


def test_a_click_selects_a_row(qtbot: QtBot, slots: SlotTable) -> None:
    with qtbot.waitSignal(slots.row_selected) as selected:
        position = slots.visualRect(slots.model().index(2, 1)).center()
        qtbot.mouseClick(slots.viewport(), Qt.MouseButton.LeftButton, pos=position)
    assert selected.args == [2]


def test_new_rows_keep_the_selected_row(slots: SlotTable) -> None:
    slots.select_row(3)
    slots.set_slots(MATRIX, {})
    assert slots.selected_row() == 3
    slots.set_slots(MATRIX[:2], {})
    assert slots.selected_row() is None


def test_an_unknown_row_is_refused(slots: SlotTable) -> None:
    with pytest.raises(IndexError, match="16 rows"):
        slots.select_row(16)


def test_the_tab_key_leaves_the_table(slots: SlotTable) -> None:
    assert not slots.tabKeyNavigation()


def test_what_cannot_be_undone_is_red_and_has_a_mark_of_its_own(qtbot: QtBot) -> None:
    table = PlanTable()
    table.set_plan(PLAN)
    qtbot.addWidget(table)
    table.resize(700, 300)
    table.show()
    assert spoken(table, 0)[0] == "done"
    assert spoken(table, 1)[0] == "cannot be undone"
    assert spoken(table, 1)[3] == "Time 0.04 s"
    assert spoken(table, 2)[3] == "Time –"
    image = table.viewport().grab().toImage()

    def left_edge(row: int) -> str:
        rect = table.visualRect(table.model().index(row, 0))
        return image.pixelColor(rect.left() + 5, rect.top() + 3).name()

    assert left_edge(1) == LIGHT.irreversible_tint.name()
    assert left_edge(0) != LIGHT.irreversible_tint.name()


def test_long_words_wrap_so_that_all_of_them_are_read(qtbot: QtBot) -> None:
    table = PlanTable()
    table.set_plan([PLAN[0], PlanRow("Lock", "and every certificate for its key dies then, " * 4, PlanStatus.PLANNED)])
    qtbot.addWidget(table)
    table.resize(600, 300)
    table.show()
    qtbot.waitUntil(lambda: table.rowHeight(1) > table.rowHeight(0) * 2)
    assert table.content_height() >= table.rowHeight(0) + table.rowHeight(1)
