"""Step 3: the CA, and the inputs of the device."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError, InputError
from atecc_bench.profiles.model import Profile
from atecc_bench.records.journal import PastRun
from atecc_bench.ui.pages.provision.input_fields import InputFields
from atecc_bench.ui.pages.provision.key_choice import KeyChoice
from atecc_bench.ui.pages.provision.tasks.new_ca import NewCaDialog
from atecc_bench.ui.pages.provision.tasks.tasks import WizardInputs
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.scroll_area import Scroller
from atecc_bench.workflows.ca_access import CaAccess, CaSummary, default_ca, read_ca
from atecc_bench.workflows.devices.provisioning import ProvisioningJob

TYPING_PAUSE_MS = 200  # a folder is looked into when its name is complete, not at each letter


class InputsStep(QWidget):
    """The CA, the organization and the device's inputs.

    It has the CA's folder and passphrase, what the profile asks for each device, and its secret keys.
    """

    completed = Signal()
    """Enter was pressed in the last field. In the others it goes to the next: a scanner sends it with each code."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self._worker = app_state.worker
        self._serial_number = ""  # of the chip that what is typed belongs to
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self._ca = QLineEdit(str(default_ca(app_state.records)))
        self._ca.setAccessibleName("Folder of the certificate authority")
        self._ca.textChanged.connect(self._typed)
        browse, new = DeliberateButton("Browse…"), DeliberateButton("New CA…")
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
            line.returnPressed.connect(lambda line=line: self._entered(line))
        self._authority = QWidget()
        form = QFormLayout(self._authority)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        form.addRow(text_label("Certificate authority", TextRole.MUTED), folder)
        form.addRow(text_label("Organization", TextRole.MUTED), self._organization)
        form.addRow(text_label("CA passphrase", TextRole.MUTED), self._passphrase)
        self._banner = Banner()
        self.key_choice = KeyChoice()
        self._given = InputFields()
        for part in (self._given, self.key_choice):
            part.entered.connect(self._entered)
        self._heading = paragraph("", TextRole.HEADING)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._heading)
        self._scroller = Scroller(self._authority, self._given, self.key_choice, self._banner)
        column.addWidget(self._scroller, 1)
        self._look()

    def set_profile(self, profile: Profile) -> None:
        """Ask for what this profile needs."""
        self._given.set_profile(profile)
        self.key_choice.set_profile(profile)
        self._authority.setVisible(profile.needs_authority)
        self._banner.setVisible(profile.needs_authority)
        if profile.needs_authority:
            self._heading.setText("Who signs, and what name goes into the certificate")
        else:
            self._heading.setText("What belongs to this device" if self._given.lines() else "Nothing has to be typed")

    def set_job(self, job: ProvisioningJob) -> None:
        """Ask only for what the order lacks for each device."""
        self._given.set_profile(job.profile)
        self._given.forget_device()
        for part in (self._authority, self.key_choice, self._banner):
            part.hide()
        self._heading.setText("What belongs to this device")

    def typed(self) -> WizardInputs:
        """What was typed, and what is in the files. Raises `InputError`."""
        organization = self._organization.text().strip() or None
        ca = CaAccess(self._folder(), organization, self._passphrase.text().encode())
        return WizardInputs(
            None if self._authority.isHidden() else ca,
            self._given.inputs(),
            fill_keys=self.key_choice.fills(),
            escrow_passphrase=self.key_choice.passphrase(),
            escrow_recipients=self.key_choice.recipients(),
        )

    def problem(self) -> BenchError | None:
        """First problem of what was typed, as far as seen here."""
        problem = self.key_choice.problem()
        escrow = InputError("escrow-passphrase", problem, "Type it twice, then go on.") if problem else None
        return self._given.problem() or escrow

    def set_device(self, serial_number: str) -> None:
        """Take note of the chip at hand.

        What was typed for another one is forgotten, and stays when the same one comes back.
        """
        if serial_number != self._serial_number:
            self._serial_number = serial_number
            self._given.forget_device()

    def forget_passphrases(self) -> None:
        """Empty the fields of passphrases."""
        self._passphrase.clear()
        self.key_choice.forget_passphrase()

    def take_up(self, run: PastRun) -> None:
        """Show what an interrupted run was begun with.

        It is of the chip at hand, and its profile is set.
        """
        self._given.set_texts(run.fields)
        self.key_choice.choose(fill=run.fill_keys)

    def ask_passphrase_again(self) -> None:
        """Ask anew for the CA's passphrase, which was wrong.

        It is not typed after what is there.
        """
        self._passphrase.clear()
        self._passphrase.setFocus()

    def show_error(self, error: BenchError) -> None:
        """Say what is wrong with what was typed."""
        self._banner.set_message(BannerKind.IRREVERSIBLE, error.message, error.hint)
        self._banner.show()
        # Once the banner has its place: in a low window it is below what can be seen.
        QTimer.singleShot(0, self._banner, lambda: self._scroller.ensureWidgetVisible(self._banner))

    def first_field(self) -> QWidget | None:
        """Where typing begins; None when there is nothing to type."""
        lines = self._lines()
        return self._passphrase if self._passphrase in lines else next(iter(lines), None)

    def _entered(self, line: QLineEdit) -> None:
        lines = self._lines()
        if line is lines[-1]:
            self.completed.emit()
        else:
            lines[lines.index(line) + 1].setFocus()

    def _lines(self) -> list[QLineEdit]:
        signs = [] if self._authority.isHidden() else [self._ca, self._organization, self._passphrase]
        return [*signs, *self._given.lines(), *self.key_choice.lines()]

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
                self._banner.set_message(
                    BannerKind.GOOD, f"Root: {ca.root}", f"Signer: {ca.signer}. {ca.remark}".strip()
                )

        def not_found(error: BenchError) -> None:
            if folder == self._folder():
                hint = "Make one with “New CA…”, or choose its folder."
                self._banner.set_message(BannerKind.INFO, error.message, hint)

        self._worker.run_without_board("Read the CA", lambda: read_ca(folder), found, not_found)

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
