"""Every fault does what its summary says, at the moment that was asked for, and the same each time."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import InputError
from atecc_bench.twin.board.virtual_board import VirtualBoard
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.faults import Fault, FaultKind, LineFaults, parse_fault

WAKE, AWAKE = b"ecc:wake()", b"00(04113343)"
COMM_FAIL, NO_RESPONSE, BUS_STUCK = b"F0()", b"E7()", b"F1()"
ROM = b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)"
WRITE = commands.write(Zone.CONFIG, 0, 96, bytes(range(0x40, 0x60)))
OLD, NEW = slice(96, 128), WRITE.data


def faulty(fault: str, preset: str = "fresh") -> VirtualBoard:
    return open_board(parse_virtual_url(f"virtual://{preset}?seed=5&fault={fault}"))


def ask(board: VirtualBoard, request: bytes, wall: float = 0.0) -> bytes:
    board.receive(request + b"\n", wall)
    return board.transmit(wall).rstrip(b"\n")


def talk(command: CommandPacket) -> bytes:
    return b"ecc:talk(" + command.to_bytes().hex().encode() + b")"


def config_of(board: VirtualBoard) -> bytes:
    assert board.element is not None
    return board.element.memory.contents(Zone.CONFIG)


@given(st.sampled_from(FaultKind), st.integers(8, 0x77))
def test_a_fault_can_be_written_and_read_back(kind: FaultKind, number: int) -> None:
    fault = Fault(kind, 2 * number)
    assert parse_fault(str(fault)) == parse_fault(f"{kind}:0x{2 * number:X}") == fault
    assert kind.summary


@given(st.text())
def test_any_text_is_a_fault_or_a_plain_error(text: str) -> None:
    for written in (text, f"sda-low:{text}"):
        with suppress(InputError):
            assert parse_fault(written).number > 0


@given(st.binary(), st.integers(1, 40), st.integers(1, 5))
def test_bytes_are_counted_over_all_replies(data: bytes, number: int, cut: int) -> None:
    for kind, expected in (
        (FaultKind.BYTE_DROPPED, data[: number - 1] + data[number:]),
        (FaultKind.BYTE_FLIPPED, data[: number - 1] + bytes(b ^ 1 for b in data[number - 1 : number]) + data[number:]),
        (FaultKind.LINE_STALLED, data[:number]),
    ):
        line = LineFaults((Fault(kind, number),))
        assert b"".join(line.pass_on(data[i : i + cut]) for i in range(0, len(data), cut)) == expected


def test_a_byte_is_dropped_once() -> None:
    board = faulty("byte-dropped:4")
    assert ask(board, WAKE) == b"00(4113343)"
    assert ask(board, WAKE) == AWAKE


def test_a_byte_is_flipped_once() -> None:
    board = faulty("byte-flipped:5")
    assert ask(board, WAKE) == b"00(05113343)"
    assert ask(board, WAKE) == AWAKE


def test_a_stalled_line_says_nothing_more() -> None:
    board = faulty("line-stalled:15")
    assert [ask(board, WAKE), ask(board, WAKE), ask(board, WAKE)] == [AWAKE, b"00", b""]


def test_several_faults_together() -> None:
    board = faulty("byte-dropped:4&fault=byte-dropped:5&fault=chip-silent:1")
    assert ask(board, WAKE) == b"00(113343)"
    assert ask(board, talk(commands.info())) == NO_RESPONSE


def test_a_board_that_resets_shows_its_boot_log_and_then_answers_again() -> None:
    board = faulty("board-reset:2")
    assert ask(board, b"board:bridge:baud(921600)") == b"00()"
    log = ask(board, WAKE)
    assert ROM in log
    assert AWAKE not in log
    assert board.baud == 115200
    assert ask(board, WAKE) == AWAKE


def test_a_silent_chip_takes_the_command_and_answers_nothing_ever_after() -> None:
    board = faulty("chip-silent:2")
    assert ask(board, talk(commands.info())) == b"00(07000060028038)"
    assert ask(board, talk(commands.info())) == NO_RESPONSE
    assert ask(board, talk(commands.info())) == COMM_FAIL
    assert ask(board, b"board:bridge:scan()") == b"00()"


def test_after_a_failed_self_test_the_wake_says_so_and_only_the_configuration_can_be_read() -> None:
    board = faulty("self-test:3")  # the bridge looks for chips when it starts
    assert ask(board, WAKE) == AWAKE
    assert ask(board, WAKE) == b"00(0407C440)"
    assert ask(board, talk(commands.info())) == b"00(040740C2)"
    assert ask(board, talk(commands.read_word(Zone.CONFIG, 0, 4))).startswith(b"00(0700006002")
    assert ask(board, b"board:device(00)") == b"ECC608 TWI 00(C0)"


def test_a_chip_at_the_wrong_address_is_found_there() -> None:
    board = faulty("wrong-address:0xB2")
    assert ask(board, b"board:bridge:scan()") == b"00(B2)"
    assert config_of(board)[16] == 0xC0


def test_chip_faults_concern_the_first_chip() -> None:
    board = open_board(parse_virtual_url("virtual://fresh+wrong-address?fault=wrong-address:0x20"))
    assert ask(board, b"board:bridge:scan()") == b"00(20B0)"


@pytest.mark.parametrize("request_", [WAKE, b"ecc:idle()", b"board:bridge:scan()", b"b:d(00)", talk(commands.info())])
def test_a_stuck_bus_is_said_to_everybody_who_needs_it(request_: bytes) -> None:
    board = faulty("sda-low:1")
    assert ask(board, request_) in (BUS_STUCK, COMM_FAIL)
    assert ask(board, b"board:bridge:clock(100000)") == b"00()"


def test_a_bus_can_get_stuck_later() -> None:
    board = faulty("sda-low:12")
    answers = [ask(board, WAKE) for _ in range(5)]
    assert answers[0] == AWAKE
    assert answers[-1] == BUS_STUCK


def test_power_lost_during_a_write_leaves_some_bytes_old_and_some_new() -> None:
    board = faulty("power-lost:2")
    before = config_of(board)[OLD]
    assert ask(board, talk(commands.write(Zone.CONFIG, 0, 92, b"\1\1\1\1"))) == b"00(04000340)"
    log = ask(board, talk(WRITE))
    assert ROM in log
    assert b"00(" not in log
    torn = config_of(board)[OLD]
    assert torn not in (before, NEW)
    assert all(byte in pair for byte, pair in zip(torn, zip(before, NEW, strict=True), strict=True))
    assert ask(board, talk(WRITE)) == b"00(04000340)"
    assert config_of(board)[OLD] == NEW


def test_power_lost_takes_the_registers_of_the_chip() -> None:
    board = faulty("power-lost:1")
    ask(board, talk(commands.nonce_pass_through(bytes(32))))
    ask(board, talk(WRITE))
    assert ask(board, talk(commands.info(commands.InfoMode.STATE))).startswith(b"00(0700000000")


@pytest.mark.parametrize("fault", ["power-lost:1", "power-lost:2", "power-lost:3"])
def test_a_seed_tears_the_same_bytes_each_time(fault: str) -> None:
    def run() -> tuple[list[bytes], bytes]:
        board = faulty(fault)
        words = [commands.write(Zone.CONFIG, 0, 20 + 4 * i, bytes(range(4))) for i in range(3)]
        return [ask(board, talk(word)) for word in [*words, WRITE]], config_of(board)

    assert run() == run()


def test_what_is_torn_is_in_the_state_file(tmp_path: Path) -> None:
    state = tmp_path / "chip.json"
    board = open_board(parse_virtual_url(f"virtual://fresh?seed=5&fault=power-lost:1&state={state}"))
    ask(board, talk(WRITE))
    again = open_board(parse_virtual_url(f"virtual://fresh?state={state}"))
    assert config_of(again) == config_of(board)
    assert config_of(again)[OLD] != NEW


def test_at_real_speed_power_stays_away_half_a_second_and_the_board_needs_its_boot_time() -> None:
    board = open_board(parse_virtual_url("virtual://fresh?speed=real&fault=power-lost:1"))
    board.receive(talk(WRITE) + b"\n", 10.0)
    due = board.next_ready()
    assert due is not None
    assert 10.5 < due < 10.6
    log = board.transmit(due)
    assert log.startswith(b"ets Jul 29 2019")
    assert ask(board, WAKE, due) == b""
    board.receive(WAKE + b"\n", due + 0.4)
    assert board.transmit(due + 0.5) == AWAKE + b"\n"
