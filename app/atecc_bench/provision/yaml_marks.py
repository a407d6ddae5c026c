"""A YAML document whose every part knows its line and column, so that an error can point at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[int | str, ...]
"""Keys and positions that lead to a part of a document, as pydantic's `loc`."""


@dataclass(frozen=True)
class Mark:
    """A place in a text; both count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class MarkedError(Exception):
    """Something is wrong with a document, at a place of it."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


class MarkedDocument:
    """A document as plain Python objects, with the places of its parts.

    Raises MarkedError for what is no YAML, and for a key that is there twice: YAML forbids it, its reader does not.
    """

    def __init__(self, text: str) -> None:
        try:
            self.content: Any = yaml.safe_load(text)
            self._root = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = Mark(1, 1) if mark is None else Mark(mark.line + 1, mark.column + 1)
            raise MarkedError(place, error.problem or "it is no YAML") from error
        except yaml.YAMLError as error:
            raise MarkedError(Mark(1, 1), str(error)) from error
        except RecursionError as error:
            raise MarkedError(Mark(1, 1), "it is nested too deeply") from error
        for key in _repeated_keys(self._root):
            raise MarkedError(_mark(key), f"{key.value} is there twice")

    def mark(self, path: Sequence[int | str]) -> Mark:
        """Where a part is; of one that is not there, the part that should have it."""
        place = node = self._root
        for step in path:
            key, value = _child(node, step)
            if value is None:
                continue  # pydantic also names alternatives that are not in the document
            place, node = key or value, value
        return Mark(1, 1) if place is None else _mark(place)


def _mark(node: yaml.Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _repeated_keys(root: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    left, visited = [root], set[int]()
    while left:
        node = left.pop()
        if id(node) in visited or not isinstance(node, yaml.CollectionNode):
            continue  # an alias is the same node again
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            left += node.value
            continue
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            left.append(value)
