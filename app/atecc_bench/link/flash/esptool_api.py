"""The part of esptool that is used here, and its log.

esptool has no type stubs; nothing else imports it.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import esptool.cmds as _cmds  # pyright: ignore[reportMissingTypeStubs]
import esptool.loader as _loader  # pyright: ignore[reportMissingTypeStubs]
import esptool.reset as _reset  # pyright: ignore[reportMissingTypeStubs]
import esptool.targets as _targets  # pyright: ignore[reportMissingTypeStubs]
import esptool.util as _util  # pyright: ignore[reportMissingTypeStubs]
from esp_pylib.logger import EspLog, EspLogBase
from rich.errors import MarkupError
from rich.text import Text

cmds = cast("Any", _cmds)
reset = cast("Any", _reset)
ESPLoader = cast("Any", _loader).ESPLoader
CHIPS: dict[str, Any] = cast("Any", _targets).CHIP_DEFS
FatalError: type[Exception] = cast("Any", _util).FatalError


class _Log(EspLogBase):
    """Hands every line of esptool to a listener.

    Markup is taken out; progress is told by those who make it.
    """

    def __init__(self, listener: Callable[[str], None]) -> None:
        self._listener = listener
        self._begun = ""

    def print(self, *args: Any, **kwargs: Any) -> None:
        text = self._begun + _plain(" ".join(str(part) for part in args))
        if kwargs.get("end", "\n") != "\n":
            self._begun = text
            return
        self._begun = ""
        for line in text.strip().splitlines():
            self._listener(line.strip())

    def err(self, *args: Any, suggestion: str | None = None) -> None:
        self.print(*args)

    def warn(self, *args: Any, suggestion: str | None = None) -> None:
        if not any("--before" in str(part) for part in args):  # what to set on its command line helps nobody here
            self.print(*args)

    def note(self, *args: Any) -> None:
        """Its notes are about options of its command line."""

    def hint(self, *args: Any) -> None:
        self.print(*args)

    def debug(self, *args: Any) -> None:
        """Nobody wants to know."""

    def stage(self, finish: bool = False) -> None:  # noqa: FBT001, FBT002 - esptool's own signature
        """A stage is not shown differently."""

    def set_verbosity(self, mode: int | str) -> None:
        """Everything is handed on."""

    def progress_bar(
        self, cur_iter: int, total_iters: int, prefix: str = "", suffix: str = "", bar_length: int = 30
    ) -> None:
        """Show nothing: progress is told in other ways."""


@contextmanager
def listening_to_log(listener: Callable[[str], None]) -> Generator[None]:
    """Hand esptool's log to a listener.

    None of it reaches stdout then; esptool has one log in a process.
    """
    before = EspLog.instance
    EspLog.set_logger(_Log(listener))
    try:
        yield
    finally:
        EspLog.instance = before


def _plain(text: str) -> str:
    try:
        return Text.from_markup(text).plain
    except MarkupError:
        return text
