"""Whatever the wires and the host do to an image: never a hang, never a lost reply."""

import pytest

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from tests.support.boards.bridge_desk import Desk, desk
from tests.support.cases.kit_vectors import INFO, REVISION, WOKEN
from tests.support.emulated.board import CHIPS, EmulatedBridge
from tests.support.emulated.i2c_bus import Stuck

ALL_REQUESTS = ("e:w()", "e:i()", "e:s()", "b:b:s()", "b:d(00)", f"e:t({INFO})", "e:p:s(6C)")
SELF_TEST = CommandPacket(Opcode.SELF_TEST, 0x20, 0).to_bytes().hex()  # 250 ms, and nothing of the chip is changed


def start(chip: str, on: Desk, *, rate: int = 460800, clocks: str = "") -> EmulatedBridge:
    return EmulatedBridge(chip, on.bus, on.clock, rate=rate, clocks=clocks)


def say(bridge: EmulatedBridge, request: str) -> str:
    return bridge.hear(request.encode("latin-1") + b"\n").decode("ascii")


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("stuck", Stuck)
def test_wires_that_do_not_rise_are_a_timeout_for_whoever_asks(chip: str, stuck: Stuck) -> None:
    bridge = start(chip, desk(1))
    bridge.wires.stuck = stuck
    for request in ALL_REQUESTS:
        assert say(bridge, request) in ("F1()\n", "00()\n")
    assert say(bridge, "b:b:s()") == say(bridge, f"e:t({INFO})") == "F1()\n"
    assert say(bridge, "b:v()").startswith("00(")
    bridge.wires.stuck = None
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"


@pytest.mark.parametrize("chip", CHIPS)
@pytest.mark.parametrize("stuck", Stuck)
def test_a_board_that_starts_without_a_bus_still_answers(chip: str, stuck: Stuck) -> None:
    on = desk(1)
    bridge = start(chip, on)
    bridge.wires.stuck = stuck
    assert say(bridge, "b:v()").startswith("00(")
    assert say(bridge, "e:w()") == "F1()\n"


@pytest.mark.slow
@pytest.mark.parametrize("chip", CHIPS)
def test_wires_that_get_stuck_within_a_transfer(chip: str) -> None:
    on = desk(1)
    bridge = start(chip, on)
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"
    for stuck in Stuck:
        for position in (0, 1, 4, 8, 9, 12):

            def break_at(number: int, at: int = position, how: Stuck = stuck) -> bool:
                if number == at:
                    bridge.wires.stuck = how
                return False

            bridge.wires.bytes_seen, bridge.wires.refuses = 0, break_at
            assert say(bridge, f"e:t({INFO})") in ("F1()\n", "F0()\n", "E7()\n", f"00({REVISION})\n")
            bridge.wires.stuck = None
            bridge.wires.refuses = lambda number: False
            say(bridge, "e:s()")
            assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n", (stuck, position)


@pytest.mark.slow
@pytest.mark.parametrize("chip", CHIPS)
def test_an_empty_bus_is_a_communication_failure(chip: str) -> None:
    bridge = start(chip, desk(0))
    for request in ("e:w()", "e:i()", "e:s()", f"e:t({INFO})"):
        assert say(bridge, request) == "F0()\n"
    assert say(bridge, "b:b:s()") == "00()\n"


@pytest.mark.slow
@pytest.mark.parametrize("chip", CHIPS)
def test_a_refused_byte_at_every_position(chip: str) -> None:
    on = desk(1)
    bridge = start(chip, on)
    say(bridge, "e:w()")
    bridge.wires.bytes_seen = 0
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"
    length = bridge.wires.bytes_seen
    assert length >= 9 + 1 + 7
    for position in range(length + 2):
        bridge.wires.bytes_seen, bridge.wires.refuses = 0, lambda number, at=position: number == at
        reply = say(bridge, f"e:t({INFO})")
        # A command is sent again, and asking whether the chip is ready is too; what cannot be is a status.
        assert reply in (f"00({REVISION})\n", "F0()\n", "E7()\n", "F1()\n"), position
        bridge.wires.refuses = lambda number: False
        assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n", position


@pytest.mark.slow
@pytest.mark.parametrize("chip", CHIPS)
def test_a_chip_that_refuses_everything(chip: str) -> None:
    bridge = start(chip, desk(1))
    bridge.wires.refuses = lambda number: True
    for request in ALL_REQUESTS:
        assert say(bridge, request).endswith(")\n")
    assert say(bridge, "b:b:s()") == "00()\n"


@pytest.mark.parametrize("chip", CHIPS)
def test_wires_that_rise_slowly(chip: str) -> None:
    bridge = start(chip, desk(1))
    bridge.wires.rise_s = 2e-6
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chip", "rate", "clocks"),
    [
        ("ESP32", 1_500_000, "40 MHz crystal"),
        ("ESP32", 921600, "40 MHz crystal, halved"),
        ("ESP32", 2_000_000, "PLL, 240 MHz"),
        ("ESP32C3", 921600, "20 MHz"),
        ("ESP32C2", 921600, "20 MHz"),
        ("ESP32C5", 1_500_000, "40 MHz"),
        ("ESP32C6", 1_500_000, "40 MHz"),
        ("ESP32C61", 1_500_000, "40 MHz"),
        ("ESP32H2", 921600, "32 MHz"),
        ("ESP32P4", 1_500_000, "40 MHz"),
        ("ESP32S2", 921600, "20 MHz"),
        ("ESP32S3", 921600, "20 MHz"),
        ("ESP32S3", 2_000_000, "PLL, 240 MHz"),
    ],
)
def test_input_at_full_speed_while_a_command_executes(chip: str, rate: int, clocks: str) -> None:
    bridge = start(chip, desk(1), clocks=clocks)
    bridge.chip.loops.stride = 2.0
    assert say(bridge, f"b:b:b({rate})") == "00()\n"
    lines = [f"e:t({SELF_TEST})", *["b:v()", "x:y()", f"e:t({INFO})", "e:t(zz)"] * 20, f"e:t({'ff' * 250})"]
    lines += ["b:b:s()", "y" * 600, "e:w()"]
    sent = bridge.hear("".join(f"{line}\n" for line in lines).encode())
    replies = sent.decode().splitlines()
    assert bridge.chip.uart.lost == 0
    assert len(replies) == len(lines)
    assert replies[0] == "00(04000340)"
    assert replies[1:5] == [replies[1], "F2()", f"00({REVISION})", "E2()"]
    assert replies[-3:] == ["00(C0)", "E4()", WOKEN]


def test_a_rate_that_the_cpu_cannot_follow_is_refused() -> None:
    bridge = start("ESP32C3", desk(1), clocks="20 MHz")
    assert say(bridge, "b:b:b(2000000)") == "E2()\n"


@pytest.mark.slow
def test_more_than_there_is_room_for_still_gets_a_reply_for_each_line() -> None:
    bridge = start("ESP32", desk(1))
    assert say(bridge, "b:b:b(1500000)") == "00()\n"
    bridge.chip.loops.stride = 2.0
    lines = [*[f"e:t({SELF_TEST})"] * 2, *["b:v()" + "\r" * 400] * 200, "b:b:s()"]
    replies = bridge.hear("".join(f"{line}\n" for line in lines).encode()).decode().splitlines()
    assert bridge.chip.uart.lost == 0
    assert len(replies) == len(lines)
    assert replies[:2] == ["00(04000340)"] * 2
    assert "E2()" in replies  # what there was no room for
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"
