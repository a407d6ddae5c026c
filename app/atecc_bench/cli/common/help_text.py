"""The help of a verb, in which no name is cut.

It is wrapped at the width of the terminal.
"""

import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Final

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from atecc_bench.cli.common.old_names import with_new_names

_WIDEST: Final = 100  # longer lines are hard to read
_NARROWEST: Final = 20
_LONGEST_CHOICES: Final = 28  # longer ones are listed in the text instead
_GAP: Final = 2
_CODE: Final = "CODE"  # the placeholder of arguments that may be negative numbers
_NEGATIVE: Final = re.compile(r"-(?:0[xX])?[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*")
_PLACEHOLDERS = {"str": "TEXT", "path": "FILE", "file": "FILE", "int": "N", "float": "N"}


class HelpfulCommand(TyperCommand):
    """A verb with the help of this program.

    It knows old names for some of its options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words apart."""
        verb = " ".join(ctx.command_path.split()[1:])
        words = with_new_names(verb, args)
        if any(isinstance(one, TyperArgument) and one.metavar == _CODE for one in self.get_params(ctx)):
            words = self._negative_numbers_last(ctx, words)
        return super().parse_args(ctx, words)

    def _negative_numbers_last(self, ctx: Any, words: list[str]) -> list[str]:
        """The words with negative numbers where none is taken for an option.

        One that is the value of an option stays with it.
        """
        options = (one for one in self.get_params(ctx) if isinstance(one, TyperOption) and not one.is_flag)
        with_value = {name for one in options for name in one.opts}
        end = words.index("--") if "--" in words else len(words)
        others: list[str] = []
        numbers: list[str] = []
        for before, word in zip(["", *words], words[:end], strict=False):
            is_code = before not in with_value and _NEGATIVE.fullmatch(word) is not None
            (numbers if is_code else others).append(word)
        return [*others, "--", *numbers, *words[end + 1 :]] if numbers else words

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        formatter.write(_help(ctx, self.help or "", self.get_params(ctx), ()))


class HelpfulGroup(TyperGroup):
    """A group of verbs with the help of this program."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        verbs = [(name, one.help or "") for name, one in self.commands.items() if not one.hidden]
        formatter.write(_help(ctx, self.help or "", self.get_params(ctx), verbs))


def _help(ctx: Any, about: str, params: Iterable[Any], verbs: Sequence[tuple[str, str]]) -> str:
    width = max(min(shutil.get_terminal_size().columns, _WIDEST) - 1, _NARROWEST)
    shown = [one for one in params if not one.hidden]
    arguments = [one for one in shown if isinstance(one, TyperArgument)]
    options = [one for one in shown if isinstance(one, TyperOption)]
    usage = " ".join(
        ["Usage:", ctx.command_path, *(["[OPTIONS]"] if options else []), *map(_usage, arguments)]
        + (["VERB ..."] if verbs else [])
    )
    blocks = [_wrapped(usage, width, "", " " * 7)]
    blocks += [_wrapped(" ".join(part.split()), width, "  ", "  ") for part in about.split("\n\n")]
    rows = {
        "Arguments": [(_placeholder(one, ctx), _text(one, ctx)) for one in arguments],
        "Options": [(_option_names(one, ctx), _text(one, ctx)) for one in options],
        "Verbs": [(name, text.partition("\n\n")[0].replace("\n", " ")) for name, text in verbs],
    }
    blocks += [f"{title}:\n{_listed(listed, width)}" for title, listed in rows.items() if listed]
    return "\n\n".join(blocks) + "\n"


def _usage(argument: TyperArgument) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _option_names(option: TyperOption, ctx: Any) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag else f"{names} {_placeholder(option, ctx)}"


def _placeholder(param: TyperArgument | TyperOption, ctx: Any) -> str:
    if param.metavar is not None:
        return param.metavar
    shown = param.display_type(ctx).strip("<>")
    if param.type_descriptor.is_choice:
        return shown if len(shown) <= _LONGEST_CHOICES else "NAME"
    return _PLACEHOLDERS.get(shown.removesuffix(" range"), shown.upper())


def _text(param: TyperArgument | TyperOption, ctx: Any) -> str:
    parts = [" ".join((param.help or "").split())]
    if param.type_descriptor.is_choice:
        shown = param.display_type(ctx).strip("<>")
        if len(shown) > _LONGEST_CHOICES:
            parts.append(f"One of {shown.replace('|', ', ')}.")
    notes = [_range(param.min, param.max)] if not _is_slot(param) else []
    default = param.default
    if default not in (None, False, "", ()) and not callable(default):
        notes.append(f"default: {getattr(default, 'value', default)}")
    if param.required:
        notes.append("required")
    noted = "; ".join(filter(None, notes))
    return " ".join([*filter(None, parts), *([f"[{noted}]"] if noted else [])])


def _is_slot(param: TyperArgument | TyperOption) -> bool:
    return (param.min, param.max) == (0, 15)  # whoever has a slot in mind knows them


def _range(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"from {least} to {most}"
    if least is not None:
        return f"at least {least}"
    return "" if most is None else f"at most {most}"


def _listed(rows: Sequence[tuple[str, str]], width: int) -> str:
    """Names with their texts beside them.

    They are below where there is too little room."""
    longest = max(len(name) for name, _ in rows)
    column = min(longest, width * 2 // 5) + 2 * _GAP
    beside = width - column >= 24
    indent = " " * (column if beside else 3 * _GAP)
    lines: list[str] = []
    for name, text in rows:
        head = f"{' ' * _GAP}{name}"
        if beside and text and len(head) + _GAP <= column:
            lines.append(_wrapped(text, width, head.ljust(column), indent))
            continue
        lines.append(head)
        if text:
            lines.append(_wrapped(text, width, indent, indent))
    return "\n".join(lines)


def _wrapped(text: str, width: int, first: str, others: str) -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )
