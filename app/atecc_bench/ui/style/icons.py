"""The few icons of the window.

Drawn as strokes on a 24 × 24 grid in the colour of their place. An icon font would cost more start-up time than the
whole window.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from atecc_bench.ui.style.palette import current_palette


class Icon(Enum):
    """Icons by name; none ever stands without a word."""

    HOME = "home"
    BOARD = "board"
    INSPECT = "inspect"
    CERTIFICATES = "certificates"
    PROVISION = "provision"
    COMPARE = "compare"
    CONSOLE = "console"
    WARNING = "warning"
    ERROR = "error"
    CHECK = "check"
    CHEVRON_DOWN = "chevron-down"


def draw_icon(painter: QPainter, icon: Icon, rect: QRectF, color: QColor) -> None:
    """Draw `icon` into `rect` with strokes of `color`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 24, rect.height() / 24)
    pen = QPen(color, max(1.5, 0.06 * rect.width()) * 24 / rect.width())
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath()
    _SHAPES[icon](path)
    painter.drawPath(path)
    painter.restore()


class IconWidget(QWidget):
    """An icon beside the word that names it; screen readers skip it."""

    def __init__(self, icon: Icon, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setFixedSize(size, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self._icon, QRectF(self.rect()), self.color())

    def color(self) -> QColor:
        """Colour of the strokes at this moment."""
        palette = current_palette()
        colors = {Icon.WARNING: palette.stored, Icon.ERROR: palette.irreversible, Icon.CHECK: palette.good}
        return colors.get(self._icon, palette.accent)


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


def _home(path: QPainterPath) -> None:
    _line(path, (3, 11.5), (12, 4), (21, 11.5))
    _line(path, (5.5, 9.8), (5.5, 20), (18.5, 20), (18.5, 9.8))
    _line(path, (10, 20), (10, 14), (14, 14), (14, 20))


def _board(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(6, 6, 12, 12), 2, 2)
    path.addRect(QRectF(10, 10, 4, 4))
    for at in (9.5, 14.5):
        _line(path, (at, 2.5), (at, 6))
        _line(path, (at, 18), (at, 21.5))
        _line(path, (2.5, at), (6, at))
        _line(path, (18, at), (21.5, at))


def _inspect(path: QPainterPath) -> None:
    path.addEllipse(QPointF(10.5, 10.5), 6.5, 6.5)
    _line(path, (15.3, 15.3), (20.5, 20.5))
    _line(path, (8, 9), (13, 9))
    _line(path, (8, 12), (13, 12))


def _certificates(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 9), 5.5, 5.5)
    _line(path, (8.5, 13.5), (7.3, 21), (12, 18.2), (16.7, 21), (15.5, 13.5))


def _provision(path: QPainterPath) -> None:
    _line(path, (7, 4.5), (19, 12), (7, 19.5))
    path.closeSubpath()


def _compare(path: QPainterPath) -> None:
    _line(path, (4, 8), (20, 8), (16, 4))
    _line(path, (20, 16), (4, 16), (8, 20))


def _console(path: QPainterPath) -> None:
    _line(path, (4, 6), (10, 12), (4, 18))
    _line(path, (12.5, 18), (20, 18))


def _warning(path: QPainterPath) -> None:
    _line(path, (12, 3.5), (22, 20.5), (2, 20.5))
    path.closeSubpath()
    _line(path, (12, 10), (12, 14.5))
    _line(path, (12, 17.4), (12, 17.5))


def _error(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 12), 9, 9)
    _line(path, (9, 9), (15, 15))
    _line(path, (15, 9), (9, 15))


def _check(path: QPainterPath) -> None:
    _line(path, (5, 12.5), (10, 17.5), (19.5, 7))


def _chevron_down(path: QPainterPath) -> None:
    _line(path, (6, 9.5), (12, 15.5), (18, 9.5))


_SHAPES: Final[Mapping[Icon, Callable[[QPainterPath], None]]] = MappingProxyType(
    {
        Icon.HOME: _home,
        Icon.BOARD: _board,
        Icon.INSPECT: _inspect,
        Icon.CERTIFICATES: _certificates,
        Icon.PROVISION: _provision,
        Icon.COMPARE: _compare,
        Icon.CONSOLE: _console,
        Icon.WARNING: _warning,
        Icon.ERROR: _error,
        Icon.CHECK: _check,
        Icon.CHEVRON_DOWN: _chevron_down,
    }
)
