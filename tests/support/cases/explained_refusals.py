"""Commands that random chips refuse by their configuration, and whether our explanation of each is right."""

import random

from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from tests.support.cases.packet_fuzzer import packets, random_twin
from tests.support.probes import explain_chip

PACKETS = 40


def refusal(number: int) -> tuple[SecureElement, CommandPacket] | None:
    """A chip of random configuration, contents and history, and a command that it refuses by its configuration."""
    dice = random.Random(f"refusal {number}")  # noqa: S311 - to be repeated
    element = random_twin(dice)
    source = packets(dice, element)
    packet = next(source)
    skipped = dice.randrange(4)
    for _ in range(PACKETS):
        before = element.copy()
        done = element.execute(packet)
        if done.reason is not None and done.reason.bytes:
            if not skipped:
                return before, CommandPacket.parse(packet)
            skipped -= 1
        packet = source.send(done.response)
    return None


def refusal_explained(number: int) -> ReasonId | None:
    """The reason that was named and whose bits, once changed, let the command through; none if no change does.

    Raises:
        AssertionError: The explanation was wrong.

    """
    found = refusal(number)
    if found is None:
        return None
    element, command = found
    recorded = element.copy().execute(command.to_bytes()).reason
    assert recorded is not None
    answer = explain_chip(element, command).answers[0]
    assert answer.reason == recorded
    if answer.remedy is None:  # no value of these bytes lets the command through, whatever else is changed
        return None
    for change in answer.remedy.changes:
        assert change.field.name in answer.what_to_do
    changed = element.copy(answer.remedy.applied(element.memory.contents(Zone.CONFIG)))
    now = changed.execute(command.to_bytes()).reason
    assert now == answer.remedy.then
    assert now is None or (now.id is not recorded.id and not now.bytes)
    return recorded.id
