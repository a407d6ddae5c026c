"""Everything that has to be read or seen stands out as WCAG 2.2 AA asks: text 4.5, borders, rings and signals 3.0."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.style.palette import DARK, LIGHT, Palette
from atecc_bench.ui.style.theme import Scheme, Theme
from tests.support.contrast import SIGNAL, TEXT, contrast, edge_contrast, ring_contrast, text_contrast
from tests.support.window_audit import called, shown

PAGES = ("Home", "Board", "Inspect", "Certificates", "Provision", "Compare", "Console")
Show = Callable[[str], QWidget]
Connected = Callable[[str], None]


def readable(p: Palette) -> dict[str, tuple[QColor, QColor]]:
    """Every colour in which something is written, on everything it is written on."""
    grounds = {"background": p.background, "surface": p.surface, "selection": p.selection}
    inks = {"text": p.text, "muted": p.muted, "accent": p.accent}
    pairs = {f"{ink} on {ground}": (inks[ink], grounds[ground]) for ink in inks for ground in grounds}
    for name in ("expected", "stored", "irreversible", "good"):
        color: QColor = getattr(p, name)
        pairs |= {f"{name} on {ground}": (color, grounds[ground]) for ground in ("background", "surface")}
    pairs |= {
        "expected bytes": (p.expected, p.expected_tint),
        "stored bytes": (p.stored, p.stored_tint),
        "irreversible bytes": (p.irreversible, p.irreversible_tint),
        "text on expected": (p.text, p.expected_tint),
        "text on stored": (p.text, p.stored_tint),
        "text on irreversible": (p.text, p.irreversible_tint),
        "chosen entry of the rail": (p.accent, p.tint(p.accent)),
        "primary button": (p.on_accent, p.accent),
        "danger button": (p.on_accent, p.irreversible),
        "virtual badge": (p.on_virtual, p.virtual),
        "PASS": (p.surface, p.good),
        "FAIL": (p.surface, p.irreversible),
        "WAITING": (p.surface, p.stored),
    }
    return pairs


def seen(p: Palette) -> dict[str, tuple[QColor, QColor]]:
    """Borders, rings and signals on what they stand on."""
    grounds = {"background": p.background, "surface": p.surface}
    marks = {
        "edge of an input": p.edge, "ring": p.accent, "good": p.good, "stored": p.stored,
        "irreversible": p.irreversible, "virtual": p.virtual, "selected row": p.muted,
    }  # fmt: skip
    pairs = {f"{mark} on {ground}": (marks[mark], grounds[ground]) for mark in marks for ground in grounds}
    return pairs | {
        "ring in a primary button": (p.on_accent, p.accent),
        "ring in a danger button": (p.on_accent, p.irreversible),
    }


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_can_be_told_apart(palette: Palette) -> None:
    faint = {name: round(contrast(*pair), 2) for name, pair in readable(palette).items() if contrast(*pair) < TEXT}
    faint |= {name: round(contrast(*pair), 2) for name, pair in seen(palette).items() if contrast(*pair) < SIGNAL}
    assert faint == {}


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK], ids=["light", "dark"])
def scheme(request: pytest.FixtureRequest, theme: Theme) -> None:
    theme.set_scheme(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_really_paints_can_be_read_and_seen(
    scheme: None, page: str, window: MainWindow, show: Show, connected: Connected
) -> None:
    window.resize(1280, 2400)  # so that nothing is scrolled away
    connected("virtual://mismatch")
    show(page)
    faint: dict[str, float] = {}
    for widget in shown(window):
        if isinstance(widget, QLabel) and widget.text() and widget.isEnabled() and widget.width() < 900:
            faint |= {called(widget): round(text_contrast(widget), 2)} if text_contrast(widget) < TEXT else {}
        elif isinstance(widget, QLineEdit | QComboBox | QAbstractSpinBox) and not isinstance(
            widget.parentWidget(), QComboBox | QAbstractSpinBox
        ):
            framed = widget.property("digits") != "true"
            ratio = edge_contrast(widget) if framed else SIGNAL
            faint |= {called(widget): round(ratio, 2)} if ratio < SIGNAL else {}
    assert faint == {}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_who_has_the_keyboard_can_be_seen(
    scheme: None, page: str, window: MainWindow, show: Show, connected: Connected
) -> None:
    connected("virtual://mismatch")
    show(page)
    window.activateWindow()
    asked = [
        widget
        for widget in shown(window.page(page))
        if isinstance(widget, QPushButton | QLineEdit | QComboBox | QAbstractButton) and widget.isEnabled()
    ]
    assert asked or page == "Compare"
    faint: dict[str, float] = {}
    for widget in asked:
        window.header.setFocus()
        other = next((one for one in asked if one is not widget), None)
        if other is not None:
            other.setFocus()
        ratio = ring_contrast(widget)
        if ratio < SIGNAL and widget.hasFocus():
            faint[called(widget)] = ratio
    assert faint == {}


def test_what_a_field_asks_for_can_be_read_too(scheme: None, window: MainWindow, show: Show) -> None:
    window.resize(1280, 1200)
    page = show("Board")
    asked = [line for line in page.findChildren(QLineEdit) if line.placeholderText() and line.isVisible()]
    assert asked
    for line in asked:
        line.setFrame(False)
        line.setStyleSheet("border: none;")  # whose edge would be the strongest pixel
        assert text_contrast(line) >= TEXT, called(line)


def test_the_status_line_says_nothing_of_what_nobody_asked_for(window: MainWindow, show: Show) -> None:
    show("Board")
    show("Home")
    assert not [label for label in window.findChildren(QLabel) if "interrupted runs" in label.text()]
