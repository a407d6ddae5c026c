"""Verbs and groups that are known by name and help alone until they are run."""

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_logger = logging.getLogger(__name__)


def add_lazy_verb(app: typer.Typer, name: str, help_text: str, load: Callable[[], Callable[..., None]]) -> None:
    """Let `app` have a verb whose function `load` brings when it is run."""

    class LazyVerb(TyperCommand):
        def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
            _logger.info("Verb %s begins", name)
            single = typer.Typer(add_completion=False)
            single.command(name)(load())
            return typer.main.get_command(single).make_context(info_name, args, parent, **extra)

    app.command(name, cls=LazyVerb, help=help_text)(_not_loaded)


def add_lazy_group(app: typer.Typer, name: str, help_text: str, load: Callable[[], typer.Typer]) -> None:
    """Let `app` have a group of verbs that `load` brings when one of them, or its help, is wanted."""

    class LazyGroup(TyperGroup):
        def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
            group = typer.main.get_group(load())
            verb = next((word for word in args[:1] if word in group.commands), "")
            _logger.info("Verb %s %s begins", name, verb)
            return group.make_context(info_name, args, parent, **extra)

    app.add_typer(typer.Typer(), name=name, cls=LazyGroup, help=help_text)


def attribute_of(place: str) -> Any:
    """What `module:attribute` names below the command line's room; the module is imported now."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(f"atecc_bench.cli.{module}"), attribute)


def _not_loaded() -> None:
    """Stand where the function of a verb will."""
