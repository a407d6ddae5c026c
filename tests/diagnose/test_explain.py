"""A refusal is traced to rule and bits: the twin in the chip's state is asked, and again with them changed."""

from collections import Counter
from itertools import count, islice

import pytest

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.diagnose.refusals.explain import ChipEvidence, explain
from atecc_bench.diagnose.refusals.remedies import WHAT_TO_DO
from atecc_bench.errors import InputError
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from tests.support.boards.twin_under_test import vendor_twin
from tests.support.cases.explained_refusals import refusal_explained
from tests.support.cases.refused_commands import REFUSED, Refused

CASES = 60  # `make refusals` takes 2,000


@pytest.mark.slow
def test_refusals_are_named_and_end_with_the_named_bits_changed():
    seen = Counter(islice(filter(None, map(refusal_explained, count())), CASES))
    assert len(seen) > 12, seen


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_refusal_told_by_contents_and_history(case: Refused):
    memory = vendor_twin(case.contents, **case.edits).memory
    known = ChipEvidence(
        config=memory.contents(Zone.CONFIG),
        slots={slot: memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)},
        otp=memory.contents(Zone.OTP),
        before=case.before,
    )
    told = explain(known, case.command)
    assert not told.allowed
    assert [answer.reason and answer.reason.id for answer in told.answers] == [case.reason]
    assert told.answers[0].status == case.status
    assert told.answers[0].what_to_do


def test_every_reason_leads_to_something_to_do():
    # The others are ended by bits, which every test above has the explanation name.
    by_bits = {case.reason for case in REFUSED if case.decided_by}
    unsaid = set(ReasonId) - set(WHAT_TO_DO) - by_bits
    named_elsewhere = {
        ReasonId.CONFIG_LOCKED, ReasonId.DATA_LOCKED, ReasonId.SLOT_LOCKED, ReasonId.SLOT_NEVER_READABLE,
        ReasonId.SLOT_NEVER_WRITABLE, ReasonId.GENKEY_NOT_ALLOWED, ReasonId.PUB_INFO_OFF,
        ReasonId.EXTERNAL_SIGN_NOT_ALLOWED, ReasonId.SLOT_NOT_LOCKABLE, ReasonId.PRIVATE_KEY_SLOT,
        ReasonId.NOT_A_PRIVATE_KEY_SLOT,
    }  # fmt: skip
    assert unsaid <= named_elsewhere, unsaid - named_elsewhere


def configured() -> bytes:
    element = open_board(parse_virtual_url("virtual://configured?seed=9")).element
    assert element is not None
    return element.memory.contents(Zone.CONFIG)


def command(text: str) -> CommandPacket:
    return parse_command(text, FORMS, filler=0)


def test_what_follows_from_the_configuration_alone_is_certain():
    told = explain(ChipEvidence(config=configured()), command("read slot=4"))
    assert told.certain
    assert not told.allowed
    answer = told.answers[0]
    assert answer.when == ()
    assert answer.status is Status.EXECUTION_ERROR
    assert "SlotConfig[4].IsSecret (byte 28, bit 7) would have to be 0 instead of 1" in answer.what_to_do
    assert "can never change" in answer.what_to_do


def test_what_depends_on_the_registers_is_said_to_be_possible():
    told = explain(ChipEvidence(config=configured()), command("sign slot=0"))
    assert told.allowed
    assert not told.certain
    ids = {answer.reason.id: answer.when for answer in told.refusals if answer.reason}
    assert ids[ReasonId.NO_DIGEST] == ("right after the wake",)
    assert ids[ReasonId.NO_PRIVATE_KEY] == ("while the slot holds nothing yet",)


def test_the_commands_since_the_wake_settle_it():
    known = ChipEvidence(
        config=configured(), before=(command("nonce mode=pass-through"),), slots={0: bytes(4) + b"\1" * 32}
    )
    told = explain(known, command("sign slot=0"))
    assert (told.allowed, told.certain) == (True, True)


def test_an_answer_that_was_seen_leaves_what_fits_it():
    told = explain(ChipEvidence(config=configured()), command("sign slot=0"), answered=0x0F)
    assert not told.allowed
    assert {answer.status for answer in told.answers} == {Status.EXECUTION_ERROR}
    impossible = explain(ChipEvidence(config=configured()), command("read zone=config"), answered=0x0F)
    assert impossible.answers == ()
    assert not impossible.allowed
    assert impossible.summary.startswith("Read was answered 0F:")
    assert "the chip differs from that" in impossible.unexpected_sentence


@pytest.mark.slow
def test_with_the_lock_bytes_alone():
    open_chip, locked = bytes.fromhex("00005555"), bytes.fromhex("00000000")
    told = explain(ChipEvidence(some=dict(enumerate(open_chip, 84))), command("read slot=8"))
    assert told.certain
    assert told.answers[0].reason
    assert told.answers[0].reason.id is ReasonId.DATA_NOT_LOCKED
    told = explain(ChipEvidence(some=dict(enumerate(locked, 84))), command("write zone=config offset=20 size=4"))
    assert [a.reason and a.reason.id for a in told.answers] == [ReasonId.CONFIG_LOCKED]
    told = explain(ChipEvidence(some=dict(enumerate(locked, 84))), command("write slot=1"))
    assert told.allowed
    assert {ReasonId.SLOT_NEVER_WRITABLE, ReasonId.SLOT_WRITE_ENCRYPTED} <= {
        answer.reason.id for answer in told.refusals if answer.reason
    }
    assert all(answer.when for answer in told.answers)


@pytest.mark.parametrize("words", ["read slot=4", "write slot=8", "genkey slot=1 key=private", "sign slot=5"])
@pytest.mark.parametrize("bounds", [(0, 67), (0, 88), (16, 96), (84, 128)], ids=str)
def test_of_a_part_only_what_the_whole_confirms_is_certain(words: str, bounds: tuple[int, int]):
    whole = configured()
    told = explain(ChipEvidence(some={at: whole[at] for at in range(*bounds)}), command(words))
    truth = explain(ChipEvidence(config=whole), command(words))
    assert told.certain <= (told.answers[0].reason == truth.answers[0].reason)
    assert told.allowed >= truth.allowed
    assert told.certain or told.undecided or len(told.answers) > 1


def test_nothing_known_is_nothing_said():
    with pytest.raises(InputError) as caught:
        explain(ChipEvidence(), command("read slot=8"))
    assert caught.value.id == "nothing-known"
