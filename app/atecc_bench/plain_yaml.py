"""YAML from strangers: its plain part, within bounds.

Aliases, merge keys, tags and numbers to the base of sixty are refused or text: a few bytes of them may stand for
gigabytes, or for what nobody meant. What is left is about YAML 1.2's core schema, with `yes` and `no` as before.
"""

import re
from typing import Any

import yaml

LONGEST_TEXT = 1 << 16  # characters; PyYAML reads about 200,000 a second
_DEEPEST = 32
_LONGEST_NUMBER = 100  # characters

_BOOLEAN = re.compile(r"(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$")
_NULL = re.compile(r"(~|null|Null|NULL|)$")
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)$")
_FLOAT = re.compile(r"([-+]?(\.[0-9]+|[0-9][0-9_]*\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")
_MERGE = re.compile(r"<<$")
_TAG = "tag:yaml.org,2002:"


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """What is no text, by first character, as PyYAML wants it."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for kind, words, first in (
        ("bool", _BOOLEAN, "yYnNtTfFoO"),
        ("null", _NULL, ("~", "n", "N", "")),
        ("int", _INTEGER, "-+0123456789"),
        ("float", _FLOAT, "-+0123456789."),
        ("merge", _MERGE, "<"),
    ):
        for character in first:
            found.setdefault(character, []).append((f"{_TAG}{kind}", words))
    return found


class PlainYamlError(yaml.MarkedYAMLError):
    """A document uses what is refused, or is too large.

    `problem_mark` has the place.
    """


class PlainLoader(yaml.SafeLoader):
    """A reader that refuses what is not plain.

    Raises PlainYamlError, and what PyYAML raises.
    """

    yaml_implicit_resolvers = _resolvers()

    def __init__(self, stream: str) -> None:
        if len(stream) > LONGEST_TEXT:
            raise PlainYamlError(problem=f"it has more than {LONGEST_TEXT} characters")
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node, unless it is one of those refused."""
        parser: Any = self
        try:
            event: Any = parser.peek_event()
        except (ValueError, OverflowError) as error:  # slips of PyYAML's own, at escapes of no character
            raise PlainYamlError(problem="it has an escape that stands for no character") from error
        if isinstance(event, yaml.AliasEvent):
            raise _refused("an alias", event)
        if getattr(event, "tag", None) is not None:
            raise _refused("a tag", event)
        if self._depth == _DEEPEST:
            raise _refused(f"a part within {_DEEPEST} others", event)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(node, yaml.ScalarNode):
            _check_scalar(node, event)
        return node


def load_plain(text: str) -> Any:
    """The content of a document, YAML or JSON.

    Raises:
        yaml.YAMLError: It is none, or not plain, or too large.
    """
    try:
        return yaml.load(text, Loader=PlainLoader)  # noqa: S506 - it makes less than SafeLoader
    except (ValueError, OverflowError, RecursionError) as error:  # slips of PyYAML's own
        raise PlainYamlError(problem="a value in it is none that its type can have") from error


def _check_scalar(node: yaml.ScalarNode, event: Any) -> None:
    if node.tag == f"{_TAG}merge":
        raise _refused("a merge key", event)
    if node.tag in (f"{_TAG}int", f"{_TAG}float") and len(node.value) > _LONGEST_NUMBER:
        raise _refused(f"a number of {len(node.value)} characters", event)


def _refused(what: str, event: Any) -> PlainYamlError:
    return PlainYamlError(problem=f"{what} has no place in a file of this kind", problem_mark=event.start_mark)
