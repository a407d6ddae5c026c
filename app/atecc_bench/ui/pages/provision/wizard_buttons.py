"""The wizard's buttons, and which of them a step has."""

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from atecc_bench.provision.plan.plan import Plan
from atecc_bench.ui.pages.provision.wizard_step import WizardStep, lock_text, next_text
from atecc_bench.ui.widgets.basics import ButtonKind, TextRole, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton

_SCANNED = "Ignored: Enter counts here only when it is pressed on its own, not as part of a scan."
_BATCH = (WizardStep.NAMES, WizardStep.RESULT)


@dataclass(frozen=True)
class WizardSituation:
    """What decides over the buttons.

    `planned` is None before the rehearsal, `failed` after a run that somebody may try again.
    """

    step: WizardStep
    busy: bool
    frozen: bool
    planned: Plan | None
    has_chip: bool
    confirmed: bool
    failed: bool


class WizardButtons(QWidget):
    """The row below the steps, and the supervisor's buttons for the heading."""

    def __init__(self) -> None:
        super().__init__()
        self._hint = text_label("", TextRole.MUTED)
        self.next = DeliberateButton("Next", ButtonKind.PRIMARY)
        self.lock = DeliberateButton("Lock and provision", ButtonKind.DANGER)
        for button in (self.next, self.lock):
            button.refused.connect(lambda: self._hint.setText(_SCANNED))
        self.freeze = DeliberateButton("Freeze for a batch…")
        self.freeze.setToolTip("A supervisor confirms once for many devices; profile, names and CA stay")
        self.begin = DeliberateButton("Begin a batch…", ButtonKind.PRIMARY)
        self.leave = DeliberateButton("Leave frozen mode…")
        self.back = DeliberateButton("Back")
        self.cancel = DeliberateButton("Cancel")
        self.again = DeliberateButton("Try again")
        self.again.setToolTip("Looks at the chip, and plans only what is left to do")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._hint, 1)
        for button in (self.freeze, self.back, self.cancel, self.again, self.next, self.lock):
            row.addWidget(button)
        for first, second in ((self.lock, self.next), (self.next, self.again), (self.again, self.back)):
            QWidget.setTabOrder(first, second)

    def forget_hint(self) -> None:
        """Say nothing more of what was ignored."""
        self._hint.clear()

    def refresh(self, now: WizardSituation) -> None:
        """Show the buttons that the situation has."""
        step = now.step
        self.back.setVisible(WizardStep.PROFILE < step < WizardStep.RUN and not now.frozen)
        self.back.setEnabled(not now.busy)
        offered = step in (WizardStep.REHEARSAL, WizardStep.CONFIRM) and now.planned is not None
        self.freeze.setVisible(offered and not now.frozen)
        self.leave.setEnabled(not now.busy)
        self.cancel.setVisible(now.busy)
        self.again.setVisible(step is WizardStep.RESULT and now.failed)
        own = (WizardStep.CONFIRM, WizardStep.RUN)
        self.next.setVisible(step in _BATCH if now.frozen else step not in own)
        ready = {WizardStep.REHEARSAL: now.planned is not None, WizardStep.DEVICE: now.has_chip}
        self.next.setEnabled(not now.busy and ready.get(step, True))
        self.next.setText(next_text(step, now.planned))
        self.lock.setText(lock_text(now.planned))
        self.lock.setVisible(step is WizardStep.CONFIRM)
        self.lock.setEnabled(now.confirmed)
