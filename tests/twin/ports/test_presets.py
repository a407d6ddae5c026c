"""URLs of virtual boards, and the chips behind them."""

import json
import sys
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from urllib.parse import quote

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import InfoMode
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import DeviceError, InputError
from atecc_bench.twin.board.spi_flash import Boots
from atecc_bench.twin.board.virtual_board import Speed, VirtualBoard
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports import protocol_virtual
from atecc_bench.twin.ports.preset_names import Preset
from atecc_bench.twin.ports.presets import VirtualUrl, open_board, parse_virtual_url
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.ports.url_scheme import is_virtual_url
from atecc_bench.twin.state.entropy import SeededEntropy, seeded_entropy
from atecc_bench.twin.state.faults import Fault, FaultKind
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.p256_slots import has_private_key
from atecc_bench.twin.state.state_file import load_state, save_state
from tests.support.probes import snapshot

MASS_PROVISIONING = (
    "C0000001 8F20 C444 8720 8720 8F0F C400 9F0F 8220 0F0F C444 0F0F 0F0F 0F0F 0F0F 0F0F 0F0F"
    "FFFFFFFF00000000FFFFFFFF00000000 00000000000000000000000000000000 0000 0000 FFFF 0640 00000000"
    "3300 1C00 1300 1300 7C00 1800 3C00 3300 3C00 3C00 3C00 3000 3C00 3C00 3C00 3000"
)

with_chip = st.sampled_from([preset for preset in Preset if preset.has_chip])
faults = st.builds(
    lambda kind, number: Fault(kind, 2 * number if kind is FaultKind.WRONG_ADDRESS else number),
    st.sampled_from(FaultKind),
    st.integers(0x08, 0x77),
)
single_chips = st.builds(
    VirtualUrl,
    st.tuples(with_chip),
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(Path),
    st.sampled_from(Speed),
    st.none() | st.integers(min_value=0),
    st.lists(faults, max_size=3).map(tuple),
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(Path),
)
several_chips = st.builds(VirtualUrl, st.lists(with_chip, min_size=2, max_size=4).map(tuple))
trays = st.builds(VirtualUrl, st.tuples(with_chip), devices=st.integers(1, 100_000))
boards_without = st.builds(VirtualUrl, st.tuples(st.sampled_from([preset for preset in Preset if not preset.has_chip])))


def board_snapshot(board: VirtualBoard) -> bytes:
    assert board.element is not None
    return snapshot(board.element.memory)


def open_url(url: str) -> VirtualBoard:
    return open_board(parse_virtual_url(url))


def ask(board: VirtualBoard, *requests: bytes) -> list[bytes]:
    board.receive(b"".join(request + b"\n" for request in requests), 0.0)
    return board.transmit(0.0).splitlines()


def make_random(board: VirtualBoard) -> bytes:
    board.receive(b"e:t(" + commands.random().to_bytes().hex().encode() + b")\n", 0.0)
    return board.transmit(0.0)


@given(single_chips | several_chips | trays | boards_without)
def test_every_url_can_be_written_and_read_back(url: VirtualUrl) -> None:
    options = [f"speed={url.speed}"]
    if url.state is not None:
        options.append(f"state={quote(str(url.state), safe='')}")
    if url.seed is not None:
        options.append(f"seed={url.seed}")
    if url.devices > 1:
        options.append(f"devices={url.devices}")
    if url.firmware is not None:
        options.append(f"firmware={quote(str(url.firmware), safe='')}")
    options += [f"fault={fault}" for fault in url.faults]
    assert parse_virtual_url(f"virtual://{'+'.join(url.presets)}?{'&'.join(options)}") == url


@given(st.text())
def test_any_text_is_a_url_or_a_plain_error(text: str) -> None:
    for url in (text, f"virtual://{text}", f"virtual://fresh?{text}"):
        with suppress(InputError):
            parse_virtual_url(url)


@pytest.mark.parametrize("url", ["virtual://fresh", "VIRTUAL://fresh", "Virtual://FRESH?speed=max"])
def test_what_pyserial_opens_as_a_virtual_board_is_known_as_one(url: str) -> None:
    register_virtual_scheme()
    assert type(serial.serial_for_url(url, do_not_open=True)).__module__ == protocol_virtual.__name__
    assert is_virtual_url(url)


@pytest.mark.parametrize(
    "url", ["virtual", "virtual:", "virtual:/fresh", "/dev/virtual://x", "rfc2217://virtual:1", ""]
)
def test_other_ports_are_none(url: str) -> None:
    assert not is_virtual_url(url)


def test_speed_is_max_unless_told_otherwise() -> None:
    assert parse_virtual_url("virtual://fresh") == VirtualUrl((Preset.FRESH,), None, Speed.MAX, None)


@pytest.mark.parametrize("written", [r"C:\chips\a+b.json", quote(r"C:\chips\a+b.json", safe=""), "C:/chips/a+b.json"])
def test_windows_paths(written: str) -> None:
    state = parse_virtual_url(f"virtual://fresh?state={written}").state
    assert PureWindowsPath(str(state)) == PureWindowsPath(r"C:\chips\a+b.json")


@pytest.mark.parametrize(
    ("url", "id_", "names"),
    [
        ("virtual:fresh", "virtual-url", "blank-board"),
        ("virtual://", "virtual-preset", "mismatch"),
        ("virtual://new", "virtual-preset", "fresh, configured, provisioned"),
        ("virtual://fresh?sped=max", "virtual-option", "speed=max"),
        ("virtual://fresh?speed=fast", "virtual-option", "speed=real"),
        ("virtual://fresh?seed=-1", "virtual-option", "seed=N"),
        ("virtual://fresh?seed=1&seed=2", "virtual-option", "seed=N"),
        ("virtual://fresh?state=", "virtual-option", "state=FILE"),
        ("virtual://no-chip?state=a.json", "virtual-option", "state=FILE"),
        ("virtual://fresh+trustgo?state=a.json", "virtual-option", "state=FILE"),
        ("virtual://fresh?devices=0", "virtual-option", "devices=N"),
        ("virtual://fresh?devices=100001", "virtual-option", "devices=N"),
        ("virtual://fresh?devices=2&state=a.json", "virtual-option", "devices=N"),
        ("virtual://fresh+trustgo?devices=2", "virtual-option", "devices=N"),
        ("virtual://no-chip?devices=2", "virtual-option", "devices=N"),
        ("virtual://fresh+no-chip", "virtual-preset", "fresh, configured"),
        ("virtual://fresh+", "virtual-preset", "fresh, configured"),
        ("virtual://fresh?fault=", "fault", "byte-dropped, byte-flipped"),
        ("virtual://fresh?fault=power-lost", "fault", "KIND:N"),
        ("virtual://fresh?fault=power-lost:0", "fault", "from 1"),
        ("virtual://fresh?fault=wrong-address:0x6B", "fault", "even address"),
    ],
)
def test_errors_name_what_is_known(url: str, id_: str, names: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_virtual_url(url)
    assert caught.value.id == id_
    assert names in caught.value.hint


def test_a_seed_repeats_a_chip_and_no_seed_does_not() -> None:
    assert board_snapshot(open_url("virtual://fresh?seed=4")) == board_snapshot(open_url("virtual://fresh?seed=4"))
    assert board_snapshot(open_url("virtual://fresh?seed=4")) != board_snapshot(open_url("virtual://fresh?seed=5"))
    assert board_snapshot(open_url("virtual://fresh")) != board_snapshot(open_url("virtual://fresh"))


def test_configured_has_the_mass_provisioning_configuration_and_no_keys() -> None:
    element = open_url("virtual://configured").element
    assert element is not None
    assert element.memory.contents(Zone.CONFIG)[16:] == bytes.fromhex(MASS_PROVISIONING)
    assert element.memory.config.config_locked
    assert element.memory.config.data_locked
    assert not any(has_private_key(element.memory, slot) for slot in range(SLOT_COUNT))


def test_the_atecc508a_is_the_older_part_with_its_own_defaults() -> None:
    element = open_url("virtual://atecc508a").element
    assert element is not None
    config = element.memory.config
    assert config.part is Part.ATECC508A
    assert config.revision == bytes.fromhex("00005000")
    assert (config.count_match, config.use_flags) == (0x55, b"\xff" * 16)
    assert not config.config_locked


def test_a_chip_at_another_address_is_found_only_there() -> None:
    board = open_url("virtual://wrong-address")
    assert ask(board, b"board:bridge:scan()", b"board:device(00)", b"board:device(01)", b"e:p:s(C0)", b"e:w()") == [
        b"00(B0)", b"ECC608 TWI 00(B0)", b"no_device TWI 00(00)", b"F9()", b"00(04113343)"
    ]  # fmt: skip


@pytest.mark.parametrize(("preset", "address"), [("trustflex", b"6C"), ("trustgo", b"6A")])
def test_trust_platform_chips_answer_at_their_own_address(preset: str, address: bytes) -> None:
    board = open_url(f"virtual://{preset}")
    assert ask(board, b"b:b:s()", b"b:d(00)") == [b"00(" + address + b")", b"ECC608 TWI 00(" + address + b")"]


def test_four_chips_on_one_bus() -> None:
    assert ask(open_url("virtual://fresh+trustgo+trustflex+wrong-address"), b"b:b:s()") == [b"00(6A6CB0C0)"]


def test_several_chips_on_one_bus_are_chosen_by_their_address() -> None:
    board = open_url("virtual://fresh+wrong-address?seed=3")
    first, second = (element.memory.config.serial_number for element in board.elements)
    assert first != second
    read_serial = b"e:t(" + commands.read_block(Zone.CONFIG, 0, 0).to_bytes().hex().encode() + b")"
    assert ask(board, b"b:b:s()", b"b:d(00)", b"b:d(01)") == [b"00(B0C0)", b"ECC608 TWI 00(B0)", b"ECC608 TWI 00(C0)"]
    _, one, _, other = ask(board, b"e:p:s(C0)", read_serial, b"e:p:s(B0)", read_serial)
    assert [bytes.fromhex(answer[5:13].decode()) for answer in (one, other)] == [first[:4], second[:4]]


def test_a_wake_reaches_all_chips_and_each_keeps_its_temp_key() -> None:
    board = open_url("virtual://fresh+wrong-address")
    load = b"e:t(" + commands.nonce_pass_through(bytes(32)).to_bytes().hex().encode() + b")"
    state = b"e:t(" + commands.info(InfoMode.STATE).to_bytes().hex().encode() + b")"
    answers = ask(board, b"e:p:s(C0)", load, b"e:p:s(B0)", state, b"e:p:s(C0)", state)
    empty, loaded = answers[3][5:13], answers[5][5:13]
    assert empty == b"00000000"
    assert loaded != empty


def test_chips_with_the_same_address_are_refused() -> None:
    with pytest.raises(InputError, match="same I2C address") as caught:
        open_url("virtual://fresh+configured")
    assert caught.value.id == "virtual-preset"


def test_boards_without_a_chip() -> None:
    assert open_url("virtual://blank-board").flash.boots() is Boots.NOTHING
    assert open_url("virtual://other-firmware").flash.boots() is Boots.APPLICATION
    assert open_url("virtual://no-chip").element is None


def test_a_state_file_is_made_and_goes_on_where_it_ended(tmp_path: Path) -> None:
    state = tmp_path / "chip.json"
    url = f"virtual://configured?seed=6&state={state}"
    board = open_url(url)
    first = make_random(board)
    assert board_snapshot(open_url(url)) == board_snapshot(board)
    second = make_random(open_url(url))
    assert second != first
    without_a_file = open_url("virtual://configured?seed=6")
    assert [make_random(without_a_file), make_random(without_a_file)] == [first, second]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no POSIX permissions")
def test_a_state_file_is_for_its_owner_only(tmp_path: Path) -> None:
    state = tmp_path / "chip.json"
    make_random(open_url(f"virtual://configured?state={state}"))
    assert state.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [state]


def test_a_state_file_that_another_board_wrote_is_left_as_it_is(tmp_path: Path) -> None:
    url = f"virtual://configured?state={tmp_path / 'chip.json'}"
    one, other = open_url(url), open_url(url)
    make_random(other)
    kept = (tmp_path / "chip.json").read_bytes()
    with pytest.raises(DeviceError) as refused:
        make_random(one)
    assert refused.value.id == "state-changed"
    assert (tmp_path / "chip.json").read_bytes() == kept


def test_looking_does_not_touch_the_state_file(tmp_path: Path) -> None:
    state = tmp_path / "chip.json"
    board = open_url(f"virtual://configured?state={state}")
    before = state.stat()
    board.receive(b"b:v()\nb:d(00)\ne:w()\ne:t(0730000000035D)\n", 0.0)
    after = state.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def good_document(tmp_path: Path) -> dict[str, object]:
    path = tmp_path / "good.json"
    save_state(path, Eeprom.factory(seeded_entropy(1)), SeededEntropy(1, 5))
    return json.loads(path.read_text())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "other"),
        ("version", 2),
        ("config", "00"),
        ("otp", None),
        ("seed", "zz"),
        ("slots", []),
        ("slots", "00"),
        ("entropy", {"seed": "x", "position": 0}),
        ("entropy", {"seed": 1, "position": -1}),
        ("entropy", 3),
    ],
)
def test_a_corrupt_state_file_is_refused_and_left_as_it_is(tmp_path: Path, key: str, value: object) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({**good_document(tmp_path), key: value}))
    before = path.read_bytes()
    with pytest.raises(InputError) as caught:
        open_url(f"virtual://fresh?state={path}")
    assert caught.value.id == "state-corrupt"
    assert path.read_bytes() == before


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_no_state_file(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(raw)
    with pytest.raises(InputError, match="left as it is"):
        load_state(path)


def test_a_state_file_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as unwritable:
        open_url(f"virtual://fresh?state={tmp_path / 'missing' / 'chip.json'}")
    assert unwritable.value.id == "state-unwritable"
    with pytest.raises(InputError) as unreadable:
        open_url(f"virtual://fresh?state={tmp_path}")
    assert unreadable.value.id == "state-unreadable"


@given(count=st.integers(0, 20), seed=st.integers(min_value=0))
def test_saved_and_loaded_it_behaves_the_same(tmp_path_factory: pytest.TempPathFactory, count: int, seed: int) -> None:
    path = tmp_path_factory.getbasetemp() / "same.json"
    entropy = SeededEntropy(seed, count)
    memory = Eeprom.factory(entropy)
    save_state(path, memory, entropy)
    loaded, again = load_state(path)
    assert again is not None
    assert snapshot(loaded) == snapshot(memory)

    def life(memory: Eeprom, entropy: SeededEntropy) -> list[bytes]:
        session = ChipSession(DirectTransport(SecureElement(memory, entropy)))
        session.lock_config(memory.contents(Zone.CONFIG))
        session.lock_data()
        return [session.random(), session.generate_key(1), session.sign(1, bytes(32)), snapshot(memory)]

    assert life(memory, entropy) == life(loaded, again)


def serial_number(board: VirtualBoard) -> bytes:
    assert board.element is not None
    return board.element.memory.config.serial_number


def test_a_tray_puts_the_next_chip_in_when_a_finished_one_was_sent_to_sleep() -> None:
    board = open_url("virtual://configured?devices=3&seed=7")
    serials = [serial_number(board)]
    for _ in range(3):
        ask(board, b"e:w()", b"e:i()", b"e:w()")
        assert serial_number(board) == serials[-1]
        ask(board, b"e:s()")
        serials.append(serial_number(board))
    assert len(set(serials)) == 3
    assert serials[2] == serials[3]  # the last one stays


def test_a_tray_waits_for_the_data_lock() -> None:
    board = open_url("virtual://fresh?devices=2")
    before = serial_number(board)
    ask(board, b"e:w()", b"e:s()", b"e:w()", b"e:s()")
    assert serial_number(board) == before
