"""The frame of a dialog: heading, words, two buttons."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from atecc_bench.ui.widgets.basics import TextRole, paragraph

_WIDTH, _MARGIN = 560, 24


def frame_dialog(
    dialog: QDialog, heading: str, words: str, parts: Sequence[QWidget | QLayout], buttons: Sequence[QPushButton]
) -> None:
    """Lay a dialog out.

    The words come first, then its parts, and the buttons in their order below. The heading may be empty.
    """
    dialog.setMinimumWidth(_WIDTH)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch()
    for button in buttons:
        row.addWidget(button)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    column.setSpacing(12)
    if heading:
        column.addWidget(paragraph(heading, TextRole.HEADING))
    column.addWidget(paragraph(words))
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    column.addLayout(row)
