"""What is told beside the answer: notes, refused steps before, locks that would fit, and words as people write them."""

from dataclasses import replace

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.command_notes import command_notes
from atecc_bench.diagnose.refusals.explain import explain
from atecc_bench.errors import InputError
from tests.support.paths import ROOT

REFUSED = 0x0F


def of_words(text: str) -> CommandPacket:
    return parse_command(text, FORMS, filler=0)


def locked_chip() -> bytes:
    return bytes.fromhex((ROOT / "tests" / "data" / "brought" / "ecdh-refused-508a.txt").read_text(encoding="utf-8"))


def edited(config: bytes, **bytes_at: int) -> bytes:
    made = bytearray(config)
    for name, value in bytes_at.items():
        made[int(name.lstrip("b"))] = value
    return bytes(made)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("genkey slot=0 key=private", "gone for ever"),
        ("counter counter=0 mode=increment", "never goes down"),
        ("lock zone=config check=no", "never be changed again"),
        ("lock zone=data check=no", "OTP can never be written again"),
        ("ecdh slot=0", "The shared secret goes"),
    ],
)
def test_what_cannot_be_undone_is_said_before(words: str, told: str):
    notes = command_notes(of_words(words), ConfigZone.parse(locked_chip()))
    assert told in " ".join(notes)


def test_no_note_says_that_a_refused_command_destroys_something():
    allowed = explain(ChipEvidence(edited(locked_chip(), b87=0)), of_words("genkey slot=0 key=private"))
    refused = explain(ChipEvidence(edited(locked_chip(), b87=0x55, b86=0x55)), of_words("genkey slot=0 key=private"))
    assert not refused.allowed
    assert refused.notes == ()
    assert allowed.notes or not allowed.allowed


def test_a_refused_step_before_ends_the_story():
    config = edited(locked_chip(), b86=0x55, b87=0x55)
    told = explain(replace(ChipEvidence(config), before=(of_words("genkey slot=0"),)), of_words("sign slot=0"))
    assert told.before is not None
    assert told.before.position == 1
    assert "refused already" in told.summary
    assert not told.allowed


def test_the_locks_that_would_fit_are_told_where_the_given_ones_do_not():
    """A file says what a chip is meant to be: it is not locked yet."""
    config = edited(locked_chip(), b86=0, b87=0)
    slot = next(
        number
        for number in range(16)
        if explain(ChipEvidence(config), of_words(f"genkey slot={number} key=private")).allowed
    )
    told = explain(ChipEvidence(config), of_words(f"genkey slot={slot} key=private"), REFUSED)
    assert not told.allowed
    assert "byte 87" in told.unexpected_sentence


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("GenKey slot 2", "genkey slot=2"),
        ("genkey key 2", "genkey slot=2"),
        ("Sign KeyID 5", "sign slot=5"),
        ("Read slot 3", "read slot=3"),
        ("GenKey slot 2 key=private", "genkey slot=2 key=private"),
    ],
)
def test_parameters_need_no_equals_sign(written: str, meant: str):
    assert of_words(written) == of_words(meant)


def test_a_command_with_words_that_are_no_parameters_names_its_parameters():
    with pytest.raises(InputError, match="GenKey") as raised:
        of_words("GenKey please now")
    assert "slot" in raised.value.hint
