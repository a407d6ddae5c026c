"""The pages of the window, one on show.

It scrolls where the window is too small for it.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget


class PageStack(QScrollArea):
    """Pages, of which nothing is ever out of reach.

    However small the window is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stack = _Stack()
        self.setWidget(self._stack)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", "true")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._take_keyboard)
        self._stack.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def add(self, page: QWidget) -> None:
        """Keep a page, not on show yet."""
        self._stack.addWidget(page)

    def show_page(self, page: QWidget) -> None:
        """Put a page on show."""
        self._stack.setCurrentWidget(page)
        QCoreApplication.sendPostedEvents(self._stack, QEvent.Type.LayoutRequest.value)  # the bars of the last page go
        self.verticalScrollBar().setValue(0)

    def page(self) -> QWidget | None:
        """The page on show."""
        return self._stack.currentWidget()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def _take_keyboard(self, _least: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)


class _Stack(QStackedWidget):
    """As large as the page on show needs to be."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else QSize(0, 0)
