"""The text of a file, whatever program wrote it."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 512
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\v\f"
_NOTHING = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"
_SAME: dict[int, str] = {
    **{ord(c): " " for c in _SPACES},
    **{ord(c): "" for c in _NOTHING},
    **{ord(c): '"' for c in "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"},
    **{ord(c): "'" for c in "\u2018\u2019\u201a\u201b\u2032"},
    **{ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212"},
    **{ord(c): "|" for c in "\u2502\u2503\u2551\uff5c"},  # frames of tables
    **{0xFF01 + i: chr(0x21 + i) for i in range(0x5E) if chr(0x21 + i) != "|"},  # full width
    0x2026: "...",
    0x00D7: "x",
}


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


def plain(text: str) -> str:
    """Return the text with plain spaces, quotation marks and dashes.

    Zero-width characters are left out. There are as many lines as before.
    """
    return text if text.isascii() and "\v" not in text and "\f" not in text else text.translate(_SAME)
