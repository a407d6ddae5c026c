"""PASS, FAIL or WAITING over the whole page.

It has the one sentence, and is readable from across a room.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from atecc_bench.provision.report.run_document import Ending
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import text_font
from atecc_bench.ui.widgets.basics import paragraph
from atecc_bench.ui.widgets.scroll_area import Scroller


class VerdictPanel(QWidget):
    """A word, a sentence and a hint in one colour.

    A PASS on a virtual chip is not green.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ending = Ending.FAIL
        self._virtual = False
        self._word, self._chip, self._sentence, self._hint = (_line(scale, weight) for scale, weight in _LINES)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 24, 24)
        lines = Scroller(self._word, self._chip, self._sentence, self._hint)
        lines.column.insertStretch(0)
        column.addWidget(lines)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_ending(self, ending: Ending, sentence: str, hint: str, *, chip: str = "", mark: str = "") -> None:
        """Say how it ended, and with which chip.

        `mark` is what it was besides silicon, such as VIRTUAL.
        """
        self._ending, self._virtual = ending, bool(mark)
        word = f"{ending.value} · {mark}" if mark else ending.value
        self._word.setText(word)
        self._chip.setText(chip.capitalize())
        self._chip.setVisible(bool(chip))
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(word)
        self.setAccessibleDescription(f"{chip} {sentence} {hint}".strip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        fill, ink = self._colors()
        for line in (self._word, self._chip, self._sentence, self._hint):
            palette = line.palette()
            if palette.color(QPalette.ColorRole.WindowText) != ink:
                palette.setColor(QPalette.ColorRole.WindowText, ink)
                line.setPalette(palette)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(self.rect(), 8, 8)

    def _colors(self) -> tuple[QColor, QColor]:
        palette = current_palette()
        if self._ending is Ending.FAIL:
            return palette.irreversible, palette.surface
        if self._ending is Ending.WAITING:
            return palette.stored, palette.surface
        return (palette.virtual, palette.on_virtual) if self._virtual else (palette.good, palette.surface)


_LINES = (
    (5.0, QFont.Weight.Bold),
    (1.3, QFont.Weight.DemiBold),
    (1.5, QFont.Weight.DemiBold),
    (1.1, QFont.Weight.Normal),
)


def _line(scale: float, weight: QFont.Weight) -> QLabel:
    label = paragraph("")
    label.setFont(text_font(scale, weight))
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
