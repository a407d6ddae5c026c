"""Lint, matrix and twin agree on who can do what, over random configurations."""

import random

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_matrix import Ability, slot_matrix
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.diagnose.config.lint import lint
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.ways_out import is_possible
from tests.support.cases.packet_fuzzer import random_twin
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

# What says in lint that an ability which the matrix shows is of no use.
TAKEN_BACK = {
    Ability.ECDH: {"ecdh-no-result-slot", "ecdh-output-forbidden"},
    Ability.READ: {"read-key-unusable"},
    Ability.WRITE: {"write-key-unusable"},
}
BY_ABILITY = {
    Ability.SIGN: ("sign slot={}",),
    Ability.INTERNAL: ("sign slot={} message=internal",),
    Ability.ECDH: ("ecdh slot={}", "ecdh slot={} target=tempkey", "ecdh slot={} target=output encrypted=yes"),
    Ability.READ: ("read slot={}",),
    Ability.WRITE: ("write slot={}", "write slot={} encrypted=yes", "privwrite slot={} encrypted=yes"),
    Ability.GENERATE: ("genkey key=private slot={}",),
    Ability.LOCK: ("lock zone=slot slot={} check=no",),
}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(25))
def test_what_the_matrix_shows_the_twin_does_or_lint_takes_back(number: int):
    dice = random.Random(f"agreement {number}")  # noqa: S311 - to be repeated
    raw = bytearray(random_twin(dice).memory.contents(Zone.CONFIG))
    raw[86:88] = b"\0\0"
    if number % 2:
        raw[88:90] = b"\xff\xff"
    config = ConfigZone.parse(bytes(raw))
    evidence = ChipEvidence(bytes(raw))
    said = lint(config)
    for slot, row in enumerate(slot_matrix(config)):
        for cell in row:
            if cell.ability not in BY_ABILITY or cell.text == "locked":
                continue
            commands = [parse_command(words.format(slot), FORMS, filler=0) for words in BY_ABILITY[cell.ability]]
            possible = any(is_possible(evidence, command) for command in commands)
            if possible == cell.allowed:
                continue
            taken = [
                one for one in said if one.id in TAKEN_BACK.get(cell.ability, ()) and f"lot {slot}" in one.sentence
            ]
            assert cell.allowed, (number, slot, cell)
            assert taken, (number, slot, cell)


def test_every_configuration_that_people_meet_agrees():
    raw = bytes.fromhex((ROOT / "tests/data/brought/ecdh-refused-508a.txt").read_text(encoding="utf-8"))
    config = ConfigZone.parse(raw)
    for slot in range(SLOT_COUNT):
        policy = slot_policy(config, slot)
        read = is_possible(ChipEvidence(raw), parse_command(f"read slot={slot}", FORMS, filler=0))
        assert read == (policy.read is not Access.NEVER)


@pytest.mark.parametrize(
    ("edits", "finding"),
    [
        ({96: 0x1D}, "private-slot-unusable"),  # Private 1, KeyType 7
        ({20: 0x8F, 98: 0x33}, "ecdh-no-result-slot"),  # slot 0 into slot 1, a private key's
        ({22: 0x8F}, "ecdh-no-result-slot"),  # an odd slot
        ({102: 0x30}, "public-key-too-long"),
        ({29: 0x30, 28: 0x80}, "derive-parent-unusable"),  # slot 4 from slot 0, a private key
    ],
)
def test_a_purpose_that_the_chip_refuses_is_linted(edits: dict[int, int], finding: str):
    raw = bytearray(bytes.fromhex((ROOT / "tests/data/brought/ecdh-refused-508a.txt").read_text(encoding="utf-8")))
    for at, value in edits.items():
        raw[at] = value
    assert finding in {one.id for one in lint(ConfigZone.parse(bytes(raw)))}


def test_a_key_that_has_to_be_there_before_the_lock_is_linted():
    raw = bytearray(bytes.fromhex((ROOT / "tests/data/brought/ecdh-refused-508a.txt").read_text(encoding="utf-8")))
    raw[86] = 0x55
    raw[36:38] = bytes((0x8F, 0x44))  # slot 8 is written encrypted with slot 4, which never changes
    found = [one for one in lint(ConfigZone.parse(bytes(raw))) if one.id == "key-to-be-filled"]
    assert any("Slot 4 has to be filled before the data lock" in one.sentence for one in found)


def test_a_single_wire_part_has_no_address():
    raw = bytearray(bytes.fromhex((ROOT / "tests/data/brought/ecdh-refused-508a.txt").read_text(encoding="utf-8")))
    raw[16] = 0x20
    assert "i2c-address-moves" in {one.id for one in lint(ConfigZone.parse(bytes(raw)))}
    advice = next(one.advice for one in lint(ConfigZone.parse(bytes(raw))) if one.id == "i2c-address-moves")
    assert "keep C0" not in advice  # it is locked
    raw[14] &= 0xFE
    assert "i2c-address-moves" not in {one.id for one in lint(ConfigZone.parse(bytes(raw)))}
