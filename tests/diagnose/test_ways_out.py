"""Remedies hold on the very chip: who does what they say is not refused again, and the impossible stays so."""

import random
from itertools import islice

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import Answer, explain
from atecc_bench.diagnose.refusals.proofs import PROOFS
from atecc_bench.diagnose.refusals.ways_out import is_possible, other_slots, private_key_ways
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from tests.support.cases.explained_refusals import refusal
from tests.support.cases.packet_fuzzer import packets, random_twin
from tests.support.paths import ROOT
from tests.support.probes import explain_chip

REFUSALS = 40  # `make refusals` takes more
LATER = 60  # commands by which a chip comes into another state


def of_words(text: str) -> CommandPacket:
    return parse_command(text, FORMS, filler=0)


def brought(name: str) -> bytes:
    return bytes.fromhex((ROOT / "tests" / "data" / "brought" / name).read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(REFUSALS))
def test_whoever_does_what_a_remedy_says_is_not_refused_again(number: int):
    found = refusal(number)
    if found is None:
        pytest.skip("this chip refuses nothing by its configuration")
    element, command = found
    (answer,) = explain_chip(element, command).answers
    assert answer.reason is not None
    if answer.remedy is not None:
        changed = element.copy(answer.remedy.applied(element.memory.contents(Zone.CONFIG)))
        now = changed.execute(command.to_bytes()).reason
        assert now is None or (now.id is not answer.reason.id and not now.bytes)
    _steps_lead_there(element, command, answer)
    if answer.way_out is not None and answer.way_out.impossible:
        _stays_refused(element, command, random.Random(f"later {number}"))  # noqa: S311 - to be repeated


def _steps_lead_there(element: SecureElement, command: CommandPacket, answer: Answer) -> None:
    steps = None if answer.way_out is None else answer.way_out.steps
    if steps is None:
        return
    trial = element.copy()
    for words in steps.commands:
        assert trial.execute(of_words(words).to_bytes()).reason is None, words
        assert words in answer.what_to_do
    now = trial.execute(command.to_bytes()).reason
    assert now is None or now.id in PROOFS


def _stays_refused(element: SecureElement, command: CommandPacket, dice: random.Random) -> None:
    chip = element.copy()
    source = packets(dice, chip)
    packet = next(source)
    for _ in range(LATER):
        done = chip.execute(packet)
        then = chip.copy().execute(command.to_bytes()).reason
        assert then is not None
        assert then.id not in PROOFS
        packet = source.send(done.response)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(12))
def test_what_is_possible_in_some_state_is_never_called_impossible(number: int):
    dice = random.Random(f"possible {number}")  # noqa: S311 - to be repeated
    element = random_twin(dice)
    source = packets(dice, element)
    packet = next(source)
    evidence = ChipEvidence(element.memory.contents(Zone.CONFIG))
    for _ in range(40):
        done = element.execute(packet)
        if done.reason is None:
            assert is_possible(evidence, CommandPacket.parse(packet)), packet.hex()
            evidence = ChipEvidence(element.memory.contents(Zone.CONFIG))
        packet = source.send(done.response)


def test_no_key_is_promised_where_none_can_come():
    config = brought("ecdh-refused-508a.txt")
    told = explain(ChipEvidence(config), of_words("ecdh slot=0"), 0x0F)
    (answer,) = told.answers
    assert answer.reason is not None
    assert answer.reason.id is ReasonId.NO_PRIVATE_KEY
    assert "Generate a key" not in answer.what_to_do
    assert "No key ever gets into it on this chip" in answer.what_to_do
    assert "slots 1, 2" in answer.what_to_do
    assert private_key_ways(config, 0) == ()
    assert private_key_ways(config, 1) == ("genkey key=private slot=1",)


def test_a_slot_that_others_can_stand_in_for_is_named_with_them():
    config = brought("ecdh-refused-508a.txt")
    assert other_slots(ChipEvidence(config), of_words("genkey key=private slot=0")) == (1, 2)
    assert other_slots(ChipEvidence(config), of_words("info")) is None


def test_that_no_slot_can_do_it_is_said_with_what_is_left():
    config = bytearray(brought("ecdh-refused-508a.txt"))
    for slot in range(16):
        config[20 + 2 * slot] &= 0xF0  # ReadKey 0: no key signs
    told = explain(ChipEvidence(bytes(config)), of_words("sign slot=1"))
    (answer,) = told.answers
    assert "No other slot of this configuration can do it either." in answer.what_to_do
    assert "in software" in answer.what_to_do


def test_two_bits_that_are_needed_are_named_together():
    told = explain(ChipEvidence(brought("ecdh-refused-508a.txt")), of_words("sign slot=3"))
    (answer,) = told.answers
    assert answer.remedy is not None
    assert {change.field.name for change in answer.remedy.changes} >= {"KeyConfig[3].Private", "KeyConfig[3].KeyType"}
    changed = ConfigZone.parse(answer.remedy.applied(brought("ecdh-refused-508a.txt")))
    again = explain(ChipEvidence(changed.to_bytes()), of_words("sign slot=3"))
    assert again.allowed


def test_the_crc_that_would_lock_is_told():
    config = bytearray(brought("ecdh-refused-508a.txt"))
    config[86:88] = b"\x55\x55"
    told = explain(ChipEvidence(bytes(config)), of_words("lock zone=config crc=0x1234"))
    assert told.certain
    (answer,) = told.answers
    assert answer.way_out is not None
    right = answer.way_out.right_crc
    assert right is not None
    assert f"lock zone=config crc=0x{right:04X}" in answer.what_to_do
    assert explain(ChipEvidence(bytes(config)), of_words(f"lock zone=config crc={right}")).allowed


@pytest.mark.parametrize("number", range(6))
def test_a_remedy_is_found_in_time(number: int):
    found = next(filter(None, map(refusal, islice(range(number * 50, 5000), 50))))
    element, command = found
    assert explain_chip(element, command).answers[0].what_to_do
