"""How fast the twin is when nothing waits, and how exactly it keeps a real chip's time."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.link.board.connection import connect
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from tests.support.boards.provision_through import provision_board

pytestmark = pytest.mark.bench


def per_second(element: SecureElement, count: int, *packets: CommandPacket) -> float:
    raw = [packet.to_bytes() for packet in packets]
    started = time.perf_counter()
    for _ in range(count):
        for packet in raw:
            assert element.execute(packet).reason is None
    return count / (time.perf_counter() - started)


@pytest.mark.parametrize(
    ("name", "packets", "count", "bound"),
    [
        ("Read", (commands.read_block(Zone.CONFIG, 0, 0),), 20_000, 3_000),
        ("Nonce and Sign", (commands.nonce_pass_through(bytes(32)), commands.sign(0)), 1_000, 300),
    ],
)
def test_commands_a_second_in_process(name: str, packets: tuple[CommandPacket, ...], count: int, bound: int) -> None:
    element = open_board(parse_virtual_url("virtual://provisioned")).element
    assert element is not None
    rate = per_second(element, count, *packets)
    print(f"\n{name}: {rate:.0f} a second")
    assert rate >= bound


def test_the_served_board_keeps_the_time_of_chip_and_wire(served_board: Callable[[str], str], tmp_path: Path) -> None:
    ratios: list[float] = []
    for _ in range(3):
        with connect(served_board("virtual://fresh?speed=real")) as board:
            timing = provision_board(board, tmp_path).outcome.timing
        ratios.append(timing.total_s / (timing.chip_s + timing.wire_s))
    ratio = statistics.median(ratios)
    print(f"\nprovisioning at 115200: {ratio:.3f} x execution and bit times")
    assert ratio <= 1.05
