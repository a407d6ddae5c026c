import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from atecc_bench.ui.palette import LIGHT
from atecc_bench.ui.widgets.plan_table import PlanRow, PlanStatus, PlanTable
from atecc_bench.ui.widgets.row_table import RowTable
from atecc_bench.ui.widgets.slot_table import SlotRow, SlotTable

SLOTS = [
    SlotRow(
        0, "ECC private", sign=True, internal=False, ecdh=True, read="", write="gen", key="–", used_for="Device key"
    ),
    SlotRow(
        4, "Secret 32 B", False, False, False, "", "clear", "–", "IO protection", warning="Writable in clear <for ever>"
    ),
    *(SlotRow(n, "Data 72 B", False, False, False, "clear", "clear", "–", "Data") for n in range(5, 19)),
]
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
    table.set_slots(SLOTS)
    qtbot.addWidget(table)
    table.resize(740, 400)
    table.show()
    return table


def spoken(table: RowTable, row: int) -> list[str]:
    model = table.model()
    return [model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(model.columnCount())]


def test_a_screen_reader_hears_dots_as_words(slots: SlotTable) -> None:
    assert spoken(slots, 0) == [
        "Slot 0",
        "Holds ECC private",
        "Sign yes",
        "Int",
        "ECDH yes",
        "Read",
        "Write gen",
        "Key –",
        "Used for Device key",
    ]
    assert spoken(slots, 1)[-1] == "Used for IO protection warning"


def test_a_warning_is_shown_as_text_and_never_as_markup(slots: SlotTable) -> None:
    tooltip = slots.model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Writable in clear &lt;for ever&gt;" in tooltip


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
    slots.set_slots(SLOTS)
    assert slots.selected_row() == 3
    slots.set_slots(SLOTS[:2])
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
