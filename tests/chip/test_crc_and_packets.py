from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.crc import crc16, crc16_bytes
from atecc_bench.chip.protocol.packet import LONGEST_COMMAND, CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.protocol.status import Status

AFTER_WAKE = bytes.fromhex("04113343")
INFO = bytes.fromhex("0730000000035D")

commands = st.builds(
    CommandPacket,
    opcode=st.integers(0, 0xFF),
    param1=st.integers(0, 0xFF),
    param2=st.integers(0, 0xFFFF),
    data=st.binary(max_size=LONGEST_COMMAND - 7),
)
answers = st.builds(ResponsePacket, payload=st.binary(min_size=1, max_size=252))


@pytest.mark.parametrize("packet", [AFTER_WAKE, INFO, bytes.fromhex("0400 0340")])
def test_the_crc_is_that_of_packets_seen_on_the_wire(packet: bytes):
    assert crc16_bytes(packet[:-2]) == packet[-2:]
    assert crc16(packet[:-2]) == int.from_bytes(packet[-2:], "little")


def test_the_crc_of_nothing_is_zero():
    assert crc16(b"") == 0


@given(data=st.binary(max_size=200))
def test_the_crc_is_that_of_the_datasheet_computed_bit_by_bit(data: bytes):
    register = 0
    for bit in (byte >> n & 1 for byte in data for n in range(8)):
        top = register >> 15
        register = register << 1 & 0xFFFF
        if top != bit:
            register ^= 0x8005
    assert crc16(data) == register


def test_info_is_the_packet_of_the_datasheet():
    assert CommandPacket(Opcode.INFO).to_bytes() == INFO
    assert CommandPacket.parse(INFO) == CommandPacket(opcode=0x30, param1=0, param2=0, data=b"")


def test_the_answer_to_a_wake_is_a_status():
    assert ResponsePacket.of_status(Status.AFTER_WAKE).to_bytes() == AFTER_WAKE
    assert ResponsePacket.parse(AFTER_WAKE).status_code == Status.AFTER_WAKE


def test_an_answer_longer_than_a_byte_is_data_and_no_status():
    assert ResponsePacket(bytes.fromhex("00006002")).status_code is None


def test_param2_goes_low_byte_first():
    assert CommandPacket(Opcode.READ, 0x80, 0x0318).to_bytes()[:5] == bytes.fromhex("07 02 80 18 03")


@given(command=commands)
def test_a_command_survives_the_wire(command: CommandPacket):
    raw = command.to_bytes()
    assert len(raw) == raw[0] <= LONGEST_COMMAND
    assert CommandPacket.parse(raw) == command


@given(answer=answers)
def test_an_answer_survives_the_wire(answer: ResponsePacket):
    assert ResponsePacket.parse(answer.to_bytes()) == answer


@given(answer=answers, data=st.data())
def test_one_changed_bit_is_found(answer: ResponsePacket, data: st.DataObject):
    raw = bytearray(answer.to_bytes())
    position = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[position // 8] ^= 1 << position % 8
    with pytest.raises(PacketError) as caught:
        ResponsePacket.parse(bytes(raw))
    assert caught.value.id == ("packet-length" if position < 8 else "packet-crc")


@given(answer=answers, cut=st.integers(1, 255))
def test_a_lost_end_is_found(answer: ResponsePacket, cut: int):
    raw = answer.to_bytes()
    with pytest.raises(PacketError) as caught:
        ResponsePacket.parse(raw[:-cut])
    assert caught.value.id == "packet-length"


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\x01", b"\x03\x00\x00", b"\xff" * 4, AFTER_WAKE + b"\0"])
def test_bytes_that_are_no_answer_are_refused_with_their_number(raw: bytes):
    with pytest.raises(PacketError) as caught:
        ResponsePacket.parse(raw)
    assert caught.value.id == "packet-length"
    assert f"{len(raw)} bytes" in caught.value.message
    assert caught.value.hint


def test_an_answer_is_too_short_for_a_command():
    with pytest.raises(PacketError) as caught:
        CommandPacket.parse(AFTER_WAKE)
    assert caught.value.id == "packet-length"


@given(raw=st.binary(max_size=300))
@pytest.mark.parametrize("kind", [CommandPacket, ResponsePacket])
def test_any_bytes_are_a_packet_or_a_packet_error(kind: type[CommandPacket | ResponsePacket], raw: bytes):
    with suppress(PacketError):
        assert kind.parse(raw).to_bytes() == raw
