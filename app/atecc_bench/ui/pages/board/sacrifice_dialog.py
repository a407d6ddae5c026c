"""The question before a chip is used up by the silicon check."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, paragraph, push_button
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton

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
        self.setMinimumWidth(560)
        self.confirm = ConfirmSerial()
        self.confirm.set_serial(serial_number)
        self.go = DeliberateButton("Use this chip up", ButtonKind.DANGER)
        self.go.setEnabled(False)
        self.go.clicked.connect(self.accept)
        self.confirm.confirmed_changed.connect(self.go.setEnabled)
        cancel = push_button("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(paragraph("Use this chip up?", TextRole.HEADING))
        column.addWidget(paragraph(_WORDS))
        column.addWidget(self.confirm)
        column.addLayout(buttons)
        self.confirm.setFocus()
