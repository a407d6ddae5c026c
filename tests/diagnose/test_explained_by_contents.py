"""What a chip was seen to answer, what journals and bundles say, decides which reason is the likely one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_spec import parse_command
from atecc_bench.chip.protocol.counters import encode_count_match, encode_counter
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.explain import Explanation, explain
from atecc_bench.diagnose.refusals.seen_exchanges import SeenExchange, of_this_chip, slots_with_private_keys
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from tests.support.boards.twin_under_test import Twin, vendor_twin

REFUSED = 0x0F
LIMIT_SLOT = 12  # one that can be read; the vendor's own is slot 10, an AES key's
LOAD = "nonce mode=pass-through data=" + "11" * 32
MAKE, ASK, SIGN, INCREMENT = "genkey key=private slot=0", "genkey slot=0", "sign slot=0", "counter mode=increment"


def command(text: str) -> CommandPacket:
    return parse_command(text, FORMS, filler=0)


def limited(limit: int, count: int = 0, **edits: Any) -> Twin:
    """A chip whose key in slot 0 works as often as the limit in slot 12 lets it."""
    twin = vendor_twin({LIMIT_SLOT: encode_count_match(limit)}, count_match=LIMIT_SLOT << 4 | 1, **edits)
    twin.memory.write(Zone.CONFIG, 0, 52, encode_counter(count))
    return twin


def exchanged(twin: Twin, *words: str) -> tuple[SeenExchange, ...]:
    return tuple(
        SeenExchange(c, ResponsePacket.parse(twin.element.execute(c.to_bytes()).response)) for c in map(command, words)
    )


def ids(told: Explanation) -> list[ReasonId | None]:
    return [answer.reason and answer.reason.id for answer in told.answers]


def since_wake(seen: Sequence[SeenExchange], count: int) -> tuple[CommandPacket, ...]:
    return tuple(exchange.command for exchange in seen[len(seen) - count :])


def test_right_after_gen_key_the_limit_explains_sign_and_not_a_missing_key() -> None:
    twin = limited(0)
    config = twin.memory.contents(Zone.CONFIG)
    seen = exchanged(twin, MAKE, "read slot=12", LOAD)
    told = explain(ChipEvidence(config, before=since_wake(seen, 3), seen=seen), command(SIGN), REFUSED)
    assert ids(told) == [ReasonId.COUNT_MATCH_REACHED]
    assert told.certain


def test_a_public_key_from_before_the_last_wake_counts_too() -> None:
    twin = limited(0)
    config = twin.memory.contents(Zone.CONFIG)
    seen = exchanged(twin, MAKE)
    twin.element.lose_registers()
    seen += exchanged(twin, LOAD)
    known = ChipEvidence(config, before=since_wake(seen, 1), seen=seen)
    told = explain(known, command(SIGN), REFUSED)
    assert ids(told) == [ReasonId.COUNT_MATCH_REACHED]
    assert ids(explain(replace(known, seen=()), command(SIGN), REFUSED)) == [
        ReasonId.NO_PRIVATE_KEY, ReasonId.COUNT_MATCH_REACHED,
    ]  # fmt: skip


def test_uses_that_were_seen_bring_the_limit_nearer() -> None:
    twin = limited(2)
    config = twin.memory.contents(Zone.CONFIG)
    seen = exchanged(twin, MAKE, "read slot=12", LOAD, SIGN)
    twin.element.lose_registers()
    seen += exchanged(twin, LOAD, SIGN)
    assert not any(exchange.refused for exchange in seen)
    twin.element.lose_registers()
    seen += exchanged(twin, LOAD)
    told = explain(ChipEvidence(config, before=since_wake(seen, 1), seen=seen), command(SIGN))
    assert ids(told) == [ReasonId.COUNT_MATCH_REACHED]
    once_less = (*seen[:4], *seen[-1:])
    told = explain(ChipEvidence(config, before=since_wake(once_less, 1), seen=once_less), command(SIGN))
    assert told.allowed
    assert told.certain


@pytest.mark.parametrize(("limit", "allowed"), [(7, False), (8, True)])
def test_counter_is_explained_by_the_limit_that_is_known(limit: int, allowed: bool) -> None:
    twin = limited(limit, count=5)
    config = twin.memory.contents(Zone.CONFIG)
    seen = exchanged(twin, "read slot=12", INCREMENT, INCREMENT)
    told = explain(ChipEvidence(config, before=since_wake(seen, 3), seen=seen), command(INCREMENT))
    assert told.allowed is allowed
    assert told.certain


def test_counter_that_was_read_elsewhere_counts_as_it_answered() -> None:
    twin = limited(9, count=9)
    stale = bytearray(twin.memory.contents(Zone.CONFIG))
    stale[52:60] = encode_counter(3)  # read before somebody else counted
    seen = exchanged(twin, "read slot=12", "counter")
    told = explain(ChipEvidence(bytes(stale), seen=seen), command(INCREMENT))
    assert ids(told) == [ReasonId.COUNT_MATCH_REACHED]


def test_a_limit_that_nobody_knows_is_one_possibility() -> None:
    config = limited(0).memory.contents(Zone.CONFIG)
    told = explain(ChipEvidence(config), command(INCREMENT))
    assert told.allowed
    assert not told.certain
    assert [answer.when for answer in told.refusals] == [("if counter 0 has reached its limit in slot 12",)]
    seen_to_be_refused = explain(ChipEvidence(config), command(INCREMENT), REFUSED)
    assert ids(seen_to_be_refused) == [ReasonId.COUNT_MATCH_REACHED]


def test_a_journal_or_a_bundle_that_showed_a_key_rules_the_missing_key_out() -> None:
    config = vendor_twin().memory.contents(Zone.CONFIG)
    asked = command("sign slot=2")
    assert ReasonId.NO_PRIVATE_KEY in ids(explain(ChipEvidence(config), asked, REFUSED))
    known = ChipEvidence(config, private_keys=frozenset({2}))
    assert ReasonId.NO_PRIVATE_KEY not in ids(explain(known, asked, REFUSED))
    assert ReasonId.NO_PRIVATE_KEY in ids(explain(known, command(SIGN), REFUSED))


def test_an_answer_proves_no_more_than_it_shows() -> None:
    twin = vendor_twin()
    seen = exchanged(twin, ASK, "genkey slot=2", "sign slot=2", "genkey key=private slot=7", "genkey slot=7")
    assert slots_with_private_keys(seen) == {7}
    assert slots_with_private_keys(exchanged(twin, MAKE, "genkey slot=65535 key=private")) == {0}


def test_what_another_chip_answered_is_forgotten() -> None:
    one, other = vendor_twin(), vendor_twin(serial_number=bytes.fromhex("0123000000000000EE"))
    first = exchanged(other, "read zone=config", MAKE)
    then = exchanged(one, "read zone=config", ASK)
    config = ConfigZone.parse(one.memory.contents(Zone.CONFIG))
    assert of_this_chip(first + then, config) == then
    assert of_this_chip(exchanged(one, ASK) + first[1:], config)  # no serial number, no doubt


def test_contents_that_are_known_in_part_are_not_taken_to_end_in_zeros() -> None:
    point = bytes(4) + bytes.fromhex("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945")
    known = ChipEvidence(vendor_twin().memory.contents(Zone.CONFIG), slots={11: point})
    told = explain(known, command("verify mode=stored slot=11 signature=" + "01" * 64))
    assert ReasonId.PUBLIC_KEY_INVALID not in ids(told)
