"""Picture of the buttons that put a board into download mode.

It helps with boards whose automatic reset does not work: three steps, drawn.
"""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import text_font

_STEPS: Final = ("Hold BOOT", "Press and release EN", "Release BOOT")
_SIZE: Final = QSize(360, 132)
_BOARD: Final = QSize(92, 62)


class BootPicture(QWidget):
    """Three small boards, each with the button that is pressed filled."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How to start the download by hand")
        self.setAccessibleDescription("; then ".join(_STEPS))

    def sizeHint(self) -> QSize:
        return _SIZE

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(_STEPS)
        for number, step in enumerate(_STEPS):
            left = number * width + (width - _BOARD.width()) / 2
            self._board(painter, QPointF(left, 14), boot_down=number < 2, reset_down=number == 1)
            painter.setPen(palette.text)
            painter.setFont(text_font(0.92))
            words = QRectF(number * width + 4, 84, width - 8, 44)
            painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, f"{number + 1}. {step}")

    def _board(self, painter: QPainter, corner: QPointF, *, boot_down: bool, reset_down: bool) -> None:
        palette = current_palette()
        painter.setPen(QPen(palette.muted, 1.2))
        painter.setBrush(palette.surface)
        painter.drawRoundedRect(QRectF(corner.x(), corner.y(), _BOARD.width(), _BOARD.height()), 4, 4)
        painter.setBrush(palette.line)
        painter.drawRect(QRectF(corner.x() + 26, corner.y() + 6, 40, 22))  # the module
        painter.drawRect(QRectF(corner.x() + 36, corner.y() + _BOARD.height() - 8, 20, 12))  # the USB socket
        self._button(painter, QPointF(corner.x() + 16, corner.y() + 50), "EN", palette.accent, down=reset_down)
        self._button(painter, QPointF(corner.x() + 76, corner.y() + 50), "BOOT", palette.accent, down=boot_down)

    def _button(self, painter: QPainter, center: QPointF, name: str, color: QColor, *, down: bool) -> None:
        palette = current_palette()
        painter.setPen(QPen(color if down else palette.muted, 1.6))
        painter.setBrush(color if down else palette.surface)
        painter.drawEllipse(center, 6, 6)
        painter.setPen(color if down else palette.muted)
        painter.setFont(text_font(0.72))
        painter.drawText(QRectF(center.x() - 24, center.y() - 22, 48, 14), Qt.AlignmentFlag.AlignHCenter, name)
