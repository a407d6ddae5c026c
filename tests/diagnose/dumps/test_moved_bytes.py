"""Dumps that lost or gained bytes before the counters: what is behind is moved back, what is before is left open."""

from pathlib import Path

import pytest

from atecc_bench.diagnose.dumps.moved_bytes import moved_back
from atecc_bench.diagnose.dumps.read_configuration import read_configuration
from tests.support.paths import ROOT

BROUGHT = Path(ROOT / "tests/data/brought/ecdh-refused-508a.txt")


def own_configuration() -> bytes:
    """A configuration that is none of the published ones."""
    raw = bytearray.fromhex(BROUGHT.read_text(encoding="utf-8"))
    raw[20:52] = bytes((at * 37 + 11) & 0xFF for at in range(32))
    return bytes(raw)


@pytest.mark.parametrize("at", [18, 23, 40, 51])
@pytest.mark.parametrize("lost", [1, 2])
def test_lost_bytes_before_the_counters_are_said_and_the_rest_is_placed(at: int, lost: int):
    raw = own_configuration()
    at = min(at, 52 - lost)
    dump = raw[:at] + raw[at + lost :] + bytes(lost)
    read = read_configuration(dump.hex(" "))
    assert {place: value for place, value in read.some.items() if place >= 52} == dict(enumerate(raw[52:], 52))
    assert not set(range(17, 52)) & set(read.some)
    assert any(f"{lost} byte" in remark and "lost between 17 and 51" in remark for remark in read.remarks)


def test_a_surplus_byte_is_said_too():
    raw = own_configuration()
    dump = raw[:30] + b"\x5a" + raw[30:127]
    read = read_configuration(dump.hex(" "))
    assert {place: value for place, value in read.some.items() if place >= 52} == dict(enumerate(raw[52:127], 52))
    assert any("too many" in remark for remark in read.remarks)


def test_what_stands_in_its_place_is_left_alone():
    assert moved_back(dict(enumerate(own_configuration()))) is None


def test_counters_that_stand_nowhere_move_nothing():
    raw = own_configuration()
    assert moved_back(dict(enumerate(raw[:52] + bytes(range(1, 17)) + raw[68:]))) is None
