"""Finding a field by its words, or bytes by their hex digits."""

import re
from collections.abc import Sequence

from atecc_bench.chip.config.config_fields import ConfigField

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:]*)+")


def next_match(text: str, fields: Sequence[ConfigField], data: bytes, after: int) -> tuple[int, int] | None:
    """The next bytes that fit a search text.

    Behind byte `after`, from the start again at the end (end exclusive); None without any. Words are looked for in
    names, values and meanings of fields, and hex digits in the bytes.
    """
    wanted = text.strip()
    if not wanted:
        return None
    found = [(f.start, f.end) for f in fields if _fits(f, wanted.lower())]
    if _HEX.fullmatch(wanted):
        pattern = bytes.fromhex(re.sub(r"[\s:]", "", wanted))
        found += [
            (at, at + len(pattern)) for at in range(len(data) - len(pattern) + 1) if data[at:].startswith(pattern)
        ]
    found.sort()
    return next((span for span in found if span[0] > after), found[0] if found else None)


def _fits(field: ConfigField, wanted: str) -> bool:
    return any(wanted in text.lower() for text in (field.name, field.value, field.meaning))
