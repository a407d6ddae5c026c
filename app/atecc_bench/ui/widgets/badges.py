"""Pills that state one fact about the chip or the link."""

from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy

from atecc_bench.ui.style.palette import Palette, current_palette
from atecc_bench.ui.style.typography import text_font

_DOT: Final = 8


class BadgeKind(Enum):
    """Kinds of badges; they decide the colour."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARNING = "warning"
    IRREVERSIBLE = "irreversible"
    VIRTUAL = "virtual"

    def color(self, palette: Palette) -> QColor:
        """Colour of the outline and the words."""
        return {
            BadgeKind.NEUTRAL: palette.muted,
            BadgeKind.GOOD: palette.good,
            BadgeKind.WARNING: palette.stored,
            BadgeKind.IRREVERSIBLE: palette.irreversible,
            BadgeKind.VIRTUAL: palette.virtual,
        }[self]


class Badge(QLabel):
    """One pill.

    With `dot`, a filled circle stands before the words: the state of a connection.
    """

    def __init__(self, text: str = "", kind: BadgeKind = BadgeKind.NEUTRAL, *, dot: bool = False) -> None:
        super().__init__(text)
        self._kind = kind
        self._dot = dot
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(text_font(0.9, QFont.Weight.Medium))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def kind(self) -> BadgeKind:
        """Kind of the badge at this moment."""
        return self._kind

    def set_state(self, text: str, kind: BadgeKind) -> None:
        """Say something else."""
        self._kind = kind
        self.setText(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        dot = _DOT + 4 if self._dot else 0
        return QSize(metrics.horizontalAdvance(self.text()) + dot + 20, metrics.height() + 7)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        color = self._kind.color(palette)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        filled = self._kind is BadgeKind.VIRTUAL
        outline = palette.line if self._kind is BadgeKind.NEUTRAL else color
        painter.setPen(QPen(outline, 1))
        painter.setBrush(color if filled else Qt.BrushStyle.NoBrush)
        pill = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        words = pill.adjusted(9, 0, -9, 0)
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(words.left() + _DOT / 2, pill.center().y()), _DOT / 2, _DOT / 2)
            words.setLeft(words.left() + _DOT + 4)
        painter.setPen(palette.on_virtual if filled else color)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, self.text())
