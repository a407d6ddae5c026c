import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.ui.shell.header import Header
from atecc_bench.ui.shell.main_window import MainWindow, Page
from atecc_bench.ui.state.device_summary import DeviceSummary, LinkState, PortChoice
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from tests.support.window_probes import current_page

NAMES = ("Home", "Board", "Inspect", "Certificates", "Provision", "Compare", "Console")
CONNECTED = DeviceSummary(
    port_label="Virtual board · mismatch",
    link=LinkState.CONNECTED,
    serial="0123a0b1c2d3e4f5ee",
    part="ATECC608A",
    variant="TrustCUSTOM",
    config_locked=True,
    data_locked=False,
    virtual=True,
    baud=115200,
    bridge="1.0.0",
    board="ESP32",
)


class Shell:
    """A window whose pages remember that they were made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.window = MainWindow([Page(name, Icon(name.lower()), lambda name=name: self._make(name)) for name in NAMES])

    def _make(self, name: str) -> QWidget:
        self.made.append(name)
        return QWidget()

    def texts(self) -> list[str]:
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible() and label.text()]

    def badges(self) -> dict[str, BadgeKind]:
        return {badge.text(): badge.kind for badge in self.window.findChildren(Badge) if badge.isVisible()}


@pytest.fixture
def shell(qtbot: QtBot) -> Shell:
    shell = Shell()
    qtbot.addWidget(shell.window)
    shell.window.show()
    qtbot.waitExposed(shell.window)
    return shell


def test_a_page_is_made_when_it_is_first_shown_and_only_then(qtbot: QtBot, shell: Shell) -> None:
    assert shell.made == []
    with qtbot.waitSignal(shell.window.page_shown) as shown:
        shell.window.show_page("Inspect")
    assert shown.args == ["Inspect"]
    assert current_page(shell.window) == "Inspect"
    shell.window.show_page("Home")
    shell.window.show_page("Inspect")
    assert shell.made == ["Inspect", "Home"]


def test_an_unknown_page_is_refused(shell: Shell) -> None:
    with pytest.raises(KeyError):
        shell.window.show_page("Nowhere")


@pytest.mark.parametrize(("number", "name"), list(enumerate(NAMES, start=1)))
def test_alt_and_a_digit_go_to_a_page(qtbot: QtBot, shell: Shell, number: int, name: str) -> None:
    shell.window.activateWindow()
    qtbot.waitUntil(shell.window.isActiveWindow)
    qtbot.keyClick(shell.window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
    assert current_page(shell.window) == name


def test_the_rail_has_a_named_entry_for_every_page(qtbot: QtBot, shell: Shell) -> None:
    entries = [button for button in shell.window.findChildren(QAbstractButton) if button.isCheckable()]
    assert [entry.accessibleName() for entry in entries] == list(NAMES)
    assert entries[2].toolTip() == "Inspect (Alt+3)"
    qtbot.mouseClick(entries[2], Qt.MouseButton.LeftButton)
    assert current_page(shell.window) == "Inspect"
    qtbot.keyClick(entries[2], Qt.Key.Key_Down)
    assert current_page(shell.window) == "Certificates"


def test_without_a_device_the_header_says_so_and_nothing_more(shell: Shell) -> None:
    assert shell.badges() == {"Not connected": BadgeKind.NEUTRAL}


def test_the_header_shows_what_is_known(shell: Shell) -> None:
    shell.window.set_device(CONNECTED)
    assert shell.badges() == {
        "Connected": BadgeKind.GOOD,
        "ATECC608A": BadgeKind.NEUTRAL,
        "TrustCUSTOM": BadgeKind.NEUTRAL,
        "Config locked": BadgeKind.IRREVERSIBLE,
        "Data open": BadgeKind.GOOD,
        "VIRTUAL": BadgeKind.VIRTUAL,
    }
    assert "0123 a0b1 c2d3 e4f5 ee" in shell.texts()
    assert "115200 baud · bridge 1.0.0 · ESP32" in shell.texts()


def test_a_device_that_is_gone_leaves_nothing_behind(shell: Shell) -> None:
    shell.window.set_device(CONNECTED)
    shell.window.set_device(DeviceSummary("/dev/ttyUSB0", LinkState.FAILED))
    assert shell.badges() == {"No answer": BadgeKind.IRREVERSIBLE}
    assert not any("baud" in text or "0123" in text for text in shell.texts())


def test_a_narrow_header_leaves_out_the_least_important_and_never_virtual(qtbot: QtBot) -> None:
    header = Header()
    qtbot.addWidget(header)
    header.set_device(CONNECTED)
    header.resize(820, header.height())
    header.show()
    left = {badge.text() for badge in header.findChildren(Badge) if badge.isVisible()}
    assert "TrustCUSTOM" not in left
    assert {"Connected", "Config locked", "Data open", "VIRTUAL"} <= left
    assert "0123 a0b1 c2d3 e4f5 ee" in [label.text() for label in header.findChildren(QLabel) if label.isVisible()]


def test_choosing_a_port_is_reported_and_offering_ports_is_not(qtbot: QtBot, shell: Shell) -> None:
    header = shell.window.header
    choices = [PortChoice("virtual://fresh", "Virtual board · fresh"), PortChoice("COM3", "COM3 · CP2102")]
    with qtbot.assertNotEmitted(header.port_chosen):
        header.set_ports(choices, "virtual://fresh")
    combo = shell.window.findChildren(QComboBox)[0]
    assert combo.currentText() == "Virtual board · fresh"
    with qtbot.waitSignal(header.port_chosen) as chosen:
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert chosen.args == ["COM3"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "Read device certificate"),
        (0.041, "Read device certificate · 41 ms"),
        (0.9996, "Read device certificate · 1.0 s"),
        (2.34, "Read device certificate · 2.3 s"),
    ],
)
def test_the_status_line_says_what_was_done_and_how_long_it_took(
    shell: Shell, seconds: float | None, text: str
) -> None:
    shell.window.set_operation("Read device certificate", seconds)
    assert text in shell.texts()


def test_closing_is_announced_before_the_window_goes(qtbot: QtBot, shell: Shell) -> None:
    with qtbot.waitSignal(shell.window.closing):
        shell.window.close()
    assert not shell.window.isVisible()
