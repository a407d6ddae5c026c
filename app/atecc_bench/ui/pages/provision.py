"""Provision: the wizard, from profile to PASS or FAIL."""

from enum import IntEnum
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.provision.plan import Plan
from atecc_bench.provision.report import Report
from atecc_bench.provision.run import Verdict
from atecc_bench.ui.bench import Bench
from atecc_bench.ui.device_worker import DeviceFacts
from atecc_bench.ui.icons import Icon
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.provisioning.device_step import DeviceStep
from atecc_bench.ui.provisioning.job import Prepared, prepare, run
from atecc_bench.ui.provisioning.names_step import NamesStep
from atecc_bench.ui.provisioning.plan_steps import ConfirmStep, RehearsalStep, RunStep
from atecc_bench.ui.provisioning.profile_step import ProfileStep
from atecc_bench.ui.provisioning.result_step import ResultStep, failed_step
from atecc_bench.ui.widgets.basics import ButtonKind, Card, push_button
from atecc_bench.ui.widgets.step_rail import RailStep, StepRail, StepState

EMPTY = "Connect a chip to provision it. A virtual board will do for a try: nothing can be spoilt on it."


class WizardStep(IntEnum):
    """Steps of the wizard, in order."""

    PROFILE = 0
    DEVICE = 1
    NAMES = 2
    REHEARSAL = 3
    CONFIRM = 4
    RUN = 5
    RESULT = 6


class ProvisionPage(DevicePage):
    """Steps at the left, the current one at the right, its buttons below it."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Provision", Icon.PROVISION, EMPTY)
        self._step = WizardStep.PROFILE
        self._facts: DeviceFacts | None = None
        self._prepared: Prepared | None = None
        self._plan: Plan | None = None
        self._report: Report | None = None
        self._busy = False
        self._begins_anew = False
        self._rail = StepRail()
        self.profile = ProfileStep()
        self.device = DeviceStep()
        self.names = NamesStep(bench)
        self.rehearsal = RehearsalStep()
        self.confirm = ConfirmStep()
        self.running = RunStep()
        self.result = ResultStep()
        self._pages = QStackedWidget()
        for page in (
            self.profile,
            self.device,
            self.names,
            self.rehearsal,
            self.confirm,
            self.running,
            self.result,
        ):
            self._pages.addWidget(page)
        self.names.submitted.connect(self.go_on)
        self.confirm.confirmed_changed.connect(self._update_buttons)
        self.back_button = push_button("Back")
        self.back_button.clicked.connect(self.go_back)
        self.cancel_button = push_button("Cancel")
        self.cancel_button.clicked.connect(bench.worker.cancel)
        self.next_button = push_button("Next", ButtonKind.PRIMARY)
        self.next_button.clicked.connect(self.go_on)
        self.lock_button = push_button("Lock and provision", ButtonKind.DANGER)
        self.lock_button.clicked.connect(self.go_on)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        for button in (self.back_button, self.cancel_button, self.next_button, self.lock_button):
            buttons.addWidget(button)
        card = Card()
        inner = QVBoxLayout()
        inner.setContentsMargins(22, 20, 22, 20)
        inner.setSpacing(12)
        inner.addWidget(self._pages, 1)
        inner.addLayout(buttons)
        card.body.addLayout(inner)
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._rail)
        row.addWidget(card, 1)
        self._go(WizardStep.PROFILE)
        self.refresh()

    @property
    def step(self) -> WizardStep:
        """The step on show."""
        return self._step

    def show_facts(self, facts: DeviceFacts) -> None:
        """Take another chip to heart: what was prepared for the last one is worth nothing for it."""
        before, self._facts = self._facts, facts
        self.device.set_facts(facts)
        changed = before is None or before.chip.serial_number != facts.chip.serial_number
        if changed and self._step not in (WizardStep.PROFILE, WizardStep.RUN, WizardStep.RESULT):
            self._prepared = None
            self._go(WizardStep.DEVICE)
        self._update()
        if self._begins_anew:
            self._begins_anew = False
            self.next_button.setFocus()

    def go_on(self) -> None:
        """Do what the step's button says."""
        if self._busy:
            return
        match self._step:
            case WizardStep.PROFILE:
                self._go(WizardStep.DEVICE)
            case WizardStep.DEVICE:
                self._go(WizardStep.NAMES)
            case WizardStep.NAMES:
                self._prepare()
            case WizardStep.REHEARSAL:
                self._confirm()
            case WizardStep.CONFIRM:
                self._run()
            case WizardStep.RESULT:
                self._next_device()
            case WizardStep.RUN:
                pass

    def go_back(self) -> None:
        """Go to the step before; from the rehearsal and the confirmation to the names."""
        target = WizardStep.NAMES if self._step in (WizardStep.REHEARSAL, WizardStep.CONFIRM) else self._step - 1
        self._go(WizardStep(target))

    def _prepare(self) -> None:
        self.rehearsal.set_waiting()
        self._busy = True
        self._go(WizardStep.REHEARSAL)
        operation = prepare(self.profile.chosen(), self.names.names(), self.bench.records)
        self.bench.run("Rehearse", operation, self._rehearsed, self._could_not_prepare, self._planned)

    def _planned(self, plan: Any) -> None:
        if isinstance(plan, Plan):
            self.confirm.set_plan(plan)

    def _rehearsed(self, prepared: Prepared) -> None:
        self._busy = False
        self._prepared, self._plan = prepared, prepared.plan
        self.names.forget_passphrase()
        self.rehearsal.set_rehearsal(prepared.plan, prepared.rehearsal)
        self._update()
        self.next_button.setFocus()

    def _could_not_prepare(self, error: BenchError) -> None:
        self._busy = False
        self._go(WizardStep.NAMES)
        self.names.show_error(error)

    def _confirm(self) -> None:
        if self._prepared is None:
            return
        if not self._prepared.plan.irreversible:
            self._run()
            return
        self.confirm.set_plan(self._prepared.plan)
        self._go(WizardStep.CONFIRM)

    def _run(self) -> None:
        prepared = self._prepared
        if prepared is None or (prepared.plan.irreversible and not self.confirm.is_confirmed()):
            return
        self.running.set_plan(prepared.plan)
        self._busy = True
        self._go(WizardStep.RUN)
        operation = run(prepared, self.bench.records)
        self.bench.run("Provision", operation, self._ended, self._broke, self.running.set_result)

    def _ended(self, report: Report) -> None:
        self._busy = False
        self._prepared = None
        self._report = report
        self.result.set_report(report)
        self._go(WizardStep.RESULT)
        self.bench.look_again()

    def _broke(self, error: BenchError) -> None:
        self._busy = False
        self._go(WizardStep.PROFILE)
        self.show_error("The provisioning could not be run.", error)

    def _next_device(self) -> None:
        self._begins_anew = True
        self._go(WizardStep.DEVICE)
        self.bench.connect_to(self.bench.port)

    def _go(self, step: WizardStep) -> None:
        self._step = step
        if step < WizardStep.REHEARSAL:
            self._plan = self._report = None
        self._pages.setCurrentIndex(step)
        self._update()
        self._place_to_begin(step).setFocus()

    def _place_to_begin(self, step: WizardStep) -> QWidget:
        places: dict[WizardStep, QWidget] = {
            WizardStep.PROFILE: self.profile.first_field(),
            WizardStep.NAMES: self.names.first_field(),
            WizardStep.CONFIRM: self.confirm.field(),
        }
        return places.get(step) or (self.cancel_button if self._busy else self.next_button)

    def _update(self) -> None:
        self._rail.set_steps([self._rail_step(step) for step in WizardStep])
        self._update_buttons()

    def _update_buttons(self) -> None:
        step = self._step
        plan = self._prepared.plan if self._prepared else None
        self.back_button.setVisible(WizardStep.PROFILE < step < WizardStep.RUN)
        self.back_button.setEnabled(not self._busy)
        self.cancel_button.setVisible(step is WizardStep.RUN or self._busy)
        self.next_button.setVisible(step not in (WizardStep.CONFIRM, WizardStep.RUN))
        ready = step is not WizardStep.REHEARSAL or self._prepared is not None
        self.next_button.setEnabled(not self._busy and ready)
        self.next_button.setText(_next_text(step, plan))
        self.lock_button.setVisible(step is WizardStep.CONFIRM)
        self.lock_button.setEnabled(self.confirm.is_confirmed())

    def _rail_step(self, step: WizardStep) -> RailStep:
        facts, plan = self._facts, self._plan
        serial = facts.chip.serial_number if facts else ""
        state = "locked" if facts and facts.chip.data_locked else "new"
        title, note = {
            WizardStep.PROFILE: ("Profile", self.profile.chosen().title),
            WizardStep.DEVICE: ("Device", f"{serial[:4]} … {serial[-4:-2]} {serial[-2:]}, {state}" if serial else ""),
            WizardStep.NAMES: ("Names", plan.issuer.organization if plan else "who signs"),
            WizardStep.REHEARSAL: ("Rehearsal", "passed on the twin" if plan else "on a software twin"),
            WizardStep.CONFIRM: ("Confirm", _confirm_note(plan)),
            WizardStep.RUN: ("Run", _run_note(plan, self._report)),
            WizardStep.RESULT: ("Result", self._report.outcome.verdict.value if self._report else ""),
        }[step]
        return RailStep(title, note, self._progress(step))

    def _progress(self, step: WizardStep) -> StepState:
        if self._report is not None and step in (WizardStep.RUN, WizardStep.RESULT):
            return StepState.DONE if self._report.outcome.verdict is Verdict.PASS else StepState.FAILED
        if step == self._step:
            return StepState.CURRENT
        return StepState.DONE if step < self._step else StepState.COMING


def _next_text(step: WizardStep, plan: Plan | None) -> str:
    if step is WizardStep.NAMES:
        return "Rehearse"
    if step is WizardStep.REHEARSAL and plan is not None and plan.already_provisioned:
        return "Check it"
    if step is WizardStep.REHEARSAL and plan is not None and not plan.irreversible:
        return "Provision"
    return "Next device" if step is WizardStep.RESULT else "Next"


def _confirm_note(plan: Plan | None) -> str:
    if plan is None:
        return ""
    count = len(plan.irreversible)
    return f"{count} steps are for ever" if count > 1 else ("1 step is for ever" if count else "nothing is for ever")


def _run_note(plan: Plan | None, report: Report | None) -> str:
    stopped = failed_step(report) if report else None
    if stopped is not None:
        return f"stopped at {stopped.title.lower()}"
    return f"about {sum(step.chip_seconds for step in plan.steps) * 1.25:.0f} s" if plan else ""
