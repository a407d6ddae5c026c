"""The banner above a page's content.

The one sentence that matters, and what to do about it.
"""

from enum import Enum
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from atecc_bench.ui.style.palette import Palette, current_palette
from atecc_bench.ui.widgets.badges import Badge
from atecc_bench.ui.widgets.basics import TextRole, paragraph

_EDGE: Final = 4


class BannerKind(Enum):
    """Kinds of banners; they decide the colour of the left edge."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    IRREVERSIBLE = "irreversible"
    VIRTUAL = "virtual"

    def color(self, palette: Palette) -> QColor:
        """Colour of the left edge."""
        return {
            BannerKind.INFO: palette.accent,
            BannerKind.GOOD: palette.good,
            BannerKind.WARNING: palette.stored,
            BannerKind.IRREVERSIBLE: palette.irreversible,
            BannerKind.VIRTUAL: palette.virtual,
        }[self]


class Banner(QWidget):
    """A title, a text, and buttons at the right.

    `badge` may say how sure the title is.
    """

    def __init__(self, kind: BannerKind = BannerKind.WARNING, title: str = "", text: str = "") -> None:
        super().__init__()
        self._kind = kind
        self._title = paragraph(title, TextRole.HEADING)
        self._text = paragraph(text, TextRole.MUTED)
        self._badge: Badge | None = None
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._text)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_EDGE + 16, 12, 16, 12)
        self._row.setSpacing(8)
        self._row.addLayout(words, 1)
        self.set_message(kind, title, text)

    def set_message(self, kind: BannerKind, title: str, text: str, badge: Badge | None = None) -> None:
        """Say something else; the buttons stay."""
        self._kind = kind
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        if self._badge is not None:
            self._badge.deleteLater()
        self._badge = badge
        if badge is not None:
            self._row.insertWidget(1, badge, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.update()

    def add_button(self, button: QPushButton) -> None:
        """Put a button at the right end."""
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.fillPath(shape, palette.surface)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(QRectF(0, 0, _EDGE, self.height()), self._kind.color(palette))
        painter.restore()
        painter.setPen(palette.line)
        painter.setClipRect(QRectF(_EDGE, 0, self.width() - _EDGE, self.height()))
        painter.drawPath(shape)
