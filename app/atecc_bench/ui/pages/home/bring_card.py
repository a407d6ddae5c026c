"""Home's place to drop or paste anything."""

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout

from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.basics import Card, push_button

_HEIGHT = 64


class BringCard(Card):
    """Field for a text.

    What it is decides over the page that shows it.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__("Bring anything", "a dump, a log, a certificate, a bundle, an error code: drop it or paste it")
        self.text = _Field()
        self.text.setAccessibleName("A dump, log, certificate or error code")
        self.text.setPlaceholderText("Paste here, or drop a file anywhere in the window")
        self.look = push_button("Look at it")
        self.look.setEnabled(False)
        self.text.textChanged.connect(lambda: self.look.setEnabled(bool(self.text.toPlainText().strip())))
        self.look.clicked.connect(lambda: app_state.brought.emit(self.text.toPlainText()))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.look)
        column = QVBoxLayout()
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.text)
        column.addLayout(row)
        self.body.addLayout(column)


class _Field(QPlainTextEdit):
    """A field that leaves dropped files to the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(mono_font())
        self.setFixedHeight(_HEIGHT)
        self.setTabChangesFocus(True)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return not source.hasUrls() and super().canInsertFromMimeData(source)
