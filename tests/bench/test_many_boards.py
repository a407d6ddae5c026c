"""Sixteen boards at once, each with one device after the other, against one board with as many."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atecc_bench.link.board import connect
from atecc_bench.pki.authority import create_authority
from atecc_bench.provision.order import Order, carry_out, prepare
from atecc_bench.provision.plan import issuer_of
from atecc_bench.provision.profile import load_profile
from atecc_bench.provision.records import Records
from atecc_bench.provision.run import Verdict

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that look like a serial port"),
]

BOARDS = 16
DEVICES = 10
BAUD = 921600

# A board whose chip is another one for each line on stdin, as a technician puts the next device in.
_SERVE = """
import sys, threading
from atecc_bench.twin.presets import open_board, parse_virtual_url
from atecc_bench.twin.serve import serve_pty

def serve(stop):
    board = open_board(parse_virtual_url("virtual://fresh?speed=real"))
    serve_pty(board, on_ready=lambda port: print(port, flush=True), stop=stop)

print("ready", flush=True)
for line in sys.stdin:
    stop = threading.Event()
    threading.Thread(target=serve, args=(stop,), daemon=True).start()
"""


class _Board:
    def __init__(self) -> None:
        command = [sys.executable, "-c", _SERVE]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready"

    def next_device(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("next\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def provision_all(tmp_path: Path) -> Callable[[list[_Board]], float]:
    """Provision `DEVICES` devices on each of some boards; gives the seconds that takes."""
    now = datetime.now(UTC)
    authority, _ = create_authority(organization="Nordlys AS", now=now)
    order = Order(load_profile("trustcustom-tls"), issuer_of(authority.root, authority.signer, None), authority)
    records = Records(tmp_path)

    def provision(board: _Board) -> None:
        for _ in range(DEVICES):
            with connect(board.next_device()) as connection:
                session = connection.open_chip()
                connection.set_baud(BAUD)
                prepared = prepare(order, session, records, virtual=True, now=now)
                report = carry_out(
                    prepared, session, records, virtual=True, bridge="", now=now, progress=lambda _: None
                )
            assert report.outcome.verdict is Verdict.PASS

    def all_of(boards: list[_Board]) -> float:
        started = time.perf_counter()
        with ThreadPoolExecutor(len(boards)) as threads:
            list(threads.map(provision, boards))
        return time.perf_counter() - started

    return all_of


def test_sixteen_boards_at_once(provision_all: Callable[[list[_Board]], float]) -> None:
    with ExitStack() as stack:
        boards = [_Board() for _ in range(BOARDS)]
        for board in boards:
            stack.callback(board.close)
        one = provision_all(boards[:1])
        all_ = provision_all(boards)
    ratio = BOARDS * one / all_
    print(f"\n{BOARDS} boards with {DEVICES} devices each: {all_:.1f} s; one board: {one:.1f} s; ", end="")
    print(f"{ratio:.1f} x its throughput")
    assert ratio >= 12
