"""The Kit Protocol client on a line that misbehaves."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import serial

from atecc_bench.chip.protocol.packet import ResponsePacket
from atecc_bench.chip.protocol.status import KitStatus
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.kit_client import BridgeStatusError, KitClient, KitDevice, KitTransport
from atecc_bench.link.transports.serial_channel import SerialChannel
from atecc_bench.link.transports.trace import Exchange, Trace
from tests.support.boards.scripted_board import Script, ScriptedBoard, ok

SHORT_S = 0.2
BOOT_LOG = (
    b"ets Jul 29 2019 12:21:46\r\n\r\n"
    b"rst:0xf (BROWNOUT_RST),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
    b"I (29) boot: ESP-IDF v5.2\r\n"
)


Scripted = Callable[..., ScriptedBoard]


class Line:
    """A client on the port of a scripted board, its trace and its cancel flag."""

    def __init__(self, port: serial.Serial) -> None:
        self.port = port
        self.trace = Trace()
        self.cancel = threading.Event()
        self.client = KitClient(SerialChannel(port), self.trace, self.cancel.is_set)


LineTo = Callable[[ScriptedBoard], Line]


@pytest.fixture
def line_to() -> Iterator[LineTo]:
    with ExitStack() as stack:
        yield lambda board: Line(stack.enter_context(serial.Serial(board.port, 115200, timeout=0.05)))


def answering(*replies: bytes) -> Script:
    """A board that answers the first request with the first reply, and so on."""
    left = list(replies)

    def script(board: ScriptedBoard, request: str) -> None:
        del request
        board.send(left.pop(0))

    return script


def test_a_reply_is_its_bytes(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(b"00(04113343)\n")))
    assert line.client.request("e:w()") == bytes.fromhex("04113343")


def test_a_carriage_return_at_the_end_is_not_part_of_the_reply(scripted: Scripted, line_to: LineTo):
    assert line_to(scripted(answering(b"00(0A)\r\n"))).client.request("e:w()") == b"\x0a"


def test_a_reply_in_pieces_is_one_reply(scripted: Scripted, line_to: LineTo):
    def script(board: ScriptedBoard, request: str) -> None:
        del request
        for number, piece in enumerate((b"0", b"0(04", b"11334", b"3)\n")):
            board.send_later(number * 0.03, piece)

    assert line_to(scripted(script)).client.request("e:w()") == bytes.fromhex("04113343")


def test_the_devices_of_a_bridge(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted())
    assert line.client.device(0) == KitDevice("ECC608", "TWI", 0xC0)
    assert line.client.device(1) is None


@pytest.mark.parametrize(
    ("code", "id_"),
    [
        (KitStatus.WAKE_FAILED, "no-chip"),
        (KitStatus.COMM_FAIL, "no-chip"),
        (KitStatus.NO_DEVICES, "no-chip"),
        (KitStatus.RX_FAIL, "bridge-status"),
        (KitStatus.BAD_OPCODE, "bridge-status"),
        (0xA7, "bridge-status"),
    ],
)
def test_an_error_status_is_told_with_its_meaning(scripted: Scripted, line_to: LineTo, code: int, id_: str):
    line = line_to(scripted(answering(b"%02X()\n" % code)))
    with pytest.raises(BridgeStatusError) as caught:
        line.client.request("e:w()")
    assert caught.value.id == id_
    assert caught.value.code == code
    assert f"{code:02X}" in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "reply", [b"hello\n", b"\n", b"00(0)\n", b"00(zz)\n", b"00(00\n", b"0(00)\n", b"\xff\xfe\x00\n"]
)
def test_a_line_that_is_not_kit_protocol_is_never_data(scripted: Scripted, line_to: LineTo, reply: bytes):
    with pytest.raises(LinkError) as caught:
        line_to(scripted(answering(reply))).client.request("e:w()")
    assert caught.value.id == "garbled-reply"


def test_a_line_without_end_is_given_up(scripted: Scripted, line_to: LineTo):
    with pytest.raises(LinkError) as caught:
        line_to(scripted(answering(b"00(" + b"AB" * 2000))).client.request("e:w()")
    assert caught.value.id == "garbled-reply"


def test_no_reply_names_what_was_waited_for(scripted: Scripted, line_to: LineTo):
    with pytest.raises(LinkError) as caught:
        line_to(scripted(answering(b""))).client.request("e:t(0730000000035D)", SHORT_S)
    assert caught.value.id == "no-reply"
    assert "e:t(0730000000035D)" in caught.value.message


@pytest.mark.parametrize("reply", [BOOT_LOG, BOOT_LOG[:20]])
def test_a_board_that_restarts_in_the_middle_is_named(scripted: Scripted, line_to: LineTo, reply: bytes):
    with pytest.raises(LinkError) as caught:
        line_to(scripted(answering(reply))).client.request("e:w()", SHORT_S)
    assert caught.value.id == "board-restarted"
    assert "power" in caught.value.hint


def test_the_end_of_a_boot_log_does_not_answer_the_next_request(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(BOOT_LOG, b"no_device TWI 00(00)\n", b"00(11)\n")))
    with pytest.raises(LinkError):
        line.client.request("e:w()")
    assert line.client.request("e:w()") == b"\x11"


@pytest.mark.slow
def test_a_late_reply_does_not_answer_the_next_request(scripted: Scripted, line_to: LineTo):
    def script(board: ScriptedBoard, request: str) -> None:
        if request == "e:t(01)":
            board.send_later(2 * SHORT_S, b"00(01)\n")
        elif request == "e:t(02)":
            board.send(b"00(02)\n")
        else:
            # The bridge is still busy with the first request; it answers in order.
            board.send_later(3 * SHORT_S, b"no_device TWI 00(00)\n")

    line = line_to(scripted(script))
    with pytest.raises(LinkError, match="e:t\\(01\\)"):
        line.client.request("e:t(01)", SHORT_S)
    assert line.client.request("e:t(02)") == b"\x02"
    assert line.client.request("e:t(02)") == b"\x02"


@pytest.mark.slow
def test_a_late_answer_about_a_device_is_not_that_about_another(scripted: Scripted, line_to: LineTo):
    def script(board: ScriptedBoard, request: str) -> None:
        if request == "board:device(00)":
            board.send_later(2 * SHORT_S, b"ECC608 TWI 00(C0)\n")
        elif request == "board:version()":
            board.send_later(3 * SHORT_S, b"00(41)\n")
        else:
            board.send(b"no_device TWI 00(00)\n")

    line = line_to(scripted(script))
    with pytest.raises(LinkError):
        line.client.request_line("board:device(00)", SHORT_S)
    assert line.client.device(1) is None


def test_a_board_that_owes_every_kind_of_reply_is_asked_nothing_more(scripted: Scripted, line_to: LineTo):
    board = scripted(answering(b"", b""))
    line = line_to(board)
    for _ in range(3):
        with pytest.raises(LinkError) as caught:
            line.client.request("e:t(01)", SHORT_S)
        assert caught.value.id == "no-reply"
    assert board.heard == ["e:t(01)", "board:device(FF)"]


def test_cancel_ends_a_request_that_nobody_answers_within_a_second(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(b"")))
    timer = threading.Timer(0.1, line.cancel.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        line.client.request("e:w()")
    assert time.monotonic() - started < 0.1 + 1.0
    timer.join()


def test_after_a_cancel_nothing_is_sent(scripted: Scripted, line_to: LineTo):
    board = scripted()
    line = line_to(board)
    line.cancel.set()
    with pytest.raises(CancelledError):
        line.client.request("e:w()")
    assert board.heard == []


def test_a_request_under_way_may_end_although_it_was_cancelled(scripted: Scripted, line_to: LineTo):
    def script(board: ScriptedBoard, request: str) -> None:
        del request
        line.cancel.set()
        board.send_later(0.1, b"00(07)\n")

    line = line_to(scripted(script))
    assert line.client.request("e:w()") == b"\x07"


@pytest.mark.slow
def test_after_a_cancel_the_link_goes_on_in_step(scripted: Scripted, line_to: LineTo):
    def script(board: ScriptedBoard, request: str) -> None:
        if request == "e:t(01)":
            line.cancel.set()
            board.send_later(1.0, b"00(01)\n")
        elif request == "e:t(02)":
            board.send(b"00(02)\n")
        else:
            board.send_later(1.0, b"no_device TWI 00(00)\n")

    line = line_to(scripted(script))
    with pytest.raises(CancelledError):
        line.client.request("e:t(01)")
    line.cancel.clear()
    assert line.client.request("e:t(02)") == b"\x02"


def test_a_board_that_is_pulled_out_during_a_request_is_a_lost_port(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(lambda board, request: board.unplug()))
    with pytest.raises(LinkError) as caught:
        line.client.request("e:w()")
    assert caught.value.id == "port-lost"
    assert "the cable is pulled" in caught.value.message
    assert "readiness" not in caught.value.message  # pyserial's own words explain nothing


def test_a_board_that_was_pulled_out_before_a_request_is_a_lost_port(scripted: Scripted, line_to: LineTo):
    board = scripted()
    line = line_to(board)
    board.unplug()
    for _ in range(2):
        with pytest.raises(LinkError) as caught:
            line.client.request("e:w()")
        assert caught.value.id == "port-lost"
    with pytest.raises(LinkError, match="port"):
        line.client.listen()


def test_a_port_that_another_thread_closes_is_a_lost_port(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(b"")))
    timer = threading.Timer(0.1, line.port.close)
    timer.start()
    with pytest.raises(LinkError) as caught:
        line.client.request("e:w()")
    assert caught.value.id == "port-lost"
    timer.join()


def test_the_rate_changes_after_the_reply_at_the_old_one(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted())
    line.client.change_baud(230400)
    assert line.client.baud == line.port.baudrate == 230400


def test_a_rate_that_the_bridge_refuses_changes_nothing(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(b"E2()\n")))
    with pytest.raises(BridgeStatusError):
        line.client.change_baud(1)
    assert line.client.baud == 115200


def test_the_trace_has_every_exchange_and_tells_of_it_at_once(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(b"00(0A)\n", b"")))
    told: list[Exchange] = []
    line.trace.listen(told.append)
    line.client.request("e:w()")
    with pytest.raises(LinkError):
        line.client.request("e:i()", SHORT_S)
    assert [(e.request, e.reply) for e in line.trace.exchanges] == [("e:w()", "00(0A)"), ("e:i()", "")]
    assert tuple(told) == line.trace.exchanges
    assert all(e.seconds > 0 and e.started > 0 for e in told)


def test_wire_time_is_the_bit_time_of_both_lines(scripted: Scripted, line_to: LineTo):
    line = line_to(scripted(answering(b"00(0A)\n")))
    line.client.request("e:w()")
    assert line.client.wire_seconds == pytest.approx((len("e:w()\n") + len("00(0A)\n")) * 10 / 115200)


def test_a_chip_session_speaks_through_it(scripted: Scripted, line_to: LineTo):
    board = scripted(answering(ok(ResponsePacket(bytes.fromhex("00006002")).to_bytes())))
    session = ChipSession(KitTransport(line_to(board).client))
    assert session.revision() == bytes.fromhex("00006002")
    assert board.heard == ["e:t(0730000000035D)"]
    assert session.wire_seconds > 0
