"""A server that accepts and says nothing: Ctrl+C ends what waits for it, with `cancelled` and 3."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has not these signals"),
]


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", ["info", "bundle", "flash"])
def test_a_signal_ends_the_wait_for_a_silent_server(
    silent: socket.socket, tmp_path: Path, verb: str, number: signal.Signals
):
    out = tmp_path / "found.zip"
    words = [verb, "--port", f"rfc2217://127.0.0.1:{silent.getsockname()[1]}", "--json"]
    if verb == "bundle":
        words += ["--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-m", "atecc_bench", *words], env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        held, _ = silent.accept()
        with held:
            held.recv(1)  # it has connected, and asks
            process.send_signal(number)
            said, err = process.communicate(timeout=60)
    assert (process.returncode, json.loads(said)["error"]["id"], err) == (3, "cancelled", b"")
    assert not out.exists()
