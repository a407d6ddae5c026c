"""Findings of a silicon check: answers compared, checks, assumptions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Verdict(StrEnum):
    """What came of a question to the chip."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True)
class Observation:
    """One question, and what chip and twin said to it.

    `command` and `answer` are packets from count byte to CRC; either is None when it depends on what this chip alone
    has. `chip` and `twin` are the two answers in words that tell nothing of a chip's contents. `after` says whether the
    chip was told to sleep or to idle since the question before.
    """

    question: str
    agrees: bool
    chip: str
    twin: str
    command: bytes | None = None
    answer: bytes | None = None
    after: Literal["", "idle", "sleep"] = ""


@dataclass(frozen=True)
class CheckResult:
    """What came of one check.

    `stage` is the time of the chip's life at which it was asked. `assumption` is the id of the twin's assumption that
    it asks, None for what data sheets and the vendor's library say. `why` is the reason when it was not asked.
    """

    check: str
    title: str
    stage: str
    assumption: str | None
    observations: tuple[Observation, ...]
    why: str = ""

    @property
    def verdict(self) -> Verdict:
        """Contradicted by one answer that differs."""
        return verdict_of([one.agrees for one in self.observations], self.why)


def verdict_of(agreeing: Sequence[bool], why: str) -> Verdict:
    """The verdict of a check whose answers agree so.

    `why` is the reason when it was not asked to its end.
    """
    if not all(agreeing):
        return Verdict.CONTRADICTED
    return Verdict.NOT_ASKED if why or not agreeing else Verdict.CONFIRMED


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """What the verdicts of its checks say of an assumption."""
    found = set(verdicts)
    return next((v for v in (Verdict.CONTRADICTED, Verdict.CONFIRMED) if v in found), Verdict.NOT_ASKED)


@dataclass(frozen=True)
class MeasuredTime:
    """Times of one command on the chip, in milliseconds.

    From the request to the reply, less the time of the bytes on the wire. `longest_ms` is the table's figure.
    """

    command: str
    count: int
    fastest_ms: float
    slowest_ms: float
    longest_ms: int


class Depth(StrEnum):
    """How much a chip is asked."""

    LOOK = "look"  # nothing on it changes
    SACRIFICE = "sacrifice"  # it is used up
    USE_LOCK = "use-lock"  # it is used up for the question of UseLock alone


class NotAskedError(Exception):
    """A check cannot be asked of this chip in its present state."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class WalkEndedError(Exception):
    """A step that all later checks need did not succeed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
