from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_fields import FieldGroup, config_fields
from atecc_bench.chip.config.config_zone import ConfigZone, KeyConfig, SlotConfig
from atecc_bench.chip.config.slot_policy import Access, Holds, slot_policy
from atecc_bench.chip.protocol.zones import slot_size
from atecc_bench.profiles.files import load_profile

zones = st.binary(min_size=128, max_size=128)


@pytest.fixture(scope="module")
def config() -> ConfigZone:
    own = bytes.fromhex("0123A1B200006002C3D4E5F6EE610100").ljust(128, b"\0")
    own = own[:84] + bytes.fromhex("00005555FFFF") + own[90:]
    return ConfigZone.parse(load_profile("trustcustom-tls").configuration_for(own))


@given(raw=zones)
def test_the_fields_cover_all_128_bytes_without_gap_or_overlap(raw: bytes):
    fields = config_fields(ConfigZone.parse(raw))
    assert [field.start for field in fields] == [0, *(field.end for field in fields[:-1])]
    assert fields[-1].end == 128
    assert all(field.name and field.value and field.meaning for field in fields)


@given(raw=zones)
def test_each_slot_has_its_two_fields_at_its_two_places(raw: bytes):
    fields = config_fields(ConfigZone.parse(raw))
    of_slots = {(field.group, field.slot): field.start for field in fields if field.slot is not None}
    for slot in range(16):
        assert of_slots[FieldGroup.SLOT_CONFIG, slot] == 20 + 2 * slot
        assert of_slots[FieldGroup.KEY_CONFIG, slot] == 96 + 2 * slot


def test_fields_are_told_in_words(config: ConfigZone):
    fields = {field.name: field for field in config_fields(config)}
    assert fields["SlotConfig[1]"].value == "C4 44: EncryptRead, IsSecret, ReadKey 4, WriteKey 4, WriteConfig 0100"
    assert fields["KeyConfig[0]"].value == "33 00: Private, PubInfo, Lockable, KeyType 4, X509id 0"
    assert "IO protection key in slot 4" in fields["ChipOptions"].meaning
    assert "0123a1b2c3d4e5f6ee" in fields["SN[0:3]"].meaning
    assert "0x60" in fields["I2C_Address"].meaning
    assert "open" in fields["LockConfig"].meaning


def test_an_atecc508a_has_other_names_for_its_bytes(config: ConfigZone):
    names = {field.name for field in config_fields(replace(config, revision=bytes.fromhex("00005000")))}
    assert {"OTPmode", "Selector", "LastKeyUse"} <= names
    assert not {"AES_Enable", "CountMatch", "SecureBoot", "ChipOptions"} & names


def test_a_locked_slot_is_listed(config: ConfigZone):
    fields = {field.name: field for field in config_fields(replace(config, slot_locked=0xFFEF))}
    assert "4" in fields["SlotLocked"].meaning


def test_the_device_key_signs_and_can_be_generated_again(config: ConfigZone):
    policy = slot_policy(config, 0)
    assert policy.holds is Holds.ECC_PRIVATE
    assert (policy.signs_external, policy.signs_internal, policy.ecdh) == (True, True, True)
    assert (policy.read, policy.write) == (Access.NEVER, Access.NEVER)
    assert policy.can_generate
    assert not policy.can_priv_write
    assert "every certificate for it dies" in " ".join(policy.sentences)


def test_slot_1_is_read_and_written_encrypted_with_the_key_in_slot_4(config: ConfigZone):
    policy = slot_policy(config, 1)
    assert (policy.read, policy.read_key, policy.write, policy.write_key) == (
        Access.ENCRYPTED, 4, Access.ENCRYPTED, 4,
    )  # fmt: skip
    assert "encrypted with the key in slot 4" in " ".join(policy.sentences)


@pytest.mark.parametrize("slot", [8, 10, 11, 12, 13, 14, 15])
def test_the_slots_of_the_certificates_stay_open(config: ConfigZone, slot: int):
    policy = slot_policy(config, slot)
    assert (policy.read, policy.write) == (Access.CLEAR, Access.CLEAR)


def test_a_locked_slot_can_do_nothing_new(config: ConfigZone):
    for slot in (0, 8):
        locked = slot_policy(replace(config, slot_locked=0xFFFF & ~(1 << slot)), slot)
        assert locked.locked
        assert locked.write is Access.NEVER
        assert not locked.can_generate
        assert "can never change again" in " ".join(locked.sentences)


def _with(config: ConfigZone, slot_config: SlotConfig, key_config: KeyConfig) -> ConfigZone:
    return replace(
        config,
        slot_configs=(*config.slot_configs[:9], slot_config, *config.slot_configs[10:]),
        key_configs=(*config.key_configs[:9], key_config, *config.key_configs[10:]),
    )


@pytest.mark.parametrize(
    ("write_config", "write"),
    [(0, Access.CLEAR), (1, Access.INVALIDATED), (2, Access.NEVER), (3, Access.NEVER)]
    + [(bits, Access.ENCRYPTED) for bits in (4, 5, 6, 7, 12, 13, 14, 15)]
    + [(bits, Access.NEVER) for bits in (8, 9, 10, 11)],
)
def test_write_config_of_a_data_slot(config: ConfigZone, write_config: int, write: Access):
    slot_config = replace(config.slot_configs[9], write_config=write_config)
    policy = slot_policy(_with(config, slot_config, config.key_configs[9]), 9)
    assert policy.write is write
    assert (policy.write_key is None) == (write is not Access.ENCRYPTED)


@pytest.mark.parametrize("write_config", range(16))
def test_write_config_of_a_private_key(config: ConfigZone, write_config: int):
    slot_config = replace(config.slot_configs[0], write_config=write_config)
    policy = slot_policy(_with(config, slot_config, config.key_configs[0]), 9)
    assert policy.can_generate == bool(write_config & 2)
    assert policy.can_priv_write == bool(write_config & 4)


@pytest.mark.parametrize(
    ("is_secret", "encrypt_read", "read"),
    [
        (False, False, Access.CLEAR),
        (True, False, Access.NEVER),
        (True, True, Access.ENCRYPTED),
    ],
)
def test_read_of_a_data_slot(config: ConfigZone, is_secret: bool, encrypt_read: bool, read: Access):
    slot_config = replace(config.slot_configs[9], is_secret=is_secret, encrypt_read=encrypt_read)
    assert slot_policy(_with(config, slot_config, config.key_configs[9]), 9).read is read


def test_key_type_6_is_an_aes_key_on_the_atecc608_only(config: ConfigZone):
    key_config = replace(config.key_configs[9], key_type=6, private=False)
    with_aes = _with(config, config.slot_configs[9], key_config)
    assert slot_policy(with_aes, 9).holds is Holds.AES_KEY
    old = replace(with_aes, revision=bytes.fromhex("00005000"))
    assert slot_policy(old, 9).holds is not Holds.AES_KEY


@given(raw=zones, slot=st.integers(0, 15))
def test_every_configuration_has_a_policy_in_sentences(raw: bytes, slot: int):
    policy = slot_policy(ConfigZone.parse(raw), slot)
    assert policy.size == slot_size(slot)
    assert all(sentence.endswith(".") for sentence in policy.sentences)
