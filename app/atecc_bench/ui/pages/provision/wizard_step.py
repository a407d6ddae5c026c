"""Steps of the wizard, and their notes in the rail."""

from enum import IntEnum

from atecc_bench.profiles.model import Profile
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.run_report import Report
from atecc_bench.ui.pages.provision.result_step import failed_step
from atecc_bench.ui.state.device_worker import DeviceFacts


class WizardStep(IntEnum):
    """Steps of the wizard, in order."""

    PROFILE = 0
    DEVICE = 1
    NAMES = 2
    REHEARSAL = 3
    CONFIRM = 4
    RUN = 5
    RESULT = 6

    @property
    def title(self) -> str:
        """Its word in the rail."""
        return self.name.capitalize()


def next_text(step: WizardStep, plan: Plan | None) -> str:
    """Text of the button that goes on from a step.

    The plan is None before the rehearsal.
    """
    if step is WizardStep.NAMES:
        return "Rehearse"
    if step is WizardStep.REHEARSAL and plan is not None and plan.already_provisioned:
        return "Check it"
    if step is WizardStep.REHEARSAL and plan is not None and not plan.needs_confirmation:
        return "Provision"
    return "Next device" if step is WizardStep.RESULT else "Next"


def rail_note(
    step: WizardStep, profile: Profile, facts: DeviceFacts | None, plan: Plan | None, report: Report | None
) -> str:
    """What was chosen at a step, or what it will bring."""
    match step:
        case WizardStep.PROFILE:
            return profile.title
        case WizardStep.DEVICE:
            serial = facts.chip.serial_number if facts else ""
            state = "locked" if facts and facts.chip.data_locked else "new"
            return f"{serial[:4]} … {serial[-4:-2]} {serial[-2:]}, {state}" if serial else "plug one in"
        case WizardStep.NAMES:
            return plan.issuer.organization if plan and plan.issuer else "who signs"
        case WizardStep.REHEARSAL:
            return "passed on the twin" if plan else "on a software twin"
        case WizardStep.CONFIRM:
            return _confirm_note(plan)
        case WizardStep.RUN:
            return _run_note(plan, report)
        case WizardStep.RESULT:
            return report.outcome.verdict.value if report else ""


def lock_text(plan: Plan | None) -> str:
    """What the button says that takes the confirmation."""
    return "Lock and provision" if plan is None or plan.irreversible else "Replace and provision"


def _confirm_note(plan: Plan | None) -> str:
    if plan is None:
        return ""
    count = len(plan.irreversible)
    if not count:
        return "something is replaced" if plan.replaced else "nothing is for ever"
    return f"{count} steps are for ever" if count > 1 else "1 step is for ever"


def _run_note(plan: Plan | None, report: Report | None) -> str:
    stopped = failed_step(report) if report else None
    if stopped is not None:
        return f"stopped at {stopped.title.lower()}"
    return f"about {sum(step.chip_seconds for step in plan.steps) * 1.25:.0f} s" if plan else ""
