"""Step 3: which CA signs, and which organization stands in the name."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.provisioning.job import CaSummary, Names, default_ca, read_ca
from atecc_bench.ui.provisioning.new_ca import NewCaDialog
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, push_button, text_label
from atecc_bench.ui.widgets.scroller import Scroller

TYPING_PAUSE_MS = 200  # a folder is looked into when its name is complete, not at each letter


class NamesStep(QWidget):
    """The CA's folder, the organization and the passphrase."""

    submitted = Signal()
    """Enter was pressed in a field."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._worker = bench.worker
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self._ca = QLineEdit(str(default_ca(bench.records)))
        self._ca.setAccessibleName("Folder of the certificate authority")
        self._ca.textChanged.connect(self._typed)
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
        fields = QWidget()
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
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
        column.addWidget(Scroller(fields, self._banner), 1)
        self._look()

    def names(self) -> Names:
        """What was typed."""
        organization = self._organization.text().strip() or None
        return Names(self._folder(), organization, self._passphrase.text().encode())

    def forget_passphrase(self) -> None:
        """Empty the passphrase's field."""
        self._passphrase.clear()

    def show_error(self, error: BenchError) -> None:
        """Say what is wrong with what was typed."""
        self._banner.set_message(BannerKind.IRREVERSIBLE, error.message, error.hint)

    def first_field(self) -> QWidget:
        """Where typing begins."""
        return self._passphrase

    def _folder(self) -> Path:
        return Path(self._ca.text().strip())

    def _typed(self) -> None:
        self._organization.setPlaceholderText("")
        self._banner.set_message(BannerKind.INFO, "Looking for a certificate authority in this folder…", "")
        self._pause.start()

    def _look(self) -> None:
        folder = self._folder()

        def found(ca: CaSummary) -> None:
            if folder == self._folder():
                self._organization.setPlaceholderText(ca.organization)
                self._banner.set_message(BannerKind.GOOD, f"Root: {ca.root}", f"Signer: {ca.signer}.")

        def not_found(error: BenchError) -> None:
            if folder == self._folder():
                hint = "Make one with “New CA…”, or choose its folder."
                self._banner.set_message(BannerKind.INFO, error.message, hint)

        self._worker.prepare("Read the CA", lambda: read_ca(folder), found, not_found)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of the certificate authority", self._ca.text())
        if folder:
            self._ca.setText(folder)

    def _make(self) -> None:
        dialog = NewCaDialog(self._folder(), self._worker, self)
        if dialog.exec():
            self._ca.setText(str(dialog.folder()))
            self._passphrase.setText(dialog.passphrase())
            self._look()
