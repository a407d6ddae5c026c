import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from atecc_bench.ui.style.palette import DARK, LIGHT, Palette, current_palette, mix
from atecc_bench.ui.style.theme import Scheme, Theme, apply_theme
from atecc_bench.ui.style.typography import mono_font, text_font
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.hex.hex_fields import HexRole, role_color


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio as WCAG 2.1 defines it."""

    def luminance(color: QColor) -> float:
        channels = (color.redF(), color.greenF(), color.blueF())
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_is_readable_on_what_lies_behind_it(palette: Palette) -> None:
    pairs = [
        (palette.text, palette.background),
        (palette.muted, palette.surface),
        (palette.accent, palette.surface),
        (palette.accent, palette.tint(palette.accent)),
        (palette.on_accent, palette.accent),
        (palette.on_accent, palette.irreversible),
        (palette.expected, palette.expected_tint),
        (palette.stored, palette.stored_tint),
        (palette.irreversible, palette.irreversible_tint),
        (palette.good, palette.surface),
        (palette.on_virtual, palette.virtual),
    ]
    for text, behind in pairs:
        assert contrast(text, behind) >= 4.3, (text.name(), behind.name())


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_bytes_are_readable_on_the_colour_of_every_role(palette: Palette) -> None:
    for role in HexRole:
        color = role_color(role, palette)
        if role is HexRole.PLAIN:
            assert color is None
        else:
            assert color is not None
            assert contrast(palette.text, color) >= 4.5


def test_mixing_ends_at_both_colours() -> None:
    white, red = QColor("#ffffff"), QColor("#ff0000")
    assert mix(white, red, 0) == white
    assert mix(white, red, 1) == red


def test_a_forced_scheme_reaches_the_application_and_is_announced(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(Scheme.DARK)
    assert current_palette() is DARK
    assert QApplication.palette().color(QPalette.ColorRole.WindowText) == DARK.text
    assert DARK.surface.name() in QApplication.instance().styleSheet()  # type: ignore[union-attr]
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(Scheme.LIGHT)
    assert current_palette() is LIGHT


def test_the_same_scheme_again_changes_nothing(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_scheme(Scheme.LIGHT)


def test_the_application_has_one_theme(qapp: QApplication, theme: Theme) -> None:
    assert apply_theme(qapp, Scheme.DARK) is theme


def test_a_system_without_a_scheme_is_light(theme: Theme) -> None:
    theme.set_scheme(Scheme.DARK)
    theme.set_scheme(Scheme.SYSTEM)
    assert current_palette() is LIGHT


def test_the_system_is_followed_until_a_scheme_is_forced(
    qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.set_scheme(Scheme.SYSTEM)
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _hints: Qt.ColorScheme.Dark)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert current_palette() is DARK
    theme.set_scheme(Scheme.LIGHT)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert current_palette() is LIGHT


def test_widgets_that_paint_themselves_follow_the_scheme(qtbot: QtBot, theme: Theme) -> None:
    badge = Badge("Connected", BadgeKind.GOOD, dot=True)
    qtbot.addWidget(badge)
    badge.show()

    def shown_colors() -> set[str]:
        image = badge.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}

    assert LIGHT.good.name() in shown_colors()
    theme.set_scheme(Scheme.DARK)
    assert DARK.good.name() in shown_colors()
    assert LIGHT.good.name() not in shown_colors()


def test_bytes_have_a_font_whose_digits_are_equally_wide() -> None:
    info = QFontInfo(mono_font())
    assert info.family() == "JetBrains Mono"
    metrics = QFontMetrics(mono_font())
    assert len({metrics.horizontalAdvance(character) for character in "0123456789ABCDEF "}) == 1


def test_text_is_large_enough_to_read() -> None:
    assert QFontInfo(text_font()).pixelSize() >= 12
