"""DTR and RTS, EN and IO0, and what a board does when they move. The moments are given; nobody waits."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import InfoMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.twin.board.reset_circuit import EN_RISE_S, BootMode, ResetCircuit
from atecc_bench.twin.board.virtual_board import BOOT_S, VirtualBoard
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url

Lines = tuple[bool, bool]  # DTR, RTS
BOTH, NEITHER, DTR, RTS = (True, True), (False, False), (True, False), (False, True)
FROM_FLASH = b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"
WAITING = b"waiting for download\r\n"
WAKE, AWAKE = b"ecc:wake()\n", b"00(04113343)\n"


def talk(command: CommandPacket) -> bytes:
    return b"ecc:talk(" + command.to_bytes().hex().encode() + b")\n"


def move(circuit: ResetCircuit, *steps: tuple[float, Lines]) -> None:
    for moment, (dtr, rts) in steps:
        circuit.set_lines(dtr=dtr, rts=rts, moment=moment)


def set_lines(board: VirtualBoard, lines: Lines, wall: float) -> None:
    board.set_lines(dtr=lines[0], rts=lines[1], wall=wall)


@pytest.fixture(params=["real", "max"])
def board(request: pytest.FixtureRequest) -> VirtualBoard:
    return open_board(parse_virtual_url(f"virtual://fresh?seed=1&speed={request.param}"))


@given(st.lists(st.sampled_from([BOTH, NEITHER, DTR]), max_size=20))
def test_only_rts_alone_resets(lines: list[Lines]) -> None:
    circuit = ResetCircuit()
    move(circuit, *enumerate(lines))
    assert not circuit.in_reset
    assert circuit.boot(1000) is None


@pytest.mark.parametrize("release", [NEITHER, BOTH, DTR])
def test_releasing_en_boots_once_after_it_has_risen(release: Lines) -> None:
    circuit = ResetCircuit()
    move(circuit, (1.0, RTS))
    assert circuit.in_reset
    assert circuit.boots_at is None
    move(circuit, (2.0, release))
    assert circuit.in_reset
    assert circuit.boots_at == 2.0 + EN_RISE_S
    assert circuit.boot(2.0) is None
    assert circuit.boot(2.1) is (BootMode.DOWNLOAD if release is DTR else BootMode.FLASH)
    assert circuit.boot(2.2) is None
    assert not circuit.in_reset


# What esptool does on a serial port, and the same stretched by a network.
@pytest.mark.parametrize(("between", "before_release"), [(0.0001, 0.05), (0.05, 0.1)])
def test_the_classic_sequence_of_esptool_waits_for_a_download(between: float, before_release: float) -> None:
    circuit = ResetCircuit()
    move(circuit, (1.0, NEITHER), (1.1, RTS), (1.2, BOTH), (1.2 + between, DTR))
    released = 1.2 + between + before_release
    mode = circuit.boot(released)
    move(circuit, (released, NEITHER))
    assert (mode or circuit.boot(2.0)) is BootMode.DOWNLOAD


def test_io0_during_an_earlier_reset_does_not_count() -> None:
    circuit = ResetCircuit()
    move(circuit, (1.0, RTS), (1.01, DTR), (1.02, RTS), (1.2, NEITHER))
    assert circuit.boot(2.0) is BootMode.FLASH


def test_a_reset_shows_the_boot_log_and_the_bridge_answers_after_its_boot_time(board: VirtualBoard) -> None:
    board.receive(b"board:bridge:baud(230400)\n", 1.0)
    assert board.transmit(1.5) == b"00()\n"
    set_lines(board, RTS, 2.0)
    set_lines(board, NEITHER, 2.1)
    starts = 2.1 + EN_RISE_S
    assert board.next_ready() == starts
    assert board.transmit(starts - 0.001) == b""
    assert FROM_FLASH in board.transmit(starts) + board.transmit(starts + BOOT_S)
    board.receive(WAKE, starts + BOOT_S + 0.01)
    assert board.baud == 115200
    assert board.transmit(starts + 1).endswith(AWAKE)


def test_at_max_speed_the_bridge_answers_as_soon_as_the_log_is_out() -> None:
    board = open_board(parse_virtual_url("virtual://fresh"))
    set_lines(board, RTS, 1.0)
    set_lines(board, NEITHER, 1.1)
    assert FROM_FLASH in board.transmit(1.2)
    board.receive(WAKE, 1.2)
    assert board.transmit(1.2) == AWAKE


def test_at_real_speed_what_comes_during_the_boot_is_lost() -> None:
    board = open_board(parse_virtual_url("virtual://fresh?speed=real"))
    set_lines(board, RTS, 1.0)
    set_lines(board, NEITHER, 1.1)
    board.transmit(1.2)
    board.receive(WAKE, 1.2)
    assert AWAKE not in board.transmit(1.9)
    board.receive(WAKE, 1.9)
    assert board.transmit(2.0) == AWAKE


def test_a_board_held_in_reset_hears_nothing_and_loses_what_it_was_about_to_say(board: VirtualBoard) -> None:
    board.receive(WAKE, 1.0)
    set_lines(board, RTS, 1.0)
    assert board.transmit(2.0) == b""
    board.receive(WAKE, 2.0)
    assert board.next_ready() is None
    assert board.transmit(3.0) == b""


def test_with_io0_low_the_rom_waits_for_a_download_until_the_next_reset(board: VirtualBoard) -> None:
    for lines, wall in ((RTS, 1.0), (BOTH, 1.1), (DTR, 1.1), (NEITHER, 1.15)):
        set_lines(board, lines, wall)
    assert (board.transmit(1.2) + board.transmit(1.5)).endswith(WAITING)
    board.receive(WAKE, 1.5)
    assert board.transmit(2.0) == b""
    set_lines(board, RTS, 3.0)
    set_lines(board, NEITHER, 3.1)
    board.transmit(3.2)
    board.receive(WAKE, 4.0)
    assert board.transmit(5.0).endswith(AWAKE)


def test_the_bridge_sends_the_chips_to_sleep_when_it_starts() -> None:
    board = open_board(parse_virtual_url("virtual://configured"))
    board.receive(talk(commands.nonce_pass_through(bytes(32))), 0.0)
    set_lines(board, RTS, 1.0)
    set_lines(board, NEITHER, 1.1)
    board.transmit(2.0)
    board.receive(talk(commands.info(InfoMode.STATE)), 2.0)
    assert board.transmit(2.0).startswith(b"00(0700000000")


def test_a_blank_board_starts_its_log_again_or_waits_for_a_download() -> None:
    for speed in ("real", "max"):
        board = open_board(parse_virtual_url(f"virtual://blank-board?speed={speed}"))
        board.opened(0.0)
        set_lines(board, RTS, 1.0)
        assert board.transmit(1.1) == b""
        set_lines(board, NEITHER, 1.1)
        assert b"invalid header: 0xffffffff" in board.transmit(1.2)
        set_lines(board, RTS, 2.0)
        set_lines(board, DTR, 2.1)
        assert (board.transmit(2.2) + board.transmit(2.5)).endswith(WAITING)
        assert board.transmit(9.0) == b""


moves = st.tuples(st.sampled_from(["lines", "bytes", "wait"]), st.booleans(), st.booleans(), st.floats(0, 1))


@given(st.sampled_from(["fresh", "blank-board", "no-chip"]), st.sampled_from(["real", "max"]), st.lists(moves))
def test_whatever_the_lines_do_the_board_comes_back(
    preset: str, speed: str, steps: list[tuple[str, bool, bool, float]]
) -> None:
    board = open_board(parse_virtual_url(f"virtual://{preset}?seed=1&speed={speed}"))
    wall = 0.0
    actions: dict[str, Callable[[bool, bool], object]] = {
        "lines": lambda dtr, rts: board.set_lines(dtr=dtr, rts=rts, wall=wall),
        "bytes": lambda _dtr, _rts: board.receive(WAKE, wall),
        "wait": lambda _dtr, _rts: board.transmit(wall),
    }
    for action, dtr, rts, seconds in steps:
        wall += seconds
        actions[action](dtr, rts)
    set_lines(board, RTS, wall + 1)
    set_lines(board, NEITHER, wall + 2)
    log = board.transmit(wall + 2.1) + board.transmit(wall + 3)
    assert FROM_FLASH in log
    board.receive(WAKE, wall + 4)
    answer = board.transmit(wall + 5)
    assert answer.endswith({"fresh": AWAKE, "no-chip": b"F0()\n"}.get(preset, b"\r\n"))
