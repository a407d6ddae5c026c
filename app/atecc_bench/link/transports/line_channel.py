"""Lines of text to a bridge and back, whatever carries them."""

from typing import Protocol


class LineChannel(Protocol):
    """An open way to a bridge. Every method raises `PortLostError` when it is gone. One thread owns a channel."""

    @property
    def rate(self) -> int:
        """Bits a second, both ways."""
        ...

    def set_rate(self, rate: int) -> None:
        """Change the rate on this side."""
        ...

    def write_line(self, line: str) -> None:
        """Drop what has come in, and send a line (ASCII, without its end)."""
        ...

    def receive(self) -> bytes:
        """What comes in; waits for it for a moment, at most `POLL_S`."""
        ...

    def take_pending(self) -> bytes:
        """What has come in already."""
        ...

    def close(self) -> None:
        """Release it."""
        ...
