"""Evidence for causes, added up."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from atecc_bench.diagnose.codes.log_causes import LogCauseId

_BY_STATE = 3.0  # what the state of a chip leaves open
_MORE = 0.15  # what each further line adds, so that ten weak ones do not beat a strong one
_MOST_MORE = 4
_SHOWN = 4
_LOWEST = 0.9
_MOST_CAUSES = 5


@dataclass(frozen=True)
class Evidence:
    """Something that speaks for a cause.

    `line` is 0 for what is known beside the log.
    """

    cause: LogCauseId
    weight: float
    told: str
    line: int
    says_so: bool = False


@dataclass
class Weighed:
    """All evidence so far."""

    _found: list[Evidence] = field(default_factory=list[Evidence])

    def add(self, evidence: Evidence) -> None:
        """Take another piece in."""
        self._found.append(evidence)

    def of(self, causes: Collection[LogCauseId]) -> tuple[Evidence, ...]:
        """All evidence for these causes, in order."""
        return tuple(one for one in self._found if one.cause in causes)

    def any_but(self, causes: Collection[LogCauseId]) -> bool:
        """Whether a line speaks for more than these causes by their state."""
        return any(one.cause not in causes or one.weight > _BY_STATE for one in self._found)

    def drop(self, cause: LogCauseId, *, unless_said: bool = False) -> None:
        """Leave a cause out.

        With `unless_said` not if a line names it itself.
        """
        if unless_said and any(one.says_so for one in self._found if one.cause is cause):
            return
        self._found = [one for one in self._found if one.cause is not cause]

    def ranked(self) -> list[tuple[LogCauseId, float, tuple[str, ...], bool]]:
        """The causes with score and evidence, the likeliest first.

        The last value says whether a line names the cause itself.
        """
        causes = dict.fromkeys(one.cause for one in self._found)
        scored = [(cause, *_of([one for one in self._found if one.cause is cause])) for cause in causes]
        scored = [one for one in scored if one[1] >= _LOWEST]
        return sorted(scored, key=lambda one: -one[1])[:_MOST_CAUSES]


def _of(found: Iterable[Evidence]) -> tuple[float, tuple[str, ...], bool]:
    ordered = sorted(found, key=lambda one: (-one.weight, one.line))
    by_line: dict[object, str] = {}
    for one in ordered:
        key = one.line or one.told
        by_line[key] = max(by_line.get(key, ""), one.told, key=len)
    told = tuple(by_line.values())
    score = ordered[0].weight + _MORE * min(len(told) - 1, _MOST_MORE)
    return score, told[:_SHOWN], any(one.says_so for one in ordered)
