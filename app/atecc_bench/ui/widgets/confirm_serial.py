"""The last question before something irreversible.

The last six digits of this chip's serial number.
"""

import re
from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.ui.state.serial_number_text import SERIAL_DIGITS, grouped_serial
from atecc_bench.ui.style.palette import current_palette
from atecc_bench.ui.style.typography import mono_font
from atecc_bench.ui.widgets.basics import TextRole, text_label

_TYPED: Final = 6
_ASK: Final = "Type the last six digits of the serial number to go on"
_REFUSED: Final = "Not taken: six digits, 0–9 and a–f; a longer, pasted or scanned number does not count"
_WRONG: Final = "These are not the last six digits of this chip's serial number"
_RIGHT: Final = "The digits are those of this chip"


class ConfirmSerial(QWidget):
    """Asks for the last six digits of a serial number.

    Shows the first twelve, so that the operator looks at this very chip.
    """

    confirmed_changed = Signal(bool)
    """Whether the six digits typed are those of the chip."""

    entered = Signal()
    """Enter was pressed in the field; it confirms nothing, whoever pressed it."""

    def __init__(self) -> None:
        super().__init__()
        self._last = ""
        self._confirmed = False
        self._message = text_label(_ASK, TextRole.MUTED)
        self._message.setWordWrap(True)
        self._known = text_label("", TextRole.MUTED)
        self._known.setFont(mono_font(1.6))
        self._field = _DigitsField()
        self._field.textChanged.connect(self._judge)
        self._field.inputRejected.connect(self._reject)
        self._field.returnPressed.connect(self.entered)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._known)
        row.addWidget(self._field)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._message)
        column.addLayout(row)
        self.setFocusProxy(self._field)

    def set_serial(self, serial: str) -> None:
        """Ask for this chip; `serial` has 18 hex digits.

        Raises:
            ValueError: Anything else.
        """
        if not re.fullmatch(rf"[0-9A-Fa-f]{{{SERIAL_DIGITS}}}", serial):
            raise ValueError("a serial number has 18 hex digits")
        self._last = serial[-_TYPED:].lower()
        self._known.setText(grouped_serial(serial[:-_TYPED]) + " ")
        self._field.clear()
        self._judge()

    def is_confirmed(self) -> bool:
        """Whether the six digits typed are those of the chip."""
        return self._confirmed

    def clear(self) -> None:
        """Ask again."""
        self._field.clear()

    def _judge(self) -> None:
        digits = _digits(self._field.text())
        complete = len(digits) == _TYPED
        confirmed = complete and digits == self._last
        self._field.set_verdict(confirmed if complete else None)
        self._say(_RIGHT if confirmed else _WRONG if complete else _ASK)
        if confirmed != self._confirmed:
            self._confirmed = confirmed
            self.confirmed_changed.emit(confirmed)

    def _reject(self) -> None:
        if not self._confirmed:
            self._say(_REFUSED)

    def _say(self, message: str) -> None:
        self._message.setText(message)
        self._field.setAccessibleDescription(message)


class _DigitsField(QLineEdit):
    """Field for six digits in the manner of a serial number.

    The line below them turns red or green.
    """

    def __init__(self) -> None:
        super().__init__()
        self._verdict: bool | None = None
        self.setFont(mono_font(1.6))
        self.setProperty("digits", "true")
        self.setAccessibleName("Last six digits of the serial number")
        self.setValidator(_SixDigits(self))
        self.setFixedWidth(round(QFontMetricsF(self.font()).horizontalAdvance("0") * 7.6))

    def set_verdict(self, verdict: bool | None) -> None:  # noqa: FBT001 - right, wrong, or not complete
        self._verdict = verdict
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        palette = current_palette()
        color = {None: palette.accent, True: palette.good, False: palette.irreversible}[self._verdict]
        thickness = 2 if self.hasFocus() else 1
        QPainter(self).fillRect(QRectF(0, self.height() - thickness, self.width(), thickness), color)


class _SixDigits(QValidator):
    """Groups the digits as they are typed.

    Refuses, as a whole, an edit that would make more than six.
    """

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        digits = _digits(text)
        if len(digits) > _TYPED or not re.fullmatch(r"[0-9a-f]*", digits):
            return QValidator.State.Invalid, text, position
        before = len(_digits(text[:position]))
        state = QValidator.State.Acceptable if len(digits) == _TYPED else QValidator.State.Intermediate
        return state, grouped_serial(digits), len(grouped_serial(digits[:before]))


def _digits(text: str) -> str:
    return "".join(text.split()).lower()
