"""An error for people.

What happened, why, what to try, and the details one click away.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout

from atecc_bench.ui.style.icons import Icon, IconWidget
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.basics import Card, TextRole, paragraph
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton


class ErrorPanel(Card):
    """Shows one error at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._what = paragraph("", TextRole.HEADING)
        self._why = paragraph("")
        self._hint_title = paragraph("What to try", TextRole.STRONG)
        self._hint = paragraph("", TextRole.MUTED)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setFont(mono_font())
        self._details.setAccessibleName("Error details")
        self._details.setTabChangesFocus(True)
        self._details.setFixedHeight(144)
        self._toggle = DeliberateButton("Show details")
        self._toggle.clicked.connect(self._toggle_details)
        self._copy = DeliberateButton("Copy details")
        self._copy.clicked.connect(self.copy_details)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self._toggle)
        self._buttons.addWidget(self._copy)
        self._buttons.addStretch()
        words = QVBoxLayout()
        words.setSpacing(6)
        for label in (self._what, self._why):
            words.addWidget(label)
        words.addSpacing(6)
        words.addWidget(self._hint_title)
        words.addWidget(self._hint)
        words.addSpacing(8)
        words.addLayout(self._buttons)
        words.addWidget(self._details)
        words.addStretch()
        row = QHBoxLayout()
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(12)
        row.addWidget(IconWidget(Icon.ERROR, 24), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.body.addLayout(row)
        self.set_error("", "", "", "")

    def set_error(self, what: str, why: str, hint: str, details: str) -> None:
        """Show an error.

        `what` could not be done, `why`, what to try, and the text for whoever helps. The details start folded away. An
        empty `hint` or `details` takes no room.
        """
        self._what.setText(what)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._hint_title.setVisible(bool(hint))
        self._details.setPlainText(details)
        self._details.hide()
        self._toggle.setText("Show details")
        self._toggle.setVisible(bool(details))
        self.setAccessibleName(what)
        self.setAccessibleDescription(f"{why} {hint}".strip())

    def add_button(self, button: QPushButton) -> None:
        """Put a button, such as "Try again", before those for the details."""
        self._buttons.insertWidget(self._buttons.count() - 3, button)

    def copy_details(self) -> None:
        """Put the whole error on the clipboard.

        Its parts are in the order in which they are shown.
        """
        QGuiApplication.clipboard().setText(self.whole_text())

    def whole_text(self) -> str:
        """The error as text, in the order in which it is shown."""
        parts = (self._what.text(), self._why.text(), self._hint.text(), self._details.toPlainText())
        return "\n".join(part for part in parts if part)

    def _toggle_details(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._toggle.setText("Hide details" if shown else "Show details")
