"""A part of a page that scrolls in a low window.

When the window is too low for it.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class Scroller(QScrollArea):
    """A column of widgets that scrolls.

    All as high as they need to be, from top to bottom. It takes the keyboard only while there is something to scroll.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, 0, 8, 0)
        self.column.setSpacing(12)
        for widget in widgets:
            self.column.addWidget(widget)
        self.column.addStretch()
        self.setWidget(content)
        self.setWidgetResizable(True)
        # What is behind it shows through: it stands on cards and on the page alike.
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", "true")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._take_keyboard)

    def _take_keyboard(self, _least: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)
