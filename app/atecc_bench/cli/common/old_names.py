"""Old names of options.

They keep working for a release, and say what they are called now.
"""

from collections.abc import Mapping
from typing import Final

import typer

_OF_ESCROW: Final = {"--passphrase-file": "--escrow-passphrase-file"}
OLD_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "key public": {"--form": "--format"},
    "key import": _OF_ESCROW,
    "key set": _OF_ESCROW,
    "key check": _OF_ESCROW,
    "slot read": _OF_ESCROW,
    "slot write": _OF_ESCROW,
    "provision": {"--certificate": "--cert"},
}
"""The new name of each old one, by verb."""


def with_new_names(verb: str, words: list[str]) -> list[str]:
    """Replace old names of options by those of now.

    Each is told on stderr. `verb` is the verb with its group. What follows a `--` is no option.
    """
    known = OLD_NAMES.get(verb, {})
    end = words.index("--") if "--" in words else len(words)
    renamed: list[str] = []
    for word in words[:end]:
        name, separator, value = word.partition("=")
        if name in known:
            typer.echo(f"{name} is called {known[name]} now; the old name goes with the next release.", err=True)
            word = f"{known[name]}{separator}{value}"
        renamed.append(word)
    return [*renamed, *words[end:]]
