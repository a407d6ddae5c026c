"""JSON from strangers, within bounds.

A document of a few megabytes may have a million parts, each of which costs a reader a hundred times its bytes.
"""

import json
from typing import Any

MOST_PARTS = 50_000
"""Members and elements of a document; the report of a silicon check has about 6,000."""


class TooManyPartsError(ValueError):
    """A document has more parts than any that is meant."""

    def __init__(self) -> None:
        super().__init__(f"it has more than {MOST_PARTS} parts")


def load_json(text: str | bytes) -> Any:
    """The content of a document.

    Raises:
        ValueError: It is none, has too many parts, or is nested too deeply.
    """
    check_parts(text)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def check_parts(text: str | bytes) -> None:
    """Refuse a document that has too many parts, before anybody reads it.

    What separates parts is counted, also within texts.

    Raises:
        TooManyPartsError: It has.
    """
    marks = (b",", b"{", b"[") if isinstance(text, bytes) else (",", "{", "[")
    if sum(text.count(mark) for mark in marks) > MOST_PARTS:  # type: ignore[arg-type]
        raise TooManyPartsError
