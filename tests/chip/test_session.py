from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.identity import Part, Variant
from atecc_bench.chip.protocol.packet import CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone, slot_size
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.pki.x509.chain_checks import verify_digest
from atecc_bench.profiles.files import load_profile
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.probes import snapshot


class Listening(DirectTransport):
    """Remembers the packets, and lets a test change the answers."""

    def __init__(self, element: SecureElement, change: Callable[[bytes], bytes] = lambda answer: answer) -> None:
        super().__init__(element)
        self.heard: list[CommandPacket] = []
        self.change = change

    def talk(self, packet: bytes) -> bytes:
        self.heard.append(CommandPacket.parse(packet))
        return self.change(super().talk(packet))


class Desk:
    """A chip as it leaves the factory, and the session on it."""

    def __init__(self) -> None:
        entropy = seeded_entropy(1)
        self.memory = Eeprom.factory(entropy)
        self.transport = Listening(SecureElement(self.memory, entropy))
        self.session = ChipSession(self.transport)

    def configure(self, *, lock_data: bool = True) -> None:
        current = self.memory.contents(Zone.CONFIG)
        self.session.write_config(load_profile("trustcustom-tls").configuration_for(current), current)
        self.session.lock_config(self.memory.contents(Zone.CONFIG))
        if lock_data:
            self.session.lock_data()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def configured(desk: Desk) -> Desk:
    desk.configure()
    desk.transport.heard.clear()
    return desk


def test_it_identifies_the_chip_without_changing_a_byte(desk: Desk):
    before = snapshot(desk.memory)
    info = ChipInfo.read(desk.session)
    assert info.serial_number == desk.session.serial_number().hex()
    assert len(info.serial_number) == 18
    assert (info.part, info.variant, info.i2c_address) == (Part.ATECC608A, Variant.TRUST_CUSTOM, 0xC0)
    assert (info.config_locked, info.data_locked) == (False, False)
    assert snapshot(desk.memory) == before
    assert {command.opcode for command in desk.transport.heard} == {Opcode.INFO, Opcode.READ}


def test_it_reads_the_whole_configuration_in_four_blocks(desk: Desk):
    assert desk.session.read_config().to_bytes() == desk.memory.contents(Zone.CONFIG)
    assert len(desk.transport.heard) == 4


def test_it_writes_a_configuration_without_touching_what_is_not_its_own(desk: Desk):
    current = desk.memory.contents(Zone.CONFIG)
    target = load_profile("trustcustom-tls").configuration_for(current)
    writes = desk.session.write_config(target, current)
    assert desk.memory.contents(Zone.CONFIG) == target
    assert writes == len(desk.transport.heard)
    assert desk.session.write_config(target, target) == 0
    # Behind it a chip that fell asleep would be looked for in vain.
    i2c_address = 16 // 4
    assert [packet.param2 for packet in desk.transport.heard].index(i2c_address) == writes - 1


def test_it_locks_only_the_configuration_it_was_told_of(desk: Desk):
    contents = desk.memory.contents(Zone.CONFIG)
    with pytest.raises(ChipStatusError):
        desk.session.lock_config(contents[:-1] + b"\xaa")
    assert not desk.session.read_config().config_locked
    desk.session.lock_config(contents)
    assert desk.session.read_config().config_locked


def test_before_the_configuration_lock_random_is_not_random(desk: Desk):
    assert desk.session.random() == bytes.fromhex("FFFF0000") * 8


def test_a_generated_key_is_the_one_it_signs_with(configured: Desk):
    session = configured.session
    public_key = session.generate_key(0)
    assert session.public_key(0) == public_key
    digest = bytes(range(32))
    signature = session.sign(0, digest)
    assert verify_digest(public_key, digest, signature)
    assert session.verify(digest, signature, public_key)
    assert not session.verify(digest[::-1], signature, public_key)
    assert session.generate_key(0) != public_key


def test_every_random_number_is_another(configured: Desk):
    assert configured.session.random() != configured.session.random()


# One chip serves all examples: each writes what it reads.
WRITTEN_TO = Desk()
WRITTEN_TO.configure()


@given(slot=st.sampled_from([8, 10, 13]), data=st.data())
def test_what_is_written_from_the_start_of_a_slot_is_read_at_any_place(slot: int, data: st.DataObject):
    session = WRITTEN_TO.session
    content = data.draw(st.binary(min_size=1, max_size=slot_size(slot)))
    session.write_slot(slot, content)
    offset = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(1, len(content) - offset))
    assert session.read_slot(slot, offset, length) == content[offset : offset + length]


def test_a_whole_slot_of_72_bytes_is_read_in_two_blocks_and_two_words(configured: Desk):
    configured.session.read_slot(10, 0, 72)
    assert [bool(command.param1 & 0x80) for command in configured.transport.heard] == [True, True, False, False]


def test_the_last_partial_block_is_filled_with_zeros(configured: Desk):
    configured.session.write_slot(10, b"\xaa" * 72)
    configured.session.write_slot(10, b"\xbb" * 33)
    assert configured.memory.contents(Zone.DATA, 10) == b"\xbb" * 33 + bytes(31) + b"\xaa" * 8


def test_a_refusal_names_command_parameters_and_meaning(configured: Desk):
    with pytest.raises(ChipStatusError) as caught:
        configured.session.read_slot(0, 0, 32)
    error = caught.value
    assert error.code == Status.EXECUTION_ERROR
    assert error.command.opcode == Opcode.READ
    assert error.id == "chip-status"
    assert "0F to Read" in error.message
    assert "atecc-bench explain" in error.hint
    assert error.exit_code == 1


def test_a_status_nobody_knows_is_told_as_it_is(desk: Desk):
    desk.transport.change = lambda _: ResponsePacket(b"\x42").to_bytes()
    with pytest.raises(ChipStatusError) as caught:
        desk.session.revision()
    assert "42" in caught.value.message


@pytest.mark.parametrize(
    ("answer", "id_"),
    [
        (b"", "packet-length"),
        (ResponsePacket(bytes(31)).to_bytes(), "answer-length"),
        (ResponsePacket(b"\0").to_bytes(), "answer-length"),
        (ResponsePacket(bytes(32)).to_bytes()[:-1] + b"\x77", "packet-crc"),
    ],
)
def test_a_damaged_answer_is_never_data(desk: Desk, answer: bytes, id_: str):
    desk.transport.change = lambda _: answer
    with pytest.raises(PacketError) as caught:
        desk.session.serial_number()
    assert caught.value.id == id_


def test_execution_times_are_counted_as_the_data_sheet_has_them(desk: Desk):
    desk.session.revision()
    desk.session.read_config()
    assert desk.session.chip_seconds == pytest.approx((5 + 4 * 5) / 1000)


def test_tempkey_does_not_survive_sleep(configured: Desk):
    configured.session.generate_key(0)
    configured.session.sign(0, bytes(32))
    configured.session.sleep()
    with pytest.raises(ChipStatusError):
        configured.session.execute(CommandPacket(Opcode.SIGN, 0x80, 0))
