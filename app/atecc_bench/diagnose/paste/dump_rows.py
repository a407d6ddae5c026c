"""One line of a paste as a row of bytes.

The dump may have any shape.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from atecc_bench.log_lines import without_prefix


class Shape(StrEnum):
    """How bytes were written down."""

    COMPARISON = "comparison of expected and stored bytes"
    OFFSETS = "hex dump with offsets"
    C_ARRAY = "C array"
    ESCAPES = "string with \\x escapes"
    PYTHON_BYTES = "Python bytes"
    SEPARATED = "hex bytes with separators"
    PLAIN = "hex bytes"
    PEM = "PEM"


@dataclass(frozen=True)
class DumpRow:
    """Bytes of a line of a dump.

    `stored` only for a comparison, whose `data` is what was expected. `offset` is None where the line has none.
    `starts` says that the line opens a new value, as a bracket or a name does.
    """

    line: int
    shape: Shape
    offset: int | None
    data: bytes
    stored: bytes = b""
    starts: bool = False


_PAIR = r"[0-9A-Fa-f]{2}\|[0-9A-Fa-f]{2}"
_PAIRS = re.compile(rf"(?:(?<![0-9A-Fa-f])([0-9A-Fa-f]{{4,8}}):\s*)?((?:{_PAIR}(?![0-9A-Fa-f|])\*?\s*)++)")
_HAS_PAIR = re.compile(_PAIR)
_HAS_BYTE = re.compile(r"[0-9A-Fa-f]{2}|0x|b['\"]")
_OFFSET = re.compile(r"(?<![0-9A-Za-z.])(?:0[xX])?([0-9A-Fa-f]{4,16})(?::\s+|:?\s\s+|\s+(?=\|)|:(?=[0-9A-Fa-f]{2}\s))")
_SHORT_OFFSET = re.compile(r"\s*(?:0[xX])?([0-9A-Fa-f]{2,3}):\s+(?=[0-9A-Fa-f]{2}\b)")
_OD_OFFSET = re.compile(r"([0-9A-Fa-f]{6,8}) (?=[0-9A-Fa-f]{2}(?: |$))")
_HEXDUMP_WORDS = re.compile(
    r"([0-9a-f]{7})((?: [0-9a-f]{4}){1,8})\s*"
)  # 16 bits in the order of a little-endian machine
_GROUPS = re.compile(r"(?:(?:[0-9A-Fa-f]{2}){1,16}(?![0-9A-Za-z])[ \t]{0,3}-?[ \t]?)++")
_ARRAY_ITEM = re.compile(r"\b0[xX]([0-9A-Fa-f]{1,2})\b")
_BAR = re.compile(r"(?<=\s)\||(?<=[0-9A-Fa-f]{2})\|(?=.*\|\s*$)")
_COMMENT = re.compile(r"//.*$|/\*.{0,200}?\*/")
_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})")
_ESCAPED = re.compile(r"\"((?:\\x[0-9A-Fa-f]{2})+)\"")
_PYTHON = re.compile(r"(?<![A-Za-z0-9_])b(?:'(?:[^\\'\n]|\\.)*'|\"(?:[^\\\"\n]|\\.)*\")")
_SEPARATED = re.compile(
    r"(?<![0-9A-Za-z:.-])((?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\2)++(?:[0-9A-Fa-f]{2}(?![0-9A-Za-z]))?)"
)
_PLAIN = re.compile(
    r"(?<![0-9A-Za-z.])(?:[0-9A-Fa-f]{2})++(?![0-9A-Za-z])(?:[ \t,;]{1,2}(?:[0-9A-Fa-f]{2})++(?![0-9A-Za-z]))*+"
)
_LEFT_OVER = re.compile(r"[\s,;\"'(){}\[\]]*")
_DIGITS = re.compile(r"[^0-9A-Fa-f]+")
_LONGEST_ROW = 64
_LONGEST_TEXT = 512
_MOST_OFFSETS = 4
_MOST_BROKEN_PAIRS = 14
_SHORTEST_WITH_OFFSET = len("00: 00")
_FEWEST_AFTER_A_NAME = 8
_FEWEST_ALONE = 2
_LONGEST_LITERAL = 1 << 16


# A paste may be one line of megabytes: what repeats is possessive (`++`), or the engine keeps every step to go back to.
# It may be a hundred thousand short lines: each reader looks for its sign in a line before it searches for more.


def rows_of(line: str, number: int) -> Iterator[DumpRow]:
    """The rows of bytes on a line, mostly one or none.

    `number` is that of the line.
    """
    if _HAS_BYTE.search(line) is None:
        return
    if (python := _python_row(line, number)) is not None:  # first: its characters may look like anything
        yield python
        return
    if is_compared(line):
        yield from _comparison_rows(line, number)
        return
    for read in (_array_row, _escaped_row, _offset_row, _separated_row, _plain_row):
        row = read(line, number)
        if row is not None:
            yield row
            return


def is_compared(line: str) -> bool:
    """Whether the line holds bytes of both sides of a comparison."""
    return "|" in line and _HAS_PAIR.search(line) is not None


def _comparison_rows(line: str, number: int) -> Iterator[DumpRow]:
    end: int | None = None
    last = 0
    for match in _PAIRS.finditer(line):
        pairs = match[2].split()
        offset = int(match[1], 16) if match[1] else None
        between = line[last : match.start()].replace("*", " ").split()
        if offset is None and end is not None and len(between) <= _MOST_BROKEN_PAIRS:
            offset = end + len(between)  # pairs with a character that is no digit
        end = None if offset is None else offset + len(pairs)
        last = match.end()
        data = bytes.fromhex("".join(pair[:2] for pair in pairs))
        stored = bytes.fromhex("".join(pair[3:5] for pair in pairs))
        yield DumpRow(number, Shape.COMPARISON, offset, data, stored)


def _array_row(line: str, number: int) -> DumpRow | None:
    if "0x" not in line and "0X" not in line:
        return None
    text = _COMMENT.sub("", line)
    items = _ARRAY_ITEM.findall(text)
    alone = _LEFT_OVER.fullmatch(_ARRAY_ITEM.sub("", without_prefix(text))) is not None
    if not items or (len(items) == 1 and not alone):
        return None
    data = bytes(int(item, 16) for item in items)
    return DumpRow(number, Shape.C_ARRAY, None, data, starts="{" in text or "=" in text)


def _escaped_row(line: str, number: int) -> DumpRow | None:
    if "\\x" not in line:
        return None
    literals = _ESCAPED.findall(line)
    if not literals:
        return None
    digits = "".join(_ESCAPE.findall("".join(literals)))
    return DumpRow(number, Shape.ESCAPES, None, bytes.fromhex(digits), starts="=" in line)


def _python_row(line: str, number: int) -> DumpRow | None:
    if "b'" not in line and 'b"' not in line:
        return None
    values = [_literal(match[0]) for match in _PYTHON.finditer(line)]
    data = b"".join(values)
    if not data:
        return None
    return DumpRow(number, Shape.PYTHON_BYTES, None, data, starts="=" in line.split("b'")[0].split('b"')[0])


def _literal(source: str) -> bytes:
    if len(source) > _LONGEST_LITERAL or not source.isascii():
        return b""
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return b""
    return value if isinstance(value, bytes) else b""


def _offset_row(line: str, number: int) -> DumpRow | None:
    if len(line) < _SHORTEST_WITH_OFFSET:
        return None
    candidates = islice(_OFFSET.finditer(line), _MOST_OFFSETS)
    text = without_prefix(line).strip()
    words = _HEXDUMP_WORDS.fullmatch(text)
    if words is not None:
        swapped = b"".join(bytes.fromhex(word)[::-1] for word in words[2].split())
        return DumpRow(number, Shape.OFFSETS, int(words[1], 16), swapped)
    for match in (_SHORT_OFFSET.match(text), _OD_OFFSET.match(text), *candidates):
        if match is None:
            continue
        data = _row_bytes(match.string[match.end() : match.end() + _LONGEST_TEXT])
        if data:
            return DumpRow(number, Shape.OFFSETS, int(match[1], 16), data)
    return None


def _row_bytes(text: str) -> bytes:
    """The bytes behind an offset, without a column of characters.

    That column has at most one character for each byte.
    """
    bar = None if text.startswith("|") else _BAR.search(text)  # one among the characters begins no column
    has_bars = bar is not None or (text.startswith("|") and "|" in text[1:])
    text = text[: bar.start()] if bar is not None else text
    match = _GROUPS.match(text.lstrip())
    if match is None:
        return b""
    groups = match[0]
    rest = text.lstrip()[match.end() :]
    data = bytes.fromhex(_DIGITS.sub("", groups))
    # What stands behind two spaces may be characters that read like bytes; no more of them than bytes before.
    for gap in re.finditer(r"\s{2,}", groups) if not has_bars else ():
        left = len(_DIGITS.sub("", groups[: gap.start()])) // 2
        right = groups[gap.end() :] + rest
        if left >= _FEWEST_ALONE and len(right.rstrip()) <= left and len(right.split()) != left:
            return data[:left]
    return data[:_LONGEST_ROW]


def _separated_row(line: str, number: int) -> DumpRow | None:
    if ":" not in line and "-" not in line:
        return None
    matches = [match[1] for match in _SEPARATED.finditer(without_prefix(line))]
    if not matches:
        return None
    longest = max(matches, key=len)
    return DumpRow(number, Shape.SEPARATED, None, bytes.fromhex(_DIGITS.sub("", longest)))


def _plain_row(line: str, number: int) -> DumpRow | None:
    text = without_prefix(line)
    for match in _PLAIN.finditer(text):
        if _LEFT_OVER.fullmatch(text, match.end()) is None:
            continue
        data = bytes.fromhex(_DIGITS.sub("", match[0]))
        alone = _LEFT_OVER.fullmatch(text, 0, match.start()) is not None
        if alone or len(data) >= _FEWEST_AFTER_A_NAME:
            return DumpRow(number, Shape.PLAIN, None, data, starts=not alone)
    return None
