"""A part of a page that scrolls in a low window.

When the window is too low for it.
"""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class Scroller(QScrollArea):
    """A column of widgets that scrolls.

    All as high as they need to be, from top to bottom. It takes the keyboard only while there is something to scroll.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._kept_width = 0
        content = self._content = QWidget()
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

    def keep_width(self, width: int) -> None:
        """Be so wide, or wider where the widgets need it."""
        self._kept_width = width
        self._fit_width()

    def minimumSizeHint(self) -> QSize:
        # It scrolls from top to bottom alone, so nothing may be wider than it is.
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._content.minimumSizeHint().width() + bar, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A scroll area filters the events of what it holds anyway, also where no width is kept.
        if self._kept_width and watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._fit_width()
        return super().eventFilter(watched, event)

    def _fit_width(self) -> None:
        bar = self.verticalScrollBar()
        frame = self.width() - self.viewport().width() - (bar.width() if bar.isVisible() else 0)
        needed = self._content.minimumSizeHint().width() + bar.sizeHint().width() + max(frame, 0)
        self.setFixedWidth(max(self._kept_width, needed))

    def _take_keyboard(self, _least: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)
