"""The board on the network, as pyserial's own RFC 2217 client sees it."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import BenchError, DeviceError, InputError, RefusedError
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.serve_rfc2217 import NetworkAddress, parse_network_address, serve_rfc2217
from tests.support.boards.served_rom import on_network

Serve = Callable[[str], str]
TRIES = 3  # EN rises in 75 ms, and on a busy machine the lines come later than that; esptool tries again too
# pyserial 3.5 starts its reader thread in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as servers:
        yield lambda url: servers.enter_context(on_network(open_board(parse_virtual_url(url))))


def open_port(url: str) -> serial.Serial:
    return serial.serial_for_url(url, 115200, timeout=5)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:2217", "127.0.0.1", 2217), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65535)],
)
def test_addresses(text: str, host: str, port: int) -> None:
    assert parse_network_address(text) == NetworkAddress(host, port)


@pytest.mark.parametrize("text", ["", ":2217", "localhost", "localhost:", "localhost:65536", "::1:22", "a:b"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_network_address(text)
    assert caught.value.id == "network-address"


@given(st.text())
def test_any_text_is_an_address_or_a_plain_error(text: str) -> None:
    with suppress(InputError):
        parse_network_address(text)


def refusal(address: NetworkAddress) -> BenchError:
    board = open_board(parse_virtual_url("virtual://no-chip"))
    with pytest.raises(BenchError) as caught:
        serve_rfc2217(board, address, allow_remote=False, on_ready=pytest.fail, stop=threading.Event())
    return caught.value


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])  # noqa: S104 - refused, that is the point
def test_other_computers_are_not_let_in_unless_told_so(host: str) -> None:
    error = refusal(NetworkAddress(host, 0))
    assert isinstance(error, RefusedError)
    assert (error.id, "--allow-remote" in error.hint) == ("remote-not-allowed", True)


def test_told_so_other_computers_are_let_in() -> None:
    stop = threading.Event()

    def ready(url: str) -> None:
        assert url.startswith("rfc2217://0.0.0.0:")
        stop.set()

    board = open_board(parse_virtual_url("virtual://no-chip"))
    everywhere = NetworkAddress("0.0.0.0", 0)  # noqa: S104 - what the test is about
    serve_rfc2217(board, everywhere, allow_remote=True, on_ready=ready, stop=stop)


def test_a_port_that_is_taken() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        error = refusal(NetworkAddress("127.0.0.1", other.getsockname()[1]))
    assert isinstance(error, DeviceError)
    assert error.id == "address-not-usable"


def test_a_host_that_does_not_exist() -> None:
    assert refusal(NetworkAddress("host name", 1)).id == "network-address"


@pytest.mark.slow
def test_a_client_asks_and_the_next_finds_the_same_board(serve: Serve) -> None:
    url = serve("virtual://fresh?seed=1&speed=real")
    for _ in range(2):
        with open_port(url) as port:
            port.write(b"board:device(00)\n")
            assert port.readline() == b"ECC608 TWI 00(C0)\n"


@pytest.mark.slow
def test_opening_and_closing_does_not_reset_the_board(serve: Serve) -> None:
    url = serve("virtual://fresh")
    with open_port(url) as port:
        port.write(b"board:bridge:baud(230400)\n")
        assert port.readline() == b"00()\n"
    with open_port(url) as port:
        port.write(b"board:bridge:caps()\n")
        assert b"baud=230400" in bytes.fromhex(port.readline()[3:-2].decode())


def reset_to_download(port: serial.Serial) -> bool:
    port.dtr = False
    port.rts = True  # EN low
    port.dtr = True
    port.rts = False  # EN high, IO0 low
    return b"waiting for download\r\n" in port.read_until(b"download\r\n")


@pytest.mark.slow
def test_dtr_and_rts_reach_the_board(serve: Serve) -> None:
    with open_port(serve("virtual://fresh")) as port:
        assert any(reset_to_download(port) for _ in range(TRIES))
        port.dtr = False
        port.rts = True
        port.rts = False
        assert b"SPI_FAST_FLASH_BOOT" in port.read_until(b"clock div:2\r\n")
        port.write(b"ecc:wake()\n")
        assert port.readline() == b"00(04113343)\n"


@pytest.mark.slow
def test_a_second_client_is_turned_away(serve: Serve) -> None:
    url = serve("virtual://fresh")
    with open_port(url) as port:
        host, _, number = url.removeprefix("rfc2217://").partition(":")
        with socket.create_connection((host, int(number)), timeout=5) as second:
            assert second.recv(1) == b""
        port.write(b"ecc:wake()\n")
        assert port.readline() == b"00(04113343)\n"


def raw_client(url: str) -> socket.socket:
    host, _, number = url.removeprefix("rfc2217://").partition(":")
    return socket.create_connection((host, int(number)), timeout=5)


def is_alive(url: str) -> bool:
    with open_port(url) as port:
        port.write(b"\necc:wake()\n")  # the line that another client may have begun ends first
        return b"00(04113343)\n" in port.read_until(b"3343)\n")


MALFORMED = {
    "a baud rate without its bytes": "fffa2c01fff0",
    "a data size without its byte": "fffa2c02fff0",
    "a parity that there is not": "fffa2c03fefff0",
    "stop bits that there are not": "fffa2c0477fff0",
    "a mask without its byte": "fffa2c0afff0",
    "the end of a subnegotiation that never began": "fff0",
    "a subnegotiation that does not end": "fffa2c" + "00" * 10_000,
    "one in which another begins": "fffafffafffa" + "41" * 100,
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_client_that_speaks_no_telnet_harms_nobody(serve: Serve, sent: str) -> None:
    url = serve("virtual://fresh")
    with raw_client(url) as client, suppress(ConnectionError):
        client.sendall(bytes.fromhex(sent))
        while client.recv(4096):
            pass
    assert is_alive(url)


@pytest.mark.slow
def test_no_client_gets_the_answer_to_another(serve: Serve) -> None:
    url = serve("virtual://fresh?speed=real")
    with raw_client(url) as client:
        client.sendall(b"board:version()\necc:wake()\n")
    with open_port(url) as port:
        port.write(b"board:device(00)\n")
        assert port.readline() == b"ECC608 TWI 00(C0)\n"


@pytest.mark.slow
def test_random_telnet_leaves_the_server_serving(serve: Serve) -> None:
    choice = random.Random(1)  # noqa: S311 - the same each time
    words = [b"\xff\xfa\x2c", b"\xff\xf0", b"\xff\xfb", b"\xff\xfd", b"\xff", b"\x2c", b"\x00", b"ecc:wake()\n"]
    url = serve("virtual://fresh")
    for _ in range(100):
        with raw_client(url) as client, suppress(ConnectionError):
            client.sendall(b"".join(choice.choice((*words, choice.randbytes(3))) for _ in range(40)))
    assert is_alive(url)
