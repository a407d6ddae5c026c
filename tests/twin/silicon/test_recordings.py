"""The twin beside real chips: it answers what people recorded of them."""

import re

import pytest

from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.twin.board.i2c_bus import Bus, BusChip, SimClock
from tests.twin.silicon.recording import FOLDER, Recording, Transfer, fits, packet, pattern_length, recordings

RECORDINGS = dict(recordings())
OF_PACKETS = {name: one for name, one in RECORDINGS.items() if one.exchanges}
ON_THE_BUS = {name: one for name, one in RECORDINGS.items() if one.transfers}


@pytest.mark.parametrize("name", OF_PACKETS)
def test_the_twin_answers_each_packet_as_the_recorded_chip(name: str) -> None:
    recording = OF_PACKETS[name]
    element = recording.element()
    for number, exchange in enumerate(recording.exchanges):
        answer = element.execute(packet(exchange.ask)).response
        assert answer[-2:] == crc16_bytes(answer[:-2])
        assert fits(answer, exchange.answer), (
            f"{recording.source}, exchange {number}: {exchange.ask} is answered {answer.hex(' ')}, "
            f"and was by the chip {exchange.answer}"
        )


@pytest.mark.parametrize("name", ON_THE_BUS)
def test_the_twin_moves_on_the_bus_as_the_recorded_chip(name: str) -> None:
    recording = ON_THE_BUS[name]
    clock = SimClock()
    chip = BusChip(recording.element(), clock)
    bus = Bus([chip])
    for number, transfer in enumerate(recording.transfers):
        clock.catch_up(chip.ready_at)
        assert _same(transfer, bus, clock, recording), f"{recording.source}, transfer {number}: {transfer}"


def _same(transfer: Transfer, bus: Bus, clock: SimClock, recording: Recording) -> bool:
    address = recording.address << 1
    if transfer.wake:
        bus.wake()
    elif transfer.seconds is not None:
        clock.advance(transfer.seconds)
    elif transfer.write is not None:
        return bus.write(address, bytes.fromhex(transfer.write))
    elif transfer.silent is not None:
        return not bus.write(transfer.silent << 1, b"")
    elif transfer.read is not None:
        data = bus.read(address, pattern_length(transfer.read))
        return data is not None and fits(data, transfer.read)
    return True


def test_every_recording_names_a_repository_and_a_place_in_it() -> None:
    assert len(RECORDINGS) == len(list(FOLDER.iterdir()))
    for recording in RECORDINGS.values():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+, \S.*", recording.source), recording.source
        assert bool(recording.exchanges) != bool(recording.transfers)


def test_a_pattern_holds_a_byte_where_it_names_one() -> None:
    assert fits(bytes.fromhex("0411aabb"), "04 11 ??*2")
    assert not fits(bytes.fromhex("0412aabb"), "04 11 ??*2")
    assert not fits(bytes.fromhex("0411aa"), "04 11 ??*2")
