"""Verbs and groups that are loaded only when run.

Until then they are known by name and help alone.
"""

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer

from atecc_bench.cli.common.help_text import HelpfulCommand, HelpfulGroup

_logger = logging.getLogger(__name__)


def add_lazy_verb(app: typer.Typer, name: str, help_text: str, load: Callable[[], Callable[..., None]]) -> None:
    """Add a verb to `app` whose function is loaded when run.

    `load` brings the function.
    """

    class LazyVerb(HelpfulCommand):
        def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
            _logger.info("Verb %s begins", name)
            single = typer.Typer(add_completion=False)
            single.command(name, cls=HelpfulCommand)(load())
            return typer.main.get_command(single).make_context(info_name, args, parent, **extra)

    app.command(name, cls=LazyVerb, help=help_text)(_not_loaded)


def add_lazy_group(app: typer.Typer, name: str, help_text: str, load: Callable[[], typer.Typer]) -> None:
    """Add a group of verbs to `app` that is loaded when wanted.

    `load` brings it when one of the verbs, or its help, is wanted.
    """

    class LazyGroup(HelpfulGroup):
        def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
            loaded = load()
            loaded.info.cls = HelpfulGroup
            for verb_info in loaded.registered_commands:
                verb_info.cls = HelpfulCommand
            group = typer.main.get_group(loaded)
            verb = next((word for word in args[:1] if word in group.commands), "")
            _logger.info("Verb %s %s begins", name, verb)
            return group.make_context(info_name, args, parent, **extra)

    app.add_typer(typer.Typer(), name=name, cls=LazyGroup, help=help_text)


def attribute_of(place: str) -> Any:
    """Import what `module:attribute` names.

    The name is below the command line's room; the module is imported now.
    """
    module, _, attribute = place.partition(":")
    return getattr(import_module(f"atecc_bench.cli.{module}"), attribute)


def _not_loaded() -> None:
    """Stand where the function of a verb will."""
