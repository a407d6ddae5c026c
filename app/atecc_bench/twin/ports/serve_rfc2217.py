"""A virtual board offered on the network by RFC 2217.

A serial port over Telnet, for other programs. pyserial's `PortManager` speaks the protocol; DTR and RTS of the client
reach the board's reset circuit. One client at a time: while one is connected, the next is turned away.
"""

import ipaddress
import logging
import re
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from serial.rfc2217 import PortManager

from atecc_bench.errors import DeviceError, InputError, RefusedError
from atecc_bench.twin.board.virtual_board import VirtualBoard

_logger = logging.getLogger(__name__)
_LONGEST_WAIT_S = 0.1  # between two looks at `stop`
_CHUNK = 4096
_LONGEST_SUBNEGOTIATION = 64  # bytes; the longest one that is known has six
_LONGEST_UNSENT = 1 << 16  # bytes
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.%\w]+)\]|(?P<name>[^:\[\]]+)):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True)
class NetworkAddress:
    """Address to listen at.

    A host name or number, and a TCP port, 0 for any that is free.
    """

    host: str
    port: int


def parse_network_address(text: str) -> NetworkAddress:
    """Read `HOST:PORT`; an IPv6 number stands in brackets.

    Raises:
        InputError: `network-address`.

    """
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match["port"]) > 0xFFFF:
        raise InputError(
            "network-address",
            f"{text!r} is not an address to listen on.",
            "Write HOST:PORT, for example 127.0.0.1:2217 or [::1]:2217.",
        )
    return NetworkAddress(match["six"] or match["name"], int(match["port"]))


def serve_rfc2217(
    board: VirtualBoard,
    address: NetworkAddress,
    *,
    allow_remote: bool,
    on_ready: Callable[[str], None],
    stop: threading.Event,
) -> None:
    """Serve a board until `stop` is set.

    `on_ready` gets the URL under which pyserial opens it.

    Raises:
        RefusedError: `remote-not-allowed`: others on the network could reach the board.
        InputError: `network-address`: there is no such host.
        DeviceError: `address-not-usable`: the port is taken or not allowed.
        BenchError: The board's state file could not be written.
    """
    family, where = _resolve(address)
    if not allow_remote and not ipaddress.ip_address(where[0].partition("%")[0]).is_loopback:
        raise RefusedError(
            "remote-not-allowed",
            f"{address.host} can be reached from other computers, and whoever connects can use the board.",
            "Listen on 127.0.0.1 or [::1], or say that you mean it: --allow-remote.",
        )
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        try:
            listener.bind(where)
            listener.listen()
        except (OSError, OverflowError) as error:
            raise DeviceError(
                "address-not-usable",
                f"Nothing can be served on {address.host}:{address.port}: {error}",
                "Choose another port, or 0 for any that is free.",
            ) from error
        listener.settimeout(0)
        host = f"[{address.host}]" if ":" in address.host else address.host
        on_ready(f"rfc2217://{host}:{listener.getsockname()[1]}")
        while not stop.is_set():
            if select.select([listener], [], [], _LONGEST_WAIT_S)[0]:
                connection, _ = listener.accept()
                board.opened(time.monotonic())
                with connection:
                    _Client(board, connection).serve(listener, stop)
                board.closed()


def _resolve(address: NetworkAddress) -> tuple[int, tuple[Any, ...]]:
    try:
        family, *_, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise InputError(
            "network-address",
            f"There is no host {address.host!r}: {error}",
            "Write HOST:PORT, for example 127.0.0.1:2217.",
        ) from error
    return family, where


class _Port:
    """The serial port that `PortManager` sees.

    Settings that it stores, and lines that it moves.
    """

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board
        self._dtr = self._rts = False
        # Stored for the client; the board sends at its own rate, 8N1, without flow control.
        self.baudrate, self.bytesize, self.parity, self.stopbits = board.baud, 8, "N", 1
        self.xonxoff = self.rtscts = self.break_condition = False
        self.cts = self.dsr = self.cd = True
        self.ri = False

    @property
    def dtr(self) -> bool:
        return self._dtr

    @dtr.setter
    def dtr(self, value: bool) -> None:
        self._dtr = value
        self._set_lines()

    @property
    def rts(self) -> bool:
        return self._rts

    @rts.setter
    def rts(self, value: bool) -> None:
        self._rts = value
        self._set_lines()

    def release(self) -> None:
        self._dtr = self._rts = False
        self._set_lines()

    def reset_input_buffer(self) -> None:
        self._board.transmit(time.monotonic())

    def reset_output_buffer(self) -> None:
        """Nothing ever waits to be sent to the board."""

    def _set_lines(self) -> None:
        self._board.set_lines(dtr=self._dtr, rts=self._rts, wall=time.monotonic())


class _MalformedError(Exception):
    """A client sends what no Telnet client would."""


class _Client:
    """One connected client; `PortManager` writes its side of the negotiation here."""

    def __init__(self, board: VirtualBoard, connection: socket.socket) -> None:
        self._board = board
        self._connection = connection
        self._unsent = b""
        connection.settimeout(0)
        # A reply is one small packet, and the client waits for it.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = _Port(board)
        # PortManager is declared for two pyserial ports, and uses no more of them than these two have.
        self._manager = PortManager(cast("Any", self._port), cast("Any", self))

    def write(self, data: bytes) -> None:
        self._unsent += data

    def serve(self, listener: socket.socket, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and self._step(listener):
                pass
        except _MalformedError as error:
            _logger.warning("A client of the virtual board was sent away: %s", error)
        except OSError:
            return  # the client is gone, which is the end of the conversation
        finally:
            self._port.release()

    def _step(self, listener: socket.socket) -> bool:
        for byte in self._manager.escape(self._board.transmit(time.monotonic())):
            self._unsent += byte
        if self._unsent:
            self._unsent = self._unsent[self._send() :]
        deadline = self._board.next_ready()
        wait = _LONGEST_WAIT_S
        if deadline is not None:
            wait = min(wait, max(0.0, deadline - time.monotonic()))
        writing = [self._connection] if self._unsent else []
        # Who does not take the answers is not heard.
        reading = [self._connection, listener] if len(self._unsent) <= _LONGEST_UNSENT else [listener]
        readable, _, _ = select.select(reading, writing, [], wait)
        if self._connection in readable:
            data = self._connection.recv(_CHUNK)
            if not data:
                return False
            # One by one, because between two bytes the filter may move a line.
            for byte in self._filtered(data):
                self._board.receive(byte, time.monotonic())
        elif listener in readable:  # only while this client is there still: the next may be here because it is gone
            with suppress(OSError):  # gone again before it could be turned away
                listener.accept()[0].close()
        return True

    def _filtered(self, data: bytes) -> Iterator[bytes]:
        """What is no Telnet; PortManager checks no lengths and no values itself."""
        passed = iter(self._manager.filter(data))
        while True:
            try:
                byte = next(passed, None)
            except (struct.error, LookupError, TypeError, ValueError) as error:
                raise _MalformedError(f"its subnegotiation cannot be read ({error})") from error
            if len(self._manager.suboption or b"") > _LONGEST_SUBNEGOTIATION:
                raise _MalformedError("its subnegotiation does not end")
            if byte is None:
                return
            yield byte

    def _send(self) -> int:
        try:
            return self._connection.send(self._unsent)
        except BlockingIOError:
            return 0
