"""All checks in the order in which a chip is asked them.

Some assumptions have none, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.identity import IDENTITY
from atecc_bench.workflows.silicon.checks.looking import COMPUTING, LOOKING
from atecc_bench.workflows.silicon.checks.open_data import DATA_LOCK, FILL, OPEN_DATA
from atecc_bench.workflows.silicon.checks.open_zone import CONFIG_LOCK, OPEN_ZONE
from atecc_bench.workflows.silicon.checks.permissions import PERMISSIONS
from atecc_bench.workflows.silicon.checks.registers import REGISTERS
from atecc_bench.workflows.silicon.checks.signatures import SIGNATURES
from atecc_bench.workflows.silicon.checks.timing import TIMING
from atecc_bench.workflows.silicon.checks.transfers import TRANSFERS
from atecc_bench.workflows.silicon.checks.use_lock import USE_LOCK, USE_LOCK_CONFIGURATION
from atecc_bench.workflows.silicon.checks.uses import USES
from atecc_bench.workflows.silicon.findings import Depth


class Stage(StrEnum):
    """Times of a chip's life at which it is asked."""

    AS_IT_IS = "as it is"
    UNLOCKED = "before any lock"
    CONFIGURED = "between the locks"
    LOCKED = "after both locks"
    AT_THE_END = "at the end"


@dataclass(frozen=True)
class PlannedCheck:
    """A check and the stage at which it is asked."""

    stage: Stage
    check: Check


LOOK: Final = tuple(PlannedCheck(Stage.AS_IT_IS, c) for c in (*IDENTITY, *LOOKING, *COMPUTING, *REGISTERS, *TIMING))
"""What any chip is asked; nothing on it changes."""

WALK: Final = (
    *(PlannedCheck(Stage.UNLOCKED, check) for check in OPEN_ZONE),
    *(PlannedCheck(Stage.CONFIGURED, check) for check in OPEN_DATA),
    *(PlannedCheck(Stage.LOCKED, check) for check in (*TRANSFERS, *PERMISSIONS, *USES, *SIGNATURES)),
    *(PlannedCheck(Stage.AT_THE_END, check) for check in (*COMPUTING, *REGISTERS)),
)
"""What a blank chip that is used up is asked after that."""

WALK_TO_USE_LOCK: Final = (
    PlannedCheck(Stage.UNLOCKED, USE_LOCK_CONFIGURATION),
    PlannedCheck(Stage.UNLOCKED, CONFIG_LOCK),
    PlannedCheck(Stage.CONFIGURED, FILL),
    PlannedCheck(Stage.CONFIGURED, DATA_LOCK),
    PlannedCheck(Stage.LOCKED, USE_LOCK),
)
"""What a blank chip is asked that is used up for UseLock."""

ASKED_ALONE: Final[Mapping[str, str]] = MappingProxyType({
    "use-lock": "It takes a blank chip of its own (--sacrifice --use-lock): every other answer would hang on this one.",
})  # fmt: skip
"""Assumptions that are not asked together with the others, with the reason."""

UNASKABLE: Final[Mapping[str, str]] = MappingProxyType({
    "torn-write": "The supply would have to fail in the middle of a write, and no bridge can switch it off.",
    "wake-after-failed-self-test": "Nobody can make the self test of a sound chip fail.",
    "split-or-overlong-packet": "A bridge sends a packet whole, in one transfer, and refuses one of another length.",
    "seed-updates": "The seed cannot be read, and no answer depends on when it was last written.",
    "chip-options-self-test": "Its effect would show only when a self test fails, which nobody can bring about.",
})  # fmt: skip
"""Assumptions that no check can ask, with the reason."""


def plan_of(depth: Depth) -> tuple[PlannedCheck, ...]:
    """All that a chip is asked, in order."""
    walks = {Depth.LOOK: (), Depth.SACRIFICE: WALK, Depth.USE_LOCK: WALK_TO_USE_LOCK}
    return (*LOOK, *walks[depth])


def checks_of(assumption: str) -> tuple[str, ...]:
    """Ids of the checks that ask an assumption."""
    every = (*LOOK, *WALK, *WALK_TO_USE_LOCK)
    found = (planned.check for planned in every if planned.check.assumption == assumption)
    return tuple(dict.fromkeys(check.id for check in found))
