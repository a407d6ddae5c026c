"""What the exchanges on the Console page prove to an explanation."""

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.diagnose.refusals.seen_exchanges import slots_with_private_keys
from atecc_bench.link.transports.trace import Exchange
from atecc_bench.ui.pages.console.exchange_text import answer_text, refusal_of, seen_exchanges
from tests.support.boards.twin_under_test import Twin, vendor_twin

MAKE_KEY = commands.gen_key(GenKeyMode.PRIVATE, 0)


def exchange(twin: Twin, command: CommandPacket) -> Exchange:
    answer = twin.element.execute(command.to_bytes()).response
    return Exchange(0, 0, f"e:t({command.to_bytes().hex()})", f"00({answer.hex()})")


def test_commands_with_their_answers_are_evidence_and_others_are_not() -> None:
    twin = vendor_twin()
    config = ConfigZone.parse(twin.memory.contents(Zone.CONFIG))
    made = exchange(twin, MAKE_KEY)
    others = (Exchange(0, 0, "e:s()", "00()"), Exchange(0, 0, "e:t(0740 (removed))", "00(04000340)"),
              Exchange(0, 0, made.request, ""))  # fmt: skip
    seen = seen_exchanges((*others, made), config)
    assert [one.command for one in seen] == [MAKE_KEY]
    assert slots_with_private_keys(seen) == {0}


def test_what_a_self_test_found_is_named_and_no_refusal() -> None:
    twin = vendor_twin()
    twin.element.wake(0x24)
    found = exchange(twin, CommandPacket(Opcode.SELF_TEST, 0x3D))
    assert answer_text(found) == "24 failed: ECDSA, SHA"
    assert refusal_of(found) is None
