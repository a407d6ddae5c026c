"""Virtual boards that a test makes by hand, offered to this very process: by RFC 2217, and on a pseudo-terminal."""

import queue
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from atecc_bench.twin.board.i2c_bus import Bus, SimClock
from atecc_bench.twin.board.rom_target import ESP32, RomTarget
from atecc_bench.twin.board.spi_flash import Boots, BridgeImages, SpiFlash
from atecc_bench.twin.board.virtual_board import BridgeBoard, Speed, VirtualBoard
from atecc_bench.twin.ports.serve_pty import serve_pty
from atecc_bench.twin.ports.serve_rfc2217 import NetworkAddress, serve_rfc2217

SMALL_FLASH = 256 * 1024


def rom_board(
    target: RomTarget = ESP32,
    *,
    images: BridgeImages | None = None,
    boots: Boots = Boots.NOTHING,
    size: int = 4 * 1024 * 1024,
) -> BridgeBoard:
    """A board without a chip on its bus."""
    flash = SpiFlash(images or BridgeImages(), boots=boots, target=target, size=size)
    return BridgeBoard(Bus(()), SimClock(), Speed.MAX, flash=flash)


def wait_for_download(board: VirtualBoard) -> None:
    """What the two buttons of a board do."""
    now = time.monotonic()
    for dtr, rts, after in ((False, True, 0.0), (True, False, 0.1), (False, False, 0.2)):
        board.set_lines(dtr=dtr, rts=rts, wall=now - 1 + after)
    board.transmit(now)


@contextmanager
def on_network(board: VirtualBoard) -> Generator[str]:
    """Serve a board by RFC 2217; gives its URL."""
    ready: queue.SimpleQueue[str] = queue.SimpleQueue()
    stop = threading.Event()
    address = NetworkAddress("127.0.0.1", 0)
    thread = threading.Thread(
        target=serve_rfc2217,
        args=(board, address),
        kwargs={"allow_remote": False, "on_ready": ready.put, "stop": stop},
    )
    thread.start()
    try:
        yield ready.get(timeout=10)
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


class PtyBoard:
    """A board on a pseudo-terminal, which has no DTR and RTS."""

    def __init__(self, board: VirtualBoard) -> None:
        ready: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=serve_pty, args=(board,), kwargs={"on_ready": ready.put, "stop": self._stop}
        )
        self._thread.start()
        self.port = ready.get(timeout=10)

    def unplug(self) -> None:
        """Take the board away."""
        self._stop.set()
        self._thread.join()


@contextmanager
def in_download(board: VirtualBoard) -> Generator[str]:
    """Serve a board that waits for a download already, in the way that is quickest here."""
    wait_for_download(board)
    if sys.platform == "win32":
        with on_network(board) as url:
            yield url
        return
    served = PtyBoard(board)
    try:
        yield served.port
    finally:
        served.unplug()
