"""The wizard's parts and where they stand."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from atecc_bench.ui.pages.provision.confirm_and_run_steps import ConfirmStep, RunStep
from atecc_bench.ui.pages.provision.device_step import DeviceStep
from atecc_bench.ui.pages.provision.inputs_step import InputsStep
from atecc_bench.ui.pages.provision.profile_step import ProfileStep
from atecc_bench.ui.pages.provision.rehearsal_step import RehearsalStep
from atecc_bench.ui.pages.provision.result_step import ResultStep
from atecc_bench.ui.pages.provision.wizard_buttons import WizardButtons
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.basics import Card, PageHeader
from atecc_bench.ui.widgets.step_rail import StepRail


class WizardFrame(QWidget):
    """The steps, the current one beside them, and its buttons."""

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self.app_state = app_state
        self._heading = PageHeader("Provision")
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
        buttons = self._buttons = WizardButtons()
        self.next_button, self.lock_button, self.back_button = buttons.next, buttons.lock, buttons.back
        self.freeze_button, self.begin_button, self.leave_button = buttons.freeze, buttons.begin, buttons.leave
        self.cancel_button, self.again_button = buttons.cancel, buttons.again
        card = Card()
        inner = QVBoxLayout()
        inner.setContentsMargins(22, 20, 22, 20)
        inner.setSpacing(12)
        inner.addWidget(self._pages, 1)
        inner.addWidget(buttons)
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
