"""The question before a chip is mended.

What will be done, and who signs.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QFormLayout, QHBoxLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from atecc_bench.records.run_records import Records
from atecc_bench.ui.state.device_worker import DeviceAccess
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, paragraph, push_button, text_label
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.dialog_frame import frame_dialog
from atecc_bench.ui.widgets.tables.row_model import Cell, Column, Row
from atecc_bench.ui.widgets.tables.row_table import RowTable
from atecc_bench.workflows.ca_access import CaAccess
from atecc_bench.workflows.comparison.mend_certificate import (
    Mending,
    Recorded,
    chain_words,
    prepare_mending,
    write_and_record,
)
from atecc_bench.workflows.slots.restore_slots import choose_saved, restore, saved_slots

STEPS = (
    "A certificate is issued for the key that is in the chip now, and shown before anything is written. "
    "Give the authority that issued the chip's certificate: another one has to be confirmed."
)
WRITTEN = (
    "What the slots hold is saved first, so that this can be undone; afterwards everything is read back, rebuilt, "
    "compared and proved by a challenge. Nothing is locked."
)


class MendDialog(QDialog):
    """Dialog for the CA's folder and its passphrase.

    Accepted by one click on “Issue”.
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
        cancel, self.mend = push_button("Cancel"), push_button("Issue", ButtonKind.PRIMARY)
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


class ConfirmMendingDialog(QDialog):
    """The new certificate before it is written.

    Where who issues changes, both chains stand side by side, and the last six digits of the serial number are typed.
    """

    def __init__(self, serial_number: str, mending: Mending, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Write this certificate")
        self.write = DeliberateButton("Write it", ButtonKind.DANGER if mending.changes else ButtonKind.PRIMARY)
        self.write.clicked.connect(self.accept)
        cancel = push_button("Cancel")
        cancel.clicked.connect(self.reject)
        self.chains = RowTable((Column("", 70), Column("Before", 330), Column("After", None)), name="Both chains")
        before = [chain_words(one) for one in mending.before]
        self.chains.set_rows(
            [
                Row((Cell(role), Cell(old), Cell(chain_words(new))), tooltip=f"{old}\n{chain_words(new)}")
                for role, old, new in zip(
                    ("Device", "Signer", "Root"), (before + ["not known"] * 3)[:3], mending.after, strict=True
                )
            ]
        )
        self.chains.setMinimumHeight(150)
        self.confirm = ConfirmSerial()
        parts: list[QWidget | QLayout] = [self.chains]
        if mending.changes:
            self.confirm.set_serial(serial_number)
            self.confirm.confirmed_changed.connect(self.write.setEnabled)
            self.write.setEnabled(False)
            parts.append(self.confirm)
        else:
            self.confirm.hide()
        words = " ".join((*mending.changes, WRITTEN))
        heading = "Another authority would issue" if mending.changes else "This is written to the chip"
        frame_dialog(self, heading, words, parts, [cancel, self.write])
        self.setMinimumWidth(820)


def preparing(ca: CaAccess, records: Records) -> Callable[[DeviceAccess], Mending]:
    """Make the task that issues, for the device's thread.

    It unlocks the CA and issues for the live key; nothing is written.

    Raises:
        BenchError: What `CaAccess.unlock` and `prepare_mending` raise.
    """

    def operation(device: DeviceAccess) -> Mending:
        authority = ca.unlock()
        return prepare_mending(
            device.session, authority, ca.organization, device.records_in(records), datetime.now(UTC)
        )

    return operation


def writing(mending: Mending, records: Records) -> Callable[[DeviceAccess], Recorded]:
    """Make the task that writes and proves, for the device's thread.

    Raises:
        BenchError: What `write_and_record` raises.
    """

    def operation(device: DeviceAccess) -> Recorded:
        return write_and_record(device.session, mending.chain, device.records_in(records), datetime.now(UTC))

    return operation


def undoing(recorded: Recorded, records: Records) -> Callable[[DeviceAccess], tuple[int, ...]]:
    """Make the task that puts back what slots held before.

    What they hold now is saved as well.

    Raises:
        BenchError: What `choose_saved` and `restore` raise.
    """

    def operation(device: DeviceAccess) -> tuple[int, ...]:
        of_chip = device.records_in(records)
        run = recorded.artifacts["saved_json"].parent.name
        saved = choose_saved(saved_slots(of_chip), recorded.serial_number, run)
        return restore(device.session, saved.slots, of_chip.begin(datetime.now(UTC)).save_slots)

    return operation
