import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.ui.pages.home.page import Door
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.style.palette import LIGHT
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import push_button
from atecc_bench.ui.widgets.empty_state import EmptyState
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.step_rail import RailStep, StepRail, StepState


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_button_with_the_focus_is_pressed_by_enter_and_by_space(qtbot: QtBot, key: Qt.Key) -> None:
    for pressed in (push_button("Next"), Door("Inspect a chip", Icon.INSPECT, "What it says.")):
        qtbot.addWidget(pressed)
        with qtbot.waitSignal(pressed.clicked):
            qtbot.keyClick(pressed, key)


def test_enter_that_is_held_down_does_not_run_through_a_wizard(qtbot: QtBot) -> None:
    pressed = push_button("Next")
    qtbot.addWidget(pressed)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    with qtbot.assertNotEmitted(pressed.clicked):
        QApplication.sendEvent(pressed, held)


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def button(widget: QWidget, text: str) -> QPushButton:
    return next(found for found in widget.findChildren(QPushButton) if found.text() == text)


def error_panel(qtbot: QtBot) -> ErrorPanel:
    panel = ErrorPanel()
    qtbot.addWidget(panel)
    panel.show()
    panel.set_error("The board did not answer", "No byte came back within 5 s.", "Press Flash bridge.", "> b:v()\n<")
    return panel


def test_an_error_says_what_happened_why_and_what_to_try(qtbot: QtBot) -> None:
    panel = error_panel(qtbot)
    assert texts(panel) == [
        "The board did not answer",
        "No byte came back within 5 s.",
        "What to try",
        "Press Flash bridge.",
    ]


def test_the_details_of_an_error_are_one_click_away_and_can_be_copied(qtbot: QtBot) -> None:
    panel = error_panel(qtbot)
    (details,) = panel.findChildren(QPlainTextEdit)
    assert not details.isVisible()
    qtbot.mouseClick(button(panel, "Show details"), Qt.MouseButton.LeftButton)
    assert details.isVisible()
    qtbot.mouseClick(button(panel, "Copy details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == (
        "The board did not answer\nNo byte came back within 5 s.\nPress Flash bridge.\n> b:v()\n<"
    )
    qtbot.mouseClick(button(panel, "Hide details"), Qt.MouseButton.LeftButton)
    assert not details.isVisible()


def test_an_error_without_details_has_no_button_for_them(qtbot: QtBot) -> None:
    panel = error_panel(qtbot)
    panel.set_error("Wrong passphrase", "The key could not be decrypted.", "", "")
    assert texts(panel) == ["Wrong passphrase", "The key could not be decrypted."]
    assert not button(panel, "Show details").isVisible()


def test_a_way_on_stands_before_the_details(qtbot: QtBot) -> None:
    panel = error_panel(qtbot)
    panel.add_button(push_button("Try again"))
    qtbot.waitUntil(lambda: button(panel, "Try again").x() < button(panel, "Show details").x())


def test_text_from_a_chip_is_never_read_as_markup(qtbot: QtBot) -> None:
    banner = Banner(BannerKind.WARNING, "<b>CN</b>", "<img src=x>")
    qtbot.addWidget(banner)
    for label in banner.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_banner_can_say_something_else_and_how_sure_it_is(qtbot: QtBot) -> None:
    banner = Banner(BannerKind.WARNING, "Slot 4 can be written in clear for ever.")
    qtbot.addWidget(banner)
    banner.add_button(push_button("Show bytes"))
    banner.resize(900, 70)
    banner.show()
    assert texts(banner) == ["Slot 4 can be written in clear for ever."]
    banner.set_message(BannerKind.GOOD, "Equal", "All 419 bytes.", Badge("Certain", BadgeKind.GOOD))
    qtbot.waitUntil(lambda: set(texts(banner)) == {"Equal", "All 419 bytes.", "Certain"})
    assert banner.accessibleName() == "Equal"
    assert banner.grab().toImage().pixelColor(2, banner.height() // 2) == LIGHT.good
    banner.set_message(BannerKind.INFO, "Nothing compared", "")
    qtbot.waitUntil(lambda: texts(banner) == ["Nothing compared"])


def test_an_empty_page_says_what_to_do_next_and_shows_all_of_it(qtbot: QtBot) -> None:
    sentence = "Connect a board with a chip, or open a certificate file, to see its fields and its chain, " * 2
    go = push_button("Choose a port")
    empty = EmptyState(Icon.CERTIFICATES, "No certificate yet", sentence, [go])
    qtbot.addWidget(empty)
    empty.resize(900, 500)
    empty.show()
    assert empty.accessibleName() == "No certificate yet"
    label = next(label for label in empty.findChildren(QLabel) if label.text() == sentence)
    assert label.height() >= label.heightForWidth(label.width())
    with qtbot.waitSignal(go.clicked):
        qtbot.keyClick(go, Qt.Key.Key_Space)


def test_the_steps_of_a_wizard_are_numbered_and_named(qtbot: QtBot) -> None:
    rail = StepRail()
    qtbot.addWidget(rail)
    rail.show()
    rail.set_steps(
        [RailStep("Profile", "TLS", StepState.DONE), RailStep("Confirm", "two steps are for ever", StepState.CURRENT)]
    )
    assert spoken_steps(rail) == {"Step 1 of 2: Profile, done", "Step 2 of 2: Confirm, current"}
    rail.set_steps([RailStep("Profile", "", StepState.FAILED)])
    qtbot.waitUntil(lambda: spoken_steps(rail) == {"Step 1 of 1: Profile, failed"})
    rail.grab()


def spoken_steps(rail: StepRail) -> set[str]:
    return {child.accessibleName() for child in rail.findChildren(QWidget) if child.accessibleName().startswith("Step")}
