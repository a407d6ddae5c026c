"""The narrow map beside a comparison.

Where the differences lie, and which part is on show.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from atecc_bench.ui.style.palette import current_palette, mix

_INSET: Final = 4.0
_SHORTEST_MARK: Final = 4.0


class Minimap(QWidget):
    """Marks on a strip as long as the data.

    The keyboard way to the same places is next and previous.
    """

    place_chosen = Signal(int)
    """A click: the place it stands for, in bytes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = 0
        self._ranges: tuple[tuple[int, int], ...] = ()
        self._strips: list[tuple[int, int]] = []
        self._current: int | None = None
        self._shown: tuple[int, int] = (0, 0)
        self.setFixedWidth(16)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Map of the differences")

    def set_ranges(self, length: int, ranges: Sequence[tuple[int, int]]) -> None:
        """Show `ranges`, start and end (exclusive), within `length` bytes."""
        self._length, self._ranges, self._current = length, tuple(ranges), None
        self._join_strips()
        self.setAccessibleDescription(f"{len(ranges)} differences in {length} bytes")
        self.update()

    def set_current(self, index: int | None) -> None:
        """Emphasise one range."""
        self._current = index
        self.update()

    def set_shown(self, first: int, last: int) -> None:
        """Frame the bytes that are on show, both inclusive."""
        self._shown = (first, last)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(16, 120)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._length:
            share = (event.position().y() - _INSET) / max(1.0, self.height() - 2 * _INSET)
            self.place_chosen.emit(max(0, min(self._length - 1, round(share * self._length))))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(palette.line)
        painter.setBrush(palette.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        if not self._length:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        first, last = self._shown
        if last - first + 1 < self._length:
            painter.setBrush(mix(palette.surface, palette.muted, 0.22))
            painter.drawRoundedRect(self._strip(first, last + 1, 1.5), 5, 5)
        painter.setBrush(palette.stored)
        for start, end in self._strips:
            painter.drawRoundedRect(self._strip(start, end, _INSET), 2, 2)
        if self._current is not None and self._current < len(self._ranges):
            painter.setPen(QPen(palette.text, 1.5))
            painter.drawRoundedRect(self._strip(*self._ranges[self._current], _INSET), 2, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._join_strips()

    def _join_strips(self) -> None:
        """Join ranges that would be drawn over each other.

        They are one strip: thousands of them would take too long to draw.
        """
        nearest = _SHORTEST_MARK * self._length / max(1, self.height())
        self._strips = []
        for start, end in sorted(self._ranges):
            if len(self._ranges) > self.height() and self._strips and start - self._strips[-1][1] < nearest:
                self._strips[-1] = (self._strips[-1][0], max(end, self._strips[-1][1]))
            else:
                self._strips.append((start, end))

    def _strip(self, start: int, end: int, inset: float) -> QRectF:
        scale = (self.height() - 2 * _INSET) / self._length
        top, bottom = _INSET + start * scale, _INSET + end * scale
        return QRectF(inset, top, self.width() - 2 * inset, max(_SHORTEST_MARK, bottom - top))
