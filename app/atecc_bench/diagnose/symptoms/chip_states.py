"""States of a chip that programs print.

Serial number, locks, tests of single things. A chip that tells its state was heard, so bus and wake are well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.diagnose.symptoms.weighing import Evidence

_LOCK = re.compile(
    r"(?:^|> ?)\W*(config(?:uration)?|data(?:[ /]?(?:and )?otp)?|slot ?\d+|data slot ?\d+)(?: zone)?(?: is|:)[\s:]*"
    r"(not |un)?locked\b|zone_locked\((config|data)\)",
    re.IGNORECASE,
)
_TOLD_OPEN = re.compile(
    r"\"output\":\s*\"unlocked\"[^{}]*zone_locked|zone_locked\W*\w+\W*\"?\W*unlocked", re.IGNORECASE
)
_SERIAL_READ = re.compile(
    r"\"output\":\s*\"ok\"[^{}]*\"test\":\s*\"serial\""
    r"|serial ?(?:number|no\.?)?[\s:=\"]*(?:0x)?01[ :]?23(?:[ :]?[0-9a-f]{2}){6}[ :]?ee"
    r"|pkcs11:\S*model=ATECC\w+;\S*serial=[0-9a-f]+",  # a token has its serial number from the chip
    re.IGNORECASE,
)
_REFUSED = 3.0  # with both zones locked only rules and proofs are left, or an answer that was not awaited


@dataclass(frozen=True)
class ChipStates:
    """What a log shows of the chip's state.

    `heard` is the line in which it told something of itself, None where it did not.
    """

    heard: int | None
    open_zones: tuple[tuple[int, str], ...]
    locked: tuple[tuple[int, str], ...]

    def evidence(self, lines: Sequence[str]) -> Iterator[Evidence]:
        """What these states speak for."""
        for number, _ in self.open_zones:
            told = f"line {number}: {' '.join(lines[number - 1].split())[:110]}"
            yield Evidence(LogCauseId.ZONES_OPEN, 4.6, told, number)
        if self.open_zones or len(self.locked) < 2:
            return
        number = self.locked[-1][0]
        zones = ", ".join(name for _, name in self.locked)
        told = (
            f"line {number}: locked are {zones}: what fails now is refused by the rules of its slot, or is not awaited"
        )
        yield Evidence(LogCauseId.REFUSED, _REFUSED, told, number)
        yield Evidence(LogCauseId.READ_TOO_EARLY, _REFUSED - 0.4, told, number)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the states mean for what can still be done."""
        said: list[str] = []
        slots = [name for _, name in self.locked if name[-1].isdigit()]
        if self.locked and not self.open_zones:
            said.append("Its zones are locked: nothing of SlotConfig and KeyConfig can be changed any more.")
        if slots:
            said.append(
                f"Locked for ever is {', '.join(slots)}: its key stays, so Sign and Verify go on and GenKey in mode "
                "private, Write and PrivWrite into it are refused."
            )
        if self.open_zones:
            said.append(
                "Before both locks no key signs, and before the configuration lock random numbers are FF FF 00 00."
            )
        return tuple(said)


def chip_states(lines: Sequence[str]) -> ChipStates:
    """Read the states that a log shows."""
    heard: int | None = None
    open_zones: list[tuple[int, str]] = []
    locked: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if _SERIAL_READ.search(line) is not None:
            heard = number
        if _TOLD_OPEN.search(line) is not None:
            open_zones.append((number, "zones"))
            heard = number
            continue
        match = _LOCK.search(line)
        if match is None or match[1] is None:
            continue
        name = " ".join(match[1].lower().split())
        (open_zones if match[2] and not name[-1].isdigit() else locked if not match[2] else []).append((number, name))
        heard = number
    return ChipStates(heard, tuple(open_zones), tuple(locked))
