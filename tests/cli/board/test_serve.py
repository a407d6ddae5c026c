"""`atecc-bench serve`: the port is the first line, refusals say what to do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

Start = Callable[..., str]
# pyserial 3.5 starts its reader thread in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "atecc_bench", "serve", *arguments]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        servers.append(server)
        assert server.stdout is not None
        return server.stdout.readline().strip()

    yield run
    for server in servers:
        server.terminate()
        server.communicate()
        assert server.returncode == (1 if sys.platform == "win32" else 0)


def ask(port: str, request: bytes) -> bytes:
    with serial.serial_for_url(port, 115200, timeout=5) as opened:
        opened.write(request)
        return opened.readline()


@pytest.mark.slow
def test_a_board_on_the_network(start: Start) -> None:
    url = start("--rfc2217", "127.0.0.1:0", "--chip", "fresh+wrong-address", "--speed", "max", "--seed", "0")
    assert url.startswith("rfc2217://127.0.0.1:")
    assert ask(url, b"board:bridge:scan()\n") == b"00(B0C0)\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that look like a serial port")
def test_a_board_on_a_pseudo_terminal_with_faults(start: Start) -> None:
    faults = ("--fault", "byte-dropped:1", "--fault", "byte-flipped:3")
    device = start("--pty", "--chip", "fresh", *faults)
    assert ask(device, b"ecc:wake()\n") == b"0)04113343)\n"


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        ([], 2, "--pty or --rfc2217"),
        (["--pty", "--rfc2217", "127.0.0.1:0"], 2, "--pty or --rfc2217"),
        (["--rfc2217", "2217"], 2, "HOST:PORT"),
        (["--rfc2217", "0.0.0.0:0"], 1, "--allow-remote"),
        (["--pty", "--fault", "rain:1"], 2, "byte-dropped"),
        (["--pty", "--seed", "-1"], 2, "seed=N"),
    ],
)
def test_refusals(run: Callable[..., Any], arguments: list[str], code: int, hint: str) -> None:
    done = run("serve", "--chip", "fresh", *arguments)
    assert done.code == code
    assert hint in done.err.replace("\n", " ")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that look like a serial port")
def test_a_state_file_with_a_space_in_its_name(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "bench one.json"
    device = start("--pty", "--chip", "fresh", "--state", str(state), "--speed", "max")
    assert ask(device, b"board:bridge:scan()\n") == b"00(C0)\n"
    assert state.is_file()
