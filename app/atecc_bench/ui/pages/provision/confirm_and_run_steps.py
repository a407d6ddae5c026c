"""Steps 5 and 6 show the plan: to be confirmed, and running."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.config.lock_effects import what_stays_open
from atecc_bench.provision.model.results import StepResult, StepStatus
from atecc_bench.provision.model.step import Step, StepEffect
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.ui.widgets.basics import TextRole, paragraph
from atecc_bench.ui.widgets.confirm_serial import ConfirmSerial
from atecc_bench.ui.widgets.scroll_area import Scroller
from atecc_bench.ui.widgets.tables.plan_table import PlanRow, PlanStatus, PlanTable

_STATUS = {
    StepStatus.WAITING: PlanStatus.PLANNED,
    StepStatus.RUNNING: PlanStatus.RUNNING,
    StepStatus.DONE: PlanStatus.DONE,
    StepStatus.FAILED: PlanStatus.FAILED,
}
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def _in_words(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def planned_row(step: Step) -> PlanRow:
    """A step that has not run."""
    forever = step.effect is StepEffect.FOR_EVER
    return PlanRow(step.title, step.detail, PlanStatus.PLANNED, irreversible=forever, seconds=step.chip_seconds)


def _result(step: Step, result: StepResult) -> PlanRow:
    seconds = result.seconds if result.status in (StepStatus.DONE, StepStatus.FAILED) else step.chip_seconds
    forever = step.effect is StepEffect.FOR_EVER
    return PlanRow(step.title, step.detail, _STATUS[result.status], irreversible=forever, seconds=seconds)


class _PlanStep(QWidget):
    """A title with the plan and a text below it.

    The plan and the text scroll together.
    """

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


class ConfirmStep(_PlanStep):
    """The plan to be confirmed, with its irreversible steps in red.

    The last six digits of the serial number confirm it.
    """

    confirmed_changed = Signal(bool)
    """Whether the digits typed are those of this chip."""

    entered = Signal()
    """Enter was pressed in the field of the digits. It confirms nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._confirm = ConfirmSerial()
        self._confirm.entered.connect(self.entered)
        self._confirm.confirmed_changed.connect(self.confirmed_changed)
        self.replaced = paragraph("", TextRole.STRONG)
        self.values = paragraph("", TextRole.STRONG)
        self.column.addWidget(self.replaced)
        self.column.addWidget(self.values)
        self.column.addWidget(self._confirm)

    def set_plan(self, plan: Plan, after: ConfigZone) -> None:
        """Ask for this plan, at whose end the configuration is `after`."""
        count, total = len(plan.irreversible), len(plan.steps)
        self.title.setText(
            f"{_in_words(count)} of these {_in_words(total).lower()} steps can never be undone"
            if count
            else "What this chip holds will be replaced"
            if plan.replaced
            else "Something to think about first"
        )
        self.table.set_plan([planned_row(step) for step in plan.steps])
        replaced = (f"This replaces: {'; '.join(plan.replaced)}.",) if plan.replaced else ()
        self.replaced.setText("\n".join((*plan.doubts, *replaced)))
        self.replaced.setVisible(bool(plan.doubts or replaced))
        values = [f"{one.title}: {plan.values[one.id]}" for one in plan.profile.operator_fields]
        self.values.setText(" · ".join(values))
        self.values.setVisible(bool(values))
        self.text.setText("What stays open: " + " ".join(what_stays_open(after)))
        self._confirm.set_serial(plan.serial_number)

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
