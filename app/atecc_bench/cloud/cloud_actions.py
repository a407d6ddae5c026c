"""Calls to a cloud, and what was there already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ActionOutcome(StrEnum):
    """What became of a call."""

    PLANNED = "planned"  # it would be made
    DONE = "done"
    THERE = "there"  # it is not needed: what it would make exists
    DIFFERS = "differs"  # what it would make exists in another form, and is left as it is


@dataclass(frozen=True)
class CloudAction:
    """One call that changes something, or what makes it needless.

    `call` is the service's own name. `parameters` hold nothing secret.
    """

    call: str
    outcome: ActionOutcome
    sentence: str
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def document(self) -> dict[str, object]:
        """The action as JSON has it."""
        return {
            "call": self.call, "outcome": self.outcome.value, "sentence": self.sentence,
            "parameters": dict(self.parameters),
        }  # fmt: skip
