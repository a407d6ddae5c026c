"""A chip whose configuration is still open: every step that is promised leads there, and no other chip is asked for."""

import pytest

from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import Answer, explain
from atecc_bench.diagnose.refusals.proofs import PROOFS
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.preset_chips import atecc508a_chip, fresh_chip
from atecc_bench.twin.state.entropy import seeded_entropy

pytestmark = pytest.mark.slow

AS_SOLD = {"ATECC508A": atecc508a_chip(seeded_entropy(1)), "fresh": fresh_chip(seeded_entropy(1))}
COMMANDS = (
    *(f"sign slot={slot}" for slot in (0, 2, 3, 7, 9)),
    *(f"genkey key=public slot={slot}" for slot in (0, 2, 8)),
    *(f"ecdh slot={slot}" for slot in (0, 2, 4)),
    "mac slot=1", "hmac slot=4", "derivekey slot=3", "derivekey slot=5", "verify mode=stored slot=9",
    "verify mode=stored slot=11", "read zone=data slot=8", "write zone=data slot=8", "privwrite slot=2",
    "gendig slot=3",
)  # fmt: skip


def of_words(text: str) -> CommandPacket:
    return parse_command(text, FORMS, filler=0)


def told_of(chip: str, words: str, before: tuple[CommandPacket, ...] | None) -> Answer | None:
    config = AS_SOLD[chip].contents(Zone.CONFIG)
    return next(iter(explain(ChipEvidence(config, before=before), of_words(words)).refusals), None)


@pytest.mark.parametrize("chip", AS_SOLD)
@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("before", [None, ()], ids=["any state", "just awake"])
def test_what_is_promised_holds_on_a_chip_as_it_is_sold(
    chip: str, words: str, before: tuple[CommandPacket, ...] | None
):
    answer = told_of(chip, words, before)
    steps = None if answer is None or answer.way_out is None else answer.way_out.steps
    if answer is None or steps is None:
        return
    element = SecureElement(AS_SOLD[chip], seeded_entropy(2)).copy()
    for step in steps.commands:
        assert element.execute(of_words(step).to_bytes()).reason is None, step
    then = element.execute(of_words(words).to_bytes()).reason
    assert steps.if_filled or then is None or then.id in PROOFS


@pytest.mark.parametrize("chip", AS_SOLD)
@pytest.mark.parametrize("words", COMMANDS)
def test_no_other_chip_is_asked_for_while_this_one_can_be_configured(chip: str, words: str):
    answer = told_of(chip, words, ())
    assert answer is not None
    assert answer.way_out is not None
    assert not answer.way_out.impossible
    assert "another chip" not in answer.what_to_do
    if "lock zone" in answer.what_to_do or "LockConfig" in answer.what_to_do:
        assert "config lint" in answer.what_to_do


@pytest.mark.parametrize("chip", AS_SOLD)
def test_a_lock_alone_makes_no_key(chip: str):
    answer = told_of(chip, "sign slot=2", None)
    assert answer is not None
    assert answer.way_out is not None
    assert answer.way_out.steps is not None
    assert "genkey key=private slot=2" in answer.way_out.steps.commands
    assert answer.what_to_do.index("config lint") < answer.what_to_do.index("lock zone=config")


@pytest.mark.parametrize(("words", "field"), [("verify mode=stored slot=9", "KeyConfig[9].KeyType"),
                                              ("derivekey slot=3", "SlotConfig[3].WriteConfig")])  # fmt: skip
def test_the_bits_that_an_open_configuration_needs_are_named(words: str, field: str):
    answer = told_of("ATECC508A", words, None)
    assert answer is not None
    assert answer.remedy is not None
    assert field in {change.field.name for change in answer.remedy.changes}
