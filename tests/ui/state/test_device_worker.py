"""The thread that owns the device: what was asked for can be taken back at any moment, and nothing is left behind."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from atecc_bench.errors import BenchError
from atecc_bench.ui.state.device_worker import DeviceFacts, DeviceWorker

WAIT_MS = 15_000


class Ears:
    """Hears how operations ended."""

    def __init__(self) -> None:
        self.connected: list[str] = []
        self.failed: list[str] = []

    def done(self, facts: DeviceFacts) -> None:
        self.connected.append(facts.port)

    def refused(self, error: BenchError) -> None:
        self.failed.append(error.id)


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def worker(qapp: object) -> Iterator[DeviceWorker]:
    worker = DeviceWorker()
    yield worker
    worker.shut_down()


@pytest.fixture
def silent() -> Iterator[Callable[[], str]]:
    """Makes ports where nobody ever answers."""
    servers: list[socket.socket] = []

    def make() -> str:
        servers.append(socket.create_server(("127.0.0.1", 0)))
        return f"socket://127.0.0.1:{servers[-1].getsockname()[1]}"

    yield make
    for server in servers:
        server.close()


def idle(worker: DeviceWorker, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not worker.busy, timeout=WAIT_MS)


def test_a_cancel_right_after_the_request_is_not_lost(
    worker: DeviceWorker, ears: Ears, silent: Callable[[], str], qtbot: QtBot
) -> None:
    worker.connect_to(silent(), ears.done, ears.refused)
    worker.cancel()
    idle(worker, qtbot)
    assert (ears.connected, ears.failed) == ([], ["cancelled"])


def test_a_cancel_does_not_reach_what_is_asked_for_later(worker: DeviceWorker, ears: Ears, qtbot: QtBot) -> None:
    worker.connect_to("virtual://provisioned", ears.done, ears.refused)
    worker.cancel()
    worker.connect_to("virtual://fresh", ears.done, ears.refused)
    idle(worker, qtbot)
    assert (ears.connected, ears.failed) == (["virtual://fresh"], [])


def test_another_port_supersedes_those_that_are_still_being_tried(
    worker: DeviceWorker, ears: Ears, silent: Callable[[], str], qtbot: QtBot
) -> None:
    for _ in range(3):
        worker.connect_to(silent(), ears.done, ears.refused)
    worker.connect_to("virtual://provisioned", ears.done, ears.refused)
    idle(worker, qtbot)
    assert (ears.connected, ears.failed) == (["virtual://provisioned"], [])


def test_giving_up_to_connect_leaves_alone_what_runs_before_it(
    worker: DeviceWorker, ears: Ears, silent: Callable[[], str], qtbot: QtBot
) -> None:
    go_on = threading.Event()
    heard: list[bool] = []
    worker.run_without_board("Think", lambda: go_on.wait(WAIT_MS / 1000), heard.append, ears.refused)
    worker.connect_to(silent(), ears.done, ears.refused)
    worker.cancel_connecting()
    go_on.set()
    idle(worker, qtbot)
    assert (heard, ears.failed) == ([True], ["cancelled"])


@pytest.mark.slow
def test_shutting_down_drops_the_queue_and_releases_every_port(ears: Ears, qapp: object) -> None:
    before = set(threading.enumerate())
    worker = DeviceWorker()
    with socket.create_server(("127.0.0.1", 0)) as server:
        for _ in range(4):
            worker.connect_to(f"socket://127.0.0.1:{server.getsockname()[1]}", ears.done, ears.refused)
        board, _ = server.accept()  # the last one is being tried
        worker.shut_down()
        assert set(threading.enumerate()) <= before
        with board:
            while board.recv(4096):
                pass  # a released port reads as its end
    assert ears.connected == []


def test_a_bridge_is_looked_for_at_its_own_port(worker: DeviceWorker, ears: Ears, qtbot: QtBot) -> None:
    worker.connect_to("virtual://provisioned", ears.done, ears.refused)
    idle(worker, qtbot)
    urls: list[str] = []
    worker.use_bridge("Look", "virtual://no-chip", lambda board, access: board.url, urls.append, ears.refused)
    idle(worker, qtbot)
    assert urls == ["virtual://no-chip"]


def test_what_hears_of_the_end_is_let_go_of_on_the_windows_thread(worker: DeviceWorker, qtbot: QtBot) -> None:
    """It may be the last that holds a dialog, and widgets must not die on another thread."""
    gone: list[threading.Thread] = []

    class Held:
        def __del__(self) -> None:
            gone.append(threading.current_thread())

        def hear(self, value: object) -> None:
            del value

    worker.run_without_board("Make", lambda: None, Held().hear, lambda _: None)
    idle(worker, qtbot)
    for _ in range(2):
        worker.run_without_board("Look", lambda: None, lambda _: None, lambda _: None)
        idle(worker, qtbot)
    assert gone == [threading.main_thread()]
