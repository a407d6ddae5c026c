"""Step 3: which CA signs, and which organization stands in the name."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.pki.authority import load_authority_certificates
from atecc_bench.pki.names import organization_of
from atecc_bench.provision.records import Records
from atecc_bench.ui.provisioning.job import Names, default_ca, typed_or_ready
from atecc_bench.ui.provisioning.new_ca import NewCaDialog
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, push_button, text_label


class NamesStep(QWidget):
    """The CA's folder, the organization and the passphrase."""

    submitted = Signal()
    """Enter was pressed in a field."""

    def __init__(self, records: Records) -> None:
        super().__init__()
        self._ca = QLineEdit(str(default_ca(records)))
        self._ca.setAccessibleName("Folder of the certificate authority")
        self._ca.textChanged.connect(self._look)
        browse, new = push_button("Browse…"), push_button("New CA…")
        browse.clicked.connect(self._browse)
        new.clicked.connect(self._make)
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self._ca, 1)
        folder.addWidget(browse)
        folder.addWidget(new)
        self._organization = QLineEdit()
        self._organization.setAccessibleName("Organization")
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.setAccessibleName("Passphrase of the certificate authority")
        self._passphrase.setPlaceholderText("leave empty if it is in the keyring")
        for line in (self._ca, self._organization, self._passphrase):
            line.returnPressed.connect(self.submitted)
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        form.addRow(text_label("Certificate authority", TextRole.MUTED), folder)
        form.addRow(text_label("Organization", TextRole.MUTED), self._organization)
        form.addRow(text_label("CA passphrase", TextRole.MUTED), self._passphrase)
        self._banner = Banner()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(paragraph("Who signs, and what name goes into the certificate", TextRole.HEADING))
        column.addLayout(form)
        column.addWidget(self._banner)
        column.addStretch()
        self._look()

    def names(self) -> Names:
        """What was typed. The passphrase is empty when there is none anywhere."""
        ca = Path(self._ca.text().strip())
        organization = self._organization.text().strip() or None
        return Names(ca, organization, typed_or_ready(ca, self._passphrase.text()))

    def forget_passphrase(self) -> None:
        """Empty the passphrase's field."""
        self._passphrase.clear()

    def show_error(self, error: BenchError) -> None:
        """Say what is wrong with what was typed."""
        self._banner.set_message(BannerKind.IRREVERSIBLE, error.message, error.hint)

    def first_field(self) -> QWidget:
        """Where typing begins."""
        return self._passphrase

    def _look(self) -> None:
        try:
            root, signer = load_authority_certificates(Path(self._ca.text().strip()))
        except BenchError as error:
            self._organization.setPlaceholderText("")
            self._banner.set_message(BannerKind.INFO, error.message, "Make one with “New CA…”, or choose its folder.")
            return
        self._organization.setPlaceholderText(organization_of(signer.subject) or "")
        text = f"Signer: {signer.subject.rfc4514_string()}, valid until {signer.not_valid_after_utc:%Y-%m-%d}."
        self._banner.set_message(BannerKind.GOOD, f"Root: {root.subject.rfc4514_string()}", text)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of the certificate authority", self._ca.text())
        if folder:
            self._ca.setText(folder)

    def _make(self) -> None:
        dialog = NewCaDialog(Path(self._ca.text().strip()), self)
        if dialog.exec():
            self._ca.setText(str(dialog.folder()))
            self._passphrase.setText(dialog.passphrase())
            self._look()
