"""Symmetric keys of a chip: in which order they are written, how they are derived, kept and proved."""

import pytest

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.secret_keys import (
    KeyWrite,
    check_keys,
    derived_keys,
    plan_key_writes,
    random_key,
    write_keys,
)
from atecc_bench.records.escrow import EscrowedKeys
from tests.support.boards.twin_desk import TwinDesk

SERIAL_NUMBER = bytes.fromhex("0123456789abcdefee")
PASSPHRASE = b"correct horse"
ESCROWED = EscrowedKeys(SERIAL_NUMBER, {4: bytes(range(32)), 9: bytes(range(32, 64))})


@pytest.fixture
def desk() -> TwinDesk:
    desk = TwinDesk()
    desk.write_config()
    desk.lock_config()
    return desk


def config(desk: TwinDesk) -> ConfigZone:
    return desk.memory.config


def test_before_the_data_lock_everything_goes_in_clear(desk: TwinDesk):
    assert plan_key_writes(config(desk), [9, 4, 1], []) == tuple(KeyWrite(slot, None) for slot in (1, 4, 9))


def test_after_it_a_write_key_comes_before_what_it_encrypts(desk: TwinDesk):
    desk.session.lock_data()
    assert plan_key_writes(config(desk), [1, 9, 4], []) == (KeyWrite(4, None), KeyWrite(1, 4), KeyWrite(9, 4))
    assert plan_key_writes(config(desk), [9], [4]) == (KeyWrite(9, 4),)
    with pytest.raises(InputError) as error:
        plan_key_writes(config(desk), [9, 1], [])
    assert error.value.id == "write-key-needed"


def test_a_key_that_encrypts_its_own_write_has_to_be_known():
    desk = TwinDesk()
    desk.write_config(lambda target: target.__setitem__(29, 0x44))  # slot 4: encrypted with itself
    desk.lock_config()
    desk.session.lock_data()
    old, new = {4: desk.memory.contents(Zone.DATA, 4)[:32]}, {4: random_key(4), 1: random_key(1)}
    writes = plan_key_writes(config(desk), [1, 4], [4])
    assert writes == (KeyWrite(4, 4), KeyWrite(1, 4))
    write_keys(desk.session, writes, new, old)
    check_keys(desk.session, new)
    with pytest.raises(InputError) as error:
        plan_key_writes(config(desk), [4], [])
    assert error.value.id == "write-key-needed"


@pytest.mark.parametrize("slot", [0, 8, 10, 11])
def test_a_slot_that_takes_no_secret_is_refused(desk: TwinDesk, slot: int):
    with pytest.raises(RefusedError) as error:
        plan_key_writes(config(desk), [4, slot], [])
    assert error.value.id == "slot-takes-no-key"


def test_a_slot_locked_on_its_own_is_refused(desk: TwinDesk):
    desk.session.lock_data()
    desk.session.lock_slot(4)
    with pytest.raises(RefusedError, match="locked on its own"):
        plan_key_writes(config(desk), [4], [])


def test_nothing_is_planned_for_an_open_configuration():
    with pytest.raises(RefusedError) as error:
        plan_key_writes(TwinDesk().memory.config, [4], [])
    assert error.value.id == "config-zone-open"


@pytest.mark.parametrize("lock_first", [False, True], ids=["before the data lock", "after it"])
def test_keys_are_written_and_proved(desk: TwinDesk, lock_first: bool):
    if lock_first:
        desk.session.lock_data()
    writes = plan_key_writes(config(desk), [1, 4, 5, 6, 9], [])
    keys = {write.slot: random_key(write.slot) for write in writes}
    write_keys(desk.session, writes, keys, {})
    check_keys(desk.session, keys)
    assert all(desk.memory.contents(Zone.DATA, slot)[:32] == key for slot, key in keys.items())
    with pytest.raises(RefusedError, match="slot 9"):
        check_keys(desk.session, {**keys, 9: bytes(32)})


def test_nothing_is_proved_before_the_configuration_lock():
    with pytest.raises(RefusedError) as error:
        check_keys(TwinDesk().session, {4: bytes(32)})
    assert error.value.id == "config-zone-open"


def test_derived_keys_differ_by_chip_slot_and_master_key_and_come_again():
    makes = [
        derived_keys(master, serial)
        for master in (b"m" * 16, b"n" * 16)
        for serial in (SERIAL_NUMBER, SERIAL_NUMBER[::-1])
    ]
    keys = [make(slot) for make in makes for slot in range(16)]
    assert len(set(keys)) == len(keys)
    assert derived_keys(b"m" * 16, SERIAL_NUMBER)(0) == keys[0]
    with pytest.raises(InputError) as error:
        derived_keys(b"m" * 15, SERIAL_NUMBER)
    assert error.value.id == "master-key-too-short"
