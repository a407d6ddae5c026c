"""The guard itself, on a virtual board: whatever could change a chip is named."""

import pytest

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.link.board.connection import connect
from atecc_bench.twin.ports.registration import register_virtual_scheme
from tests.support.boards.device_guard import DeviceGuard, may_change

CHANGES = [
    "write zone=config offset=20 data=00000000",
    "write slot=8 data=" + "00" * 32,
    "lock zone=config check=no",
    "lock zone=data check=no",
    "lock zone=slot slot=3",
    "genkey slot=0 key=private",
    "counter mode=increment",
    "updateextra mode=user-extra value=1",
    "random",
    "nonce mode=random data=" + "00" * 20,
    "derivekey slot=3",
    "sign slot=0",
    "verify mode=validate slot=14 signature=" + "00" * 64 + " public-key=" + "00" * 19,
    "mac slot=3 challenge=" + "00" * 32,
]
LOOKS = ["info", "read slot=8", "genkey slot=0", "counter", "sha mode=start", "nonce mode=pass-through"]


@pytest.mark.parametrize("words", CHANGES)
def test_what_may_change_a_chip(words: str):
    assert may_change(parse_command(words, FORMS, filler=0))


@pytest.mark.parametrize("words", LOOKS)
def test_what_only_looks(words: str):
    assert not may_change(parse_command(words, FORMS, filler=0))


def test_it_hears_of_every_packet_of_a_connection():
    register_virtual_scheme()
    guard = DeviceGuard()
    with connect("virtual://configured", guard.trace) as board:
        session = board.open_chip()
        session.read_config()
        assert (len(guard.packets), guard.changing) == (4, [])
        session.random()
        session.generate_key(0)
    assert len(guard.packets) == 6
    assert [words.split()[0] for words in guard.changing] == ["Random", "GenKey"]


def test_a_packet_that_is_kept_secret_counts_as_a_change():
    register_virtual_scheme()
    guard = DeviceGuard()
    with connect("virtual://fresh", guard.trace) as board:
        session = board.open_chip()
        command = parse_command("write zone=config offset=20 data=00000000", FORMS)
        session.execute(type(command)(command.opcode, command.param1, command.param2, command.data, secret=True))
    assert len(guard.changing) == 1
