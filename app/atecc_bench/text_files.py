"""The text of a file, whatever program wrote it."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 512


def text_of(data: bytes, errors: str = "strict") -> str:
    """Decode text in UTF-8 or UTF-16.

    With or without a byte order mark; `>` of PowerShell writes UTF-16. `errors` is that of `bytes.decode`.

    Raises:
        UnicodeDecodeError: When it is no text and `errors` does not forgive that.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _without_mark(data[:_SAMPLE])
    if encoding.startswith("utf-16"):
        data = data[: len(data) & ~1]  # a file may be cut within a character
    return data.decode(encoding, errors)


def _without_mark(sample: bytes) -> str:
    """Guess the encoding of text without a byte order mark.

    UTF-16 by its zeros: logs and dumps are ASCII nearly throughout, and DER and UTF-8 have no such pattern.
    """
    even, odd = sample[::2], sample[1::2]
    if len(sample) > 3 and not any(even[: len(odd)]) and all(odd):
        return "utf-16-be"
    if len(sample) > 3 and not any(odd) and all(even):
        return "utf-16-le"
    return "utf-8"
