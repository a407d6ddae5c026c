"""Lines of text to a bridge and back, whatever carries them."""

from typing import Protocol


class LineChannel(Protocol):
    """An open way to a bridge.

    One thread owns a channel.

    Raises:
        PortLostError: From every method, when the way is gone.
    """

    @property
    def rate(self) -> int:
        """Bits a second, both ways."""
        ...

    def set_rate(self, rate: int) -> None:
        """Change the rate on this side."""
        ...

    def write_line(self, line: str) -> None:
        """Drop what has come in, and send a line.

        The line is ASCII, without its end.
        """
        ...

    def receive(self) -> bytes:
        """Bytes that come in; waits for them at most `POLL_S`."""
        ...

    def take_pending(self) -> bytes:
        """Bytes that have come in already."""
        ...

    def close(self) -> None:
        """Release it."""
        ...
