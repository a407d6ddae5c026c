"""pyserial's handler for `virtual://` URLs.

`register_virtual_scheme` makes pyserial find it by its file name.
"""

import threading
import time
from typing import Any

from serial.serialutil import PortNotOpenError, SerialBase, SerialException

from atecc_bench.twin.board.virtual_board import VirtualBoard
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url


class Serial(SerialBase):
    """A serial port with a virtual board at its other end.

    Closing from another thread ends a read that waits. Opening it again finds the same board.
    """

    BAUDRATES = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1500000, 2000000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._condition = threading.Condition()
        self._arrived = bytearray()
        self._read_cancelled = False
        self._board: VirtualBoard | None = None
        self._board_url: str | None = None
        super().__init__(*args, **kwargs)

    @property
    def board(self) -> VirtualBoard:
        """The board at the other end."""
        if self._board is None:
            raise PortNotOpenError
        return self._board

    def open(self) -> None:
        """Open the port.

        Raises:
            InputError: The URL cannot be used.
            SerialException: the port is open already, or has no URL.

        """
        if self.port is None:
            raise SerialException("Port must be configured before it can be used.")
        if self.is_open:
            raise SerialException("Port is already open.")
        if self._board is None or self._board_url != self.port:
            self._board = open_board(parse_virtual_url(self.port))
            self._board_url = self.port
        self._reconfigure_port()
        with self._condition:
            self._arrived.clear()
            self._read_cancelled = False
            self.is_open = True
            self._set_lines(dtr=self.dtr, rts=self.rts)
            self._board.opened(time.monotonic())

    def close(self) -> None:
        """Close the port, which releases DTR and RTS.

        A read in another thread returns with what it has.
        """
        with self._condition:
            if self.is_open:
                self._set_lines(dtr=False, rts=False)
            self.is_open = False
            self._condition.notify_all()

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read without waiting."""
        with self._condition:
            self._collect()
            return len(self._arrived)

    @property
    def out_waiting(self) -> int:
        """Nothing ever waits to be sent."""
        return 0

    def read(self, size: int = 1, /) -> bytes:
        """Read up to `size` bytes, waiting for them at most `timeout` seconds."""
        timeout: float | None = self.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._condition:
            self._collect()
            while len(self._arrived) < size and self.is_open and not self._read_cancelled:
                remaining = _remaining(deadline)
                if remaining is not None and remaining <= 0:
                    break
                self._condition.wait(_sooner(remaining, _remaining(self.board.next_ready())))
                if self.is_open:
                    self._collect()
            self._read_cancelled = False
            data = bytes(self._arrived[:size])
            del self._arrived[:size]
            return data

    def write(self, b: Any, /) -> int:
        """Send bytes to the board; never waits."""
        data = bytes(memoryview(b))
        with self._condition:
            if not self.is_open:
                raise PortNotOpenError
            self.board.receive(data, time.monotonic())
            self._condition.notify_all()
        return len(data)

    def flush(self) -> None:
        """Everything has been sent already."""

    def reset_input_buffer(self) -> None:
        """Drop what has arrived."""
        with self._condition:
            self._collect()
            self._arrived.clear()

    def reset_output_buffer(self) -> None:
        """Nothing ever waits to be sent."""

    def cancel_read(self) -> None:
        """Let a read in another thread return with what it has."""
        with self._condition:
            self._read_cancelled = True
            self._condition.notify_all()

    def cancel_write(self) -> None:
        """No write ever waits."""

    def _collect(self) -> None:
        if not self.is_open:
            raise PortNotOpenError
        self._arrived += self.board.transmit(time.monotonic())

    def _reconfigure_port(self) -> None:
        """Any rate is taken: the board's own decides how long bytes need."""

    def _update_break_state(self) -> None:
        """The bridge does not listen to a break."""

    def _update_dtr_state(self) -> None:
        """Pass DTR on to the board's reset circuit."""
        self._update_lines()

    def _update_rts_state(self) -> None:
        """Pass RTS on to the board's reset circuit."""
        self._update_lines()

    def _update_lines(self) -> None:
        with self._condition:
            self._set_lines(dtr=self.dtr, rts=self.rts)
            self._condition.notify_all()

    def _set_lines(self, *, dtr: bool, rts: bool) -> None:
        self.board.set_lines(dtr=dtr, rts=rts, wall=time.monotonic())

    @property
    def cts(self) -> bool:
        """Always asserted."""
        return True

    @property
    def dsr(self) -> bool:
        """Always asserted."""
        return True

    @property
    def ri(self) -> bool:
        """Never rings."""
        return False

    @property
    def cd(self) -> bool:
        """Always asserted."""
        return True


def _remaining(moment: float | None) -> float | None:
    return None if moment is None else moment - time.monotonic()


def _sooner(one: float | None, other: float | None) -> float | None:
    """The shorter of two waits, None being for ever."""
    waits = [wait for wait in (one, other) if wait is not None]
    return max(0.0, min(waits)) if waits else None
