"""One question to a chip.

It is asked in as many commands as it takes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from atecc_bench.workflows.silicon.asking import Asking


@dataclass(frozen=True)
class Check:
    """One check.

    `id` is stable, kebab case; `title` is a noun phrase; `assumption` the id of what the twin assumes there, None for
    what is documented. `ask` raises `NotAskedError` when it cannot be asked of this chip.
    """

    id: str
    title: str
    ask: Callable[[Asking], None]
    assumption: str | None = None
