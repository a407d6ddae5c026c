"""Packets in hex as data sheets and forums write them: completed for a question, never for sending."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.console.data_lengths import data_length
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.errors import InputError

SIGN = CommandPacket(Opcode.SIGN, 0x80, 1)
WRITTEN = [
    ("41 80 01 00", SIGN), ("41800100", SIGN), ("0x41,0x80,0x01,0x00", SIGN), ("{0x41, 0x80, 0x01, 0x00}", SIGN),
    ("07 41 80 01 00", SIGN), ("03 07 41 80 01 00", SIGN), ("03 07 41 80 01 00 AB ...", SIGN),
    ("41-80-01-00", SIGN), ("[0x41 0x80 0x01 0x00]", SIGN), ("b'41800100'", SIGN), ("41 80 01 00 …", SIGN),
    (SIGN.to_bytes().hex(" "), SIGN), (f"03 {SIGN.to_bytes().hex(' ')}", SIGN),
    (f"<{SIGN.to_bytes().hex(':')}>", SIGN), (SIGN.to_bytes()[1:].hex(" "), SIGN),
]  # fmt: skip


@pytest.mark.parametrize(("text", "packet"), WRITTEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_packet_is_read_however_much_of_it_is_written(text: str, packet: CommandPacket):
    assert parse_command(text, FORMS, filler=0) == packet


@pytest.mark.parametrize("text", ["46 00 00 00", "46 00 00 00 …", "46 40 02 00 00 00 00 00 ...", "46 40 02 00 xx xx"])
def test_data_that_is_missing_is_made_up_for_a_question_alone(text: str):
    packet = parse_command(text, FORMS, filler=0)
    assert packet.opcode == Opcode.PRIV_WRITE
    assert len(packet.data) == 68
    with pytest.raises(InputError) as caught:
        parse_command(text, FORMS)
    assert caught.value.id == "command-packet"
    assert "missing" in caught.value.message


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("privwrite slot=1 encrypted=yes", 68), ("write slot=1 encrypted=yes", 64), ("write slot=8", 32),
        ("checkmac slot=1", 77), ("gendig zone=shared-nonce", 32), ("verify", 128), ("mac slot=1", 32),
        ("genkey slot=9 key=public-key-digest", 3), ("nonce", 20), ("nonce mode=pass-through size=64", 64),
    ],
)  # fmt: skip
def test_in_words_nothing_that_only_makes_the_packet_long_is_needed(words: str, length: int):
    packet = parse_command(words, FORMS, filler=0)
    assert len(packet.data) == length == data_length(packet.opcode, packet.param1)


def test_an_answer_is_no_command():
    with pytest.raises(InputError) as caught:
        parse_command("04 0F 23 42", FORMS, filler=0)
    assert "answer of the chip" in caught.value.message
    assert "atecc-bench explain 04 0F 23 42" in caught.value.hint


def test_a_wrong_crc_is_told_with_the_right_one():
    packet = bytearray(SIGN.to_bytes())
    packet[-1] ^= 1
    with pytest.raises(InputError) as caught:
        parse_command(packet.hex(), FORMS, filler=0)
    assert SIGN.to_bytes()[-2:].hex(" ").upper() in caught.value.message


@given(
    opcode=st.sampled_from(sorted(Opcode)),
    param1=st.integers(0, 255),
    param2=st.integers(0, 0xFFFF),
    data=st.binary(max_size=140),
    form=st.integers(0, 3),
)
def test_every_packet_is_read_back(opcode: int, param1: int, param2: int, data: bytes, form: int):
    packet = CommandPacket(opcode, param1, param2, data)
    raw = packet.to_bytes()
    text = (
        raw.hex(" "),
        "03 " + raw.hex(),
        "0x" + raw.hex(" 0x".replace(" 0x", " ")).replace(" ", ",0x"),
        raw[:-2].hex(" "),
    )
    assert parse_command(text[form], FORMS) == packet
