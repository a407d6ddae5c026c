"""How a provisioning and its steps end: words that the journal needs too, which the window reads before it is shown."""

from enum import StrEnum


class Verdict(StrEnum):
    """How a provisioning ended."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"


class StepStatus(StrEnum):
    """How a step ended."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
