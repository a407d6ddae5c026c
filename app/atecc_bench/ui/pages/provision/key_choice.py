"""Part of step 3: what becomes of open secret keys.

They are filled, put into escrow and locked, or stay open.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from atecc_bench.diagnose.config.lock_effects import open_keys
from atecc_bench.errors import InputError
from atecc_bench.passphrases import check_new_passphrase
from atecc_bench.profiles.model import Profile
from atecc_bench.records.escrow_recipients import EscrowRecipient
from atecc_bench.ui.widgets.basics import TextRole, paragraph, text_label, without_mnemonic
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.workflows.brought_files import FILES_APART, read_recipients

_KEEPERS = "Public keys of who keeps the files too"


class KeyChoice(QWidget):
    """Two choices and what each means.

    Leaving the keys open is what happens when nobody chooses.
    """

    entered = Signal(object)
    """Enter was pressed in this field."""

    def __init__(self) -> None:
        super().__init__()
        self._profile_sha256 = ""
        self._leave, self._fill = QRadioButton(), QRadioButton()
        self._leave.setChecked(True)
        self._stays_open = paragraph("", TextRole.MUTED)
        self._meaning = paragraph("", TextRole.MUTED)
        self._passphrase, self._again, self._keepers = QLineEdit(), QLineEdit(), QLineEdit()
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(22, 0, 0, 0)
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(8)
        for name, line in (("Escrow passphrase", self._passphrase), ("The same again", self._again)):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setAccessibleName(name)
            line.returnPressed.connect(lambda line=line: self.entered.emit(line))
            form.addRow(text_label(name, TextRole.MUTED), line)
        form.addRow(text_label(_KEEPERS, TextRole.MUTED), self._keepers_row())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self._leave, self._stays_open, self._fill, self._meaning, self._form):
            column.addWidget(widget)
        for text in (self._stays_open, self._meaning):
            text.setContentsMargins(22, 0, 0, 4)
        self._fill.toggled.connect(self._form.setVisible)
        self._form.hide()

    def set_profile(self, profile: Profile) -> None:
        """Ask for the secret keys of this profile.

        Nothing counts as chosen yet when it is another one than before. It is hidden when the profile has none.
        """
        if profile.sha256 != self._profile_sha256:
            self._profile_sha256 = profile.sha256
            self._leave.setChecked(True)
            self.forget_passphrase()
        keys = [key for key in profile.secret_keys if key.optional]
        self.setVisible(bool(keys))
        slots = [key.slot for key in keys]
        named = " and ".join(f"slot {key.slot} ({key.title})" for key in keys)
        open_now = dict(open_keys(profile.nominal_config()))
        self._leave.setText(without_mnemonic(f"Leave {named} open"))
        self._stays_open.setText(" ".join(open_now[slot] for slot in slots if slot in open_now))
        self._fill.setText(without_mnemonic(f"Fill {named} with random bytes and lock it for ever"))
        self._meaning.setText(
            "The bytes go into an escrow file in the record of each device, encrypted under a passphrase of its own. "
            "Who loses it can never use what they protect."
        )

    def choose(self, *, fill: bool) -> None:
        """Choose for the operator what an earlier run was begun with."""
        (self._fill if fill else self._leave).setChecked(True)

    def lines(self) -> list[QLineEdit]:
        """Fields to fill, in order.

        There are none while nothing is to be filled.
        """
        return [self._passphrase, self._again] if self.fills() else []

    def fills(self) -> bool:
        """Whether the keys are to be filled."""
        return not self.isHidden() and self._fill.isChecked()

    def passphrase(self) -> bytes:
        """Of the escrow files; empty when nothing is filled."""
        return self._passphrase.text().encode() if self.fills() else b""

    def recipients(self) -> tuple[EscrowRecipient, ...]:
        """Who else can open the escrow files.

        Raises:
            InputError: A file cannot be read, or holds no public key for that.
        """
        return read_recipients(self._keepers.text()) if self.fills() else ()

    def forget_passphrase(self) -> None:
        """Empty the fields."""
        for line in (self._passphrase, self._again):
            line.clear()

    def problem(self) -> str:
        """Problem of what was typed, or nothing.

        It then has to be typed again.
        """
        if not self.fills():
            return ""
        differ = self._passphrase.text() != self._again.text()
        problem = "The two escrow passphrases differ." if differ else ""
        try:
            check_new_passphrase(self._passphrase.text().encode(), "The escrow passphrase")
        except InputError as error:
            problem = error.message
        if problem:
            self.forget_passphrase()
            self._passphrase.setFocus()
        return problem

    def _keepers_row(self) -> QHBoxLayout:
        self._keepers.setAccessibleName(_KEEPERS)
        self._keepers.setPlaceholderText("files with X25519 or NIST keys; empty for none")
        self._keepers.returnPressed.connect(lambda: self.entered.emit(self._keepers))
        browse = DeliberateButton("Browse…")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._keepers, 1)
        row.addWidget(browse)
        return row

    def _browse(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, _KEEPERS)
        if names:
            self._keepers.setText(FILES_APART.join(names))
