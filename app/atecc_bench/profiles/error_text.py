"""Form errors of profiles, in words.

Pydantic finds them, and says it as programmers do.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic_core import ErrorDetails

Words = Callable[[Mapping[str, Any]], str]

KEY: Final = "[key]"  # stands in pydantic's `loc` behind a key that is wrong itself

_TEXT, _NUMBER, _LIST = "a text; put it in quotes if it looks like something else", "a whole number", "a list"
_NAMES = "a mapping, such as {name: value}"

_WORDS: Final[Mapping[str, Words]] = MappingProxyType({
    "missing": lambda _: "it is missing",
    "extra_forbidden": lambda _: "nothing here has this name",
    "string_type": lambda _: f"it should be {_TEXT}",
    "int_type": lambda _: f"it should be {_NUMBER}",
    "bool_type": lambda _: "it should be true or false",
    "enum": lambda context: f"it should be {context['expected'].replace(chr(39), '')}",
    "tuple_type": lambda _: f"it should be {_LIST}",
    "dict_type": lambda _: f"it should be {_NAMES}",
    "mapping_type": lambda _: f"it should be {_NAMES}",
    "model_type": lambda _: f"it should be {_NAMES}",
    "too_short": lambda _: "it should have at least one entry",
    "string_too_short": lambda _: "it is empty",
    "bytes_too_short": lambda _: "it is empty",
    "value_error": lambda context: str(context["error"]),
    "recursion_loop": lambda _: "it is a part of itself",
})  # fmt: skip


def in_words(error: ErrorDetails) -> str:
    """One of pydantic's errors as a person would say it."""
    if error["type"] == "invalid_key" or KEY in error["loc"]:
        return "a name should be a text; put it in quotes"
    if error["input"] is None and error["type"] not in ("missing", "extra_forbidden"):
        return "nothing is given"
    words = _WORDS.get(error["type"])
    return error["msg"].removeprefix("Value error, ") if words is None else words(error.get("ctx", {}))
