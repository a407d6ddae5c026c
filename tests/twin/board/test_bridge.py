"""The Kit Protocol, word by word."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench import __version__
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.simulator_proof import simulator_answer
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.board.bridge import KitBridge
from atecc_bench.twin.board.i2c_bus import Bus, BusChip, SimClock
from atecc_bench.twin.board.virtual_board import BridgeBoard, Speed
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from tests.support.probes import snapshot

NAME = f"ATECC Bench bridge {__version__} ESP32 VIRTUAL"
REPLY = re.compile(rb"(?:[0-9A-F]{2}\((?:[0-9A-F]{2})*\)|ECC608 TWI 00\(C0\)|no_device TWI 00\(00\))\n")
BAD_PARAM, INVALID_SIZE, COMM_FAIL, BAD_OPCODE = b"E2()\n", b"E4()\n", b"F0()\n", b"F2()\n"
UNIMPLEMENTED, NO_DEVICES = b"F5()\n", b"F9()\n"


@dataclass
class Desk:
    clock: SimClock
    bridge: KitBridge
    chip: BusChip

    def ask(self, line: str) -> bytes:
        return self.bridge.handle(line.encode("latin-1"))

    def talk(self, command: CommandPacket) -> bytes:
        match = re.fullmatch(rb"00\((.*)\)\n", self.ask(f"ecc:talk({command.to_bytes().hex()})"))
        assert match is not None
        return ResponsePacket.parse(bytes.fromhex(match[1].decode())).payload

    def caps(self) -> dict[str, str]:
        text = bytes.fromhex(self.ask("board:bridge:caps()")[3:-2].decode()).decode("ascii")
        return dict(pair.split("=") for pair in text.split(" "))


def make_desk() -> Desk:
    element = open_board(parse_virtual_url("virtual://configured?seed=2")).element
    assert element is not None
    clock = SimClock()
    chip = BusChip(element, clock)
    return Desk(clock, KitBridge(Bus((chip,)), clock), chip)


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_software_shows_that_it_is_for_any_nonce_and_no_other_length(desk: Desk):
    for nonce in (bytes(16), bytes(range(16))):
        assert desk.ask(f"board:bridge:simulated({nonce.hex()})") == b"00(%s)\n" % (
            simulator_answer(nonce).hex().upper().encode()
        )
    assert desk.ask("board:bridge:simulated(00)") == BAD_PARAM


@pytest.fixture
def empty() -> KitBridge:
    return KitBridge(Bus(()), SimClock())


@pytest.mark.parametrize("request_", ["board:version()", "b:v()", "board:firmware()", "B:V()", "Board:Ver()"])
def test_it_says_what_it_is(desk: Desk, request_: str) -> None:
    assert desk.ask(request_) == f"00({NAME.encode().hex().upper()})\n".encode()


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("board:device(00)", b"ECC608 TWI 00(C0)\n"),
        ("board:device(01)", b"no_device TWI 00(00)\n"),
        ("b:d(00)", b"ECC608 TWI 00(C0)\n"),
        ("ecc:physical:interface:i2c", b"00()\n"),
        ("E:physical:interface:i2c", b"00()\n"),
        ("ecc:physical:interface:spi", UNIMPLEMENTED),
        ("ecc:physical:select(C0)", b"00()\n"),
        ("e:p:s(c0)", b"00()\n"),
        ("e:p:s(6A)", NO_DEVICES),
        ("ecc:wake()", b"00(04113343)\n"),
        ("e:w()", b"00(04113343)\n"),
        ("E:W()", b"00(04113343)\n"),
        ("ecc:idle()", b"00()\n"),
        ("ecc:sleep()", b"00()\n"),
        ("e:talk(0730000000035D)", b"00(07000060028038)\n"),
        ("e:t(0730000000035d)", b"00(07000060028038)\n"),
        ("board:bridge:pins(21,22)", b"00()\n"),
        ("board:bridge:clock(400000)", b"00()\n"),
        ("board:bridge:scan()", b"00(C0)\n"),
        ("b:b:s()", b"00(C0)\n"),
        ("b:b:b(921600)", b"00()\n"),
    ],
)
def test_requests_and_replies(desk: Desk, request_: str, answer: bytes) -> None:
    assert desk.ask(request_) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", BAD_PARAM),
        ("ecc:talk(073", BAD_PARAM),
        ("ecc:talk(0730000000035)", BAD_PARAM),
        ("ecc:talk(07300000000G5D)", BAD_PARAM),
        ("ecc:talk(07300000\xff0035D)", BAD_PARAM),
        ("ecc:talk()", INVALID_SIZE),
        ("ecc:talk(0630000000035D)", INVALID_SIZE),
        ("ecc:talk(" + "00" * 252 + ")", INVALID_SIZE),
        ("ecc:dance()", BAD_OPCODE),
        (":v()", BAD_OPCODE),
        ("board:", BAD_OPCODE),
        ("ecc", BAD_OPCODE),
        ("board:device(0)", BAD_PARAM),
        ("board:device()", BAD_PARAM),
        ("board:bridge:pins(21)", BAD_PARAM),
        ("board:bridge:pins(21,21)", BAD_PARAM),
        ("board:bridge:pins(21,55)", BAD_PARAM),
        ("board:bridge:pins(-1,4)", BAD_PARAM),
        ("board:bridge:clock(1)", BAD_PARAM),
        ("board:bridge:baud(300)", BAD_PARAM),
        ("board:bridge:baud(99999999999)", BAD_PARAM),
    ],
)
def test_errors_have_empty_parentheses(desk: Desk, line: str, answer: bytes) -> None:
    assert desk.ask(line) == answer


@pytest.mark.parametrize("request_", ["ecc:wake()", "ecc:idle()", "ecc:sleep()", "ecc:talk(0730000000035D)"])
def test_without_a_chip_nothing_answers(empty: KitBridge, request_: str) -> None:
    assert empty.handle(request_.encode()) == COMM_FAIL


def test_without_a_chip_none_is_found(empty: KitBridge) -> None:
    assert empty.handle(b"board:device(00)") == b"no_device TWI 00(00)\n"
    assert empty.handle(b"board:bridge:scan()") == b"00()\n"


def test_carriage_returns_and_padding_are_tolerated(desk: Desk) -> None:
    assert desk.ask("ecc:wake()\r") == b"00(04113343)\n"
    assert desk.ask("\0ecc:wake()") == b"00(04113343)\n"


def test_caps_tells_what_it_knows(desk: Desk) -> None:
    assert desk.caps() == {
        "version": __version__,
        "chips": "1",
        "baud": "115200",
        "asleep": "0",
        "virtual": "1",
    }


def test_a_chip_left_alone_falls_asleep_and_that_is_counted(desk: Desk) -> None:
    desk.talk(commands.nonce_pass_through(bytes(32)))
    desk.clock.advance(2)
    assert desk.talk(commands.info()) == bytes.fromhex("00006002")
    assert desk.caps()["asleep"] == "1"


@pytest.mark.parametrize("polite", ["ecc:idle()", "ecc:sleep()"])
def test_a_chip_sent_to_rest_does_not_count_as_fallen_asleep(desk: Desk, polite: str) -> None:
    desk.talk(commands.info())
    assert desk.ask(polite) == b"00()\n"
    desk.clock.advance(100)
    desk.talk(commands.info())
    assert desk.caps()["asleep"] == "0"


def test_temp_key_outlives_everything_but_sleep(desk: Desk) -> None:
    desk.talk(commands.gen_key(GenKeyMode.PRIVATE, 0))
    desk.talk(commands.nonce_pass_through(bytes(32)))
    for line in ("ecc:wake()", "ecc:idle()", "board:device(00)", "board:bridge:scan()", "ecc:wake()"):
        desk.ask(line)
    desk.clock.advance(0.65)
    assert len(desk.talk(commands.sign(0))) == 64
    desk.talk(commands.nonce_pass_through(bytes(32)))
    desk.ask("ecc:sleep()")
    assert desk.talk(commands.sign(0)) == b"\x0f"


def test_the_watchdog_never_strikes_during_a_long_series(desk: Desk) -> None:
    desk.talk(commands.gen_key(GenKeyMode.PRIVATE, 0))
    for _ in range(30):
        desk.talk(commands.nonce_pass_through(bytes(32)))
        desk.clock.advance(0.3)
        assert len(desk.talk(commands.sign(0))) == 64
    assert desk.caps()["asleep"] == "0"


def test_looking_changes_no_byte(desk: Desk) -> None:
    before = snapshot(desk.chip.element.memory)
    for line in ("b:v()", "b:d(00)", "b:d(01)", "b:b:caps()", "b:b:scan()", "e:w()", "e:i()", "e:s()"):
        desk.ask(line)
    for offset in range(0, 128, 32):
        desk.talk(commands.read_block(Zone.CONFIG, 0, offset))
    assert snapshot(desk.chip.element.memory) == before


words = st.sampled_from(["ecc", "e", "board", "b", ":", "(", ")", "talk", "t", "w", "device", "bridge", "07300000"])
lines = st.one_of(st.binary(max_size=600), st.lists(words, max_size=8).map(lambda parts: "".join(parts).encode()))


@given(lines)
def test_any_line_gets_one_reply_line(line: bytes) -> None:
    desk = make_desk()
    assert REPLY.fullmatch(desk.bridge.handle(line.replace(b"\n", b"")))


@given(st.lists(st.binary(max_size=700), max_size=8))
def test_any_bytes_get_as_many_replies_as_lines(chunks: list[bytes]) -> None:
    desk = make_desk()
    board = BridgeBoard(Bus((desk.chip,)), desk.clock, Speed.MAX)
    for chunk in chunks:
        board.receive(chunk, 0.0)
    replies = board.transmit(0.0)
    assert replies.count(b"\n") == b"".join(chunks).count(b"\n")
    assert all(REPLY.fullmatch(reply + b"\n") for reply in replies.split(b"\n")[:-1])
    board.receive(b"\nb:b:b(115200)\ne:w()\n", 0.0)
    assert board.transmit(0.0).endswith(b"00()\n00(04113343)\n")
