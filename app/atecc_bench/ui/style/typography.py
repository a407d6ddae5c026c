"""Fonts: the system's own for text, one monospaced font for bytes everywhere."""

from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

MONO_FAMILY: Final = "JetBrains Mono"

_GENERIC_FAMILIES: Final = frozenset({"", "Sans", "Sans Serif", "sans-serif"})
_TEXT_FAMILIES: Final = ("Inter", "Noto Sans", "Open Sans", "Cantarell", "Liberation Sans", "DejaVu Sans")
_TEXT_POINTS: Final = 10.0


def apply_fonts(app: QApplication) -> None:
    """Load the monospaced font.

    A font for text is chosen only where the desktop names none.
    """
    QFontDatabase.addApplicationFont(str(Path(__file__).parents[1] / "fonts" / "JetBrainsMono-Regular.ttf"))
    if app.font().family() not in _GENERIC_FAMILIES:
        return
    installed = set(QFontDatabase.families())
    family = next((name for name in _TEXT_FAMILIES if name in installed), app.font().family())
    font = QFont(family)
    font.setPointSizeF(_TEXT_POINTS)
    app.setFont(font)


def mono_font(scale: float = 1.0) -> QFont:
    """The font for bytes, serial numbers and commands.

    `scale` is relative to the text size.
    """
    font = QFont(MONO_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(QApplication.font().pointSizeF() * 0.93 * scale)
    return font


def text_font(scale: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's font; `scale` is relative to the text size."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(weight)
    return font
