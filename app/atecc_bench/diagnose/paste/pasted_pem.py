"""PEM blocks in the middle of a log.

Lines may have time stamps before them or be C strings, and the block may be cut off at the end.
"""

import base64
import re
from dataclasses import dataclass
from itertools import pairwise

from atecc_bench.diagnose.paste.log_lines import without_prefix

_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_NOT_BASE64 = re.compile(r"[\"',;()\\]")
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
        match = _BEGIN.search(lines[index])
        if match is None:
            index += 1
            continue
        block = _block(lines, index, match)
        found.append(block)
        index = max(block.last_line, index) + 1
    return tuple(found)


def _block(lines: list[str], first: int, begin: re.Match[str]) -> PastedPem:
    label, end_mark = begin[1], f"-----END {begin[1]}"
    bodies: list[tuple[int, str]] = []
    text, last, complete = lines[first][begin.end() :], first, False
    for index in range(first, min(len(lines), first + _MOST_LINES)):
        if index > first:
            text = without_prefix(lines[index])
            if _BEGIN.search(text):
                break
        body, mark, _ = text.partition(end_mark)
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
    """The Base64 digits of a line that holds nothing else.

    Quotation marks of a source text are allowed.
    """
    words = _NOT_BASE64.sub(" ", body.replace("\\r", " ").replace("\\n", " ")).split()
    return words if all(_BASE64.fullmatch(word) for word in words) else []


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
