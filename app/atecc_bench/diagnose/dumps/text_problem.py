"""The obstacle to reading a text as bytes.

It is named by line and token.
"""

import re

from atecc_bench.errors import InputError

_WORD = re.compile(r"[^\s,;:{}\[\]()|\"']+")
_BYTE = re.compile(r"(?:0[xX]|\\x)?[0-9A-Fa-f]{1,2}|-?\d{1,3}")
_LONGEST = 4  # characters: a longer word is none that was meant for a byte


def text_problem(text: str) -> InputError | None:
    """Name the first word that is no byte among bytes.

    None where no line is such a row.
    """
    for number, line in enumerate(text.split("\n"), 1):
        words = _WORD.findall(line)
        for at, word in enumerate(words[2:-2], 2):
            around = (*words[at - 2 : at], *words[at + 1 : at + 3])
            if (
                len(word) <= _LONGEST
                and any(map(str.isalnum, word))
                and not _BYTE.fullmatch(word)
                and all(map(_BYTE.fullmatch, around))
            ):
                return InputError(
                    "not-hex",
                    f"Line {number} is a row of bytes, but {_shown(word)} in it is none.",
                    "Correct it, or leave out what is no byte; offsets, commas, 0x and text around the rows may stay.",
                )
    return None


def _shown(word: str) -> str:
    """The word for people, never with a control character."""
    return "“" + "".join(c if c.isprintable() else f"<{ord(c):02X}>" for c in word) + "”"
