"""A combo box in the window's own look."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox

from atecc_bench.ui.style.icons import Icon, draw_icon
from atecc_bench.ui.style.palette import current_palette


class ComboBox(QComboBox):
    """A list to choose from that paints its closed state itself.

    The list is Qt's. Arrows choose; letters do not, for a scanner types them too, nor does the wheel of a mouse that
    only scrolls past.
    """

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width() + 16, self.fontMetrics().height() + 15)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if not typed or not typed.isprintable():
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # an open list gets its own

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        width = 2 if focused else 1
        inset = width / 2
        painter.setPen(QPen(palette.accent if focused else palette.edge, width))
        painter.setBrush(palette.background)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        area = self.rect().adjusted(11, 0, -30, 0)
        text = self.currentText() or self.placeholderText()
        painter.setPen(palette.text if self.currentText() and self.isEnabled() else palette.muted)
        elided = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), elided)
        arrow = QRectF(self.width() - 26, (self.height() - 14) / 2, 14, 14)
        draw_icon(painter, Icon.CHEVRON_DOWN, arrow, palette.muted)
