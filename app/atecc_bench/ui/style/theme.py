"""Palette, fonts and style sheet, applied to the application.

Follows the system's scheme.
"""

from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from atecc_bench.ui.style.palette import DARK, LIGHT, Palette, mix
from atecc_bench.ui.style.stylesheet import stylesheet
from atecc_bench.ui.style.typography import apply_fonts


class Scheme(Enum):
    """Which palette to use."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Keeps the application in one scheme, or the system's.

    One per application.
    """

    changed = Signal()
    """The application shows another palette than before."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = Scheme.SYSTEM
        self._shown: Palette | None = None
        app.setStyle("Fusion")
        apply_fonts(app)
        self._points = app.font().pointSizeF()
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def set_scheme(self, scheme: Scheme) -> None:
        """Force a scheme, or follow the system again."""
        self._scheme = scheme
        self._follow()

    def set_text_percent(self, percent: int) -> None:
        """Make all text larger or smaller than the desktop has it."""
        font = self._app.font()
        font.setPointSizeF(self._points * percent / 100)
        if font.pointSizeF() != self._app.font().pointSizeF():
            self._app.setFont(font)
            self._shown = None  # the style sheet has sizes of its own
            self._follow()

    def _follow(self) -> None:
        palette = self._wanted()
        if palette is self._shown:
            return
        self._shown = palette
        self._app.setPalette(_qt_palette(palette))
        self._app.setStyleSheet(stylesheet(palette, self._app.font().pointSizeF()))
        self.changed.emit()

    def _wanted(self) -> Palette:
        if self._scheme is Scheme.SYSTEM:
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._scheme is Scheme.DARK else LIGHT


def apply_theme(app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> Theme:
    """Give the application our style, fonts and colours.

    Call it again to change the scheme.
    """
    theme = app.findChild(Theme) or Theme(app)
    theme.set_scheme(scheme)
    return theme


def _qt_palette(palette: Palette) -> QPalette:
    role = QPalette.ColorRole
    colors = {
        role.Window: palette.background,
        role.WindowText: palette.text,
        role.Base: palette.surface,
        role.AlternateBase: palette.background,
        role.Text: palette.text,
        role.Button: palette.surface,
        role.ButtonText: palette.text,
        role.BrightText: palette.irreversible,
        role.Highlight: mix(palette.surface, palette.accent, 0.3),
        role.HighlightedText: palette.text,
        role.PlaceholderText: palette.muted,
        role.ToolTipBase: palette.surface,
        role.ToolTipText: palette.text,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.Accent: palette.accent,
        role.Light: palette.surface,
        role.Midlight: palette.line,
        role.Mid: palette.line,
        role.Dark: palette.muted,
        role.Shadow: palette.line,
    }
    result = QPalette()
    for name, color in colors.items():
        result.setColor(name, color)
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, mix(palette.surface, palette.muted, 0.6))
    return result
