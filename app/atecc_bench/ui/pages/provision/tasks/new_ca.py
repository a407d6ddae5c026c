"""A dialog that makes a certificate authority."""

from pathlib import Path

from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from atecc_bench.errors import InputError
from atecc_bench.passphrases import check_new_passphrase
from atecc_bench.ui.pages.provision.tasks.task_dialog import TaskDialog
from atecc_bench.ui.state.device_worker import DeviceWorker
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.dialog_frame import frame_dialog
from atecc_bench.workflows.ca_access import make_ca


class NewCaDialog(TaskDialog):
    """Folder, organization and passphrase; accepted once the CA is on disk."""

    def __init__(self, folder: Path, worker: DeviceWorker, parent: QWidget) -> None:
        super().__init__(worker, TextRole.MUTED, parent)
        self.setWindowTitle("New certificate authority")
        self._folder = QLineEdit(str(folder))
        self._organization = QLineEdit()
        self._passphrase, self._again = QLineEdit(), QLineEdit()
        for line in (self._passphrase, self._again):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        cancel, make = DeliberateButton("Cancel"), DeliberateButton("Make CA", ButtonKind.PRIMARY)
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        for name, line, after in (
            ("Folder", self._folder, self._organization),
            ("Organization", self._organization, self._passphrase),
            ("Passphrase", self._passphrase, self._again),
            ("Passphrase again", self._again, make),
        ):
            line.setAccessibleName(name)
            line.returnPressed.connect(after.setFocus)
            form.addRow(text_label(name, TextRole.MUTED), line)
        cancel.clicked.connect(self.reject)
        make.clicked.connect(self._make)
        text = "A root and a signer, NIST P-256. Their keys are encrypted with this passphrase; keep it safe."
        frame_dialog(self, "", text, [form, self._problem], [cancel, make])

    def folder(self) -> Path:
        """Where the CA is."""
        return Path(self._folder.text().strip())

    def passphrase(self) -> str:
        """The passphrase that was typed."""
        return self._passphrase.text()

    def _make(self) -> None:
        try:
            check_new_passphrase(self.passphrase().encode())
        except InputError as error:
            self._problem.setText(error.message)
            return
        if self.passphrase() != self._again.text():
            self._problem.setText("The two passphrases differ.")
            return
        folder, organization = self.folder(), self._organization.text().strip()
        passphrase = self.passphrase().encode()
        self._begin(
            "Make a CA",
            "Making the keys…",
            lambda: make_ca(folder, organization, passphrase),
            lambda _: self.accept(),
        )
