"""What the tests of several rooms share."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from cryptoauthlib_runner import Answers, build_shim, run_script
from softhsm import softhsm as softhsm
from vendor_sources import vendor_sources as vendor_sources

_SERVER = """
import sys, threading
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.serve_pty import serve_pty
board = open_board(parse_virtual_url(sys.argv[1]))
serve_pty(board, on_ready=lambda path: print(path, flush=True), stop=threading.Event())
"""


@pytest.fixture
def served_board() -> Iterator[Callable[[str], str]]:
    """Serve a `virtual://` URL from a process of its own; gives the name of the serial device."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals that look like a serial port")
    servers: list[subprocess.Popen[str]] = []

    def serve(url: str) -> str:
        server = subprocess.Popen([sys.executable, "-c", _SERVER, url], stdout=subprocess.PIPE, text=True)
        servers.append(server)
        assert server.stdout is not None
        return server.stdout.readline().strip()

    yield serve
    for server in servers:
        server.terminate()
        server.communicate()


@pytest.fixture
def run_cryptoauthlib(tmp_path: Path) -> Callable[[str, str], Answers]:
    """Run a script with CryptoAuthLib open on a serial device."""
    return partial(run_script, build_shim(tmp_path))
