"""A chip vouches for its configuration, whatever the policies of its slots are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.attestation import attest_config, closing_slot
from atecc_bench.twin.state.factory_chips import ATECC508A, ATECC608A, FactoryModel
from tests.support.boards.passing_transport import PassingTransport
from tests.support.boards.twin_desk import TwinDesk

SLOT_CONFIG, KEY_CONFIG = 20, 96
SIGNING_KEY = 0
SECRET = b"\x8f\x8f" * 15, b"\x1c\x00" * 15
WORDS = st.binary(min_size=30, max_size=30)


class Opcodes:
    """What was asked of a chip."""

    def __init__(self, desk: TwinDesk) -> None:
        self.asked: list[int] = []
        desk.put_between(self._between)

    def _between(self, behind: Transport) -> Transport:
        return PassingTransport(behind, lambda send, packet: (self._note(packet), send(packet))[1])

    def _note(self, packet: bytes) -> None:
        self.asked.append(CommandPacket.parse(packet).opcode)


def locked_chip(model: FactoryModel, slots: bytes, keys: bytes, seed: int = 1) -> tuple[TwinDesk, bytes]:
    """A chip whose slot 0 signs, with these words for the other slots; and the public key of slot 0."""
    desk = TwinDesk(seed, model)

    def change(raw: bytearray) -> None:
        raw[SLOT_CONFIG + 2 : SLOT_CONFIG + 32] = slots
        raw[KEY_CONFIG + 2 : KEY_CONFIG + 32] = keys
        raw[90] = raw[91] = 0  # no lock of uses, no output protection

    desk.write_config(change)
    desk.lock_config()
    public_key = desk.session.generate_key(SIGNING_KEY)
    desk.session.lock_data()
    return desk, public_key


@pytest.mark.parametrize("model", [ATECC508A, ATECC608A], ids=["508", "608"])
@given(slots=WORDS, keys=WORDS)
def test_an_honest_chip_is_attested_with_any_policies(model: FactoryModel, slots: bytes, keys: bytes):
    desk, public_key = locked_chip(model, slots, keys)
    attest_config(desk.session, SIGNING_KEY, public_key, desk.session.read_config())


@given(slots=WORDS, keys=WORDS, bit=st.integers(0, CONFIG_SIZE * 8 - 1))
def test_another_bit_of_the_configuration_is_found_out(slots: bytes, keys: bytes, bit: int):
    desk, public_key = locked_chip(ATECC608A, slots, keys)
    shown = bytearray(desk.session.read_config().to_bytes())
    shown[bit // 8] ^= 1 << bit % 8
    # A slot that is shown as readable and is not refuses its Read: that is no attestation either.
    with pytest.raises((RefusedError, ChipStatusError)):
        attest_config(desk.session, SIGNING_KEY, public_key, ConfigZone.parse(bytes(shown)))


def test_where_nothing_is_read_in_clear_the_digest_of_the_key_ends_it():
    desk, public_key = locked_chip(ATECC608A, *SECRET)
    config, noted = desk.session.read_config(), Opcodes(desk)
    assert closing_slot(config) is None
    attest_config(desk.session, SIGNING_KEY, public_key, config)
    assert noted.asked == [Opcode.NONCE, *[Opcode.GEN_DIG] * 4, Opcode.GEN_KEY, Opcode.SIGN]
    with pytest.raises(RefusedError) as refused:
        attest_config(desk.session, SIGNING_KEY, locked_chip(ATECC608A, *SECRET, seed=2)[1], config)
    assert refused.value.id == "configuration-not-attested"


def test_a_slot_in_clear_saves_the_key_generation():
    desk = TwinDesk()
    desk.write_config()
    desk.lock_config()
    public_key = desk.session.generate_key(SIGNING_KEY)
    desk.session.lock_data()
    config, noted = desk.session.read_config(), Opcodes(desk)
    assert closing_slot(config) == 8
    attest_config(desk.session, SIGNING_KEY, public_key, config)
    assert noted.asked == [Opcode.NONCE, *[Opcode.GEN_DIG] * 4, Opcode.READ, Opcode.GEN_DIG, Opcode.SIGN]
