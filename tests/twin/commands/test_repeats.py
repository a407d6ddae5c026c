"""A seed makes whole runs repeat to the byte: keys, signatures, random numbers, faults, and when bytes are due."""

import pytest

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, LockMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from tests.support.probes import snapshot

DIGEST = bytes(range(32))
LIFE = (
    commands.write(Zone.CONFIG, 0, 96, bytes.fromhex("3300" * 8 + "3C00" * 8)),
    commands.lock(LockMode.CONFIG, None),
    commands.write(Zone.DATA, 8, 0, bytes(range(32))),
    commands.lock(LockMode.DATA_AND_OTP, None),
    commands.random(),
    commands.gen_key(GenKeyMode.PRIVATE, 1),
    commands.nonce_pass_through(DIGEST),
    commands.sign(1),
    commands.random(),
    commands.read_block(Zone.CONFIG, 0, 0),
)


def request(command: CommandPacket) -> bytes:
    return b"ecc:talk(" + command.to_bytes().hex().encode() + b")\n"


def run(url: str) -> tuple[list[tuple[float | None, bytes]], list[bytes]]:
    board = open_board(parse_virtual_url(url))
    heard: list[tuple[float | None, bytes]] = []
    for number, command in enumerate(LIFE):
        board.receive(request(command), 10.0 * number)
        due = board.next_ready()
        heard.append((due, board.transmit(10.0 * number + 9)))
    return heard, [snapshot(element.memory) for element in board.elements]


@pytest.mark.parametrize("speed", ["real", "max"])
@pytest.mark.parametrize("preset", ["fresh", "atecc508a", "fresh+wrong-address"])
@pytest.mark.parametrize("fault", ["", "&fault=power-lost:3", "&fault=byte-flipped:40&fault=board-reset:6"])
def test_the_same_seed_is_the_same_run(preset: str, speed: str, fault: str) -> None:
    url = f"virtual://{preset}?seed=12&speed={speed}{fault}"
    assert run(url) == run(url)
    assert run(url)[1] != run(url.replace("seed=12", "seed=13"))[1]


def test_the_run_that_repeats_does_something() -> None:
    replies = [reply for _, reply in run("virtual://fresh?seed=12")[0]]
    assert [len(reply) for reply in replies[4:9]] == [75, 139, 13, 139, 75]
    assert replies[4] != replies[8]
