"""A board that a test writes: a pseudo-terminal whose other end answers as a script says."""

import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress

VERSION = "Scripted bridge 1.2 ESP32"
NO_DEVICE = b"no_device TWI 00(00)\n"

Script = Callable[["ScriptedBoard", str], None]


def ok(payload: bytes = b"") -> bytes:
    return b"00(" + payload.hex().upper().encode() + b")\n"


def bridge(board: "ScriptedBoard", request: str) -> None:
    """What a bridge with one chip answers on the way to it."""
    if request == "board:version()":
        board.send(ok(VERSION.encode()))
    elif request == "board:device(00)":
        board.send(b"ECC608 TWI 00(C0)\n")
    elif request.startswith("board:device"):
        board.send(NO_DEVICE)
    else:
        board.send(ok())


def says_nothing(board: "ScriptedBoard", request: str) -> None:
    """Hears and says nothing."""
    del board, request


class ScriptedBoard:
    """The far end of a serial line. `heard` has the request lines in order."""

    def __init__(self, script: Script, greeting: bytes = b"") -> None:
        self.script = script
        self.heard: list[str] = []
        self._master, self._slave = os.openpty()
        import tty  # POSIX only, so not at the top of the file

        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        self._later: list[tuple[float, bytes]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        if greeting:
            # Not before somebody has opened the port: opening drops what came before.
            self.send_later(0.2, greeting)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """Send bytes now; what nobody reads is lost."""
        with suppress(BlockingIOError):
            os.write(self._master, data)

    def send_later(self, seconds: float, data: bytes) -> None:
        """Send bytes after a while, unless a request of that moment makes it say something else first."""
        self._later.append((time.monotonic() + seconds, data))

    def unplug(self) -> None:
        """Take the board away."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        os.close(self._slave)
        os.close(self._master)

    def close(self) -> None:
        if not self._stop.is_set():
            self.unplug()

    def _serve(self) -> None:
        received = b""
        while not self._stop.is_set():
            readable, _, _ = select.select([self._master], [], [], 0.01)
            if readable:
                received += os.read(self._master, 4096)
            *lines, received = received.split(b"\n")
            for line in lines:
                self.heard.append(line.decode("ascii"))
                self.script(self, self.heard[-1])
            if self._stop.is_set():
                return
            for moment, data in [item for item in self._later if item[0] <= time.monotonic()]:
                self._later.remove((moment, data))
                self.send(data)
