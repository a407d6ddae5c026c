"""The question before a chip is used up by the silicon check."""

from PySide6.QtWidgets import QDialog, QWidget

from atecc_bench.ui.widgets.basics import ButtonKind, push_button
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.dialog_frame import frame_dialog

_WORDS = (
    "The check was rehearsed on the twin. On the chip it writes a trial configuration, locks both zones for ever, and "
    "fills its slots with keys that everybody knows. Afterwards the chip is good for nothing else."
)


class SacrificeDialog(QDialog):
    """Dialog for the last six digits of the chip's serial number.

    Accepted only when they are typed.
    """

    def __init__(self, serial_number: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Use this chip up")
        self.confirm = ConfirmSerial()
        self.confirm.set_serial(serial_number)
        self.go = DeliberateButton("Use this chip up", ButtonKind.DANGER)
        self.go.setEnabled(False)
        self.go.clicked.connect(self.accept)
        self.confirm.confirmed_changed.connect(self.go.setEnabled)
        cancel = push_button("Cancel")
        cancel.clicked.connect(self.reject)
        frame_dialog(self, "Use this chip up?", _WORDS, [self.confirm], [cancel, self.go])
        self.confirm.setFocus()
