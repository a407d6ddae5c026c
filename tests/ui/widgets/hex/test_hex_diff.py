from hashlib import shake_256

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from atecc_bench.ui.style.palette import LIGHT
from atecc_bench.ui.widgets.hex.diff_pane import DiffPane
from atecc_bench.ui.widgets.hex.diff_rows import ByteRow, DiffRange, EqualRun
from atecc_bench.ui.widgets.hex.hex_diff import HexDiff
from atecc_bench.ui.widgets.hex.minimap import Minimap
from tests.support.window_probes import current_range, visible_lines

RANGES = (
    DiffRange(15, 31, "serialNumber"),
    DiffRange(200, 264, "subjectPublicKey"),
    DiffRange(600, 620, "subjectKeyIdentifier"),
)
EXPECTED = shake_256(b"expected").digest(700)
STORED = bytes(
    byte ^ 0xFF if any(found.start <= offset < found.end_exclusive for found in RANGES) else byte
    for offset, byte in enumerate(EXPECTED)
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def diff(qtbot: QtBot) -> HexDiff:
    diff = HexDiff()
    diff.set_comparison(EXPECTED, STORED, RANGES)
    diff.resize(1060, 240)
    qtbot.addWidget(diff)
    diff.show()
    qtbot.waitExposed(diff)
    return diff


def panes(diff: HexDiff) -> tuple[DiffPane, DiffPane]:
    left, right = diff.findChildren(DiffPane)
    return left, right


def test_next_and_previous_go_round(diff: HexDiff) -> None:
    visited = []
    diff.range_selected.connect(visited.append)
    for _ in range(4):
        diff.go_next()
    diff.go_previous()
    assert visited == [0, 1, 2, 0, 2]


def test_previous_at_first_goes_to_the_last(diff: HexDiff) -> None:
    diff.go_previous()
    assert current_range(diff) == 2


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier, 0),
        (Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier, 0),
    ],
)
def test_keys_go_from_difference_to_difference(
    qtbot: QtBot, diff: HexDiff, key: Qt.Key, modifier: Qt.KeyboardModifier, expected: int
) -> None:
    diff.select_range(1)
    pane = panes(diff)[0]
    diff.activateWindow()
    pane.setFocus()
    qtbot.waitUntil(pane.hasFocus)
    qtbot.keyClick(pane, key, modifier)
    assert current_range(diff) == expected


def test_selecting_a_range_scrolls_both_sides_to_it(diff: HexDiff) -> None:
    left, right = panes(diff)
    diff.select_range(2)
    first, last = right.shown_lines()
    shown = visible_lines(diff)[first : last + 1]
    assert any(cell.range_index == 2 for line in shown if isinstance(line, ByteRow) for cell in line.cells())
    assert left.verticalScrollBar().value() == right.verticalScrollBar().value() > 0


def test_an_unknown_range_is_refused(diff: HexDiff) -> None:
    with pytest.raises(IndexError, match="3 ranges"):
        diff.select_range(3)


def test_without_differences_there_is_nowhere_to_go(qtbot: QtBot, diff: HexDiff) -> None:
    diff.set_comparison(EXPECTED, EXPECTED, ())
    with qtbot.assertNotEmitted(diff.range_selected):
        diff.go_next()
        diff.go_previous()
    assert len(visible_lines(diff)) == 1


def test_a_click_on_a_differing_byte_selects_its_range(qtbot: QtBot, diff: HexDiff) -> None:
    diff.select_range(1)
    pane = panes(diff)[1]
    pane.verticalScrollBar().setValue(0)
    row = next(y for y in range(pane.viewport().height()) if pane.line_at(y) == 1)
    with qtbot.waitSignal(diff.range_selected) as selected:
        qtbot.mouseClick(pane.viewport(), LEFT, pos=QPoint(90, row + 4))
    assert selected.args == [0]


def test_a_click_on_a_folded_line_opens_it_on_both_sides(qtbot: QtBot, diff: HexDiff) -> None:
    folded = next(number for number, line in enumerate(visible_lines(diff)) if isinstance(line, EqualRun))
    count = len(visible_lines(diff))
    pane = panes(diff)[0]
    y = next(y for y in range(pane.viewport().height()) if pane.line_at(y) == folded)
    qtbot.mouseClick(pane.viewport(), LEFT, pos=QPoint(120, y + 4))
    assert isinstance(visible_lines(diff)[folded], ByteRow)
    assert len(visible_lines(diff)) > count


def test_all_equal_bytes_unfold_and_fold_again(diff: HexDiff) -> None:
    folded = visible_lines(diff)
    diff.fold_or_unfold()
    assert len(visible_lines(diff)) == -(-len(EXPECTED) // 16)
    diff.fold_or_unfold()
    assert visible_lines(diff) == folded


def test_the_map_leads_to_the_place_that_was_clicked(qtbot: QtBot, diff: HexDiff) -> None:
    (minimap,) = diff.findChildren(Minimap)
    qtbot.mouseClick(minimap, LEFT, pos=QPoint(8, minimap.height() - 6))
    bar = panes(diff)[1].verticalScrollBar()
    assert bar.value() == bar.maximum() > 0


def test_each_side_copies_its_own_bytes(diff: HexDiff) -> None:
    diff.select_range(0)
    for pane, data in zip(panes(diff), (EXPECTED, STORED), strict=True):
        pane.copy_range()
        assert QGuiApplication.clipboard().text() == data[15:31].hex(" ").upper()


def test_a_screen_reader_hears_the_difference(diff: HexDiff) -> None:
    left, right = panes(diff)
    assert (left.accessibleName(), right.accessibleName()) == ("Expected bytes", "Stored bytes")
    assert left.accessibleDescription() == "3 differences, none selected"
    diff.select_range(0)
    assert right.accessibleDescription().startswith(
        "Difference 1 of 3: serialNumber, bytes 15 to 30, stored " + STORED[15:18].hex(" ").upper()
    )


def test_a_difference_has_a_shape_as_well_as_a_colour(diff: HexDiff) -> None:
    """Under the same byte the left side has one unbroken line, the right side several dots."""

    def gaps(image: QImage, color: QColor) -> int:
        top = image.height() // 2
        best = 0
        for y in range(top):
            line = "".join("x" if _near(image.pixelColor(x, y), color) else "." for x in range(80, image.width() - 20))
            runs = [run for run in line.strip(".").split(".") if run]
            if max((len(run) for run in runs), default=0) >= 10:
                return 0
            best = max(best, len(runs))
        return best

    left, right = panes(diff)
    assert gaps(left.viewport().grab().toImage(), LIGHT.expected) == 0
    assert gaps(right.viewport().grab().toImage(), LIGHT.stored) > 20


def _near(first: QColor, second: QColor) -> bool:
    pairs = zip((first.red(), first.green(), first.blue()), (second.red(), second.green(), second.blue()), strict=True)
    return all(abs(a - b) < 70 for a, b in pairs)
