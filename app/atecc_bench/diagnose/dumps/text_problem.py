"""What stands in the way of reading a text as bytes, by line and token."""

import re

from atecc_bench.errors import InputError

_TOKEN = re.compile(r"[^\s,;:{}\[\]()|\"']+")
_BYTE = re.compile(r"(?:0[xX]|\\x)?[0-9A-Fa-f]{1,2}|(?:[0-9A-Fa-f]{2})+|0[xX][0-9A-Fa-f]+")
_MOSTLY = 3  # bytes for each token that is none: such a line is a row of bytes


def text_problem(text: str) -> InputError | None:
    """Name the first token that is no byte in a row of bytes.

    None where no line is such a row.
    """
    for number, line in enumerate(text.split("\n"), 1):
        tokens = _TOKEN.findall(line)
        strange = [token for token in tokens if not _BYTE.fullmatch(token)]
        if strange and len(tokens) - len(strange) >= _MOSTLY * len(strange):
            return InputError(
                "not-hex",
                f"Line {number} is a row of bytes, but {_shown(strange[0])} in it is none.",
                "Correct it, or leave out what is no byte; offsets, commas, 0x and text around the rows may stay.",
            )
    return None


def _shown(token: str) -> str:
    """The token for people, never with a control character."""
    return "“" + "".join(c if c.isprintable() else f"<{ord(c):02X}>" for c in token[:40]) + "”"
