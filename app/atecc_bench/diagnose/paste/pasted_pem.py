"""PEM blocks in the middle of a log.

Lines may have time stamps before them or be C strings, and the block may be cut off at the end.
"""

import base64
import re
from dataclasses import dataclass
from itertools import pairwise

from atecc_bench.log_lines import without_prefix
from atecc_bench.pki.encoding.pem import base64_of_line, lines_of_body

_BEGIN = re.compile(r"-{2,6} ?BEGIN ([A-Z0-9][A-Z0-9 ]{0,40}?) ?-{2,6}")
_MOST_LINES = 400
_MOST_BLOCKS = 500


@dataclass(frozen=True)
class PastedPem:
    """A PEM block out of a paste.

    Its label, its bytes as far as they can be decoded, its lines, and whether it ends as it should.
    """

    label: str
    data: bytes
    first_line: int
    last_line: int
    complete: bool


def pasted_pem(lines: list[str]) -> tuple[PastedPem, ...]:
    """The PEM blocks of a paste, given as cleaned lines."""
    found: list[PastedPem] = []
    index = 0
    while index < len(lines) and len(found) < _MOST_BLOCKS:
        match = _BEGIN.search(lines[index]) if lines[index] else None
        if match is None:
            index += 1
            continue
        block = _block(lines, index, match)
        found.append(block)
        index = max(block.last_line, index) + 1
    return tuple(found)


def _block(lines: list[str], first: int, begin: re.Match[str]) -> PastedPem:
    label, end_mark = begin[1], re.compile(rf"-{{2,6}} ?END {begin[1]}")
    bodies: list[tuple[int, str]] = []
    text, last, complete = lines[first][begin.end() :], first, False
    for index in range(first, min(len(lines), first + _MOST_LINES)):
        if index > first:
            text = without_prefix(lines[index])
            if _BEGIN.search(text):
                break
        mark = end_mark.search(text)
        body = text if mark is None else text[: mark.start()]
        words = _words(body)
        # Words of a log are digits of Base64 too; but only a block on one line has more than one on a line.
        if words and (len(words) == 1 or index == first):
            bodies.append((index, "".join(words)))
        if mark:
            last, complete = index, True
            break
    if not complete:
        bodies = _before_the_cut(bodies)
        last = bodies[-1][0] if bodies else first
    return PastedPem(label, _decoded("".join(digits for _, digits in bodies)), first, last, complete)


def _words(body: str) -> list[str]:
    """The Base64 digits of a line.

    It holds nothing else but what they are wrapped in.
    """
    digits = "".join(base64_of_line(line) for line in lines_of_body(body))
    return [digits] if digits else []


def _before_the_cut(bodies: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines of a block without end.

    Neighbours, of one length but the last.
    """
    kept = bodies[:1]
    for (before, full), (index, digits) in pairwise(bodies):
        if index != before + 1 or len(full) != len(kept[0][1]) or len(digits) > len(full):
            break
        kept.append((index, digits))
    return kept


def _decoded(digits: str) -> bytes:
    digits = digits.replace("=", "")
    usable = digits[: len(digits) - (len(digits) % 4 == 1)]
    return base64.b64decode(usable + "=" * (-len(usable) % 4))
