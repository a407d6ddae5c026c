"""Bytes out of the hex dumps that people paste."""

import re

from atecc_bench.errors import InputError

_OFFSET = re.compile(r"^\s*(?:0x)?[0-9a-fA-F]{2,8}\s*:\s")
_ASCII_COLUMN = re.compile(r"\s\|.*\|\s*$")
_COMMENT = re.compile(r"(#|//).*$|/\*.*?\*/")
_PUNCTUATION = re.compile(r"0[xX]|[,;{}\[\]()\s:]")


def parse_hex_dump(text: str) -> bytes:
    """Read hex digits with offsets, commas, 0x, braces, comments or an ASCII column around them.

    Raises:
        InputError: `not-hex` when something else is left over or the number of digits is odd.

    """
    digits = ""
    for line in text.splitlines():
        bare = _COMMENT.sub("", _ASCII_COLUMN.sub("", _OFFSET.sub("", line)))
        digits += _PUNCTUATION.sub("", bare)
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        strange = next((c for c in digits if c not in "0123456789abcdefABCDEF"), None)
        why = f"it contains “{strange}”" if strange else f"it has an odd number of digits ({len(digits)})"
        raise InputError(
            "not-hex",
            f"This is not a hex dump: {why}.",
            "Give hex bytes, with or without offsets, commas and 0x; nothing else.",
        ) from error
