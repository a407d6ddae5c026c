"""A verb that another one carries out, at its port."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise

import typer
from typer.core import TyperGroup

from atecc_bench.errors import InputError

_WITH_A_PORT_OF_ITS_OWN = {
    "flash": "the bridge is started once",
    "gui": "the window opens its port itself; start the bridge in the window, on the Board page",
}


@contextmanager
def following(context: typer.Context, verb: Sequence[str], port: str, *, json: bool) -> Generator[Callable[[], None]]:
    """Prepare another verb, and give what carries it out.

    It has the port of this one, and the form of its answer. What is wrong with its words is found here, or when it is
    carried out and before it wants the board.

    Raises:
        InputError: `usage` for a verb that uses no board, or opens its port itself.
    """
    words = list(verb)
    while words[:1] == ["--json"]:
        json = True
        del words[0]
    root = context.find_root()
    with ExitStack() as contexts:
        parent = root
        group = root.command
        path = ""
        while True:
            assert isinstance(group, TyperGroup)  # noqa: S101 - every verb is in one
            name, command, rest = group.resolve_command(parent, words)
            assert command is not None  # noqa: S101 - else an error was raised
            path = f"{path} {name}".strip()
            if path in _WITH_A_PORT_OF_ITS_OWN:
                raise InputError(
                    "usage",
                    f"`{path}` does not follow flash: {_WITH_A_PORT_OF_ITS_OWN[path]}.",
                    "Name a verb that uses a board, such as info or provision.",
                )
            with command.make_context(name, rest[:1], parent=parent, resilient_parsing=True) as looked_at:
                found = looked_at.command
            if not isinstance(found, TyperGroup):
                break
            parent = contexts.enter_context(command.make_context(name, rest, parent=parent))
            group, words = found, rest
        _check_uses_board(path, {name for parameter in found.params for name in parameter.opts})
        _check_one_port(rest, port)
        given = _with_options(rest, ["--port", port], ["--json"] if json else [])
        inner = contexts.enter_context(command.make_context(name, given, parent=parent))
        yield lambda: inner.command.invoke(inner)


def _check_uses_board(path: str, options: set[str]) -> None:
    if "--port" not in options:
        raise InputError(
            "usage",
            f"`{path}` uses no board, so it does not follow flash.",
            "Give it by itself; after `--` stands a verb that uses a board, such as info or provision.",
        )


def _check_one_port(words: Sequence[str], port: str) -> None:
    end = words.index("--") if "--" in words else len(words)
    named = [after for before, after in pairwise(words[:end]) if before == "--port"]
    named += [word.removeprefix("--port=") for word in words[:end] if word.startswith("--port=")]
    if any(one != port for one in named):
        raise InputError(
            "usage", "The verb behind flash is at the same port, and another one is named.", "Leave its --port out."
        )


def _with_options(words: Sequence[str], *options: Sequence[str]) -> list[str]:
    """Words with options that are not among them.

    They stand before a `--`, behind which there are none.
    """
    end = words.index("--") if "--" in words else len(words)
    before = list(words[:end])
    for option in options:
        if option and not any(word == option[0] or word.startswith(f"{option[0]}=") for word in before):
            before += option
    return [*before, *words[end:]]
