"""Rows of numbers in any notation.

Hex with and without leading zeros, 0x or \\x, decimal and signed decimal numbers, digits without gaps, words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_TOKEN = re.compile(r"[^\s,;(){}<>\"'=|]+|\|")
_COMMENT = re.compile(r"//.*$|/\*.{0,400}?\*/|(?<![\w&$])#(?![0-9A-Fa-fxX]{1,2}\b).*$")
_BRACKETED = re.compile(r"\[\s{0,8}((?:0[xX])?[0-9A-Fa-f]{1,8})\s{0,8}\](?=[ \t:=]{0,8}\S)[ \t]{0,8}[:=]?")
_SHIFT = re.compile(r"(?<=[\w)])\s*(?:<<|>>)\s*\w+")
_GLUED_0X = re.compile(r"(?<=[0-9A-Fa-f])(?=0[xX][0-9A-Fa-f])")
_HEX = re.compile(r"(?:0[xX]|\\x|\$|&[hH]|#)?([0-9A-Fa-f]{1,2})(?:[uU]|[hH](?![0-9A-Fa-f]))?")
_PAIRS = re.compile(r"(?:0[xX])?((?:[0-9A-Fa-f]{2}){2,})(?:[uU]?[lL]{0,2})")
_ESCAPES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")
_SEPARATED = re.compile(r"[0-9A-Fa-f]{1,2}(?:[:.-][0-9A-Fa-f]{1,2})+:?")
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[uU]|u8|_u8)?")
_OFFSET = re.compile(r"(?:0[xX])?[0-9A-Fa-f]{1,16}[xXhH]?")
_TWO_DIGITS = {form.format(value): bytes((value,)) for value in range(256) for form in ("{:02x}", "{:02X}")}
_ENDS = frozenset("0123456789abcdefABCDEFuUhHlL:")  # of a token that is a number
_LONGEST_DECIMAL = len("-128_u8")
_DIGIT = re.compile(r"[0-9A-Fa-f]")
_LONGEST_BYTE = 2
_MARKS = "[]"
_SIGNED = range(-128, 0)
_LONGEST = 1 << 16  # characters of a line


class Notation(StrEnum):
    """How numbers are written."""

    HEX = "hex"
    WORDS = "hex words, each turned round"
    DECIMAL = "decimal numbers"


@dataclass(frozen=True)
class NumberRow:
    """The numbers of a line that stand together.

    `head` is the number that stands apart before them, as an offset does; `heads_bytes` counts the bytes of the first
    number, which may be an offset without any mark.
    """

    line: int
    values: bytes
    sizes: tuple[int, ...]
    head: str | None
    first: str


@dataclass(frozen=True)
class LineOfWords:
    """A line as words, of which some may be numbers.

    `head` is what stands in brackets before them.
    """

    line: int
    head: str | None
    words: tuple[str, ...]


def lines_of_words(lines: Sequence[str]) -> tuple[LineOfWords, ...]:
    """Take the lines apart that may hold numbers."""
    return tuple(
        _words(line, number)
        for number, line in enumerate(lines, 1)
        if len(line) <= _LONGEST and _DIGIT.search(line) is not None
    )


def number_rows(lines: Sequence[LineOfWords], notation: Notation) -> tuple[NumberRow, ...]:
    """The rows of a text, in its order."""
    return tuple(row for line in lines if (row := _row(line, notation)) is not None)


def without_comments(line: str) -> str:
    """The line without a comment of C, Python or a shell."""
    return _COMMENT.sub(" ", line) if "/" in line or "#" in line else line


def _words(line: str, number: int) -> LineOfWords:
    head = None
    bracketed = _BRACKETED.search(line) if "[" in line else None
    if bracketed is not None:
        head, line = bracketed[1], line[bracketed.end() :]
    if "0x" in line or "0X" in line:
        line = _GLUED_0X.sub(" ", line)
    if "<<" in line or ">>" in line:
        line = _SHIFT.sub(" ? ", line)
    return LineOfWords(number, head, tuple(_tokens(without_comments(line))))


def _row(line: LineOfWords, notation: Notation) -> NumberRow | None:
    best: list[tuple[str, bytes]] = []
    run: list[tuple[str, bytes]] = []
    best_before = before = _Before(line.head, is_head=True)
    for word in line.words:
        value = _decimal(word) if notation is Notation.DECIMAL else _hex(word, notation)
        if value is not None:
            run.append((word, value))
            continue
        if len(run) > len(best):
            best, best_before = run, before
        if word == "|" and len(best) >= _ENOUGH and best is run:
            break  # what follows are the same bytes as characters
        is_alone = word == "|" and len(run) == 1
        run, before = [], _Before(run[0][0] if is_alone else word, is_head=is_alone)
    if len(run) > len(best):
        best, best_before = run, before
    if not best:
        return None
    head = best_before.text if best_before.is_head else _head(best_before.text or "")
    values = b"".join(value for _, value in best)
    return NumberRow(line.line, values, tuple(len(value) for _, value in best), head, best[0][0])


class _Before(NamedTuple):
    """The word before a run, which may be an offset."""

    text: str | None
    is_head: bool


_ENOUGH = 4


def _tokens(line: str) -> Iterator[str]:
    for match in _TOKEN.finditer(line):
        token = match[0].strip(_MARKS)
        if token:
            yield token


def _head(token: str) -> str | None:
    bare = token.rstrip(":.)_-").removeprefix("(")
    marked = token != bare or bare[-1:] in ("x", "X", "h", "H") or len(bare) > _LONGEST_BYTE
    return bare if marked and _OFFSET.fullmatch(bare) else None


def _hex(token: str, notation: Notation) -> bytes | None:
    plain = _TWO_DIGITS.get(token)  # what most tokens of a dump are
    if plain is not None:
        return plain
    if token[-1] not in _ENDS:
        return None
    match = _HEX.fullmatch(token)
    if match is not None:
        return bytes((int(match[1], 16),))
    match = _PAIRS.fullmatch(token)
    if match is not None:
        value = bytes.fromhex(match[1])
        return value[::-1] if notation is Notation.WORDS and len(value) in (2, 4) else value
    if _ESCAPES.fullmatch(token):
        return bytes.fromhex(token.replace("\\x", ""))
    if _SEPARATED.fullmatch(token):
        return bytes(int(part, 16) for part in re.split(r"[:.-]", token) if part)
    return None


def _decimal(token: str) -> bytes | None:
    if len(token) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(token):
        return None
    value = int(re.sub(r"_?[uU]8?$", "", token))
    if value in _SIGNED:
        value &= 0xFF
    return bytes((value,)) if 0 <= value < 256 else None
