"""The rail at the left.

One entry per page, an icon and a word.
"""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from atecc_bench.ui.style.icons import Icon, draw_icon
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import text_font

RAIL_WIDTH: Final = 176


class Rail(QWidget):
    """Entries of the pages from top to bottom.

    The arrow keys move between them, and the chosen page follows.
    """

    chosen = Signal(int)
    """Number of the entry that became the chosen one."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(RAIL_WIDTH)
        self.setAccessibleName("Pages")
        self._buttons: list[_RailButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 10, 9, 8)
        self._column.setSpacing(2)
        self._column.addStretch()

    def add_entry(self, name: str, icon: Icon, hint: str) -> None:
        """Add an entry below the others; `hint` names its key."""
        number = len(self._buttons)
        button = _RailButton(name, icon)
        button.setToolTip(f"{name} ({hint})")
        button.toggled.connect(lambda checked: self.chosen.emit(number) if checked else None)
        self._buttons.append(button)
        self._column.insertWidget(number, button)

    def choose(self, number: int) -> None:
        """Make an entry the chosen one."""
        self._buttons[number].setChecked(True)
        self._buttons[number].setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), palette.surface)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), palette.line)


class _RailButton(QAbstractButton):
    def __init__(self, name: str, icon: Icon) -> None:
        super().__init__()
        self._icon = icon
        self._ring = False
        self.setText(name)
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A ring only for those who came by keyboard; the chosen entry is marked anyway.
        self._ring = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(RAIL_WIDTH - 17, self.fontMetrics().height() + 19)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(palette.accent, 2) if self._ring else Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(palette.tint(palette.accent))
        elif self.underMouse():
            painter.setBrush(palette.selection)
        painter.drawRoundedRect(area, 6, 6)
        color = palette.accent if self.isChecked() else palette.muted
        draw_icon(painter, self._icon, QRectF(11, (self.height() - 17) / 2, 17, 17), color)
        painter.setFont(text_font(1.0, QFont.Weight.Medium))
        painter.setPen(color)
        painter.drawText(
            area.adjusted(36, 0, -8, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text()
        )
