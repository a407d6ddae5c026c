"""Times in a log that show that the watchdog ended a wake."""

import re
from collections.abc import Sequence

from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.symptoms.log_codes import LoggedCode
from atecc_bench.diagnose.symptoms.weighing import Evidence

_ESP = re.compile(r"\b[EWIDV] \((\d{1,9})\)")
_SECONDS = re.compile(r"^\s*\[\s*(\d{1,7}\.\d{3,6})\]")
_CLOCK = re.compile(r"\b(\d{2}):(\d{2}):(\d{2})[.,](\d{3})\b")
_WAKE = re.compile(
    r"\b(?:atcab_wakeup|wake(?:d|n)?(?:[ _-]?up)?\b(?!.{0,20}(?:fail|error)))|04 11 33 43", re.IGNORECASE
)
_REST = re.compile(r"\b(?:atcab_(?:idle|sleep)|idle|sleep|re-?wake)\b", re.IGNORECASE)
_LONGEST_WAKE = 1.3  # seconds, usual watchdog (0.7 to 1.7)


def watchdog_gap(lines: Sequence[str], codes: Sequence[LoggedCode]) -> Evidence | None:
    """A command that failed long after the wake before it.

    That is 1.3 s, with no other wake between.
    """
    failures = {code.line for code in codes if code.row.causes}
    woke: tuple[int, float] | None = None
    for number, line in enumerate(lines, 1):
        at = _time(line)
        if number in failures and woke is not None and at is not None:
            if at - woke[1] > _LONGEST_WAKE:
                gap = f"{at - woke[1]:.1f} s lie between the wake and the command that failed"
                told = f"lines {woke[0]} and {number}: {gap}"
                return Evidence(LogCauseId.WATCHDOG, 5.0, told, number)
            continue
        if _REST.search(line):
            woke = None
        elif _WAKE.search(line) and at is not None:
            woke = number, at
    return None


def _time(line: str) -> float | None:
    match = _ESP.search(line)
    if match is not None:
        return int(match[1]) / 1000
    match = _SECONDS.search(line)
    if match is not None:
        return float(match[1])
    match = _CLOCK.search(line)
    if match is not None:
        hours, minutes, seconds, thousandths = map(int, match.groups())
        return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
    return None
