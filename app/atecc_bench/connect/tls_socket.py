"""A TLS connection as a socket that never blocks.

That is what paho-mqtt wants.
"""

import select
import socket
import time
from collections.abc import Iterator
from typing import Any

from atecc_bench.connect import tlslite_api as tls
from atecc_bench.connect.alert_causes import cause_of_silence
from atecc_bench.connect.destination import TIME_LIMIT_S
from atecc_bench.connect.handshake import Watch, accepted, cause_of, is_accepted, wait_for
from atecc_bench.errors import BenchError, RefusedError

_SLICE_S = 0.1
_MOMENT_S = 0.4
_ANSWER_S = 3.0


class TlsSocket:
    """What goes over a TLS connection, as bytes of a socket.

    `error` keeps why it ended: to its reader it looks like the end of the stream.
    """

    def __init__(self, watch: Watch, connection: Any, sock: socket.socket) -> None:
        self._watch = watch
        self._connection = connection
        self._sock = sock
        self._reading: Iterator[Any] | None = None
        self._data = b""
        self.error: BenchError | None = None

    def recv(self, buffer_size: int) -> bytes:
        """Give what came in.

        Raises:
            BlockingIOError: Nothing has.
        """
        if not self._data and self.error is None:
            self._read()
        taken, self._data = self._data[:buffer_size], self._data[buffer_size:]
        return taken

    def _read(self) -> None:
        self._reading = self._reading or self._connection.readAsync(None, 1)
        try:
            for result in self._reading or ():
                if result in (0, 1):
                    raise BlockingIOError
                self._data = bytes(result)
        except BlockingIOError:
            raise
        except (OSError, *tls.NOT_TLS) as error:
            self.error = cause_of(self._watch, self._connection, error)
        self._reading = None

    def await_word(self, limit_s: float) -> bool:
        """Wait for anything that the server says.

        That is a session ticket, data, an alert, or the end.

        Returns whether it came in time.
        """
        until = time.monotonic() + limit_s
        while not self._connection.tickets:
            try:
                self._read()
            except BlockingIOError:
                if self._connection.tickets:
                    break
                if time.monotonic() > until:
                    return False
                self._watch.check_cancelled()
                select.select([self._sock], [], [], _SLICE_S)
            else:
                break
        return True

    @property
    def is_closed(self) -> bool:
        """Whether the server ended it."""
        return bool(self._connection.closed)

    def pending(self) -> int:
        """How many bytes are here that no select tells of."""
        return len(self._data)

    def send(self, buffer: bytes) -> int:
        """Send all of it."""
        try:
            wait_for(self._watch, self._sock, self._connection.writeAsync(buffer), TIME_LIMIT_S)
        except (BenchError, OSError, *tls.NOT_TLS) as error:
            self.error = error if isinstance(error, BenchError) else cause_of(self._watch, self._connection, error)
            raise ConnectionError from error
        return len(buffer)

    def fileno(self) -> int:
        """The number that select waits for."""
        return self._sock.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - the socket's own signature
        """Nothing: it never blocks."""

    def close(self) -> None:
        """Close the connection without waiting for the other side."""
        self._sock.close()


def settle(watch: Watch, over: TlsSocket) -> None:
    """Wait until a server of TLS 1.3 shows that it agrees.

    Its part of the handshake ended before ours: a session ticket tells, and so does an alert.

    Raises:
        RefusedError: The server refuses; `server-silent` when it says nothing.
    """
    if is_accepted(watch):
        return
    came = over.await_word(_ANSWER_S)
    if over.error is not None:
        raise over.error
    if not came:
        raise RefusedError(
            "server-not-answering",
            f"The handshake of TLS 1.3 is done, and the server said nothing for {_ANSWER_S:.0f} s: whether it took the "
            "device's certificate shows only when it answers something.",
            "Give --mqtt or --http, so that it has to answer; or --tls 1.2, where the handshake itself tells.",
        )
    if over.is_closed:
        raise cause_of_silence(watch.facts)
    accepted(watch, "The server took the certificate and the signature: it gave a session ticket.")


def look_before_speaking(watch: Watch, over: TlsSocket) -> None:
    """Give a server of TLS 1.3 a moment to refuse.

    What is written to one that has hung up already ends the connection before its alert is read.
    """
    if not is_accepted(watch):
        over.await_word(_MOMENT_S)
        if over.error is not None:
            raise over.error
