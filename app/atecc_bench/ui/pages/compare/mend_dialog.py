"""The question before a chip is mended.

What will be done, and who signs.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.records.run_records import Records
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, paragraph, push_button, text_label
from atecc_bench.workflows.ca_access import CaAccess
from atecc_bench.workflows.comparison.mend_certificate import Recorded, mend

STEPS = (
    "A certificate is issued for the key that is in the chip now, and written with the signer's and the root's. "
    "What the slots hold before is saved first; afterwards everything is read back, rebuilt, compared and proved "
    "by a challenge. Nothing is locked."
)


class MendDialog(QDialog):
    """Dialog for the CA's folder and its passphrase.

    Accepted by one click on “Mend this”.
    """

    def __init__(self, serial_number: str, folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mend this chip")
        self.setMinimumWidth(560)
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder of the certificate authority")
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName("Passphrase of the certificate authority")
        self.passphrase.setPlaceholderText("leave empty if it is in the keyring")
        browse = push_button("Browse…")
        browse.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(browse)
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        form.addRow(text_label("Certificate authority", TextRole.MUTED), place)
        form.addRow(text_label("CA passphrase", TextRole.MUTED), self.passphrase)
        cancel, self.mend = push_button("Cancel"), push_button("Mend this", ButtonKind.PRIMARY)
        cancel.clicked.connect(self.reject)
        self.mend.clicked.connect(self.accept)
        self.mend.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self.mend)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(paragraph(f"Mend the chip {serial_number}?", TextRole.HEADING))
        column.addWidget(paragraph(STEPS))
        column.addLayout(form)
        column.addLayout(buttons)
        self.passphrase.setFocus()

    def ca(self) -> CaAccess:
        """The CA that was typed."""
        return CaAccess(Path(self.folder.text().strip()), None, self.passphrase.text().encode())

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of the certificate authority", self.folder.text())
        if chosen:
            self.folder.setText(chosen)


def mending(ca: CaAccess, records: Records) -> Callable[[DeviceAccess], Recorded]:
    """Make the task of mending for the device's thread.

    Unlock the CA, issue for the live key, write and prove.

    Raises:
        BenchError: What `CaAccess.unlock` and `mend` raise.
    """

    def operation(device: DeviceAccess) -> Recorded:
        authority = ca.unlock()
        return mend(device.session, authority, ca.organization, device.records_in(records), datetime.now(UTC))

    return operation
