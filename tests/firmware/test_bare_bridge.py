"""The bare images at work on emulated chips: the same answers as every other bridge gives."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atecc_bench import __version__
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.link.flash.bare_image import told_digest
from atecc_bench.link.flash.images import SHIPPED_BARE
from atecc_bench.resources import resource_path
from atecc_bench.twin.board.i2c_bus import Bus, SimClock
from atecc_bench.twin.state.faults import Fault, FaultKind
from tests.support.boards.bridge_desk import Desk, PythonBridge, desk
from tests.support.boards.provision_through import provision_through
from tests.support.cases.kit_vectors import INFO, REVISION, WOKEN, Exchanges, vectors
from tests.support.emulated.board import CHIPS, CLOCKS, OTHER_PINS, PINS, EmulatedBridge
from tests.support.emulated.machine import StartedFrom
from tests.support.emulated.specs import SPECS
from tests.support.examples import examples

ESP32 = "ESP32"
LATER_CLOCKS = [(chip, clocks) for chip in SPECS if chip != ESP32 for clocks in CLOCKS[chip]]
Start = Callable[[Desk], EmulatedBridge]


def name_of(chip: str) -> str:
    digest = told_digest(resource_path(*SHIPPED_BARE, f"{chip.lower()}.bin").read_bytes())
    return f"ATECC Bench bridge {__version__} {chip} image {digest}"


@pytest.fixture(params=CHIPS, scope="module")
def chip(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def long_running(chip: str) -> EmulatedBridge:
    """One bridge that answers everything in this module that leaves its chip as it was."""
    on = desk(1)
    return EmulatedBridge(chip, on.bus, on.clock)


@pytest.fixture(scope="module")
def from_flash(chip: str) -> EmulatedBridge:
    """The same, started by the ROM from flash."""
    on = desk(1)
    return EmulatedBridge(chip, on.bus, on.clock, started=StartedFrom.FLASH)


@pytest.fixture
def start(chip: str) -> Start:
    return lambda on: EmulatedBridge(chip, on.bus, on.clock)


def say(bridge: EmulatedBridge | PythonBridge, request: str) -> str:
    return bridge.hear(request.encode("latin-1") + b"\n").decode("ascii")


def caps(bridge: EmulatedBridge) -> str:
    return bytes.fromhex(say(bridge, "board:bridge:caps()")[3:-2]).decode("ascii")


def exchanges_of(chip: str) -> tuple[Exchanges, ...]:
    return tuple(vector.values[0] for vector in vectors(name_of(chip), PINS[chip]))


@pytest.mark.parametrize("number", range(len(exchanges_of(ESP32))))
def test_an_image_answers_as_the_protocol_says(long_running: EmulatedBridge, chip: str, number: int) -> None:
    for request, reply in exchanges_of(chip)[number]:
        assert say(long_running, request) == reply + "\n"


@pytest.mark.parametrize("started", StartedFrom)
def test_it_starts_at_115200_whatever_started_it(chip: str, started: StartedFrom) -> None:
    on = desk(1)
    bridge = EmulatedBridge(chip, on.bus, on.clock, started=started)
    assert bridge.chip.watchdogs() != []
    assert caps(bridge) == f"version={__version__} chips=1 baud=115200 asleep=0"
    assert bridge.chip.watchdogs() == []
    assert bridge.chip.uart.rate == pytest.approx(115200, rel=0.005)


@pytest.mark.parametrize("rate", [115200, 230400, 460800, 921600])
def test_the_rate_of_the_loader_does_not_matter(chip: str, rate: int) -> None:
    on = desk(1)
    bridge = EmulatedBridge(chip, on.bus, on.clock, rate=rate)
    assert "baud=115200" in caps(bridge)
    assert bridge.chip.uart.rate == pytest.approx(115200, rel=0.005)


@pytest.mark.parametrize("number", range(len(vectors("", (0, 0)))))
def test_an_image_in_flash_answers_as_the_protocol_says(from_flash: EmulatedBridge, chip: str, number: int) -> None:
    for request, reply in exchanges_of(chip)[number]:
        assert say(from_flash, request) == reply + "\n"


@pytest.mark.parametrize("clocks", CLOCKS[ESP32])
def test_an_esp32_knows_its_crystal(clocks: str) -> None:
    on = desk(1)
    bridge = EmulatedBridge(ESP32, on.bus, on.clock, clocks=clocks, rate=115200)
    assert "baud=115200" in caps(bridge)
    assert say(bridge, "b:b:b(57600)") == "00()\n"
    assert bridge.chip.uart.rate == pytest.approx(57600, rel=0.005)


@pytest.mark.parametrize("estimate", [107_000, 112_000, 118_500, 123_000])
@pytest.mark.parametrize("clocks", ["40 MHz crystal", "26 MHz crystal"])
def test_an_esp32_knows_its_crystal_by_the_estimate_of_its_rom(clocks: str, estimate: int) -> None:
    on = desk(1)
    flash = StartedFrom.FLASH
    bridge = EmulatedBridge(ESP32, on.bus, on.clock, clocks=clocks, rate=estimate, started=flash)
    assert "baud=115200" in caps(bridge)
    assert bridge.chip.uart.rate == pytest.approx(115200, rel=0.005)


@pytest.mark.slow
@pytest.mark.parametrize(("later", "clocks"), LATER_CLOCKS)
def test_a_later_chip_chooses_the_clock_of_its_uart(later: str, clocks: str) -> None:
    on = desk(1)
    bridge = EmulatedBridge(later, on.bus, on.clock, clocks=clocks, rate=115200)
    assert "baud=115200" in caps(bridge)
    assert say(bridge, "b:b:b(9600)") == "00()\n"
    assert bridge.chip.uart.rate == pytest.approx(9600, rel=0.005)
    assert "baud=9600" in caps(bridge)


def test_the_rate_changes_when_the_reply_has_left(start: Start) -> None:
    bridge = start(desk(1))
    assert say(bridge, "b:b:b(921600)") == "00()\n"
    assert bridge.baud == pytest.approx(921600, rel=0.005)
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"


def test_other_pins_are_another_bus(chip: str) -> None:
    on = desk(1)
    pins = OTHER_PINS[chip]
    bridge = EmulatedBridge(chip, on.bus, on.clock, pins=pins)
    assert say(bridge, "b:b:s()") == "00()\n"
    assert say(bridge, f"b:b:p({pins[0]},{pins[1]})") == "00()\n"
    assert say(bridge, "b:b:s()") == "00(C0)\n"
    assert bridge.wires.shortest["wake pulse"] >= 60e-6


REFUSED = {
    ESP32: (1, 3, 6, 11, 20, 34, 39),
    "ESP32S2": (19, 20, 22, 26, 31, 32, 43, 44, 46, 47, 63),
    "ESP32S3": (19, 20, 22, 26, 32, 33, 37, 43, 44, 49, 63),
    "ESP32P4": (24, 25, 26, 27, 37, 38, 55, 63),
    "ESP32C2": (11, 14, 17, 19, 20, 21, 31),
    "ESP32C3": (11, 12, 17, 18, 19, 20, 21, 31),
    "ESP32C5": (11, 12, 13, 14, 15, 22, 29, 31),
    "ESP32C6": (12, 13, 16, 17, 24, 30, 31),
    "ESP32C61": (10, 11, 12, 13, 14, 21, 30, 31),
    "ESP32H2": (15, 21, 23, 24, 26, 27, 31),
}


def test_pins_of_flash_and_serial_line_are_refused(long_running: EmulatedBridge, chip: str) -> None:
    first, other = PINS[chip]
    for pin in REFUSED[chip]:
        assert say(long_running, f"b:b:p({pin},{other})") == "E2()\n"
    for far in (32, 64, 256, 999999999):
        is_there = (chip, far) in ((ESP32, 32), ("ESP32P4", 32))
        assert say(long_running, f"b:b:p({other},{far})") == ("00()\n" if is_there else "E2()\n")
    assert say(long_running, f"b:b:p({first},{other})") == "00()\n"


def test_two_chips_and_a_failed_self_test(start: Start) -> None:
    on, other = (desk(1, Fault(FaultKind.SELF_TEST, 1)) for _ in range(2))
    bridge, twin = start(on), PythonBridge(other.bus, other.clock)
    for request in ("b:d(00)", "e:w()", f"e:t({INFO})", "b:d(00)"):
        assert say(bridge, request) == say(twin, request)


def test_a_chip_that_stops_answering_ends_in_a_status(start: Start) -> None:
    bridge = start(desk(1, Fault(FaultKind.CHIP_SILENT, 1)))
    assert say(bridge, f"e:t({INFO})") == "E7()\n"


def test_a_chip_that_fell_asleep_is_woken_and_counted(start: Start) -> None:
    on = desk(1)
    bridge = start(on)
    assert say(bridge, f"e:t({INFO})") == f"00({REVISION})\n"
    on.clock.advance(2.0)  # past the watchdog of the chip
    assert say(bridge, "e:w()") == f"{WOKEN}\n"
    assert "asleep=1" in caps(bridge)


def talk(bridge: EmulatedBridge, command: CommandPacket) -> bytes:
    reply = say(bridge, f"e:t({command.to_bytes().hex()})")
    return ResponsePacket.parse(bytes.fromhex(reply[3:-2])).payload


@pytest.mark.slow
def test_a_command_that_might_outlast_the_watchdog_starts_on_a_fresh_one(start: Start) -> None:
    on = desk(1)
    bridge = start(on)
    assert talk(bridge, commands.nonce_pass_through(bytes(range(32)))) == b"\0"
    on.clock.advance(0.65)  # GenKey at the slowest divider would end after 0.7 s
    assert talk(bridge, CommandPacket(Opcode.GEN_KEY, 4, 0)) != b"\xee"
    assert "asleep=0" in caps(bridge)


def test_reading_a_whole_zone(start: Start) -> None:
    on = desk(1)
    bridge = start(on)
    blocks = [talk(bridge, commands.read_block(Zone.CONFIG, 0, offset)) for offset in range(0, 128, 32)]
    assert b"".join(blocks) == on.elements[0].memory.contents(Zone.CONFIG)


LINES = st.one_of(
    st.sampled_from(["b:v()", "b:d(00)", "e:w()", "e:i()", "e:s()", f"e:t({INFO})", "e:p:s(C0)"]),
    st.binary(max_size=40).map(lambda data: f"e:t({data.hex()})"),
    st.text(st.characters(max_codepoint=255, exclude_characters="\n"), max_size=60),
    st.text("ecbordtaw:()0123,", max_size=40),
)


@settings(examples(0.1), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(requests=st.lists(LINES, max_size=6))
def test_image_and_twin_never_differ(long_running: EmulatedBridge, chip: str, requests: list[str]) -> None:
    other = desk(1)
    twin = PythonBridge(other.bus, other.clock)
    named = {
        "twin": f"ATECC Bench bridge {__version__} ESP32 VIRTUAL".encode().hex().upper(),
        "image": name_of(chip).encode().hex().upper(),
    }
    say(long_running, "e:s()")
    for request in requests:
        assert say(long_running, request) == say(twin, request).replace(named["twin"], named["image"])


@pytest.mark.slow
@pytest.mark.parametrize("started", StartedFrom)
def test_a_full_provisioning(chip: str, started: StartedFrom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(bus: Bus, clock: SimClock) -> EmulatedBridge:
        bridge = EmulatedBridge(chip, bus, clock, started=started)
        bridge.chip.loops.stride = 8.0  # the chip is asked less often whether it is ready
        return bridge

    assert provision_through(start, tmp_path, monkeypatch).chip.uart.lost == 0


@pytest.mark.parametrize("chip", [name for name, spec in SPECS.items() if spec.has_usb])
class TestUsbSerialJtag:
    def test_replies_go_where_the_request_came_from(self, chip: str) -> None:
        on = desk(1)
        bridge = EmulatedBridge(chip, on.bus, on.clock, rate=115200)
        bridge.chip.usb.to_chip += f"e:t({INFO})\nb:b:s()\n".encode()
        bridge.pass_time(0.05)
        assert bytes(bridge.chip.usb.from_chip) == f"00({REVISION})\n00(C0)\n".encode()
        assert say(bridge, "b:b:s()") == "00(C0)\n"

    def test_a_reply_longer_than_a_packet_of_usb(self, chip: str) -> None:
        on = desk(1)
        bridge = EmulatedBridge(chip, on.bus, on.clock, rate=115200)
        read = commands.read_block(Zone.CONFIG, 0, 0).to_bytes().hex()
        bridge.chip.usb.to_chip += f"e:t({read})\n".encode()
        bridge.pass_time(0.05)
        assert bytes(bridge.chip.usb.from_chip) == say(PythonBridge(on.bus, on.clock), f"e:t({read})").encode()

    def test_a_host_that_takes_nothing_holds_nobody(self, chip: str) -> None:
        on = desk(1)
        bridge = EmulatedBridge(chip, on.bus, on.clock)
        bridge.chip.usb.listens = False
        bridge.chip.usb.to_chip += b"b:v()\n"
        bridge.pass_time(0.3)
        assert bridge.chip.usb.from_chip == b""
        assert say(bridge, "b:b:s()") == "00(C0)\n"
