"""The colours of the window, light and dark."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor, QGuiApplication, QPalette


@dataclass(frozen=True)
class Palette:
    """Every colour of one scheme.

    `line` parts what stands beside each other; `edge` is around what can be typed into or chosen from, and has to be
    seen. Widgets that paint themselves ask `current_palette()` when they paint.
    """

    background: QColor
    surface: QColor
    line: QColor
    edge: QColor
    text: QColor
    muted: QColor
    accent: QColor
    on_accent: QColor
    expected: QColor
    expected_tint: QColor
    stored: QColor
    stored_tint: QColor
    irreversible: QColor
    irreversible_tint: QColor
    good: QColor
    virtual: QColor
    on_virtual: QColor
    tint_strength: float

    def tint(self, color: QColor) -> QColor:
        """`color` thinned so that text stays readable on it."""
        return mix(self.surface, color, self.tint_strength)

    @property
    def selection(self) -> QColor:
        """Background of the selected row of a table."""
        return mix(self.surface, self.muted, self.tint_strength)


def mix(base: QColor, over: QColor, amount: float) -> QColor:
    """`base` with `amount` (0 to 1) of `over` mixed in."""
    below, above = (base.red(), base.green(), base.blue()), (over.red(), over.green(), over.blue())
    return QColor(*(round(low + (high - low) * amount) for low, high in zip(below, above, strict=True)))


LIGHT: Final = Palette(
    background=QColor("#F5F6F8"),
    surface=QColor("#FFFFFF"),
    line=QColor("#E1E5EA"),
    edge=QColor("#818B9A"),
    text=QColor("#1A1F27"),
    muted=QColor("#5D677B"),
    accent=QColor("#0F766E"),
    on_accent=QColor("#FFFFFF"),
    expected=QColor("#1D4ED8"),
    expected_tint=QColor("#E3ECFF"),
    stored=QColor("#A54A07"),
    stored_tint=QColor("#FFEBD2"),
    irreversible=QColor("#B42318"),
    irreversible_tint=QColor("#FDE8E6"),
    good=QColor("#137537"),
    virtual=QColor("#7C3AED"),
    on_virtual=QColor("#FFFFFF"),
    tint_strength=0.13,
)

DARK: Final = Palette(
    background=QColor("#13161A"),
    surface=QColor("#1A1E24"),
    line=QColor("#2B313A"),
    edge=QColor("#6B7585"),
    text=QColor("#E7EAEF"),
    muted=QColor("#98A2B3"),
    accent=QColor("#2DD4BF"),
    on_accent=QColor("#10201E"),
    expected=QColor("#8FB4FF"),
    expected_tint=QColor("#1B2C4F"),
    stored=QColor("#FDBA74"),
    stored_tint=QColor("#47290C"),
    irreversible=QColor("#F97066"),
    irreversible_tint=QColor("#3F1513"),
    good=QColor("#4ADE80"),
    virtual=QColor("#8447F0"),
    on_virtual=QColor("#FFFFFF"),
    tint_strength=0.17,
)


def current_palette() -> Palette:
    """The palette the application shows at this moment."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window) == DARK.background else LIGHT
