"""Keys brought into a chip and proved there, in clear and encrypted; what the trace keeps of it is proved in cli."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.chip.session.chip_session import ChipStatusError
from atecc_bench.chip.session.encrypted_access import (
    SlotKey,
    holds_key,
    import_private_key,
    read_encrypted,
    write_encrypted,
    write_key,
)
from atecc_bench.pki.keys.key_files import private_key_from_entropy, public_key_bytes
from atecc_bench.pki.x509.chain_checks import verify_digest
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.support.boards.twin_desk import TwinDesk
from tests.support.probes import snapshot

IO_KEY = SlotKey(4, bytes(range(32)))
NO_MAC_KEY = SlotKey(6, bytes(range(50, 82)))
DIGEST = bytes(range(100, 132))


def allow_import(target: bytearray) -> None:
    """Let slot 2 take private keys, encrypted with the key in slot 4."""
    target[25] = 0x64


@pytest.fixture
def desk() -> TwinDesk:
    desk = TwinDesk()
    desk.write_config(allow_import)
    desk.lock_config()
    return desk


@pytest.fixture
def locked(desk: TwinDesk) -> TwinDesk:
    write_key(desk.session, IO_KEY.slot, IO_KEY.value)
    write_key(desk.session, NO_MAC_KEY.slot, NO_MAC_KEY.value)
    desk.session.lock_data()
    return desk


def private_key(seed: int = 3) -> tuple[bytes, bytes]:
    key = private_key_from_entropy(seeded_entropy(seed))
    return key.private_numbers().private_value.to_bytes(32), public_key_bytes(key.public_key())


def test_a_private_key_comes_in_clear_before_the_data_lock_and_signs_after_it(desk: TwinDesk):
    scalar, public = private_key()
    import_private_key(desk.session, 0, scalar, None)
    assert desk.session.public_key(0) == public
    desk.session.lock_data()
    assert verify_digest(public, DIGEST, desk.session.sign(0, DIGEST))


def test_a_private_key_comes_encrypted_after_the_data_lock(locked: TwinDesk):
    scalar, public = private_key()
    import_private_key(locked.session, 2, scalar, IO_KEY)
    assert locked.session.public_key(2) == public


def test_after_the_data_lock_nothing_comes_in_clear_and_nothing_with_another_key(locked: TwinDesk):
    scalar, _ = private_key()
    before = [locked.memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)]
    for key in (None, SlotKey(4, bytes(32))):
        with pytest.raises(ChipStatusError):
            import_private_key(locked.session, 2, scalar, key)
    with pytest.raises(ChipStatusError):
        write_encrypted(locked.session, 1, 0, DIGEST, SlotKey(4, bytes(32)))
    assert [locked.memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)] == before


@given(block=st.binary(min_size=32, max_size=32), offset=st.sampled_from([0, 32]))
def test_what_is_written_encrypted_is_read_encrypted(block: bytes, offset: int):
    desk = TwinDesk()
    desk.write_config()
    desk.lock_config()
    write_key(desk.session, IO_KEY.slot, IO_KEY.value)
    desk.session.lock_data()
    write_encrypted(desk.session, 9, offset, block, IO_KEY)
    assert read_encrypted(desk.session, 9, offset, IO_KEY) == block


def test_check_mac_tells_the_key_from_every_other(locked: TwinDesk):
    before = snapshot(locked.memory)
    assert holds_key(locked.session, IO_KEY)
    assert holds_key(locked.session, NO_MAC_KEY)
    assert not holds_key(locked.session, SlotKey(4, NO_MAC_KEY.value))
    assert snapshot(locked.memory) == before


def test_check_mac_tells_a_key_before_the_data_lock_too(desk: TwinDesk):
    write_key(desk.session, IO_KEY.slot, IO_KEY.value)
    assert holds_key(desk.session, IO_KEY)
    assert not holds_key(desk.session, SlotKey(4, NO_MAC_KEY.value))


def test_no_text_shows_a_key():
    assert IO_KEY.value.hex() not in repr(IO_KEY)
    assert repr(IO_KEY.value) not in repr(IO_KEY)
    secret = CommandPacket(Opcode.WRITE, 0x82, 0x20, IO_KEY.value, secret=True)
    assert repr(IO_KEY.value) not in repr(secret)
