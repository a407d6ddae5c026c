"""An open port as esptool gets it.

Every wait can be cancelled, and a port that is gone ends everything at once.
"""

import time
from collections.abc import Callable
from typing import Any

from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.serial_channel import PORT_ERRORS, PortLostError, RawPort

_LOOK_S = 0.1  # between two looks at whether somebody cancelled


class WatchedPort:
    """Passes on what esptool does with a port.

    Closing it is left to whoever opened it. esptool answers silence and lost ports with long series of new attempts.
    Here a lost port is a LinkError from the first read or write, and so is silence while `must_answer`. esptool catches
    neither.
    """

    def __init__(self, port: RawPort, cancelled: Callable[[], bool]) -> None:
        self.raw = port
        self.must_answer = False
        self.timeout: float | None = port.timeout
        self._cancelled = cancelled
        port.timeout = _LOOK_S

    @property
    def baudrate(self) -> int:
        """The rate of the port."""
        return self.raw.baudrate

    @baudrate.setter
    def baudrate(self, rate: int) -> None:
        self.raw.baudrate = rate

    @property
    def write_timeout(self) -> float | None:
        """Set by whoever opened the port."""
        return self.raw.write_timeout

    @write_timeout.setter
    def write_timeout(self, seconds: float | None) -> None:
        """Ignore esptool's time-out for writing.

        It is ten times too long for a port that takes nothing any more.
        """

    def read(self, size: int = 1) -> bytes:
        """Read up to `size` bytes, waiting for them at most `timeout` seconds.

        Raises:
            LinkError: `port-lost`; `no-reply` when nothing came and an answer was due.
            CancelledError: The operator cancelled.

        """
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        data = b""
        while len(data) < size:
            self.check()
            try:
                data += self.raw.read(min(size - len(data), max(1, self.raw.in_waiting)))
            except PORT_ERRORS as error:
                raise PortLostError(error) from error
            if deadline is not None and time.monotonic() >= deadline:
                break
        if size and not data and self.must_answer:
            raise LinkError(
                "no-reply",
                "The board stopped answering in the middle of the work.",
                "Check cable and power supply, then start again; a half written flash does no harm to the board.",
            )
        return data

    def write(self, data: bytes) -> int:
        """Send bytes.

        Raises:
            LinkError: `port-lost`.
            CancelledError: The operator cancelled.

        """
        self.check()
        try:
            return self.raw.write(data) or 0
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def inWaiting(self) -> int:  # noqa: N802 - pyserial's old name, which esptool uses
        """Bytes that can be read without waiting."""
        try:
            return self.raw.in_waiting
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def flushInput(self) -> None:  # noqa: N802 - as above
        """Drop what has arrived."""
        self.check()
        try:
            self.raw.reset_input_buffer()
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def flushOutput(self) -> None:  # noqa: N802 - as above
        """Drop what was not sent yet."""
        try:
            self.raw.reset_output_buffer()
        except PORT_ERRORS as error:
            raise PortLostError(error) from error

    def close(self) -> None:
        """Whoever opened the port closes it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def check(self) -> None:
        """Stop here if the operator cancelled.

        Raises:
            CancelledError: So it is.

        """
        if self._cancelled():
            raise CancelledError
