"""Provision: the wizard, from profile to PASS or FAIL."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from atecc_bench.errors import BenchError, DeviceError, InputError, RefusedError, WrongPassphraseError
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.provision.model.results import StepResult, Verdict
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.journal import PastRun
from atecc_bench.ui.pages.provision.arrivals import Arrivals
from atecc_bench.ui.pages.provision.confirm_and_run_steps import ConfirmStep, RunStep
from atecc_bench.ui.pages.provision.device_step import DeviceStep
from atecc_bench.ui.pages.provision.inputs_step import InputsStep
from atecc_bench.ui.pages.provision.profile_step import ProfileStep
from atecc_bench.ui.pages.provision.rehearsal_step import RehearsalStep
from atecc_bench.ui.pages.provision.result_step import ResultStep
from atecc_bench.ui.pages.provision.tasks.line_control import begin_batch, freeze_line, leave_line
from atecc_bench.ui.pages.provision.tasks.tasks import job_of, previewing, running
from atecc_bench.ui.pages.provision.wizard_step import WizardStep, lock_text, next_text, rail_note
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceFacts
from atecc_bench.ui.widgets.basics import ButtonKind, Card, PageHeader, TextRole, text_label
from atecc_bench.ui.widgets.deliberate_button import DeliberateButton
from atecc_bench.ui.widgets.step_rail import RailStep, StepRail, StepState
from atecc_bench.workflows.devices.provisioning import PlannedJob, ProvisioningJob

NEW_VIRTUAL_CHIP = "virtual://fresh"
_SCANNED = "Ignored: Enter counts here only when it is pressed on its own, not as part of a scan."


class ProvisionPage(QWidget):
    """The wizard, with its steps at the left.

    The current step is at the right, with its buttons below it; the result has the page for itself.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self.app_state = app_state
        self._step = WizardStep.PROFILE
        self._facts: DeviceFacts | None = None
        self._planned: PlannedJob | None = None
        self._plan: Plan | None = None
        self._report: Report | None = None
        self._busy = False
        self._to_names = False
        self._cut_off: PastRun | None = None  # to be taken up as soon as its chip is there
        self._ca: Path | None = None
        self._rail = StepRail()
        self.profile = ProfileStep()
        self.device = DeviceStep(app_state)
        self.inputs = InputsStep(app_state)
        self.rehearsal = RehearsalStep()
        self.confirm = ConfirmStep()
        self.running = RunStep()
        self.result = ResultStep(app_state.records)
        self._pages = QStackedWidget()
        for page in (self.profile, self.device, self.inputs, self.rehearsal, self.confirm, self.running, self.result):
            self._pages.addWidget(page)
        self._arrivals = Arrivals(app_state, self)
        self._lay_out()
        self.device.virtual_wanted.connect(self._take_virtual_chip)
        self.inputs.completed.connect(self.next_button.setFocus)
        self.confirm.confirmed_changed.connect(self._update_buttons)
        self.confirm.entered.connect(self.lock_button.setFocus)
        app_state.device_changed.connect(self._device_changed)
        app_state.resume_wanted.connect(self.resume)
        app_state.line_changed.connect(self._line_changed)
        self._device_changed()
        self._go(WizardStep.PROFILE)
        self._line_changed()

    @property
    def step(self) -> WizardStep:
        """The step on show."""
        return self._step

    def go_on(self) -> None:
        """Do what the step's button says."""
        if self._busy:
            return
        match self._step:
            case WizardStep.PROFILE:
                self._go(WizardStep.DEVICE)
            case WizardStep.DEVICE if self._has_chip():
                self._go(WizardStep.NAMES)
            case WizardStep.NAMES:
                self._preview()
            case WizardStep.REHEARSAL:
                self._confirm()
            case WizardStep.CONFIRM:
                self._run()
            case WizardStep.RESULT:
                self._next_device()
            case _:
                pass

    def go_back(self) -> None:
        """Go to the step before.

        From the rehearsal and the confirmation that is the names.
        """
        target = WizardStep.NAMES if self._step in (WizardStep.REHEARSAL, WizardStep.CONFIRM) else self._step - 1
        self._go(WizardStep(target))

    def resume(self, run: PastRun) -> None:
        """Take up an interrupted run.

        Its profile is chosen, and the chip is taken in the state in which it is found.
        """
        if self._busy:
            return
        if not self.profile.choose(run.profile, run.profile_sha256):
            self._go(WizardStep.PROFILE)
            return
        self._cut_off, self._to_names = run, False
        self.device.await_chip(run.serial_number)
        self._go(WizardStep.NAMES if self._has_chip() else WizardStep.DEVICE)

    def _has_chip(self) -> bool:
        """True when a chip is there, and the awaited one."""
        return self._facts is not None and not self.device.is_wrong(self._facts)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._watch()

    def _device_changed(self) -> None:
        """Take note of another chip.

        What was prepared for the last one is worth nothing for it.
        """
        facts = self.app_state.facts
        before, self._facts = self._facts, facts
        self.device.refresh()
        if facts is not None:
            self.inputs.set_device(facts.chip.serial_number)
        same = before is not None and facts is not None and before.chip.serial_number == facts.chip.serial_number
        if not same and not self._busy and WizardStep.NAMES <= self._step <= WizardStep.CONFIRM:
            self._go(WizardStep.DEVICE)
        if facts is not None and self._step is WizardStep.DEVICE and not same:
            self._arrived(facts)
        self._update()

    def _line_changed(self) -> None:
        """Begin at the device on a frozen line.

        The supervisor's choice stands until he leaves the mode.
        """
        app_state, line = self.app_state, self.app_state.line
        subtitle = f"frozen: {line.profile} · {line.organization}" if line else ""
        self._heading.subtitle.setText(app_state.line_error.message if app_state.line_error else subtitle)
        self.begin_button.setVisible(line is not None and app_state.job is None)
        self.leave_button.setVisible(line is not None)
        self.device.refresh()
        if self._busy:
            return
        if app_state.frozen:
            if line is not None:
                self.profile.choose(line.profile)
            self._go(WizardStep.DEVICE)
            if self._facts is not None:
                self._arrived(self._facts)
        elif self._step is WizardStep.RESULT:  # of a device that was run meanwhile: somebody has to see it
            self._update()
        else:
            self._go(WizardStep.PROFILE)

    def _arrived(self, facts: DeviceFacts) -> None:
        if self.app_state.frozen:
            if self.app_state.job is not None and self.device.is_awaited(facts):
                job = self.app_state.job
                if job.asks_for_each_device:
                    self._go(WizardStep.NAMES)
                else:
                    self._rehearse(lambda: job)
            return
        if self._to_names:
            self._to_names = False
            self._go(WizardStep.NAMES)
            return
        self._update_buttons()
        focus = QApplication.focusWidget()
        if self.isVisible() and (focus is None or self.isAncestorOf(focus)):
            self.next_button.setFocus()

    def _take_virtual_chip(self) -> None:
        self._to_names = True
        self.app_state.connect_to(NEW_VIRTUAL_CHIP)

    def _preview(self) -> None:
        problem = self.inputs.problem()
        if problem is not None:
            self.inputs.show_error(problem)
            return
        try:
            profile, typed = self.profile.chosen(), self.inputs.typed()
        except InputError as error:
            self.inputs.show_error(error)
            return
        batch = self.app_state.job
        if batch is not None:
            self._rehearse(lambda: batch.with_fields(typed.inputs.fields))
            return
        self._ca = typed.ca.folder if typed.ca else None
        self._rehearse(lambda: job_of(profile, typed))

    def _rehearse(self, job: Callable[[], ProvisioningJob]) -> None:
        self.rehearsal.set_waiting()
        self._busy = True
        self._go(WizardStep.REHEARSAL)
        operation = previewing(job, self.app_state.records, asks=self.app_state.job is None)
        self.app_state.run("Rehearse", operation, self._rehearsed, self._preview_failed)

    def _rehearsed(self, planned: PlannedJob) -> None:
        self._busy = False
        self._planned, self._plan = planned, planned.plan
        self.inputs.forget_passphrases()
        self.rehearsal.set_rehearsal(planned.plan, planned.rehearsal)
        self._update()
        self.next_button.setFocus()
        if self.app_state.frozen:
            self._run()  # confirmed once, for the whole batch

    def _preview_failed(self, error: BenchError) -> None:
        if self.app_state.frozen:
            self._broke(error)
            return
        self._busy = False
        if isinstance(error, RefusedError):
            self.rehearsal.set_refusal(error)
            self._update()
            self.back_button.setFocus()
            return
        self._go(WizardStep.NAMES)
        self.inputs.show_error(error)
        if isinstance(error, WrongPassphraseError):
            self.inputs.ask_passphrase_again()
        if isinstance(error, DeviceError) and not isinstance(error, CancelledError):
            self.app_state.look_again()  # when the chip is gone, that shows

    def _confirm(self) -> None:
        planned = self._planned
        if planned is None:
            return
        if planned.rehearsal is None or not planned.plan.needs_confirmation:
            self._run()
            return
        self.confirm.set_plan(planned.plan, planned.rehearsal.config_after)
        self._go(WizardStep.CONFIRM)

    def _run(self) -> None:
        planned = self._planned
        confirmed = self.app_state.job is not None or self.confirm.is_confirmed()
        if planned is None or (planned.plan.needs_confirmation and not confirmed):
            return
        self.running.set_plan(planned.plan)
        self._busy = True
        self._go(WizardStep.RUN)
        operation, titles = running(planned), {step.id: step.title for step in planned.plan.steps}

        def progress(result: StepResult) -> None:
            self.running.set_result(result)
            self.app_state.note_work(titles.get(result.id, ""))

        self.app_state.begin_work("Provisioning", "Provision")
        self.app_state.run("Provision", operation, self._ended, self._broke, progress)

    def _ended(self, report: Report) -> None:
        passed = report.outcome.verdict is Verdict.PASS
        self.device.await_another_than(report.outcome.serial_number if passed else "")
        self.result.set_report(report)
        self._end(report)

    def _broke(self, error: BenchError) -> None:
        self.result.set_refusal(error, virtual=self._facts is not None and self._facts.virtual)
        self._end(None)

    def _end(self, report: Report | None) -> None:
        self._busy = False
        if self.app_state.work is not None:
            self.app_state.end_work()
        self._planned = None
        self._report = report
        self._go(WizardStep.RESULT)
        self.app_state.look_again()

    def _next_device(self) -> None:
        self._facts = None
        self._go(WizardStep.DEVICE)
        self.app_state.connect_to(self.app_state.port)

    def _go(self, step: WizardStep) -> None:
        self._step = step
        if step is WizardStep.PROFILE:  # chosen anew, for any chip
            self._cut_off = None
            self.device.await_another_than("")
        if step is WizardStep.NAMES and self.app_state.job is not None:
            self.inputs.set_job(self.app_state.job)
        elif step is WizardStep.NAMES:
            self.inputs.set_profile(self.profile.chosen())
            if self._cut_off is not None:
                self.inputs.take_up(self._cut_off)
                self._cut_off = None
        if step < WizardStep.REHEARSAL:
            self._plan = self._report = self._planned = None
        self._heading.setVisible(step is not WizardStep.RESULT)
        self._rail.setVisible(step is not WizardStep.RESULT)
        self._pages.setCurrentIndex(step)
        self._hint.clear()
        self._update()
        self._watch()
        self._place_to_begin(step).setFocus()

    def _place_to_begin(self, step: WizardStep) -> QWidget:
        places: dict[WizardStep, QWidget | None] = {
            WizardStep.PROFILE: self.profile.first_field(),
            WizardStep.NAMES: self.inputs.first_field(),
            WizardStep.CONFIRM: self.confirm.field(),
        }
        return places.get(step) or (self.cancel_button if self._busy else self.next_button)

    def _freeze(self) -> None:
        if self._planned is not None:
            freeze_line(self.app_state, self._planned.job, self._ca, self)

    def _begin_batch(self) -> None:
        if self.app_state.line is not None:
            begin_batch(self.app_state, self.app_state.line, self)

    def _leave(self) -> None:
        if self.app_state.line is not None:
            leave_line(self.app_state, self.app_state.line, self)

    def _watch(self) -> None:
        self._arrivals.set_running(self._step is WizardStep.DEVICE and self.isVisible())

    def _update(self) -> None:
        self._rail.set_steps([self._rail_step(step) for step in WizardStep])
        self._update_buttons()

    def _update_buttons(self) -> None:
        step = self._step
        plan = self._planned.plan if self._planned else None
        frozen = self.app_state.frozen
        self.back_button.setVisible(WizardStep.PROFILE < step < WizardStep.RUN and not frozen)
        self.back_button.setEnabled(not self._busy)
        offered = step in (WizardStep.REHEARSAL, WizardStep.CONFIRM) and self._planned is not None
        self.freeze_button.setVisible(offered and not frozen)
        self.leave_button.setEnabled(not self._busy)
        self.cancel_button.setVisible(self._busy)
        own = (WizardStep.CONFIRM, WizardStep.RUN)
        batch = (WizardStep.NAMES, WizardStep.RESULT)
        self.next_button.setVisible(step in batch if frozen else step not in own)
        ready = {WizardStep.REHEARSAL: self._planned is not None, WizardStep.DEVICE: self._has_chip()}
        self.next_button.setEnabled(not self._busy and ready.get(step, True))
        self.next_button.setText(next_text(step, plan))
        self.lock_button.setText(lock_text(plan))
        self.lock_button.setVisible(step is WizardStep.CONFIRM)
        self.lock_button.setEnabled(self.confirm.is_confirmed())

    def _rail_step(self, step: WizardStep) -> RailStep:
        profile = self.profile.chosen()
        return RailStep(step.title, rail_note(step, profile, self._facts, self._plan, self._report), self._state(step))

    def _state(self, step: WizardStep) -> StepState:
        if self._report is not None and step in (WizardStep.RUN, WizardStep.RESULT):
            return StepState.DONE if self._report.outcome.verdict is Verdict.PASS else StepState.FAILED
        if step == self._step:
            return StepState.CURRENT
        return StepState.DONE if step < self._step else StepState.COMING

    def _lay_out(self) -> None:
        self._heading = PageHeader("Provision")
        self._hint = text_label("", TextRole.MUTED)
        self.next_button = DeliberateButton("Next", ButtonKind.PRIMARY)
        self.lock_button = DeliberateButton("Lock and provision", ButtonKind.DANGER)
        for button in (self.next_button, self.lock_button):
            button.clicked.connect(self.go_on)
            button.refused.connect(lambda: self._hint.setText(_SCANNED))
        self.freeze_button = DeliberateButton("Freeze for a batch…")
        self.freeze_button.setToolTip("A supervisor confirms once for many devices; profile, names and CA stay")
        self.freeze_button.clicked.connect(self._freeze)
        self.begin_button = DeliberateButton("Begin a batch…", ButtonKind.PRIMARY)
        self.begin_button.clicked.connect(self._begin_batch)
        self.leave_button = DeliberateButton("Leave frozen mode…")
        self.leave_button.clicked.connect(self._leave)
        for button in (self.leave_button, self.begin_button):
            self._heading.add_button(button)
        self.back_button = DeliberateButton("Back")
        self.back_button.clicked.connect(self.go_back)
        self.cancel_button = DeliberateButton("Cancel")
        self.cancel_button.clicked.connect(self.app_state.worker.cancel)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._hint, 1)
        for button in (
            self.freeze_button, self.back_button, self.cancel_button, self.next_button, self.lock_button,
        ):  # fmt: skip
            buttons.addWidget(button)
        card = Card()
        inner = QVBoxLayout()
        inner.setContentsMargins(22, 20, 22, 20)
        inner.setSpacing(12)
        inner.addWidget(self._pages, 1)
        inner.addLayout(buttons)
        card.body.addLayout(inner)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._rail)
        row.addWidget(card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._heading)
        column.addLayout(row, 1)
        for first, second in ((self.lock_button, self.next_button), (self.next_button, self.back_button)):
            QWidget.setTabOrder(first, second)
