"""A button that a barcode scanner cannot press.

It is for what must not happen by accident. A scanner is a keyboard that types a code and presses Enter, all within a
fraction of a second. So Enter and Space press such a button only when they stand alone: no other key since it got the
focus, and none within `QUIET_MS` before or after. A code that is scanned while the button has the focus does nothing,
its Enter included; neither does the second Enter of a scanner that sends carriage return and line feed, the first of
which moved the focus here. The mouse is never too fast.
"""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent

from atecc_bench.ui.widgets.basics import ButtonKind, PushButton, dress_button, is_enter

QUIET_MS: Final = 120  # scanners leave 1 to 50 ms between two keys


class DeliberateButton(PushButton):
    """Button for the mouse, or a key that stands alone.

    Pressed by the mouse, or by an Enter or a Space that stands alone.
    """

    refused = Signal()
    """A key that would have pressed the button came with others, as from a scanner."""

    def __init__(self, text: str, kind: ButtonKind = ButtonKind.NORMAL) -> None:
        super().__init__(text)
        dress_button(self, kind)
        self._scanned = False
        self._settling, self._alone = QTimer(self), QTimer(self)
        for timer in (self._settling, self._alone):
            timer.setSingleShot(True)
            timer.setInterval(QUIET_MS)
        self._alone.timeout.connect(self.click)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._scanned = False
        self._settling.start()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._alone.stop()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if is_enter(event) or event.key() == Qt.Key.Key_Space:
            if self._scanned or self._settling.isActive() or self._alone.isActive():
                self._refuse()
            else:
                self._alone.start()
        elif event.text().strip():
            self._alone.stop()
            self._scanned = True
        else:
            super().keyPressEvent(event)

    def _refuse(self) -> None:
        self._alone.stop()
        self._scanned = False
        self._settling.start()
        self.refused.emit()
