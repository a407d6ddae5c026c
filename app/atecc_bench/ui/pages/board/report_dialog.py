"""A report as a page in a window of its own."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from atecc_bench.ui.widgets.basics import ButtonKind, push_button


class ReportDialog(QDialog):
    """Dialog that shows one HTML page.

    It cannot be edited and follows no links.
    """

    def __init__(self, html: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Silicon check")
        self.resize(860, 640)
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setAccessibleName("Report of the silicon check")
        self.page.setHtml(html)
        close = push_button("Close", ButtonKind.PRIMARY)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.page, 1)
        column.addLayout(buttons)
