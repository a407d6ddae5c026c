"""Names in braces that stand for what differs from device to device."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders_in(text: str) -> tuple[str, ...]:
    """The names that stand in braces in a text."""
    return tuple(_PLACEHOLDER.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled.

    Each of them must be among the values.
    """
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
