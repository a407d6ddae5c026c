"""YAML documents whose parts know their line and column.

So an error can point at them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import yaml

from atecc_bench.plain_yaml import PlainLoader, PlainYamlError

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
            self._root = yaml.compose(text, PlainLoader)
            for scalar in _scalars(self._root):
                _value(scalar)
            constructor: Any = yaml.constructor.SafeConstructor()
            self.content: Any = None if self._root is None else constructor.construct_document(self._root)
            self._text = text
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = Mark(1, 1) if mark is None else Mark(mark.line + 1, mark.column + 1)
            said = ", ".join(filter(None, (error.context, error.problem)))
            raise MarkedError(place, said if isinstance(error, PlainYamlError) else f"it is no YAML: {said}") from error
        except yaml.reader.ReaderError as error:
            said = f"it is no YAML: no file may hold the character {ord(text[error.position]):02X}"
            raise MarkedError(_at(text, error.position), said) from error
        except yaml.YAMLError as error:
            raise MarkedError(Mark(1, 1), str(error)) from error
        except RecursionError as error:
            raise MarkedError(Mark(1, 1), "it is nested too deeply") from error
        for key in _repeated_keys(self._root):
            raise MarkedError(_mark(key), f"{key.value} is there twice")

    def mark(self, path: Sequence[int | str]) -> Mark:
        """Place of a part.

        Of one that is not there it is the part that should have it.
        """
        place = node = self._root
        for step in path:
            key, value = _child(node, step)
            if value is None:
                continue  # pydantic also names alternatives that are not in the document
            place, node = key or value, value
        return Mark(1, 1) if place is None else _mark(place)

    def byte_mark(self, path: Sequence[int | str], index: int) -> Mark:
        """Place of a byte in a part that is written in hexadecimal.

        Of another part it is the part itself.
        """
        node = self._root
        for step in path:
            _, node = _child(node, step)
        if not isinstance(node, yaml.ScalarNode):
            return self.mark(path)
        start = node.start_mark.index
        if node.style in ("|", ">"):
            start = self._text.index("\n", start)  # behind the sign of a block, and what may stand beside it
        digits = re.finditer(r"[0-9A-Fa-f]", self._text[start : node.end_mark.index])
        digit = next(islice(digits, 2 * index, None), None)
        if digit is None:
            return self.mark(path)
        return _at(self._text, start + digit.start())


def _at(text: str, index: int) -> Mark:
    before = text[:index]
    return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _mark(node: yaml.Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if _named(key, step)), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _named(key: yaml.Node, step: int | str) -> bool:
    """True when a key is the one that pydantic names.

    It says `None` for `~`, and 1 for `yes`.
    """
    return isinstance(key, yaml.ScalarNode) and (step == _value(key) or str(step) in (key.value, str(_value(key))))


def _value(scalar: yaml.ScalarNode) -> object:
    """Value of a scalar in Python.

    Raises MarkedError for what its tag does not fit, a 13th month for example.
    """
    try:
        scalar.value.encode()
    except UnicodeEncodeError as error:
        raise MarkedError(_mark(scalar), "it has half of a UTF-16 pair, which is no character") from error
    try:
        loader: Any = yaml.constructor.SafeConstructor()
        return loader.construct_object(scalar)
    except yaml.MarkedYAMLError:
        raise
    except (ValueError, KeyError, AttributeError, OverflowError) as error:
        kind = scalar.tag.rpartition(":")[2]
        raise MarkedError(_mark(scalar), f"{scalar.value!r} is no {kind}; put it in quotes if it is a text") from error


def _scalars(root: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    for node in _nodes(root):
        children = chain.from_iterable(node.value) if isinstance(node, yaml.MappingNode) else node.value
        yield from (child for child in children if isinstance(child, yaml.ScalarNode))


def _nodes(root: yaml.Node | None) -> Iterator[yaml.CollectionNode]:
    """All collections, each once: an alias is the same node again."""
    left, visited = [root], set[int]()
    while left:
        node = left.pop()
        if id(node) in visited or not isinstance(node, yaml.CollectionNode):
            continue
        visited.add(id(node))
        yield node
        left += chain.from_iterable(node.value) if isinstance(node, yaml.MappingNode) else node.value


def _repeated_keys(root: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    for node in _nodes(root):
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
