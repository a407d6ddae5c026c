"""A board in another process that can be plugged in and pulled, and keeps its chip meanwhile."""

import subprocess
import sys
from pathlib import Path

from atecc_bench.link.transports.serial_ports import PortInfo

_SERVER = """
import sys, threading
from atecc_bench.twin.board import bridge
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.serve_pty import serve_pty
if sys.argv[2] == "silicon":
    begin = bridge.KitBridge.__init__
    def begin_without_mark(self, *arguments):
        begin(self, *arguments)
        self._name = self._name.removesuffix(" VIRTUAL")
    bridge.KitBridge.__init__ = begin_without_mark
    bridge._REQUESTS = tuple(entry for entry in bridge._REQUESTS if entry.path != "board:bridge:simulated")
board = open_board(parse_virtual_url(sys.argv[1]))
serve_pty(board, on_ready=lambda path: print(path, flush=True), stop=threading.Event())
"""


class Cable:
    """`as_silicon`: the bridge does not say that it is virtual, as one on a real board."""

    def __init__(self, *, as_silicon: bool = False) -> None:
        self._says = "silicon" if as_silicon else "virtual"
        self._server: subprocess.Popen[str] | None = None
        self.port = ""

    def plug_in(self, state: Path, speed: str = "max") -> None:
        """Plug in the board whose chip is in this file; a new chip if there is no such file."""
        command = [sys.executable, "-c", _SERVER, f"virtual://fresh?state={state}&speed={speed}", self._says]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._server.stdout is not None
        self.port = self._server.stdout.readline().strip()

    def pull(self) -> None:
        """Pull the plug, whatever is under way."""
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
        self._server = None

    def ports(self) -> tuple[PortInfo, ...]:
        """What the system would list."""
        return (PortInfo(self.port, "", 0x10C4, 0xEA60, "0001", "Silicon Labs CP210x"),) if self._server else ()
