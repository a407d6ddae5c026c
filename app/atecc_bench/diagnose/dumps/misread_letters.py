"""Letters that somebody wrote for digits.

O for 0, l and I for 1, S for 5.

Only in rows that are bytes otherwise, and never where it is a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TAKEN_FOR = {"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "i": "1", "S": "5", "s": "5", "Z": "2", "z": "2"}
_LETTERS = "".join(_TAKEN_FOR)
_TOKEN = re.compile(rf"(?<![0-9A-Za-z])(0[xXoO])?([0-9A-Fa-f{_LETTERS}]{{1,2}})(?![0-9A-Za-z])")
_BYTE = re.compile(r"(?<![0-9A-Za-z])(?:0[xX])?[0-9A-Fa-f]{1,2}(?![0-9A-Za-z])")
_MOSTLY = 3  # bytes for each that is misread


@dataclass(frozen=True)
class MisreadLetter:
    """A letter that is read as a digit.

    It has the line where it stands, and a sentence on it.
    """

    line: int
    sentence: str


def with_digits(lines: Sequence[str]) -> tuple[list[str], tuple[MisreadLetter, ...]]:
    """The lines with digits for such letters, and what was changed where."""
    changed: list[str] = []
    said: list[MisreadLetter] = []
    for number, line in enumerate(lines, 1):
        tokens = (
            [match for match in _TOKEN.finditer(line) if not _TAKEN_FOR.keys().isdisjoint(match[2])] if line else []
        )
        if not tokens or len(_BYTE.findall(line)) < _MOSTLY * len(tokens):
            changed.append(line)
            continue
        for match in tokens:
            read = "".join(_TAKEN_FOR.get(c, c) for c in match[2])
            said.append(MisreadLetter(number, f"line {number}: “{match[0]}” is read as {read.upper()}"))
        changed.append(_TOKEN.sub(_mended, line))
    return changed, tuple(said)


def _mended(match: re.Match[str]) -> str:
    return (match[1] or "").replace("o", "x").replace("O", "x") + "".join(_TAKEN_FOR.get(c, c) for c in match[2])
