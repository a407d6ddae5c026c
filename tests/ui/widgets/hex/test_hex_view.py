import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.hex.hex_fields import HexField, HexRole, field_at
from atecc_bench.ui.widgets.hex.hex_grid import HexGrid, OffsetBase
from atecc_bench.ui.widgets.hex.hex_view import HexView
from tests.support.window_probes import byte_rect

DATA = bytes(range(128))
FIELDS = (
    HexField(0, 4, "SN<0:3>", HexRole.SERIAL, "01 23 A0 B1"),
    HexField(20, 22, "SlotConfig 0", HexRole.SLOT_CONFIG, "0x208F"),
    HexField(20, 52, "SlotConfig", HexRole.SLOT_CONFIG),
)
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> HexView:
    view = HexView(bytes_per_row=8, offsets=OffsetBase.DECIMAL, ascii_column=True)
    view.set_bytes(DATA, FIELDS)
    view.resize(420, 200)
    qtbot.addWidget(view)
    view.show()
    return view


def centre(view: HexView, offset: int) -> QPoint:
    return byte_rect(view, offset).center()


def drag_to(view: HexView, position: QPoint) -> None:
    """Move the mouse with its left button held, which `qtbot.mouseMove` cannot."""
    place = QPointF(position)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        view.viewport().mapToGlobal(place),
        Qt.MouseButton.NoButton,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_nothing_is_selected_at_first(view: HexView) -> None:
    assert view.selection() is None
    assert view.selected_bytes() == b""


def test_a_click_selects_a_byte_and_a_drag_a_range(qtbot: QtBot, view: HexView) -> None:
    with qtbot.waitSignal(view.selection_changed) as clicked:
        qtbot.mouseClick(view.viewport(), LEFT, pos=centre(view, 20))
    assert clicked.args == [20, 21]
    qtbot.mousePress(view.viewport(), LEFT, pos=centre(view, 10))
    drag_to(view, centre(view, 21))
    assert view.selection() == (10, 22)
    qtbot.mouseRelease(view.viewport(), LEFT, pos=centre(view, 21))
    qtbot.mouseClick(view.viewport(), LEFT, SHIFT, centre(view, 5))
    assert view.selection() == (5, 11), "shift extends from where the drag began"


def test_a_double_click_selects_the_smallest_field(qtbot: QtBot, view: HexView) -> None:
    qtbot.mouseDClick(view.viewport(), LEFT, pos=centre(view, 21))
    assert view.selection() == (20, 22)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=centre(view, 30))
    assert view.selection() == (20, 52)


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, (21, 22)),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, (19, 20)),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, (28, 29)),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, (12, 13)),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, (16, 17)),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, (23, 24)),
        (Qt.Key.Key_Home, CONTROL, (0, 1)),
        (Qt.Key.Key_End, CONTROL, (127, 128)),
        (Qt.Key.Key_Right, SHIFT, (20, 22)),
        (Qt.Key.Key_Up, SHIFT, (12, 21)),
        (Qt.Key.Key_A, CONTROL, (0, 128)),
    ],
)
def test_keys_move_and_extend_the_selection(
    qtbot: QtBot, view: HexView, key: Qt.Key, modifier: Qt.KeyboardModifier, expected: tuple[int, int]
) -> None:
    view.select_range(20, 21)
    qtbot.keyClick(view, key, modifier)
    assert view.selection() == expected


def test_keys_stop_at_both_ends(qtbot: QtBot, view: HexView) -> None:
    view.select_range(3, 4)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.selection() == (3, 4)
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert view.selection() == (3, 4)
    view.select_range(127, 128)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.selection() == (127, 128)


def test_the_first_key_without_a_selection_selects_the_first_byte(qtbot: QtBot, view: HexView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.selection() == (0, 1)


def test_a_selection_is_scrolled_to(view: HexView) -> None:
    view.select_range(120, 128)
    assert view.viewport().rect().contains(byte_rect(view, 120))
    view.select_range(0, 1)
    assert view.viewport().rect().contains(byte_rect(view, 0))


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 4), (5, 4), (120, 129)])
def test_a_range_outside_the_bytes_is_refused(view: HexView, start: int, end: int) -> None:
    with pytest.raises(ValueError, match="128 bytes"):
        view.select_range(start, end)
    assert view.selection() is None


def test_the_same_selection_again_is_not_announced(qtbot: QtBot, view: HexView) -> None:
    view.select_range(20, 22)
    with qtbot.assertNotEmitted(view.selection_changed):
        view.select_range(20, 22)


def test_the_selection_is_copied_as_hex(qtbot: QtBot, view: HexView) -> None:
    view.select_range(9, 12)
    qtbot.keyClick(view, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "09 0A 0B"


def test_the_tooltip_names_the_field(view: HexView) -> None:
    assert view.tooltip_at(centre(view, 21)) == "SlotConfig 0 (bytes 20–21)\n0x208F"
    assert view.tooltip_at(centre(view, 10)) == ""
    assert view.tooltip_at(QPoint(1, 1)) == ""


def test_a_screen_reader_hears_the_bytes_and_their_field(view: HexView) -> None:
    assert view.accessibleName() == "Bytes"
    assert view.accessibleDescription() == "128 bytes, nothing selected"
    view.select_range(20, 22)
    assert view.accessibleDescription() == "Bytes 20 to 21 of 128, 14 15, SlotConfig 0: 0x208F"


def test_new_bytes_keep_a_selection_that_still_fits(view: HexView) -> None:
    view.select_range(20, 22)
    view.set_bytes(bytes(64), FIELDS)
    assert view.selection() == (20, 22)
    view.set_bytes(bytes(16))
    assert view.selection() is None


def test_no_bytes_at_all_is_fine(qtbot: QtBot, view: HexView) -> None:
    view.set_bytes(b"")
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.mouseClick(view.viewport(), LEFT, pos=QPoint(60, 20))
    view.grab()
    assert view.selection() is None


def test_the_smallest_field_wins() -> None:
    found = field_at(FIELDS, 20)
    assert found is not None
    assert found.name == "SlotConfig 0"
    assert field_at(FIELDS, 60) is None


@given(bytes_per_row=st.sampled_from([8, 16]), offset_chars=st.integers(1, 6), data=st.data())
def test_the_middle_of_every_byte_belongs_to_that_byte(
    bytes_per_row: int, offset_chars: int, data: st.DataObject
) -> None:
    grid = HexGrid.for_font(mono_font(), bytes_per_row, offset_chars)
    column = data.draw(st.integers(0, bytes_per_row - 1))
    assert grid.column_at(grid.run_rect(column, column, 0).center().x()) == column
    assert grid.ascii_column_at(grid.ascii_x(column) + grid.char_width / 2) == column
    assert grid.column_at(0) is None
    assert grid.column_at(grid.width(ascii_column=False) + 20) is None
