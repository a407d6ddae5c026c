"""Connecting: whatever is at the port, there is an answer in time, and the port is free afterwards."""

import errno
import queue
import threading
import time
from collections.abc import Callable

import pytest
import serial

from atecc_bench.chip.protocol.neighbours import OtherChipError
from atecc_bench.chip.protocol.simulator_proof import REQUEST, simulator_answer
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.errors import InputError
from atecc_bench.link.board.connection import BoardInfo, connect
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.kit_client import KitDevice
from atecc_bench.link.transports.trace import Trace
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.ports.serve_rfc2217 import NetworkAddress, serve_rfc2217
from tests.support.boards.scripted_board import VERSION, Script, ScriptedBoard, bridge, ok, says_nothing

LONGEST_WITHOUT_PROGRESS_S = 5.0

BLANK = (
    b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
    b"invalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n"
)
DOWNLOAD = b"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"
BOOTING = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
OTHER = b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nI (312) wifi: driver task: 3ffc\r\n"


Scripted = Callable[..., ScriptedBoard]


def refused(url: str) -> LinkError:
    started = time.monotonic()
    with pytest.raises(LinkError) as caught:
        connect(url)
    assert time.monotonic() - started < LONGEST_WITHOUT_PROGRESS_S
    assert caught.value.hint
    return caught.value


def assert_released(port: str) -> None:
    with serial.Serial(port, exclusive=True):
        pass


def says(text: bytes) -> Script:
    return lambda board, request: board.send(text)


def test_a_bridge_says_what_it_is(scripted: Scripted):
    board = scripted()
    with connect(board.port) as connection:
        assert connection.info == BoardInfo("Scripted bridge", "1.2", "ESP32", virtual=False)
        assert connection.devices() == (KitDevice("ECC608", "TWI", 0xC0),)
        assert connection.baud == 115200
    assert_released(board.port)


def test_a_virtual_board_says_so():
    with connect("virtual://fresh") as connection:
        assert connection.info.virtual
        assert ChipInfo.read(connection.open_chip()).serial_number.startswith("0123")


IMAGE = "0123456789abcdef" * 4


def names(name: str, *, answers: Callable[[bytes], bytes] | None = None) -> Script:
    """A bridge with a name, that may answer the question which only software answers."""

    def script(board: ScriptedBoard, request: str) -> None:
        if request == "board:version()":
            board.send(ok(name.encode()))
        elif request.startswith(REQUEST):
            nonce = bytes.fromhex(request.partition("(")[2].rstrip(")"))
            board.send(b"F2()\n" if answers is None else ok(answers(nonce)))
        else:
            bridge(board, request)

    return script


@pytest.mark.parametrize(
    ("said", "answers", "virtual"),
    [
        ("", None, False),
        ("", simulator_answer, True),
        ("", lambda nonce: simulator_answer(nonce[::-1]), False),
        (" VIRTUAL", None, True),
    ],
)
def test_software_is_told_by_its_answer_and_not_by_its_words_alone(
    scripted: Scripted, said: str, answers: Callable[[bytes], bytes] | None, virtual: bool
):
    board = scripted(names(f"ATECC Bench bridge 0.1.0 ESP32{said}", answers=answers))
    with connect(board.port) as connection:
        assert connection.info.virtual is virtual
    asked = [request for request in board.heard if request.startswith(REQUEST)]
    assert len(asked) == (not said)


def test_each_nonce_is_another(scripted: Scripted):
    board = scripted(names("ATECC Bench bridge 0.1.0 ESP32"))
    for _ in range(2):
        connect(board.port).close()
    assert len({request for request in board.heard if request.startswith(REQUEST)}) == 2


def test_a_bridge_that_tells_its_image(scripted: Scripted):
    board = scripted(names(f"ATECC Bench bridge 0.1.0 ESP32C3 image {IMAGE}"))
    with connect(board.port) as connection:
        assert connection.info == BoardInfo("ATECC Bench bridge", "0.1.0", "ESP32C3", virtual=False, image=IMAGE)
        assert connection.info.text.endswith(f"ESP32C3 image {IMAGE}")


def test_a_chip_that_takes_other_commands_is_named(scripted: Scripted):
    def with_ta100(board: ScriptedBoard, request: str) -> None:
        if request == "board:device(00)":
            board.send(b"TA100 TWI 00(2E)\n")
        else:
            bridge(board, request)

    with connect(scripted(with_ta100).port) as board, pytest.raises(OtherChipError) as caught:
        board.open_chip()
    assert (caught.value.id, caught.value.name) == ("other-chip", "TA100")
    assert caught.value.message == "This is a TA100, which ATECC Bench does not provision."


def test_a_kit_of_another_maker_is_taken_by_its_words(scripted: Scripted):
    def script(board: ScriptedBoard, request: str) -> None:
        del request
        board.send(b"00(" + b"Kit".hex().encode() + b")\n")

    with connect(scripted(script).port) as connection:
        assert connection.info == BoardInfo("Kit", "", "", virtual=False)


def test_connecting_asks_nothing_of_the_chip(scripted: Scripted):
    board = scripted()
    connect(board.port).close()
    assert board.heard == ["board:version()", "e:s()"]


@pytest.mark.parametrize("url", ["/dev/ttyNoSuchPort", "COM_none"])
def test_a_port_that_does_not_exist(url: str):
    assert refused(url).id == "no-such-port"


@pytest.mark.parametrize("url", ["nosuch://port", "socket://localhost", "rfc2217://"])
def test_what_can_be_no_port_is_wrong_input(url: str):
    with pytest.raises(InputError) as caught:
        connect(url)
    assert caught.value.id == "port-url"


def test_a_virtual_board_that_does_not_exist_is_wrong_input():
    with pytest.raises(InputError) as caught:
        connect("virtual://no-such-preset")
    assert caught.value.id == "virtual-preset"


def test_a_port_that_another_program_uses(scripted: Scripted):
    board = scripted()
    with serial.Serial(board.port, exclusive=True):
        assert refused(board.port).id == "port-busy"


def test_two_connections_to_one_port(scripted: Scripted):
    board = scripted()
    with connect(board.port):
        assert refused(board.port).id == "port-busy"
    connect(board.port).close()


@pytest.mark.parametrize(
    ("error", "id_"),
    [
        (serial.SerialException(errno.EACCES, "could not open port"), "port-denied"),
        (serial.SerialException("could not open port 'COM3': PermissionError(13, 'Access is denied.')"), "port-busy"),
        (serial.SerialException("could not open port 'COM9': FileNotFoundError(2, 'not found')"), "no-such-port"),
        (serial.SerialException("Could not configure port: (25, 'Inappropriate ioctl')"), "port-failed"),
    ],
)
def test_what_an_operating_system_says_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch, error: OSError, id_: str):
    def fail(self: serial.Serial) -> None:
        del self
        raise error

    monkeypatch.setattr(serial.Serial, "open", fail)
    assert refused("COM3").id == id_


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "greeting", "id_"),
    [
        (says(b"\xf8" * 50), b"", "garbage"),
        (says(b"x" * 5000), b"", "garbage"),
        (says(b"00(zz)\n"), b"", "garbage"),
        (says(b"F2()\n"), b"", "garbage"),
        (says(b"00()\n"), b"", "garbage"),
        (says(b"login: "), b"", "garbage"),
        (says_nothing, BLANK, "blank-board"),
        (says(BLANK), b"", "blank-board"),
        (says_nothing, DOWNLOAD, "download-mode"),
        (says_nothing, OTHER, "other-firmware"),
        (says(b"E (99) app: what is that?\n"), b"", "other-firmware"),
    ],
)
def test_a_port_without_a_bridge(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, script: Script, greeting: bytes, id_: str
):
    monkeypatch.setattr("atecc_bench.link.board.connection.SEARCH_S", 1.0)
    monkeypatch.setattr("atecc_bench.link.board.connection.FIRST_ANSWER_S", 0.4)
    board = scripted(script, greeting)
    error = refused(board.port)
    assert error.id == id_
    assert board.port in error.message
    assert error.exit_code == 3
    assert_released(board.port)


@pytest.mark.slow
def test_a_port_that_says_nothing(scripted: Scripted):
    board = scripted(says_nothing)
    assert refused(board.port).id == "silent-port"
    assert_released(board.port)


@pytest.mark.slow
def test_garbage_that_never_stops(scripted: Scripted):
    def script(board: ScriptedBoard, request: str) -> None:
        del request
        for number in range(60):
            board.send_later(number * 0.1, b"\xf8" * 300)

    board = scripted(script)
    assert refused(board.port).id == "garbage"
    assert_released(board.port)


def test_what_garbage_there_was_is_shown_escaped(scripted: Scripted, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("atecc_bench.link.board.connection.SEARCH_S", 0.5)
    assert "\\xff\\x00" in refused(scripted(says(b"\xff\x00\xf8\x13\n")).port).message


@pytest.mark.parametrize("speed", ["real", "max"])
def test_a_virtual_blank_board_is_recognised_by_its_boot_log(speed: str):
    assert refused(f"virtual://blank-board?speed={speed}").id == "blank-board"


def test_a_board_without_a_chip():
    with connect("virtual://no-chip") as connection, pytest.raises(LinkError) as caught:
        connection.open_chip()
    assert caught.value.id == "no-chip"
    assert "SDA" in caught.value.hint


@pytest.mark.slow
def test_a_board_that_resets_when_its_port_is_opened_answers_the_second_request(scripted: Scripted):
    def script(board: ScriptedBoard, request: str) -> None:
        if len(board.heard) > 1:
            bridge(board, request)

    board = scripted(script)
    with connect(board.port) as connection:
        assert connection.info.name == "Scripted bridge"
        assert connection.devices() == (KitDevice("ECC608", "TWI", 0xC0),)


def test_a_boot_log_before_the_first_answer_is_passed_over(scripted: Scripted):
    def script(board: ScriptedBoard, request: str) -> None:
        if len(board.heard) == 1:
            board.send(BOOTING)
        else:
            bridge(board, request)

    with connect(scripted(script).port) as connection:
        assert connection.info.name == "Scripted bridge"


@pytest.mark.slow
def test_an_answer_to_the_first_question_that_comes_after_the_second_answers_nothing_else(scripted: Scripted):
    def script(board: ScriptedBoard, request: str) -> None:
        if len(board.heard) == 1:
            return
        if len(board.heard) == 2:
            board.send(ok(VERSION.encode()))
            board.send_later(0.15, ok(VERSION.encode()))
        elif len(board.heard) == 3:
            board.send_later(0.3, b"no_device TWI 00(00)\n")
        else:
            bridge(board, request)

    with connect(scripted(script).port) as connection:
        assert connection.devices() == (KitDevice("ECC608", "TWI", 0xC0),)


def test_connecting_can_be_cancelled_within_a_second(scripted: Scripted):
    cancel = threading.Event()
    timer = threading.Timer(0.2, cancel.set)
    board = scripted(says_nothing)
    timer.start()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        connect(board.port, cancelled=cancel.is_set)
    assert time.monotonic() - started < 0.2 + 1.0
    timer.join()
    assert_released(board.port)


def test_a_board_that_is_pulled_out_while_connecting(scripted: Scripted):
    board = scripted(lambda board, request: board.unplug())
    assert refused(board.port).id == "port-lost"


def test_closing_goes_back_to_the_first_rate(scripted: Scripted):
    board = scripted()
    with connect(board.port) as connection:
        connection.set_baud(230400)
        assert connection.baud == 230400
    assert board.heard[1:] == ["board:bridge:baud(230400)", "e:s()", "board:bridge:baud(115200)"]


def test_closing_goes_back_to_the_first_rate_after_a_cancel_too(scripted: Scripted):
    cancel = threading.Event()
    board = scripted()
    with connect(board.port, cancelled=cancel.is_set) as connection:
        connection.set_baud(230400)
        cancel.set()
        with pytest.raises(CancelledError):
            connection.devices()
    assert board.heard[-1] == "board:bridge:baud(115200)"


def test_the_rate_it_has_already_is_not_asked_for(scripted: Scripted):
    board = scripted()
    with connect(board.port) as connection:
        connection.set_baud(115200)
    assert board.heard == ["board:version()", "e:s()"]


@pytest.mark.slow
def test_closing_releases_the_port_of_a_board_that_has_gone_silent(scripted: Scripted):
    board = scripted()
    with connect(board.port) as connection:
        connection.set_baud(230400)
        board.script = says_nothing
    assert_released(board.port)


def test_an_error_in_the_middle_releases_the_port(scripted: Scripted):
    board = scripted()
    with pytest.raises(ZeroDivisionError), connect(board.port):
        raise ZeroDivisionError
    assert_released(board.port)


def test_closing_after_the_board_was_pulled_out_is_safe(scripted: Scripted):
    board = scripted()
    with connect(board.port):
        board.unplug()


def test_the_trace_that_is_given_sees_the_first_exchange(scripted: Scripted):
    trace = Trace()
    connect(scripted().port, trace).close()
    assert trace.exchanges[0].request == "board:version()"
    assert trace.exchanges[0].reply.startswith("00(")


def test_a_stuck_bus_is_told_as_what_the_bridge_said() -> None:
    with connect("virtual://fresh?fault=sda-low:1") as board, pytest.raises(LinkError) as caught:
        board.open_chip()
    assert caught.value.id == "bridge-status"
    assert "F1" in caught.value.message


@pytest.mark.slow
def test_a_board_on_the_network_is_a_port_like_any_other() -> None:
    ready: queue.SimpleQueue[str] = queue.SimpleQueue()
    stop = threading.Event()
    board = open_board(parse_virtual_url("virtual://provisioned"))
    address = NetworkAddress("127.0.0.1", 0)
    server = threading.Thread(
        target=lambda: serve_rfc2217(board, address, allow_remote=False, on_ready=ready.put, stop=stop)
    )
    server.start()
    try:
        with connect(ready.get(timeout=5)) as connection:
            assert connection.open_chip().revision().hex() == "00006002"
    finally:
        stop.set()
        server.join(timeout=5)


@pytest.mark.parametrize("late", [b"00(04000340)\n", b"00(0700006002A1B2)\n"])
def test_a_late_reply_to_somebody_else_is_no_answer_to_us(scripted: Scripted, late: bytes):
    """A process that was killed may have asked something that is answered only now."""
    late_ones = [late]

    def script(board: ScriptedBoard, request: str) -> None:
        if late_ones:
            board.send(late_ones.pop())
        bridge(board, request)

    with connect(scripted(script).port) as board:
        assert board.request("ecc:physical:interface:i2c") == b""
