"""State of a page that has nothing to show.

What it is for, and what to do next.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from atecc_bench.ui.style.icons import Icon, IconWidget
from atecc_bench.ui.widgets.basics import TextRole, paragraph

_TEXT_WIDTH: Final = 460


class EmptyState(QWidget):
    """An icon, a title, one sentence and buttons.

    They stand in the middle of the page; the buttons lead on.
    """

    def __init__(self, icon: Icon, title: str, sentence: str, buttons: Sequence[QWidget] = ()) -> None:
        super().__init__()
        centre = Qt.AlignmentFlag.AlignHCenter
        heading = paragraph(title, TextRole.HEADING)
        self._text = paragraph(sentence, TextRole.MUTED)
        words = QWidget()
        words.setFixedWidth(_TEXT_WIDTH)
        lines = QVBoxLayout(words)
        lines.setContentsMargins(0, 8, 0, 8)
        lines.setSpacing(8)
        for label in (heading, self._text):
            label.setAlignment(centre)
            lines.addWidget(label)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(IconWidget(icon, 40), 0, centre)
        middle = QHBoxLayout()  # an alignment would drop the height that wrapped text needs
        middle.addStretch()
        middle.addWidget(words)
        middle.addStretch()
        column.addLayout(middle)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        for button in buttons:
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        column.addStretch(3)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)

    def set_sentence(self, sentence: str) -> None:
        """Say what there is nothing of, and what to do."""
        self._text.setText(sentence)
        self.setAccessibleDescription(sentence)
