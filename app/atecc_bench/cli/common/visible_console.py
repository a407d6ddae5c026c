"""A console of Rich that shows what a terminal would obey."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from atecc_bench.visible_text import visible


class VisibleConsole(Console):
    """Console whose only control codes are its own."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Turn a string into a text, measured as it is shown."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render what may hold a text that was no string here."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)
