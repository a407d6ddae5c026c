"""The words for how a provisioning and its steps end.

They stand apart because the journal needs them too, which the window reads before it is shown.
"""

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
