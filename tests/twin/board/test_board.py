"""When a board's bytes are due. No test waits: the moments are given."""

import pytest

from atecc_bench.twin.board.virtual_board import VirtualBoard
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url

REQUEST = b"e:t(0730000000035D)\n"  # Info: 5 ms
REPLY = b"00(07000060028038)\n"
WAKE_S = 0.00156
INFO_S = 0.005
ROM = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET)"


@pytest.fixture
def real() -> VirtualBoard:
    return open_board(parse_virtual_url("virtual://fresh?seed=1&speed=real"))


def wire(count: int, baud: int = 115200) -> float:
    return count * 10 / baud


def test_at_real_speed_a_reply_takes_request_execution_and_reply(real: VirtualBoard) -> None:
    real.receive(REQUEST, 100.0)
    due = 100.0 + wire(len(REQUEST)) + WAKE_S + INFO_S + wire(len(REPLY))
    assert real.next_ready() == pytest.approx(due)
    assert real.transmit(due - 0.0001) == b""
    assert real.transmit(due + 0.0001) == REPLY
    assert real.next_ready() is None


def test_requests_in_a_row_wait_for_each_other(real: VirtualBoard) -> None:
    real.receive(REQUEST, 100.0)
    first = real.next_ready()
    assert first is not None
    real.transmit(first)
    real.receive(REQUEST + REQUEST, first)
    second = first + wire(len(REQUEST)) + INFO_S + wire(len(REPLY))
    assert real.next_ready() == pytest.approx(second)
    real.transmit(second + 1e-6)
    # The third request came in while the second was carried out.
    assert real.next_ready() == pytest.approx(second + max(wire(len(REQUEST)) - wire(len(REPLY)), INFO_S))


def test_bytes_written_one_by_one_take_their_time_together(real: VirtualBoard) -> None:
    for byte in REQUEST:
        real.receive(bytes([byte]), 100.0)
    due = 100.0 + wire(len(REQUEST)) + WAKE_S + INFO_S + wire(len(REPLY))
    assert real.next_ready() == pytest.approx(due)


def test_the_baud_rate_changes_after_the_reply(real: VirtualBoard) -> None:
    change = b"board:bridge:baud(921600)\n"
    real.receive(change, 10.0)
    assert real.next_ready() == pytest.approx(10.0 + wire(len(change)) + wire(len(b"00()\n")))
    assert real.baud == 921600
    real.transmit(11.0)
    real.receive(b"e:i()\n", 20.0)
    assert real.next_ready() == pytest.approx(20.0 + wire(6 + 5, 921600))


def test_at_real_speed_the_watchdog_follows_the_wall_clock(real: VirtualBoard) -> None:
    real.receive(REQUEST, 100.0)
    real.receive(REQUEST + b"b:b:caps()\n", 103.0)
    replies = real.transmit(104.0).splitlines()
    assert b"asleep=1" in bytes.fromhex(replies[-1][3:-1].decode())


def test_at_max_speed_replies_are_due_at_once_and_nothing_falls_asleep() -> None:
    board = open_board(parse_virtual_url("virtual://fresh?seed=1"))
    board.receive(REQUEST, 100.0)
    assert board.transmit(100.0) == REPLY
    board.receive(REQUEST + b"b:b:caps()\n", 1000.0)
    assert b"asleep=0" in bytes.fromhex(board.transmit(1000.0).splitlines()[-1][3:-1].decode())


def test_a_long_line_loses_nothing_of_the_next() -> None:
    board = open_board(parse_virtual_url("virtual://no-chip"))
    board.receive(b"x" * 512 + b"\n" + b"x" * 513 + b"\n" + b"y" * 100_000 + b"\nb:b:scan()\n", 0.0)
    assert board.transmit(0.0) == b"F2()\nE4()\nE4()\n00()\n"


def test_a_blank_board_shows_its_boot_log_and_hears_nothing() -> None:
    board = open_board(parse_virtual_url("virtual://blank-board"))
    assert board.next_ready() is None
    board.opened(5.0)
    log = board.transmit(5.0)
    assert log.startswith(ROM)
    assert log.endswith(b"invalid header: 0xffffffff\r\n")
    assert board.transmit(6.0) == b""
    board.receive(b"board:version()\n", 7.0)
    assert board.transmit(7.0) == log


def test_a_blank_board_boots_again_and_again_in_real_time() -> None:
    board = open_board(parse_virtual_url("virtual://blank-board?speed=real"))
    board.opened(5.0)
    board.opened(5.1)
    log = board.transmit(5.1)
    assert log.count(ROM) == 1
    assert board.transmit(5.15) == b""
    assert board.transmit(5.35) == log
    assert board.transmit(3600.0) == log
    due = board.next_ready()
    assert due is not None
    assert 3600.0 < due < 3600.5
