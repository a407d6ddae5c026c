"""Some bytes as people write them in one line.

Hex with or without 0x and separators, decimal lists, Python literals, C initialisers.
"""

import ast
import re

_PYTHON = re.compile(r"(?:bytearray\()?\s*(b'(?:[^\\'\n]|\\.)*'|b\"(?:[^\\\"\n]|\\.)*\")\s*\)?")
_ESCAPES = re.compile(r"(?:\\x[0-9A-Fa-f]{2}){2,}")
_HEX_WORDS = re.compile(r"(?:(?:0[xX])?[0-9A-Fa-f]{1,2}(?:[uU]|\b)[\s,;:_-]*)+")
_DECIMAL_WORDS = re.compile(r"\d{1,3}(?:\s*,\s*\d{1,3})+")
_RUN = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_WRAPPING = "[](){}<>'\"` \t\r\n"


def bytes_of_text(text: str) -> bytes | None:
    """The bytes that a short text is, all of it.

    None where it is anything else. A list in brackets without a hex digit or 0x is decimal, as programs print it.
    """
    text = text.strip()
    literal = _PYTHON.fullmatch(text)
    if literal is not None:
        value: object = ast.literal_eval(literal[1])
        return value if isinstance(value, bytes) else None
    if _ESCAPES.fullmatch(text.strip(_WRAPPING)):
        return bytes.fromhex(text.strip(_WRAPPING).replace("\\x", ""))
    bracketed = text[:1] in "[{(<" and text[-1:] in "]})>"
    inner = text.strip(_WRAPPING).replace("'0x", "0x").replace("'", "")
    if bracketed and _DECIMAL_WORDS.fullmatch(inner) and not re.search(r"\b0\d", inner):
        numbers = [int(number) for number in inner.split(",")]
        return bytes(numbers) if max(numbers) < 256 else None
    if _RUN.fullmatch(inner):
        return bytes.fromhex(inner)
    if _HEX_WORDS.fullmatch(inner):
        words = re.findall(r"(?:0[xX])?([0-9A-Fa-f]{1,2})[uU]?", inner)
        return bytes(int(word, 16) for word in words)
    return None
