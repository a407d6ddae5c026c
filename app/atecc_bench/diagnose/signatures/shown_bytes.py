"""Short runs of bytes in a text, each under its name.

C arrays, rows and words of hexadecimal digits, literals of Python, Base64; as firmware, terminals and libraries print
keys, digests and signatures.
"""

import ast
import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from atecc_bench.log_lines import clean_lines

_PREFIX = re.compile(r"0[xX]|\\x")
_BETWEEN = re.compile(r"[\s,:;\"'{}()\[\]\\]+")
_DIGITS = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_OFFSET = re.compile(r"^\s*(?:0[xX])?[0-9A-Fa-f]{4,8}:\s+")
_BEFORE_BYTES = re.compile(r"[=:{(\[]")
_LETTER = re.compile(r"[A-Za-z]")
_PYTHON = re.compile(r"b'(?:[^'\\]|\\.)*'|b\"(?:[^\"\\]|\\.)*\"")
_BASE64 = re.compile(r"[\"']?([A-Za-z0-9+/_-]{40,}={0,2})[\"']?[,;]?")
_NAME = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?$")
_LONGEST_LINE, _LONGEST_NAME, _MOST_BYTES, _MOST_MARKS = 1000, 40, 128, 8


@dataclass(frozen=True)
class NamedBytes:
    """Bytes of a text under the name that it gives them.

    Lines count from 1; 0 where the place is not known.
    """

    name: str
    data: bytes = field(repr=False)
    line: int


def shown_bytes(text: str) -> Iterator[NamedBytes]:
    """The runs of a text, in its order.

    What is longer than a signature is none of them.
    """
    name, data, line = "", b"", 0
    for number, shown in enumerate((*clean_lines(text), ""), 1):
        if len(shown) > _LONGEST_LINE:
            continue
        row = _row(shown)
        if row is not None and data:
            data += row
            continue
        if 0 < len(data) <= _MOST_BYTES:
            yield NamedBytes(name, data, line)
        data = b""
        if row is not None:
            data, line = row, number
            continue
        label, beside = _labelled(shown)
        name = _name_in(label) or name
        if beside:
            data, line = beside, number


def _labelled(shown: str) -> tuple[str, bytes]:
    """The label of a line, and the bytes that stand beside it."""
    for mark in islice(_BEFORE_BYTES.finditer(shown), _MOST_MARKS):
        label, rest = shown[: mark.end()], shown[mark.end() :]
        if _LETTER.search(label) is not None and (beside := _beside(rest)):
            return label, beside
    return shown, b""


def _beside(rest: str) -> bytes:
    literal = _PYTHON.search(rest)
    if literal is not None:
        try:
            return bytes(ast.literal_eval(literal[0]))
        except (SyntaxError, ValueError):
            return b""
    row = _row(rest)
    if row is not None:
        return row
    encoded = _BASE64.fullmatch(rest.strip())
    if encoded is None:
        return b""
    digits = encoded[1].rstrip("=").translate({0x2D: "+", 0x5F: "/"})
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4))
    except binascii.Error:
        return b""


def _row(shown: str) -> bytes | None:
    """A line that is bytes and nothing else."""
    words = _BETWEEN.sub(" ", _PREFIX.sub(" ", _OFFSET.sub("", shown))).split()
    if not words or not all(_DIGITS.fullmatch(word) for word in words):
        return None
    return bytes.fromhex("".join(words))


def _name_in(label: str) -> str:
    """The name of an array, or the words of a label."""
    bare = label.rstrip(" \t={[(:").lstrip(" >")
    match = _NAME.search(bare) if label.rstrip().endswith(("{", "[", "(", "=", "]")) else None
    return (match[1] if match is not None else " ".join(bare.split()))[:_LONGEST_NAME]
