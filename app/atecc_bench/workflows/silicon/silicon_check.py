"""The silicon check: one chip and its twin are asked the same.

Looking changes nothing on a chip. A sacrifice takes a blank chip through its whole life and uses it up; it is rehearsed
on two twins first.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.identity import REVISIONS
from atecc_bench.chip.protocol.zones import OTP_SIZE, SLOT_COUNT, slot_size
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.collect import Contents, collect
from atecc_bench.errors import BenchError, DefectError, InputError, RefusedError
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.memory import SEED_SIZE, Eeprom
from atecc_bench.workflows.silicon.asking import Asking, Clock
from atecc_bench.workflows.silicon.check_table import LOOK, PlannedCheck, plan_of
from atecc_bench.workflows.silicon.checks.timing import TIMING
from atecc_bench.workflows.silicon.findings import (
    CheckResult,
    Depth,
    MeasuredTime,
    NotAskedError,
    Verdict,
    WalkEndedError,
)
from atecc_bench.workflows.silicon.following_twin import ERASED, twin_of_blank_chip, twin_of_contents

_FAMILY = frozenset(revision[:3] for revision in REVISIONS)


@dataclass(frozen=True)
class CheckProgress:
    """How far a silicon check is; `title` is what is asked now."""

    done: int
    total: int
    title: str


@dataclass
class SiliconFindings:
    """All that a silicon check found of one chip.

    `ended_by` is what ended it before all was asked: the link failed, or somebody cancelled.
    """

    depth: Depth
    contents: Contents
    results: list[CheckResult] = field(default_factory=list[CheckResult])
    times: tuple[MeasuredTime, ...] = ()
    ended_by: BenchError | None = None

    @property
    def spent(self) -> bool:
        """Whether the chip's life was begun; it is blank no more."""
        return self.depth is not Depth.LOOK and len(self.results) >= len(LOOK)


def check_part(revision: bytes) -> None:
    """Check that an Info revision is of a part with a twin.

    One of a later revision is held against the nearest part.

    Raises:
        RefusedError: `unknown-part`.
    """
    if revision[:3] not in _FAMILY:
        raise RefusedError(
            "unknown-part",
            f"The revision {revision.hex(' ').upper()} is of no part that has a twin, so there is nothing to compare.",
            "If it should be an ATECC508A, ATECC608A or ATECC608B, look at the wiring; `bundle` gathers what it says.",
        )


def check_blank(config: ConfigZone, depth: Depth = Depth.SACRIFICE) -> None:
    """Check that a chip is one that may be sacrificed.

    Raises:
        InputError: `not-blank`: one of its zones is locked; `no-use-lock`: its part has none to ask about.
    """
    if depth is Depth.USE_LOCK and not config.part.is_608:
        raise InputError(
            "no-use-lock",
            f"This chip is an {config.part.value}, and only an ATECC608 has UseLock.",
            "Nothing was done to it. Take a blank ATECC608, or leave --use-lock out.",
        )
    if config.config_locked or config.data_locked:
        raise InputError(
            "not-blank",
            "This chip is locked already, so it cannot go through the life that --sacrifice takes a chip through.",
            "Take a blank TrustCUSTOM chip that may be thrown away, or leave --sacrifice out: then nothing changes.",
        )


def rehearse_sacrifice(config: ConfigZone, depth: Depth = Depth.SACRIFICE) -> None:
    """Take a twin of this chip through the whole sacrifice.

    It is held against another twin.

    Raises:
        DefectError: A question is answered in two ways although both are the same software.
    """
    slots = [ERASED * slot_size(slot) for slot in range(SLOT_COUNT)]
    memory = Eeprom(config.to_bytes(), ERASED * OTP_SIZE, slots, secrets.token_bytes(SEED_SIZE))
    session = ChipSession(DirectTransport(SecureElement(memory, secrets.token_bytes)))
    asking = Asking(session, *twin_of_blank_chip(config.to_bytes()), Clock(), virtual=True)
    plan = [planned for planned in plan_of(depth) if planned.check not in TIMING]
    for result in _run(asking, plan, lambda _: None):
        if result.verdict is Verdict.CONTRADICTED:
            question = next(one.question for one in result.observations if not one.agrees)
            raise DefectError(
                f"The rehearsal on the twin went wrong at “{result.title}”: {question}.",
                "Nothing was done to the chip. Please report this.",
            )


def check_silicon(
    session: ChipSession,
    depth: Depth,
    report: Callable[[CheckProgress], None],
    clock: Clock | None = None,
    *,
    virtual: bool,
) -> SiliconFindings:
    """Ask a chip and its twin all that `depth` allows.

    Each answer of the chip is held against that of the twin. What was found until then is kept when the link fails or
    somebody cancels. The chip is left asleep where the link still works. `virtual` says that the chip is software.

    Raises:
        InputError: `not-blank` or `no-use-lock`, before anything is asked.
        RefusedError: `unknown-part`.
        BenchError: The chip could not be read.
    """
    check_part(session.revision())
    contents = collect(session)
    if depth is not Depth.LOOK:
        check_blank(contents.config, depth)
    findings = SiliconFindings(depth, contents)
    asking: Asking | None = None
    try:
        asking = Asking(session, *twin_of_contents(session, contents), clock or Clock(), virtual=virtual)
        for result in _run(asking, plan_of(depth), report):
            findings.results.append(result)
        asking.sleep()
    except BenchError as error:
        findings.ended_by = error
    findings.times = () if asking is None else asking.times()
    return findings


def _run(
    asking: Asking, plan: "list[PlannedCheck] | tuple[PlannedCheck, ...]", report: Callable[[CheckProgress], None]
) -> Iterator[CheckResult]:
    ended = ""
    for done, planned in enumerate(plan):
        check = planned.check
        report(CheckProgress(done, len(plan), check.title))
        why = ended
        if not ended:
            try:
                check.ask(asking)
            except NotAskedError as not_asked:
                why = not_asked.why
            except WalkEndedError as walk:
                why = ended = walk.why
        result = CheckResult(check.id, check.title, planned.stage, check.assumption, asking.take(), why)
        yield result
        if result.verdict is Verdict.CONTRADICTED:
            asking.follow_configuration()
            asking.take()
    report(CheckProgress(len(plan), len(plan), "Done"))
