"""Bytes as a list of decimal numbers.

Python and JavaScript print them so.
"""

import re

_FEWEST = 88  # bytes: less is a list of something else
_LIST = re.compile(r"\s*(?:[A-Za-z_]\w*\s*=\s*)?[A-Za-z_.]*\(?\s*\[?(?P<numbers>[\d\s,]+)\]?\s*\)?\s*;?\s*")


def decimal_bytes(text: str) -> bytes | None:
    """Read a text that is one list of bytes.

    None where it is no such list, and where every number has two digits, which may be hex as well.
    """
    found = _LIST.fullmatch(text)
    if found is None:
        return None
    words = [word.strip() for word in found["numbers"].strip().removesuffix(",").split(",")]
    if len(words) < _FEWEST or not all(re.fullmatch(r"\d{1,3}", word, re.ASCII) and int(word) < 256 for word in words):
        return None
    is_hex = all(len(word) == 2 for word in words)
    return None if is_hex else bytes(int(word) for word in words)
