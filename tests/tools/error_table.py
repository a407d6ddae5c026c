"""Every error of the program, as its source raises it; and the table of them: python -m tests.tools.error_table docs

An id is the first argument of an exception of the program, or of a function that hands its `id_` on to one.
"""

import argparse
import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT

PAGE = "exit-codes.md"
SOURCES = ROOT / "app" / "atecc_bench"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_GIVEN_ID = ("id_", "id")
_CODES = {"BenchError": 2, "RefusedError": 1, "DeviceError": 3, "DefectError": 3}
_BY_ANSWER = {"ChipStatusError": (1, 3)}
"""An exception whose code depends on what the chip said."""


@dataclass
class Raised:
    """An error id: the exit codes it may end with, and what it says, with … for what differs."""

    codes: set[int] = field(default_factory=set[int])
    messages: list[str] = field(default_factory=list[str])


class _House:
    """The parsed sources, and the exceptions in them by name."""

    def __init__(self) -> None:
        self.modules = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))]
        self.classes = {
            node.name: node for module in self.modules for node in ast.walk(module) if isinstance(node, ast.ClassDef)
        }

    def codes(self, name: str) -> tuple[int, ...]:
        """The exit codes of an exception; none for what is no error of the program."""
        if name in _BY_ANSWER or name in _CODES:
            return _BY_ANSWER.get(name) or (_CODES[name],)
        node = self.classes.get(name)
        for base in node.bases if node else ():
            if isinstance(base, ast.Name) and base.id != name and (found := self.codes(base.id)):
                return found
        return ()

    def own_ids(self, name: str) -> list[str]:
        """Ids that an exception gives itself, so that its first argument is the message."""
        node = self.classes.get(name)
        calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)] if node else []
        own = [
            call.args[0]
            for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__" and call.args
        ]
        return [one.value for one in own if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@cache
def _house() -> _House:
    return _House()


def raised_errors() -> dict[str, Raised]:
    """All errors by id, in alphabetical order."""
    house = _house()
    found: defaultdict[str, Raised] = defaultdict(Raised)
    for module in house.modules:
        constants = _constants(module)
        for names, name, call in _raising(module, house):
            for id_ in _ids(call, constants, names, module):
                found[id_].codes.update(house.codes(name))
                found[id_].messages += filter(None, [_message(call)])
    for module in house.modules:
        for _, name, call in _raising(module, house):
            for id_ in house.own_ids(name) if call.args else ():
                found[id_].messages += [text for text in [_text(call.args[0])] if " " in text]
    return dict(sorted(found.items()))


def _raising(module: ast.Module, house: _House) -> Iterator[tuple[list[str], str, ast.Call]]:
    """Calls that make an exception: the names of `id_` parameters around, the exception, the call."""

    def visit(node: ast.AST, names: list[str], owner: str) -> Iterator[tuple[list[str], str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inner, inner_owner = names, owner
            if isinstance(child, ast.FunctionDef):
                inner = [*names, child.name]
            if isinstance(child, ast.ClassDef):
                inner_owner = child.name
            if isinstance(child, ast.Call):
                called = child.func
                if isinstance(called, ast.Name) and house.codes(called.id):
                    yield inner, called.id, child
                elif isinstance(called, ast.Attribute) and called.attr == "__init__" and house.codes(owner):
                    yield inner, owner, child
            yield from visit(child, inner, inner_owner)

    yield from visit(module, [], "")


def _ids(call: ast.Call, constants: dict[str, set[str]], names: list[str], module: ast.Module) -> Iterator[str]:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and _ID.fullmatch(first.value):
        yield first.value
    elif isinstance(first, ast.Attribute) and first.attr.startswith("id_of"):
        yield from constants[first.attr]
    elif isinstance(first, ast.Name):
        yield from constants.get(first.id, set())
        if first.id in _GIVEN_ID and names:
            yield from _handed_to(names[-1], first.id, module)


def _constants(module: ast.Module) -> dict[str, set[str]]:
    """Texts that names of a module may hold."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=True))
            for one, text in pairs:
                if isinstance(one, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found[one.id].add(text.value)
    return {name: {text for text in texts if _ID.fullmatch(text)} for name, texts in found.items()}


def _handed_to(function: str, parameter: str, module: ast.Module) -> Iterator[str]:
    """Ids that are given to a function of this module for its parameter."""
    nodes = list(ast.walk(module))
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            names = [argument.arg for argument in node.args.args]
            at = names.index(parameter) if parameter in names else -1
            defaults = dict(zip(reversed(names), reversed(node.args.defaults), strict=False))
            default = defaults.get(parameter)
            if isinstance(default, ast.Constant):
                yield str(default.value)
            for call in nodes:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == function:
                    given = call.args[at] if 0 <= at < len(call.args) else None
                    if isinstance(given, ast.Constant):
                        yield str(given.value)


def _message(call: ast.Call) -> str:
    return _text(call.args[1]) if len(call.args) > 1 else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"


def rewrapped_errors() -> list[str]:
    """Places where an error is raised again by its id, as a kind with another exit code."""
    house = _house()
    found: list[str] = []
    for module in house.modules:
        for handler in (node for node in ast.walk(module) if isinstance(node, ast.ExceptHandler)):
            caught = handler.type.id if isinstance(handler.type, ast.Name) else ""
            for call in (node for node in ast.walk(handler) if isinstance(node, ast.Call)):
                first = call.args[0] if call.args else None
                again = isinstance(first, ast.Attribute) and first.attr == "id" and isinstance(call.func, ast.Name)
                if again and house.codes(getattr(call.func, "id", "")) not in ((), house.codes(caught)):
                    found.append(ast.unparse(call))
    return found


def error_table() -> str:
    """The table of the page, by exit code."""
    rows = ["| id | exit code | what it says |", "|---|---|---|"]
    for id_, error in sorted(raised_errors().items(), key=lambda item: (sorted(item[1].codes), item[0])):
        codes = " or ".join(map(str, sorted(error.codes)))
        said = max(error.messages, key=lambda text: len(text.replace("…", "")), default="")
        rows.append(f"| `{id_}` | {codes} | {' '.join(said.split()).replace('|', '/')} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Write the table into the page of the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    page: Path = parser.parse_args().folder / PAGE
    before = page.read_text(encoding="utf-8").partition("| id |")[0]
    page.write_text(before + error_table(), encoding="utf-8")


if __name__ == "__main__":
    main()
