"""Commands in words: what is typed, what is pasted, and what is said of a packet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.console.answer_text import describe_answer
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_effects import CommandEffect, effect_of
from atecc_bench.chip.console.command_spec import describe_command, parse_command
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, LockMode, Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.self_test import refusal_status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import InputError

PACKETS = st.builds(
    CommandPacket, st.integers(0, 255), st.integers(0, 255), st.integers(0, 0xFFFF), st.binary(max_size=148)
)


def test_every_opcode_has_a_form():
    assert set(FORMS) == set(Opcode)


@given(PACKETS)
def test_what_is_said_of_a_packet_makes_it_again(packet: CommandPacket):
    words = describe_command(packet, FORMS)
    if packet.opcode in FORMS:
        assert parse_command(words, FORMS) == packet
    else:
        assert f"{packet.opcode:02X}" in words


@given(PACKETS, st.booleans(), st.booleans())
def test_a_pasted_packet_is_taken_with_and_without_word_address_and_crc(
    packet: CommandPacket, address: bool, crc: bool
):
    raw = packet.to_bytes() if crc else packet.to_bytes()[:-2]
    text = (b"\x03" + raw if address else raw).hex(" ")
    assert parse_command(text, FORMS) == packet


@pytest.mark.parametrize(
    ("words", "packet"),
    [
        ("write slot=15", commands.write(Zone.DATA, 15, 0, bytes(32))),
        ("Write slot=8 offset=4 data=00112233", commands.write(Zone.DATA, 8, 4, bytes.fromhex("00112233"))),
        ("read zone=config offset=84 size=4", commands.read_word(Zone.CONFIG, 0, 84)),
        ("gen_key key=private slot=0", commands.gen_key(GenKeyMode.PRIVATE, 0)),
        ("GenKey slot=tempkey key=private", commands.gen_key(GenKeyMode.PRIVATE, 0xFFFF)),
        ("sign slot=2", commands.sign(2)),
        ("nonce mode=pass-through data=" + "11" * 32, commands.nonce_pass_through(b"\x11" * 32)),
        ("lock zone=slot slot=3 check=no", CommandPacket(Opcode.LOCK, LockMode.SLOT | LockMode.NO_CRC | 3 << 2)),
        ("sha mode=update data=aabb", CommandPacket(Opcode.SHA, 1, 2, b"\xaa\xbb")),
        ("info param1=0x09", CommandPacket(Opcode.INFO, 9)),
    ],
)
def test_words(words: str, packet: CommandPacket):
    assert parse_command(words, FORMS, filler=0) == packet


@pytest.mark.parametrize(
    ("words", "id_", "said"),
    [
        ("", "no-command", "No command"),
        ("fly slot=3", "no-command", "'fly'"),
        ("write slto=15", "command-parameter", "slto"),
        ("write slot=16", "command-parameter", "16"),
        ("write slot=8 offset=3", "command-parameter", "byte 3"),
        ("write slot=15 data=0", "command-parameter", "hex"),
        ("write slot=15 data=001122", "command-parameter", "3 bytes"),
        ("sign", "command-parameter", "needs slot"),
        ("sign slot=1 slot=2", "command-parameter", "twice"),
        ("nonce mode=loud", "command-parameter", "loud"),
        ("07 30 00 00 00 03 5e", "command-packet", "CRC"),
        ("07300000000", "command-packet", "odd"),
    ],
)
def test_words_that_are_no_command(words: str, id_: str, said: str):
    with pytest.raises(InputError) as caught:
        parse_command(words, FORMS, filler=0)
    assert caught.value.id == id_
    assert said in caught.value.message


def test_data_is_not_made_up_for_a_chip():
    with pytest.raises(InputError) as caught:
        parse_command("write slot=15", FORMS)
    assert "needs data" in caught.value.message


def test_answers_in_words():
    read = commands.read_word(Zone.DATA, 8, 4)
    assert describe_answer(read, ResponsePacket(b"abcd")) == "slot 8, bytes 4–7: 61 62 63 64"
    assert describe_answer(commands.info(), ResponsePacket(bytes.fromhex("00006002"))).startswith("ATECC608A")
    assert describe_answer(None, ResponsePacket(b"\x0f")).startswith("0F The chip refuses")


@pytest.mark.parametrize(
    ("tests", "answer", "said"),
    [
        ("all", 0x00, "OK, passed: random numbers, ECDSA, ECDH, AES, SHA"),
        ("sha", 0x00, "OK, passed: SHA"),
        ("all", 0x05, "05 failed: random numbers, ECDSA"),
        ("all", 0x08, "08 failed: ECDH"),
        ("failed", 0x30, "30 failed before: AES, SHA"),
        ("failed", 0x00, "OK, no self test has failed"),
        ("0x02", 0x00, "OK, nothing was tested"),
        ("all", 0x03, "03 The chip does not know this command, mode or length."),
        ("all", 0xEE, "EE The watchdog would put the chip to sleep before the command ends."),
    ],
)
def test_self_test_names_what_failed(tests: str, answer: int, said: str) -> None:
    command = parse_command(f"selftest tests={tests}", FORMS)
    assert describe_answer(command, ResponsePacket(bytes((answer,)))) == said


@pytest.mark.parametrize(("words", "answer", "status"), [
    ("selftest", 0x05, None), ("selftest", 0x03, 0x03), ("selftest", 0x00, None), ("info", 0x05, 0x05),
])  # fmt: skip
def test_what_a_self_test_found_is_no_refusal(words: str, answer: int, status: int | None) -> None:
    assert refusal_status(parse_command(words, FORMS), ResponsePacket(bytes((answer,)))) == status
    assert describe_answer(None, ResponsePacket(b"\x00")) == "OK"
    assert "77" in describe_answer(None, ResponsePacket(b"\x77"))


def test_effects():
    assert effect_of(commands.read_word(Zone.DATA, 8, 4)) is CommandEffect.NOTHING
    assert effect_of(commands.gen_key(GenKeyMode.PUBLIC, 0)) is CommandEffect.NOTHING
    assert effect_of(commands.gen_key(GenKeyMode.PRIVATE, 0xFFFF)) is CommandEffect.NOTHING
    assert effect_of(commands.gen_key(GenKeyMode.PRIVATE, 0)) is CommandEffect.FOR_EVER
    assert effect_of(commands.write(Zone.DATA, 8, 0, bytes(32))) is CommandEffect.CHANGES
    assert effect_of(CommandPacket(0x99)) is CommandEffect.CHANGES
