"""The wiring test names the likely mistake; the search for pins tries only what is safe."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from atecc_bench.link.board.boards import BOARDS, MODULES, Board, Module, Usb, boards_with, usb_says
from atecc_bench.link.board.connection import connect
from atecc_bench.link.board.pins import PIN_PAIRS, PinProbe, find_pins, pins_to_try
from atecc_bench.link.board.wiring import FACTORY_ADDRESSES, WiringStep, wiring_test
from atecc_bench.link.flash.targets import TARGETS
from atecc_bench.link.transports.connection import Connection
from atecc_bench.link.transports.errors import CancelledError, LinkError
from tests.support.boards.scripted_board import ScriptedBoard, ok

VERSION = b"Scripted bridge 1.2 ESP32"
AWAKE = bytes.fromhex("04113343")
SOURCE = r"variants/\S+\.h|[\w.-]+/[\w.-]+: \S+|https://\S+"
Scripted = Callable[..., ScriptedBoard]

# By target: pins of the flash, of USB and of the serial line to the computer (Espressif, "GPIO & RTC GPIO").
TAKEN = {
    "esp32": {0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 15},
    "esp32s2": {0, 19, 20, 26, 27, 28, 29, 30, 31, 32, 43, 44, 45, 46},
    "esp32s3": {0, 19, 20, *range(26, 38), 43, 44, 45, 46},
    "esp32c2": {8, 9, *range(11, 18), 19, 20},
    "esp32c3": {2, *range(11, 22)},
    "esp32c5": {2, 7, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 28},
    "esp32c6": {8, 9, 12, 13, 15, 16, 17, *range(24, 31)},
    "esp32c61": {8, 9, 10, 11, 12, 13},
    "esp32h2": {8, 9, *range(15, 22), 23, 24, 26, 27},
    "esp32p4": {34, 35, 36, 37, 38},
}


def bus(found: dict[int, bytes], status: dict[str, bytes] | None = None) -> Callable[[ScriptedBoard, str], None]:
    """A bridge with devices on its bus, each with what it says after a wake pulse."""
    selected = 0

    def script(board: ScriptedBoard, request: str) -> None:
        nonlocal selected
        for start, reply in (status or {}).items():
            if request.startswith(start):
                board.send(reply)
                return
        match = re.fullmatch(r"ecc:physical:select\((..)\)", request)
        if request == "board:version()":
            board.send(ok(VERSION))
        elif request == "board:bridge:scan()":
            board.send(ok(bytes(found)))
        elif match:
            selected = int(match[1], 16)
            board.send(ok())
        elif request == "ecc:wake()":
            board.send(ok(found[selected]) if found[selected] else b"F0()\n")
        else:
            board.send(ok())

    return script


@contextmanager
def board_at(url: str) -> Iterator[Connection]:
    with connect(url) as board:
        yield board


class TestWiring:
    def test_a_good_board(self):
        with board_at("virtual://configured") as board:
            results = wiring_test(board)
        assert [result.step for result in results] == [WiringStep.WAKE, WiringStep.SCAN, WiringStep.READ]
        assert all(result.passed and not result.advice for result in results)
        assert "04 11 33 43" in results[0].finding
        assert "TrustCUSTOM" in results[1].finding

    def test_nothing_on_the_bus(self):
        with board_at("virtual://no-chip") as board:
            (result,) = wiring_test(board)
        assert (result.step, result.passed) == (WiringStep.WAKE, False)
        assert "swapped" in result.advice

    def test_sda_stays_low(self):
        with board_at("virtual://fresh?fault=sda-low:1") as board:
            (result,) = wiring_test(board)
        assert "SDA stays low" in result.finding
        assert "pull-up" in result.advice

    def test_an_address_that_byte_16_has_moved(self):
        with board_at("virtual://wrong-address") as board:
            results = wiring_test(board)
        assert results[1].passed
        assert "Byte 16" in results[1].advice

    def test_a_self_test_that_failed_is_no_mistake_in_the_wiring(self):
        with board_at("virtual://fresh?fault=self-test:1") as board:
            results = wiring_test(board)
        assert results[0].passed
        assert "self test" in results[0].finding

    def test_another_device_alone_on_the_bus(self, scripted: Scripted):
        with board_at(scripted(bus({0x78: b""})).port) as board:
            results = wiring_test(board)
        assert results[-1].step is WiringStep.SCAN
        assert not results[-1].passed
        assert "0x3C" in results[-1].finding

    def test_a_wake_pulse_that_is_too_short(self, scripted: Scripted):
        with board_at(scripted(bus({0xC0: b"\xff" * 4})).port) as board:
            (result,) = wiring_test(board)
        assert "too short" in result.advice
        assert "ff ff ff ff" in result.finding

    def test_a_chip_that_wakes_and_cannot_be_read(self, scripted: Scripted):
        script = bus({0xC0: AWAKE}, {"e:t": b"E6()\n"})
        with board_at(scripted(script).port) as board:
            results = wiring_test(board)
        assert [result.passed for result in results] == [True, True, False]
        assert "pull-ups" in results[-1].advice

    def test_nothing_is_written(self, scripted: Scripted):
        board = scripted(bus({0xC0: AWAKE}, {"e:t": b"E6()\n"}))
        with board_at(board.port) as connection:
            wiring_test(connection)
        packets = [request for request in board.heard if request.startswith("e:t")]
        assert packets
        assert all(packet[6:8] in ("02", "30") for packet in packets)  # Read and Info


class TestPins:
    @pytest.mark.parametrize("target", TARGETS)
    def test_every_target_has_pairs_that_are_safe(self, target: str):
        assert PIN_PAIRS[target]
        for pair in PIN_PAIRS[target]:
            assert pair.sda != pair.scl
            assert not {pair.sda, pair.scl} & TAKEN[target]

    @pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
    def test_the_pins_of_each_board_are_tried_under_its_name(self, board: Board):
        pairs = [pair for pair in PIN_PAIRS[board.target] if (pair.sda, pair.scl) == (board.sda, board.scl)]
        assert [board.name in pair.board for pair in pairs] == [True]
        assert re.fullmatch(SOURCE, board.source)

    @pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
    def test_which_usb_a_board_has_was_read_somewhere(self, board: Board):
        assert (board.usb is Usb.UNKNOWN) == (board.usb_source == "") == (usb_says(board) == "")
        assert re.fullmatch(SOURCE, board.usb_source) or board.usb is Usb.UNKNOWN
        assert board.target != "esp32" or board.usb is Usb.SERIAL_CHIP

    @pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
    def test_a_module_answers_where_its_chip_leaves_the_factory(self, module: Module):
        assert module.chip_at in FACTORY_ADDRESSES
        assert re.fullmatch(SOURCE, module.source)

    def test_on_an_esp32_s2_the_bridge_is_not_at_its_usb(self):
        (board, *_) = [board for board in boards_with("esp32s2") if board.usb is Usb.OF_THE_CHIP]
        assert "UART0" in usb_says(board)
        assert boards_with("") == BOARDS

    @pytest.mark.parametrize("target", TARGETS)
    def test_each_pair_is_tried_once_and_swapped_once(self, target: str):
        tried = [(pair.sda, pair.scl) for pair in pins_to_try(target)]
        assert len(tried) == len(set(tried))
        assert {(scl, sda) for sda, scl in tried} == set(tried)

    def test_the_search_stays_on_the_pair_that_answers(self, scripted: Scripted):
        third = pins_to_try("esp32")[2]
        pins = ""

        def script(board: ScriptedBoard, request: str) -> None:
            nonlocal pins
            if request.startswith("board:bridge:pins"):
                pins = request
                board.send(b"E2()\n" if "23,22" in request else ok())
            elif request == "board:bridge:scan()":
                board.send(ok(b"\xc0" if pins.endswith(f"({third.sda},{third.scl})") else b""))
            else:
                board.send(ok(VERSION))

        board = scripted(script)
        probes: list[PinProbe] = []
        with board_at(board.port) as connection:
            assert find_pins(connection, "esp32", probes.append) == third
        assert [probe.pins for probe in probes] == list(pins_to_try("esp32")[:3])
        assert probes[-1].addresses == (0xC0,)

    def test_without_any_the_bridge_goes_back_to_its_own_pins(self):
        probes: list[PinProbe] = []
        with board_at("virtual://no-chip") as board:
            assert find_pins(board, "esp32", probes.append) is None
            exchanges = [exchange.request for exchange in board.trace.exchanges]
        assert len(probes) == len(pins_to_try("esp32"))
        assert exchanges[-1] == "board:bridge:pins(21,22)"

    def test_pins_that_are_stuck_or_not_there_do_not_end_the_search(self, scripted: Scripted):
        def script(board: ScriptedBoard, request: str) -> None:
            if request == "board:bridge:scan()":
                board.send(b"F1()\n")
            else:
                board.send(b"E2()\n" if "(32,33)" in request else ok(VERSION))

        probes: list[PinProbe] = []
        with board_at(scripted(script).port) as board:
            assert find_pins(board, "esp32", probes.append) is None
        assert probes[0].stuck
        assert not probes[1].stuck

    def test_a_cancelled_search(self):
        probes: list[PinProbe] = []
        with board_at("virtual://no-chip") as board, pytest.raises(CancelledError):
            find_pins(board, "esp32", probes.append, lambda: len(probes) == 3)
        assert len(probes) == 3

    def test_a_target_nobody_knows(self):
        with board_at("virtual://fresh") as board, pytest.raises(LinkError) as caught:
            find_pins(board, "esp8266", print)
        assert caught.value.id == "unknown-target"


class TestRates:
    def test_the_highest_rate_that_holds(self):
        with board_at("virtual://fresh") as board:
            board.use_fastest_baud()
            assert board.baud == 921600

    def test_a_rate_the_bridge_does_not_have(self, scripted: Scripted):
        def script(board: ScriptedBoard, request: str) -> None:
            board.send(b"E2()\n" if "(921600)" in request else ok(VERSION))

        with board_at(scripted(script).port) as board:
            board.use_fastest_baud()
            assert board.baud == 460800

    def test_a_rate_that_does_not_hold_is_left_again(self, scripted: Scripted):
        rate = 115200

        def script(board: ScriptedBoard, request: str) -> None:
            nonlocal rate
            match = re.fullmatch(r"board:bridge:baud\((\d+)\)", request)
            noisy = rate > 400_000
            board.send(b"\x80\xf8\n" if noisy else ok(VERSION))
            if match:
                rate = int(match[1])

        with board_at(scripted(script).port) as board:
            board.use_fastest_baud()
            assert board.baud == 230400
            assert rate == 230400

    @pytest.mark.slow
    def test_a_bridge_that_is_lost_at_a_rate(self, scripted: Scripted):
        def script(board: ScriptedBoard, request: str) -> None:
            if not any("baud" in heard for heard in board.heard[:-1]):
                board.send(ok(VERSION))

        with board_at(scripted(script).port) as board, pytest.raises(LinkError) as caught:
            board.use_fastest_baud()
        assert caught.value.id == "baud-lost"
