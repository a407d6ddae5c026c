"""A field for a code that somebody holds.

What it means is handed on as text.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from atecc_bench.diagnose.codes.code_text import lines_of_code
from atecc_bench.diagnose.codes.explain_code import explain_code
from atecc_bench.errors import InputError


class CodeField(QLineEdit):
    """Field for a code or a frame, explained on Enter."""

    explained = Signal(str, str)
    """The explanation: its first line, and the others."""

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Explain a code: F4, -12")
        self.setAccessibleName("Explain a code")
        self.setToolTip("A number, a name or a frame: 0xF4, ATCA_COMM_FAIL, -0x2700, 04 0F 23 42")
        self.returnPressed.connect(self._explain)

    def explain(self, code: str) -> None:
        """Type a code and explain it."""
        self.setText(code)
        self._explain()

    def _explain(self) -> None:
        if not self.text().strip():
            return
        try:
            summary, *lines = lines_of_code(explain_code(self.text()))
        except InputError as error:
            summary, lines = error.message, [error.hint]
        self.explained.emit(summary, "\n".join(line.strip() for line in lines))
