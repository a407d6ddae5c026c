"""The bridge firmware's C core: every request, every limit, and that the twin's bridge never differs from it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from atecc_bench import __version__
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.state.faults import Fault, FaultKind
from tests.support.boards.bridge_desk import Desk, PythonBridge, desk
from tests.support.boards.c_bridge import NAME, CBridge
from tests.support.cases.kit_vectors import INFO, REVISION, WOKEN, Exchanges, vectors
from tests.support.probes import snapshot

StartCore = Callable[[Desk], CBridge]

VECTORS = vectors(NAME, pins=(21, 22))


def say(bridge: CBridge | PythonBridge, request: str) -> str:
    return bridge.hear(request.encode("latin-1") + b"\n").decode("ascii")


@pytest.mark.slow
@pytest.mark.parametrize("exchanges", VECTORS)
def test_the_core_answers_as_the_protocol_says(start_core: StartCore, exchanges: Exchanges) -> None:
    core = start_core(desk(1))
    for request, reply in exchanges:
        assert say(core, request) == reply + "\n"


@pytest.mark.parametrize("exchanges", VECTORS)
def test_the_twins_bridge_answers_the_same(exchanges: Exchanges) -> None:
    on = desk(1)
    bridge = PythonBridge(on.bus, on.clock)
    for request, reply in exchanges:
        assert say(bridge, request) == reply + "\n"


def caps(bridge: CBridge | PythonBridge) -> str:
    return bytes.fromhex(say(bridge, "board:bridge:caps()")[3:-2]).decode("ascii")


def test_caps_are_the_same_words(start_core: StartCore) -> None:
    one, other = desk(1), desk(1)
    core, twin = start_core(one), PythonBridge(other.bus, other.clock)
    assert caps(core) == caps(twin) == f"version={__version__} chips=1 baud=115200 asleep=0 virtual=1"


def test_several_lines_sent_ahead_get_their_replies_in_order(start_core: StartCore) -> None:
    core = start_core(desk(1))
    assert core.hear(f"e:w()\ne:t({INFO})\ne:i()\n".encode()) == f"{WOKEN}\n00({REVISION})\n00()\n".encode()


def test_a_line_may_come_byte_by_byte(start_core: StartCore) -> None:
    core = start_core(desk(1))
    sent = [core.hear(bytes((byte,))) for byte in f"e:t({INFO})\r\n".encode()]
    assert b"".join(sent) == f"00({REVISION})\n".encode()
    assert sent[:-1] == [b""] * (len(sent) - 1)


def test_a_line_that_is_too_long_loses_nothing_of_the_next(start_core: StartCore) -> None:
    core = start_core(desk(1))
    assert core.hear(b"z" * 10_000 + b"\ne:w()\n") == f"E4()\n{WOKEN}\n".encode()


def test_the_rate_changes_after_the_reply(start_core: StartCore) -> None:
    core = start_core(desk(1))
    assert say(core, "board:bridge:baud(921600)") == "00()\n"
    assert core.baud == 921600


def test_an_empty_bus_is_a_communication_failure(start_core: StartCore) -> None:
    core = start_core(desk(0))
    for request in ("e:w()", "e:i()", "e:s()", f"e:t({INFO})"):
        assert say(core, request) == "F0()\n"
    assert say(core, "b:b:s()") == "00()\n"
    assert say(core, "b:d(00)") == "no_device TWI 00(00)\n"


def test_a_stuck_bus_is_a_timeout_for_whoever_asks(start_core: StartCore) -> None:
    core = start_core(desk(1, Fault(FaultKind.SDA_LOW, 1)))
    for request in ("e:w()", "b:b:s()", "b:d(00)", f"e:t({INFO})"):
        assert say(core, request) == "F1()\n"
    assert say(core, "b:v()").startswith("00(")


def test_a_chip_that_stops_answering_ends_in_a_status(start_core: StartCore) -> None:
    core = start_core(desk(1, Fault(FaultKind.CHIP_SILENT, 1)))
    assert say(core, f"e:t({INFO})") == "E7()\n"


def test_a_chip_whose_self_test_failed_is_still_named(start_core: StartCore) -> None:
    one, other = (desk(1, Fault(FaultKind.SELF_TEST, 1)) for _ in range(2))
    core, twin = start_core(one), PythonBridge(other.bus, other.clock)
    for request in ("b:d(00)", "e:w()", f"e:t({INFO})", "b:d(00)"):
        assert say(core, request) == say(twin, request)


def test_two_chips_are_told_apart_by_their_addresses(start_core: StartCore) -> None:
    core = start_core(two_chips())
    twin_desk = two_chips()
    twin = PythonBridge(twin_desk.bus, twin_desk.clock)
    for request in ("b:d(00)", "b:d(01)", "b:d(02)", "b:b:s()", "e:p:s(C0)", f"e:t({INFO})", "e:i()", "e:w()"):
        assert say(core, request) == say(twin, request)


def two_chips() -> Desk:
    on = desk(2)
    on.elements[1].memory.write(Zone.CONFIG, 0, 16, b"\x6c")
    on.bus.chips[1].wake()  # an address counts from the next wake
    on.bus.chips[1].write(b"\x01")
    return on


def test_a_chip_that_fell_asleep_is_woken_and_counted(start_core: StartCore) -> None:
    on = desk(1)
    core = start_core(on)
    assert say(core, f"e:t({INFO})") == f"00({REVISION})\n"
    on.bus.chips[0].write(b"\x01")  # asleep behind the bridge's back
    assert say(core, f"e:t({INFO})") == f"00({REVISION})\n"
    assert "asleep=1" in caps(core)


def talk(bridge: CBridge | PythonBridge, command: CommandPacket) -> bytes:
    reply = say(bridge, f"e:t({command.to_bytes().hex()})")
    return ResponsePacket.parse(bytes.fromhex(reply[3:-2])).payload


def test_a_command_that_might_outlast_the_watchdog_starts_on_a_fresh_one(start_core: StartCore) -> None:
    on = desk(1)
    core = start_core(on)
    digest = bytes(range(32))
    assert talk(core, commands.nonce_pass_through(digest)) == b"\0"
    on.clock.advance(0.65)  # GenKey at the slowest divider would end after 0.7 s
    assert talk(core, CommandPacket(Opcode.GEN_KEY, 4, 0)) != b"\xee"
    assert "asleep=0" in caps(core)


REQUESTS = st.one_of(
    st.sampled_from(
        ["b:v()", "b:d(00)", "e:w()", "e:i()", "e:s()", "b:b:s()", "b:b:c()", "e:p:s(C0)", "b:b:p(4,5)", "b:b:b(57600)"]
    ),
    st.builds(
        lambda opcode, p1, p2, data: f"e:t({CommandPacket(opcode, p1, p2, data).to_bytes().hex()})",
        st.sampled_from(list(Opcode)),
        st.integers(0, 255),
        st.integers(0, 0xFFFF),
        st.binary(max_size=70),
    ),
    st.binary(max_size=80).map(lambda data: f"e:t({data.hex()})"),
    st.text(st.characters(max_codepoint=255, exclude_characters="\n"), max_size=60),
    st.text("ecbordtaw:()0123,", max_size=40),
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(REQUESTS, max_size=12))
@example(["b:b:p(4,5)", "b:b:c()"])
@example(["e:w()", "b:b:p(4,5)", "e:i()", "e:s()", "b:b:c()"])
def test_core_and_twin_never_differ(core: Path, requests: list[str]) -> None:
    one, other = desk(1), desk(1)
    twin = PythonBridge(other.bus, other.clock)
    with CBridge(core, one.bus, one.clock) as bridge:
        for request in requests:
            assert say(bridge, request) == say(twin, request)
    assert snapshot(one.elements[0].memory) == snapshot(other.elements[0].memory)


def test_reading_a_whole_zone_through_the_core(start_core: StartCore) -> None:
    on = desk(1)
    core = start_core(on)
    blocks = [talk(core, commands.read_block(Zone.CONFIG, 0, offset)) for offset in range(0, 128, 32)]
    assert b"".join(blocks) == on.elements[0].memory.contents(Zone.CONFIG)
