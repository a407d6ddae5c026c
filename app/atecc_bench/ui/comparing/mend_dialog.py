"""The question before a chip is mended: what will be done, and who signs."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.errors import InputError
from atecc_bench.pki.authority import load_authority
from atecc_bench.provision.mend import Recorded, mend
from atecc_bench.provision.passphrase import ready_passphrase
from atecc_bench.provision.records import Records
from atecc_bench.ui.device_worker import Device
from atecc_bench.ui.provisioning.job import Names
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, paragraph, push_button, text_label

STEPS = (
    "A certificate is issued for the key that is in the chip now, and written with the signer's and the root's. "
    "What the slots hold before is saved first; afterwards everything is read back, rebuilt, compared and proved "
    "by a challenge. Nothing is locked."
)


class MendDialog(QDialog):
    """The CA's folder and its passphrase; accepted by one click on “Mend this”."""

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

    def names(self) -> Names:
        """What was typed."""
        return Names(Path(self.folder.text().strip()), None, self.passphrase.text().encode())

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of the certificate authority", self.folder.text())
        if chosen:
            self.folder.setText(chosen)


def mending(names: Names, records: Records) -> Callable[[Device], Recorded]:
    """Unlock the CA, issue for the live key, write and prove: for the device's thread.

    The passphrase is the one that was typed, else one that lies ready; without any, InputError `passphrase-needed`.
    """

    def operation(device: Device) -> Recorded:
        passphrase = names.passphrase or ready_passphrase(names.ca)
        if not passphrase:
            raise InputError("passphrase-needed", "The CA's passphrase is needed to sign.", "Type it, then go on.")
        authority = load_authority(names.ca, passphrase)
        virtual = device.board.info.virtual
        return mend(device.session, authority, names.organization, records, datetime.now(UTC), virtual=virtual)

    return operation
