"""Bytes out of the hex dumps that people paste."""

import re

from atecc_bench.errors import InputError

_OFFSET = re.compile(r"^\s*(?:0x)?[0-9a-fA-F]{2,8}\s*:(?=\s|$)")
_BARE_OFFSET = re.compile(r"^([0-9a-fA-F]{7,8})(?:\s\s|$)")  # `hexdump -C` writes no colon
_BAR_COLUMN = re.compile(r"\s\|.*\|\s*$")
_GAP = re.compile(r"\s{2,}")
_PAIRS = re.compile(r"(?:[0-9a-fA-F]{2}\s+)*[0-9a-fA-F]{2}\s*")
_COMMENT = re.compile(r"(#|//).*$|/\*.*?\*/")
_STRANGE = re.compile(r"[^0-9a-fA-F]")
_PUNCTUATION = re.compile(r"0[xX]|[,;{}\[\]()\s:]")


def parse_hex_dump(text: str) -> bytes:
    """Read the bytes of a hex dump.

    Offsets, commas, 0x, braces, comments or an ASCII column may stand around the digits.

    Raises:
        InputError: `not-hex` when something else is left over or the number of digits is odd.
    """
    parts: list[str] = []
    length = 0
    for line in text.splitlines():
        part = _digits(line, length // 2)
        parts.append(part)
        length += len(part)
        if _STRANGE.search(part) is not None:
            break  # whatever follows, this is what will be told
    digits = "".join(parts)
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        strange = next((c for c in digits if c not in "0123456789abcdefABCDEF"), None)
        why = f"it contains {_named(strange)}" if strange else f"it has an odd number of digits ({len(digits)})"
        raise InputError(
            "not-hex",
            f"This is not a hex dump: {why}.",
            "Give hex bytes, with or without offsets, commas and 0x; nothing else.",
        ) from error


def _named(character: str) -> str:
    return f"“{character}”" if character.isprintable() else f"the control character {ord(character):02X}"


def _digits(line: str, before: int) -> str:
    """The hex digits of a line that comes after `before` bytes."""
    bare = _without_offset(line, before)
    if bare != line:
        bare = _without_text_column(_BAR_COLUMN.sub("", bare))
    return _PUNCTUATION.sub("", _COMMENT.sub("", bare))


def _without_offset(line: str, before: int) -> str:
    match = _BARE_OFFSET.match(line)
    # Without a colon it could be four bytes; an offset is the number of bytes so far, and the last stands alone.
    if match and int(match[1], 16) == before and (before or line[match.end() :].strip()):
        return line[match.end() :]
    return _OFFSET.sub("", line)


def _without_text_column(line: str) -> str:
    """The line without the column of characters of `xxd`.

    It stands behind the bytes, at most one character for each byte.
    """
    for gap in _GAP.finditer(line):
        left, right = line[: gap.start()].strip(), line[gap.end() :]
        count = len(_PUNCTUATION.sub("", left)) // 2
        if left and len(right) <= count and not _PAIRS.fullmatch(right):
            return left
    return line
