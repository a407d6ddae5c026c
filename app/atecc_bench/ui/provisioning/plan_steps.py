"""Steps 4 to 6 show the plan: rehearsed, to be confirmed, and running."""

from dataclasses import replace

from cryptography import x509
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from atecc_bench.chip.slot_matrix import slot_matrix
from atecc_bench.diagnose.stays_open import what_locks_protect, what_stays_open
from atecc_bench.pki.layout import SLOT_USES
from atecc_bench.provision.plan import Effect, Plan, Step
from atecc_bench.provision.rehearse import Rehearsal
from atecc_bench.provision.run import StepResult, StepStatus
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import TextRole, paragraph
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.plan_table import PlanRow, PlanStatus, PlanTable
from atecc_bench.ui.widgets.scroller import Scroller
from atecc_bench.ui.widgets.slot_table import SlotTable

_STATUS = {
    StepStatus.WAITING: PlanStatus.PLANNED,
    StepStatus.RUNNING: PlanStatus.RUNNING,
    StepStatus.DONE: PlanStatus.DONE,
    StepStatus.FAILED: PlanStatus.FAILED,
}
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def _planned(step: Step) -> PlanRow:
    forever = step.effect is Effect.FOR_EVER
    return PlanRow(step.title, step.detail, PlanStatus.PLANNED, irreversible=forever, seconds=step.chip_seconds)


def _rehearsed(step: Step) -> PlanRow:
    return replace(_planned(step), status=PlanStatus.DONE)  # on a twin it took no time: what is shown is the chip's


def _result(step: Step, result: StepResult) -> PlanRow:
    seconds = result.seconds if result.status in (StepStatus.DONE, StepStatus.FAILED) else step.chip_seconds
    forever = step.effect is Effect.FOR_EVER
    return PlanRow(step.title, step.detail, _STATUS[result.status], irreversible=forever, seconds=seconds)


class _PlanStep(QWidget):
    """A title, then the plan and a text below it, which scroll together."""

    def __init__(self) -> None:
        super().__init__()
        self.title = paragraph("", TextRole.HEADING)
        self.table = PlanTable()
        self.text = paragraph("", TextRole.MUTED)
        self.scroller = Scroller(self.table, self.text)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addWidget(self.title)
        self.column.addWidget(self.scroller, 1)


class RehearsalStep(_PlanStep):
    """The plan as it went on the twin, and what the chip will be like afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self._banner = Banner()
        self.column.insertWidget(1, self._banner)
        self._slots = SlotTable()
        self._slots.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._after = (paragraph("What each slot can do afterwards", TextRole.STRONG), self._slots)
        for widget in self._after:
            self.scroller.column.insertWidget(self.scroller.column.count() - 1, widget)

    def set_waiting(self) -> None:
        """Nothing is known yet."""
        self.title.setText("Rehearsal")
        self._banner.set_message(BannerKind.INFO, "Looking at the chip and rehearsing on a software twin of it…", "")
        self.table.set_plan([])
        self.text.setText("")
        self._show_after(None)

    def set_rehearsal(self, plan: Plan, rehearsal: Rehearsal | None) -> None:
        """Show how it went; None when there was nothing to rehearse."""
        if rehearsal is None:
            self.title.setText("This chip is already provisioned")
            text = "Its keys and certificates are right for this CA. It will be checked, and nothing will be written."
            self._banner.set_message(BannerKind.GOOD, "Nothing to write", text)
            self.table.set_plan([_planned(step) for step in plan.steps])
            self._show_after(None)
            return
        self.title.setText("The rehearsal passed on a software twin of this chip")
        self._banner.set_message(BannerKind.GOOD, "Every step and every proof passed. Nothing was written.", "")
        self.table.set_plan([_rehearsed(step) for step in plan.steps])
        after = rehearsal.config_after
        sentences = (*_certificate(rehearsal), *what_locks_protect(after), *what_stays_open(after))
        self.text.setText("\n".join(f"•  {sentence}" for sentence in sentences))
        self._show_after(rehearsal)

    def _show_after(self, rehearsal: Rehearsal | None) -> None:
        for widget in self._after:
            widget.setVisible(rehearsal is not None)
        if rehearsal is not None:
            self._slots.set_slots(slot_matrix(rehearsal.config_after), SLOT_USES)
            self._slots.setFixedHeight(self._slots.content_height())


def _certificate(rehearsal: Rehearsal) -> tuple[str, ...]:
    """What the device certificate will say; its key and signature are stand-ins."""
    certificates = rehearsal.outcome.certificates
    if certificates is None:
        return ()
    device = x509.load_der_x509_certificate(certificates.device)
    names = f"{device.subject.rfc4514_string()}, issued by {device.issuer.rfc4514_string()}"
    return (f"The device certificate is for {names}, valid from {device.not_valid_before_utc:%Y-%m-%d %H:%M} UTC.",)


class ConfirmStep(_PlanStep):
    """The plan with its irreversible steps in red, and the last six digits of the serial number."""

    confirmed_changed = Signal(bool)
    """Whether the digits typed are those of this chip."""

    def __init__(self) -> None:
        super().__init__()
        self._confirm = ConfirmSerial()
        self._confirm.confirmed_changed.connect(self.confirmed_changed)
        self.column.addWidget(self._confirm)

    def set_plan(self, plan: Plan) -> None:
        """Ask for this plan."""
        count, total = len(plan.irreversible), len(plan.steps)
        self.title.setText(
            f"{_NUMBERS[count]} of these {_NUMBERS[total].lower()} steps can never be undone"
            if count
            else "All of these steps can be repeated or undone"
        )
        self.table.set_plan([_planned(step) for step in plan.steps])
        self.text.setText("What stays open: " + " ".join(what_stays_open(plan.target_config)))
        self._confirm.set_serial(plan.serial_number)
        self._confirm.setVisible(bool(count))

    def is_confirmed(self) -> bool:
        """Whether the digits typed are those of this chip."""
        return self._confirm.is_confirmed()

    def field(self) -> QWidget:
        """Where the digits are typed."""
        return self._confirm


class RunStep(_PlanStep):
    """The plan as it runs."""

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._results: dict[str, StepResult] = {}

    def set_plan(self, plan: Plan) -> None:
        """Show a plan whose first step is about to start."""
        self._plan = plan
        self._results = {step.id: StepResult(step.id, StepStatus.WAITING, 0) for step in plan.steps}
        self.title.setText("Provisioning. Leave the board plugged in.")
        self._show(plan)

    def set_result(self, result: StepResult) -> None:
        """A step started or ended."""
        if self._plan is not None:
            self._results[result.id] = result
            self._show(self._plan)

    def _show(self, plan: Plan) -> None:
        self.table.set_plan([_result(step, self._results[step.id]) for step in plan.steps])
        started = [
            row for row, step in enumerate(plan.steps) if self._results[step.id].status is not StepStatus.WAITING
        ]
        if started:
            self.scroller.ensureVisible(0, self.table.row_bottom(started[-1]), 0, 0)
