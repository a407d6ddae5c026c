"""The exchange trace.

Every request to a bridge and its reply, with times, for any page to show.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

KEPT = 2000


@dataclass(frozen=True)
class Exchange:
    """One request line and its reply line, without line ends.

    `started` is wall-clock time in seconds since the epoch, `seconds` the time until the reply was complete.
    `reply` is empty when none came.
    """

    started: float
    seconds: float
    request: str
    reply: str


class Trace:
    """The last exchanges, newest last, and their listeners."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[Exchange], None]] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges kept so far."""
        return tuple(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange and tell the listeners, on the calling thread."""
        self._exchanges.append(exchange)
        for listener in self._listeners:
            listener(exchange)

    def listen(self, listener: Callable[[Exchange], None]) -> None:
        """Call `listener` for each new exchange."""
        self._listeners.append(listener)
