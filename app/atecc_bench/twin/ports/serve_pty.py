"""A virtual board offered on a pseudo-terminal.

Other programs on Linux and macOS can open it.
"""

import os
import select
import threading
import time
from collections.abc import Callable

from atecc_bench.errors import InputError
from atecc_bench.twin.board.virtual_board import VirtualBoard

_LONGEST_WAIT_S = 0.1  # between two looks at `stop`
_CHUNK = 4096


def serve_pty(board: VirtualBoard, *, on_ready: Callable[[str], None], stop: threading.Event) -> None:
    """Serve a board until `stop` is set.

    `on_ready` gets the device name, short enough for CryptoAuthLib. Clients may come and go; the board keeps running.

    Raises:
        InputError: `no-pty`: this system has no pseudo-terminals.
        BenchError: The board's state file could not be written.
    """
    if os.name == "nt":
        raise InputError(
            "no-pty",
            "Windows has no pseudo-terminals that look like a serial port.",
            "Serve the board on the network: --rfc2217 127.0.0.1:2217.",
        )
    # POSIX only, so not at the top of the file.
    import pty
    import tty

    master, slave = pty.openpty()
    try:
        # The slave stays open here: otherwise the line would hang up with the first client that leaves.
        tty.setraw(slave)
        os.set_blocking(master, False)
        board.opened(time.monotonic())
        on_ready(os.ttyname(slave))
        _pump(board, master, stop)
    finally:
        os.close(master)
        os.close(slave)


def _pump(board: VirtualBoard, master: int, stop: threading.Event) -> None:
    unsent = b""
    while not stop.is_set():
        unsent += board.transmit(time.monotonic())
        if unsent:
            unsent = unsent[_write(master, unsent) :]
        deadline = board.next_ready()
        wait = _LONGEST_WAIT_S
        if deadline is not None:
            wait = min(wait, max(0.0, deadline - time.monotonic()))
        readable, _, _ = select.select([master], [master] if unsent else [], [], wait)
        if readable:
            board.receive(os.read(master, _CHUNK), time.monotonic())


def _write(descriptor: int, data: bytes) -> int:
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return 0
