"""Provision: the wizard, from profile to PASS or FAIL."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from atecc_bench.errors import BenchError, DeviceError, InputError, RefusedError, WrongPassphraseError
from atecc_bench.link.transports.errors import CancelledError
from atecc_bench.provision.model.results import StepResult, StepStatus, Verdict
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.run_report import Report
from atecc_bench.records.journal import PastRun
from atecc_bench.ui.pages.provision.arrivals import Arrivals
from atecc_bench.ui.pages.provision.tasks.line_control import begin_batch, freeze_line, leave_line
from atecc_bench.ui.pages.provision.tasks.tasks import job_of, previewing, running
from atecc_bench.ui.pages.provision.wizard_buttons import WizardSituation
from atecc_bench.ui.pages.provision.wizard_frame import WizardFrame
from atecc_bench.ui.pages.provision.wizard_step import WizardStep, rail_note
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceFacts
from atecc_bench.ui.widgets.step_rail import RailStep, StepState
from atecc_bench.workflows.devices.provisioning import PlannedJob, ProvisioningJob

LOCKS = (StepId.LOCK_CONFIG, StepId.LOCK_DATA)
NEW_VIRTUAL_CHIP = "virtual://fresh"


class ProvisionPage(WizardFrame):
    """The wizard, with its steps at the left.

    The current step is at the right, with its buttons below it; the result has the page for itself.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__(app_state)
        self._step = WizardStep.PROFILE
        self._facts: DeviceFacts | None = None
        self._planned: PlannedJob | None = None
        self._plan: Plan | None = None
        self._report: Report | None = None
        self._busy = False
        self._to_names = False
        self._failed = False  # the run that ended last
        self._job: Callable[[], ProvisioningJob] | None = None  # of it, to be tried again
        self._tries_again = ""  # the chip, once it is there again
        self._at_hand: DeviceFacts | None = None  # when the run began
        self._cut_off: PastRun | None = None  # to be taken up as soon as its chip is there
        self._ca: Path | None = None
        self._arrivals = Arrivals(app_state, self)
        self._connect_buttons()
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

    def _is_another(self, facts: DeviceFacts | None) -> bool:
        """True for another chip than the one whose run ended last."""
        return facts is not None and facts.chip.serial_number != self.result.chip

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
        if self._step is WizardStep.RESULT and self._failed and not self._busy and self._is_another(facts):
            self.device.tell_last(self.result.last_told())
            self._forget_run()
            self._go(WizardStep.DEVICE)
            same = False
        if facts is not None and self._step is WizardStep.DEVICE and not same:
            self._arrived(facts)
        self._update()

    def _line_changed(self) -> None:
        """Begin at the device on a frozen line.

        The supervisor's choice stands until he leaves the mode.
        """
        app_state, line = self.app_state, self.app_state.line
        training = "TRAINING · " if app_state.training else ""
        subtitle = f"{training}frozen: {line.profile} · {line.organization}" if line else ""
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
        if self._tries_again == facts.chip.serial_number and self._job is not None:
            self._tries_again = ""
            self._rehearse(self._job)
            return
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

    def _try_again(self) -> None:
        """Plan the run that failed again.

        It is planned for the state in which its chip is now.
        """
        job, serial = self._job, self.result.chip
        if job is None or self._busy:
            return
        if self._facts is not None and self._facts.chip.serial_number == serial:
            self._rehearse(job)
            return
        self._tries_again = serial
        self.device.await_chip(serial)
        self._go(WizardStep.DEVICE)
        self.app_state.connect_to(self.app_state.port)

    def _rehearse(self, job: Callable[[], ProvisioningJob]) -> None:
        self._job, self._failed = job, False
        self.rehearsal.set_waiting()
        self._busy = True
        self._go(WizardStep.REHEARSAL)
        operation = previewing(job, self.app_state.records, asks=self.app_state.job is None)
        self.app_state.run("Rehearse", operation, self._rehearsed, self._preview_failed)

    def _rehearsed(self, planned: PlannedJob) -> None:
        self._busy = False
        self._planned, self._plan, self._job = planned, planned.plan, lambda: planned.job
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
        self._busy, self._at_hand = True, self._facts
        self._go(WizardStep.RUN)
        operation, titles = running(planned), {step.id: step.title for step in planned.plan.steps}

        def progress(result: StepResult) -> None:
            self.running.set_result(result)
            if result.status is StepStatus.DONE and result.id in LOCKS:
                self.app_state.note_lock(result.id)
            self.app_state.note_work(titles.get(result.id, ""))

        self.app_state.begin_work("Provisioning", "Provision")
        self.app_state.run("Provision", operation, self._ended, self._broke, progress)

    def _ended(self, report: Report) -> None:
        passed = report.outcome.verdict is Verdict.PASS
        self.device.await_another_than(report.outcome.serial_number if passed else "")
        self.result.set_report(report, training=self.app_state.training)
        self._end(report)

    def _broke(self, error: BenchError) -> None:
        self.result.set_refusal(error, self._at_hand or self._facts, training=self.app_state.training)
        self._end(None)

    def _end(self, report: Report | None) -> None:
        self._busy = False
        if self.app_state.work is not None:
            self.app_state.end_work()
        self._planned = None
        self._report = report
        self._failed = report is None or report.outcome.verdict is not Verdict.PASS
        self._go(WizardStep.RESULT)
        self.app_state.look_again()

    def _next_device(self) -> None:
        self._facts = None
        self._forget_run()
        self._go(WizardStep.DEVICE)
        self.app_state.connect_to(self.app_state.port)

    def _forget_run(self) -> None:
        """Let go of the job that failed, its unlocked CA included."""
        self._job, self._failed, self._tries_again = None, False, ""

    def _go(self, step: WizardStep) -> None:
        self._step = step
        if step is WizardStep.PROFILE:  # chosen anew, for any chip
            self._forget_run()
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
        self._buttons.forget_hint()
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
        waits = self._step is WizardStep.DEVICE or (self._step is WizardStep.RESULT and self._failed)
        self._arrivals.set_running(waits and self.isVisible())

    def _update(self) -> None:
        self._rail.set_steps([self._rail_step(step) for step in WizardStep])
        self._update_buttons()

    def _update_buttons(self) -> None:
        self._buttons.refresh(
            WizardSituation(
                self._step,
                busy=self._busy,
                frozen=self.app_state.frozen,
                planned=self._planned.plan if self._planned else None,
                has_chip=self._has_chip(),
                confirmed=self.confirm.is_confirmed(),
                failed=self._failed,
            )
        )

    def _rail_step(self, step: WizardStep) -> RailStep:
        profile = self.profile.chosen()
        return RailStep(step.title, rail_note(step, profile, self._facts, self._plan, self._report), self._state(step))

    def _state(self, step: WizardStep) -> StepState:
        if self._report is not None and step in (WizardStep.RUN, WizardStep.RESULT):
            return StepState.DONE if self._report.outcome.verdict is Verdict.PASS else StepState.FAILED
        if step == self._step:
            return StepState.CURRENT
        return StepState.DONE if step < self._step else StepState.COMING

    def _connect_buttons(self) -> None:
        buttons = self._buttons
        for button, act in (
            (buttons.next, self.go_on), (buttons.lock, self.go_on), (buttons.freeze, self._freeze),
            (buttons.begin, self._begin_batch), (buttons.leave, self._leave), (buttons.back, self.go_back),
            (buttons.cancel, self.app_state.worker.cancel), (buttons.again, self._try_again),
        ):  # fmt: skip
            button.clicked.connect(act)
        for button in (buttons.leave, buttons.begin):
            self._heading.add_button(button)
