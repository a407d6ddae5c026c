"""Dialogs for a supervisor of a frozen line.

They are to freeze a line and confirm a batch, to begin another one, and to leave the mode.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.ui.pages.provision.tasks.task_dialog import TaskDialog
from atecc_bench.ui.state.device_worker import DeviceWorker
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.dialog_frame import frame_dialog
from atecc_bench.workflows.devices.provisioning import ProvisioningJob

SUPERVISOR, AGAIN, CA, ESCROW = "Supervisor's passphrase", "The same again", "CA passphrase", "Escrow passphrase"
CONFIRM = "To confirm, type the profile's name"
EVERY, KEEPER = "One in so many is verified at another board", "Public keys of who keeps the escrow files too"
TRAINING = "For TRAINING: only virtual boards count"
_SHOWN = (CONFIRM, EVERY, KEEPER)

# Where to type again after an error; after all others it is the first field.
_AT_FAULT: Final[Mapping[str, str]] = MappingProxyType({
    "not-confirmed": CONFIRM,
    "not-a-number": EVERY,
    "not-a-recipient": KEEPER,
    "no-such-file": KEEPER,
    "passphrases-differ": AGAIN,
    "escrow-passphrase": ESCROW,
    "passphrase-needed": CA,
    "wrong-passphrase": CA,
})  # fmt: skip


class LineDialog(TaskDialog):
    """Fields, and one task on the device's thread.

    It is accepted once the task is done, with its `value`.
    """

    def __init__(
        self,
        title: str,
        text: str,
        fields: Sequence[str],
        action: str,
        task: Callable[[dict[str, str]], Any],
        worker: DeviceWorker,
        parent: QWidget,
        choice: str = "",
    ) -> None:
        super().__init__(worker, TextRole.STORED, parent)
        self.value: Any = None
        self._task = task
        self.setWindowTitle(title)
        self._lines = {name: QLineEdit() for name in fields}
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(12)
        lines = list(self._lines.values())
        self._act = DeliberateButton(action, ButtonKind.DANGER if CONFIRM in fields else ButtonKind.PRIMARY)
        self._act.clicked.connect(self._do)
        for (name, line), after in zip(self._lines.items(), [*lines[1:], self._act], strict=True):
            line.setAccessibleName(name)
            if name not in _SHOWN:
                line.setEchoMode(QLineEdit.EchoMode.Password)
            line.returnPressed.connect(after.setFocus)
            form.addRow(text_label(name, TextRole.MUTED), line)
        self._choice = QCheckBox(choice)
        if choice:
            form.addRow("", self._choice)
        cancel = DeliberateButton("Cancel")
        cancel.clicked.connect(self.reject)
        frame_dialog(self, title, text, [form, self._problem], [cancel, self._act])

    def _do(self) -> None:
        typed = {name: line.text() for name, line in self._lines.items()}
        if self._choice.isChecked():
            typed[self._choice.text()] = "yes"
        self._begin(self.windowTitle(), "One moment…", lambda: self._task(typed), self._done)

    def _done(self, value: Any) -> None:
        for line in self._lines.values():
            line.clear()
        self.value = value
        self.accept()

    def _failed(self, error: BenchError) -> None:
        super()._failed(error)
        line = self._lines.get(_AT_FAULT.get(error.id, "")) or next(iter(self._lines.values()))
        line.setFocus()
        line.selectAll()


def confirmation_text(job: ProvisioningJob) -> str:
    """What a supervisor agrees to, once for a whole batch."""
    filled = ", filled secret keys included," if job.fill_keys else ""
    organization = f", organization {job.issuer.organization}" if job.issuer else ""
    return (
        f"Profile {job.profile.name}: {job.profile.title}{organization}. From now on every chip that is "
        f"plugged in is rehearsed, locked for ever{filled} and provisioned without another question; certificates that "
        "are on it already are replaced. Virtual boards are not offered, unless the line is for training: then only "
        "they count."
    )
