"""Servers that say what they should not, or nothing at all."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import pytest

from atecc_bench.connect import handshake
from atecc_bench.connect.connect_to import connect_to
from atecc_bench.connect.connection_steps import ConnectStepId
from atecc_bench.connect.destination import Destination
from atecc_bench.connect.server_trust import ServerTrust
from atecc_bench.errors import BenchError
from atecc_bench.link.transports.errors import CancelledError
from tests.connect.conftest import Device, cause, try_it
from tests.support.servers.papers import HOST, ServerPapers


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with peer:
                answer(peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(5)


def _saying(words: bytes) -> Callable[[socket.socket], None]:
    def answer(peer: socket.socket) -> None:
        peer.recv(4096)
        peer.sendall(words)
        peer.shutdown(socket.SHUT_WR)

    return answer


@pytest.mark.parametrize(
    "words",
    [
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\nThis is an HTTPS port\r\n",
        b"\x20\x02\x00\x01",
        b"220 mail.example ESMTP\r\n",
    ],
)
def test_what_is_not_tls(device: Device, papers: ServerPapers, words: bytes) -> None:
    with answering(_saying(words)) as port:
        tried = try_it(port, device.identity, papers.root)
    assert cause(tried) in ("not-tls", "server-ended-connection")
    assert tried.error is not None
    assert "port for TLS" in tried.error.hint


@pytest.mark.parametrize("seed", range(60))
def test_noise_in_the_form_of_a_record(device: Device, papers: ServerPapers, seed: int) -> None:
    """Whatever comes is told in words; nothing of the device leaves."""
    noise = random.Random(seed)  # noqa: S311 - noise
    body = noise.randbytes(noise.choice((1, 4, 40, 200, 600)))
    kind, handshake_type = noise.choice((20, 21, 22, 23)), noise.choice((0, 2, 11, 12, 13, 14, 16, 20))
    message = bytes([handshake_type]) + len(body).to_bytes(3) + body if noise.random() < 0.8 else body
    record = bytes([kind, 3, 3]) + len(message).to_bytes(2) + message
    with answering(_saying(record)) as port:
        tried = try_it(port, device.identity, papers.root)
    assert isinstance(tried.error, BenchError)
    assert len(tried.steps) == 1


def test_a_server_that_says_nothing(device: Device, papers: ServerPapers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "TIME_LIMIT_S", 0.3)
    released = threading.Event()

    def wait(peer: socket.socket) -> None:
        released.wait(5)

    with answering(wait) as port:
        tried = try_it(port, device.identity, papers.root)
        released.set()
    assert cause(tried) == "server-silent"


def test_a_host_that_takes_no_connection_can_be_given_up(device: Device, papers: ServerPapers) -> None:
    asked: list[float] = []

    def check_cancelled() -> None:
        asked.append(time.monotonic())
        if len(asked) == 3:
            raise CancelledError

    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.create_server((HOST, 0), backlog=0))
        port = listener.getsockname()[1]
        for _ in range(3):  # nobody accepts, so the system takes no more
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((HOST, port))
        trust = ServerTrust((papers.root.certificate,), "ca.pem")
        tried = connect_to(
            Destination(HOST, port), device.identity, trust, datetime.now(UTC), check_cancelled=check_cancelled
        )
    assert tried.error is not None
    assert tried.error.id == "cancelled"
    assert tried.failed_at is ConnectStepId.REACH
