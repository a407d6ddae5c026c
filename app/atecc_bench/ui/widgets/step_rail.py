"""The numbered steps of a wizard, from top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from atecc_bench.ui.style.icons import Icon, draw_icon
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import text_font
from atecc_bench.ui.widgets.basics import Card

_CIRCLE: Final = 22
_INDENT: Final = 34
_WIDTH: Final = 220
_NOTE_SCALE: Final = 0.93


class StepState(Enum):
    """How far a step is. The value is said by screen readers."""

    COMING = "not yet"
    CURRENT = "current"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class RailStep:
    """One step of the rail.

    Its name, a note on what was chosen or comes, and how far it is.
    """

    title: str
    note: str
    state: StepState


class StepRail(Card):
    """Shows where the wizard is; it is not for clicking."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[_StepItem] = []
        self._column = QVBoxLayout()
        self._column.setContentsMargins(16, 20, 16, 16)
        self._column.setSpacing(12)
        self.body.addLayout(self._column)
        self.body.addStretch()
        self.setAccessibleName("Steps")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFixedWidth(_WIDTH)

    def set_steps(self, steps: Sequence[RailStep]) -> None:
        """Show these steps, numbered from 1."""
        while len(self._items) > len(steps):
            self._items.pop().deleteLater()
        while len(self._items) < len(steps):
            item = _StepItem()
            self._items.append(item)
            self._column.addWidget(item)
        for number, (item, step) in enumerate(zip(self._items, steps, strict=True), start=1):
            item.set_step(number, len(steps), step)


class _StepItem(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self._step = RailStep("", "", StepState.COMING)

    def set_step(self, number: int, count: int, step: RailStep) -> None:
        self._number, self._step = number, step
        self.setAccessibleName(f"Step {number} of {count}: {step.title}, {step.state.value}")
        self.setAccessibleDescription(step.note)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        note = QFontMetrics(text_font(_NOTE_SCALE)).boundingRect(
            QRect(0, 0, self._note_width(), 1000), Qt.TextFlag.TextWordWrap, self._step.note
        )
        return QSize(_WIDTH - 34, max(_CIRCLE, (_CIRCLE + self.fontMetrics().height()) // 2 + 4 + note.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _note_width(self) -> int:
        return _WIDTH - 34 - _INDENT

    def _color(self) -> QColor:
        palette = current_palette()
        return {
            StepState.COMING: palette.muted,
            StepState.CURRENT: palette.accent,
            StepState.DONE: palette.good,
            StepState.FAILED: palette.irreversible,
        }[self._step.state]

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, color, step = current_palette(), self._color(), self._step
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = step.state is StepState.CURRENT
        circle = QRectF(1, 1, _CIRCLE, _CIRCLE)
        painter.setPen(QPen(color, 1.8))
        painter.setBrush(palette.tint(color) if current else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if step.state is StepState.DONE:
            draw_icon(painter, Icon.CHECK, circle.adjusted(4, 4, -4, -4), color)
        elif step.state is StepState.FAILED:
            centre = circle.adjusted(7, 7, -7, -7)
            painter.drawLine(centre.topLeft(), centre.bottomRight())
            painter.drawLine(centre.topRight(), centre.bottomLeft())
        else:
            painter.setFont(text_font(0.86, QFont.Weight.DemiBold))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))
        line = self.fontMetrics().height()
        painter.setFont(text_font(1.0, QFont.Weight.DemiBold))
        painter.setPen(palette.muted if step.state is StepState.COMING else palette.text)
        painter.drawText(
            QRectF(_INDENT, (_CIRCLE + 2 - line) / 2, self.width() - _INDENT, line + 2),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            step.title,
        )
        painter.setFont(text_font(_NOTE_SCALE))
        painter.setPen(palette.muted)
        top = (_CIRCLE + line) // 2 + 4
        painter.drawText(
            QRect(_INDENT, top, self._note_width(), self.height() - top), int(Qt.TextFlag.TextWordWrap), step.note
        )
