from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_zone import (
    INDIVIDUAL_BYTES,
    ConfigZone,
    KeyConfig,
    SlotConfig,
    differing_bytes,
)
from atecc_bench.chip.protocol.identity import Part, Variant, part_of_revision, variant_of_address
from atecc_bench.errors import InputError
from tests.support.paths import DATA

SERIAL = bytes.fromhex("0123A1B2C3D4E5F6EE")
REVISIONS = {"508a": bytes.fromhex("00005000"), "608a": bytes.fromhex("00006002")}

zones = st.binary(min_size=128, max_size=128)


def fact(part: str) -> bytes:
    """A whole configuration zone with what the firmware writes to this part, not locked yet."""
    written = bytes.fromhex((DATA / f"config-{part}-massprovisioning.hex").read_text())
    own = SERIAL[:4] + REVISIONS[part] + SERIAL[4:] + bytes.fromhex("61 01 00")
    written = bytearray(written)
    written[86 - 16 : 88 - 16] = b"\x55\x55"  # the locks are not a Write command's to set
    return own + bytes(written)


@given(raw=zones)
def test_any_128_bytes_come_back_exactly(raw: bytes):
    assert ConfigZone.parse(raw).to_bytes() == raw


@pytest.mark.parametrize("part", ["508a", "608a"])
def test_the_facts_come_back_exactly(part: str):
    assert ConfigZone.parse(fact(part)).to_bytes() == fact(part)


@given(word=st.integers(0, 0xFFFF))
def test_every_word_is_a_slot_config_and_a_key_config(word: int):
    assert SlotConfig.parse(word).to_word() == word
    assert KeyConfig.parse(word).to_word() == word


@given(raw=st.binary(max_size=300).filter(lambda raw: len(raw) != 128))
def test_another_number_of_bytes_is_refused_with_both_numbers(raw: bytes):
    with pytest.raises(InputError) as caught:
        ConfigZone.parse(raw)
    assert caught.value.id == "config-length"
    assert "128" in caught.value.message
    assert str(len(raw)) in caught.value.message


@pytest.mark.parametrize("part", ["508a", "608a"])
def test_the_chips_own_bytes_are_found(part: str):
    config = ConfigZone.parse(fact(part))
    assert config.serial_number == SERIAL
    assert config.revision == REVISIONS[part]
    assert config.part.value == f"ATECC{part.upper()}"
    assert config.i2c_address == config.effective_i2c_address() == 0xC0


def test_slot_0_of_the_facts_is_the_device_key():
    config = ConfigZone.parse(fact("608a"))
    assert config.slot_configs[0] == SlotConfig(
        read_key=0xF, no_mac=False, limited_use=False, encrypt_read=False, is_secret=True, write_key=0, write_config=2
    )
    assert config.key_configs[0] == KeyConfig(
        private=True, pub_info=True, key_type=4, lockable=True, req_random=False, req_auth=False,
        auth_key=0, persistent_disable=False, reserved=False, x509_id=0,
    )  # fmt: skip


def test_slot_1_of_the_facts_is_encrypted_both_ways_with_the_key_in_slot_4():
    config = ConfigZone.parse(fact("608a")).slot_configs[1]
    assert (config.is_secret, config.encrypt_read, config.read_key, config.write_key) == (True, True, 4, 4)
    assert config.write_config == 0b0100


@pytest.mark.parametrize(
    ("part", "slot", "word"),
    [("508a", 5, 0x36C4), ("608a", 5, 0x00C4), ("608a", 6, 0x0F9F), ("608a", 7, 0x2082), ("608a", 9, 0x44C4)],
)
def test_slot_configs_are_the_little_endian_words_of_the_facts(part: str, slot: int, word: int):
    assert ConfigZone.parse(fact(part)).slot_configs[slot].to_word() == word


@pytest.mark.parametrize(
    ("part", "slot", "word"), [("508a", 5, 0x001C), ("608a", 5, 0x0018), ("608a", 4, 0x007C), ("608a", 15, 0x0030)]
)
def test_key_configs_are_the_little_endian_words_of_the_facts(part: str, slot: int, word: int):
    assert ConfigZone.parse(fact(part)).key_configs[slot].to_word() == word


def test_the_facts_name_the_io_protection_key():
    assert ConfigZone.parse(fact("608a")).chip_options == 0x4006


@given(raw=zones)
def test_anything_but_55_is_locked(raw: bytes):
    config = ConfigZone.parse(raw)
    assert config.data_locked == (raw[86] != 0x55)
    assert config.config_locked == (raw[87] != 0x55)


@given(raw=zones, slot=st.integers(0, 15))
def test_a_zero_bit_of_slot_locked_is_a_locked_slot(raw: bytes, slot: int):
    assert ConfigZone.parse(raw).slot_is_locked(slot) == (raw[88 + slot // 8] >> slot % 8 & 1 == 0)


def test_a_configuration_is_edited_by_name():
    config = ConfigZone.parse(fact("608a"))
    changed = replace(config, i2c_address=0x6C)
    assert differing_bytes(config.to_bytes(), changed.to_bytes()) == (16,)


@given(one=zones, other=zones)
def test_two_chips_are_compared_without_what_is_individual_to_a_chip(one: bytes, other: bytes):
    found = differing_bytes(one, other)
    assert not INDIVIDUAL_BYTES.intersection(found)
    assert INDIVIDUAL_BYTES.union(found).issuperset(i for i in range(128) if one[i] != other[i])
    assert all(one[i] != other[i] for i in found)


def test_what_is_individual_to_a_chip():
    assert sorted(INDIVIDUAL_BYTES) == [*range(16), *range(52, 68), *range(84, 90)]


@pytest.mark.parametrize(
    ("revision", "part"),
    [
        ("00005000", Part.ATECC508A),
        ("00005010", Part.ATECC508A),
        ("00006001", Part.ATECC608A),
        ("00006002", Part.ATECC608A),
        ("00006003", Part.ATECC608B),
    ],
)
def test_the_part_is_told_by_its_revision(revision: str, part: Part):
    assert part_of_revision(bytes.fromhex(revision)) is part


@pytest.mark.parametrize(
    ("address", "variant"),
    [
        (0xC0, Variant.TRUST_CUSTOM),
        (0x6C, Variant.TRUST_FLEX),
        (0x6A, Variant.TRUST_AND_GO),
        (0x70, Variant.TRUST_MANAGER),
    ],
)
def test_the_variant_is_told_by_its_address(address: int, variant: Variant):
    assert variant_of_address(address) is variant


def test_user_extra_add_is_the_address_in_its_mode_unless_it_is_zero():
    config = replace(ConfigZone.parse(fact("608a")), chip_mode=1)
    assert replace(config, user_extra_add=0x6C).effective_i2c_address() == 0x6C
    assert replace(config, user_extra_add=0).effective_i2c_address() == 0xC0
    assert replace(config, user_extra_add=0x6C, chip_mode=0).effective_i2c_address() == 0xC0
