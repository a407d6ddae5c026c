"""Monotonic counters and the fields that concern the whole ATECC608."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.device_options import (
    ChipOptions,
    OutputProtection,
    SecureBootKind,
    SecureBootOptions,
    count_match_slot,
    kdf_iv,
    use_lock_slot,
    volatile_permit_slot,
)
from atecc_bench.chip.protocol.counters import (
    LARGEST,
    decode_count_match,
    decode_counter,
    encode_count_match,
    encode_counter,
)
from tests.support.boards.twin_under_test import vendor_config


@given(value=st.integers(0, LARGEST))
def test_a_count_survives_its_encoding(value: int) -> None:
    assert decode_counter(encode_counter(value)) == value


@given(raw=st.binary(min_size=8, max_size=8))
def test_any_eight_bytes_are_a_count(raw: bytes) -> None:
    assert 0 <= decode_counter(raw) <= LARGEST + 1


@given(value=st.integers(0, LARGEST - 1))
def test_counting_on_clears_bits_one_at_a_time(value: int) -> None:
    old, new = encode_counter(value), encode_counter(value + 1)
    assert sum((a ^ b).bit_count() for a, b in zip(old[:4], new[:4], strict=True)) <= 17


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "FFFFFFFF00000000"), (1, "7FFFFFFF00000000"), (16, "0000FFFF00000000"), (32, "FFFF000000010000")],
)
def test_counts_of_the_published_format(value: int, encoded: str) -> None:
    assert encode_counter(value) == bytes.fromhex(encoded)


def test_no_count_beyond_the_largest() -> None:
    with pytest.raises(ValueError, match="a counter holds"):
        encode_counter(LARGEST + 1)


@given(value=st.integers(0, 0xFFFFFFFF))
def test_a_limit_survives_its_encoding(value: int) -> None:
    encoded = encode_count_match(value)
    assert decode_count_match(encoded + bytes(64)) == value
    assert decode_count_match(encoded[:7] + bytes((encoded[7] ^ 1,))) is None


def test_the_options_of_a_chip() -> None:
    config = vendor_config()
    assert ChipOptions.of(config) == ChipOptions(
        self_test_at_wake=False,
        io_protection=True,
        kdf_aes=True,
        auto_clear_first_fail=True,
        ecdh_protection=OutputProtection.CLEAR,
        kdf_protection=OutputProtection.CLEAR,
        io_protection_slot=4,
    )
    assert SecureBootOptions.of(config) == SecureBootOptions(
        SecureBootKind.FULL_DIGEST, sets_latch=False, random_nonce=False, store_slot=12, public_key_slot=11
    )
    assert count_match_slot(config) == 10
    assert use_lock_slot(config) is None
    assert volatile_permit_slot(config) == 4
    assert kdf_iv(config) == (9, b"iv")


@given(raw=st.binary(min_size=128, max_size=128))
def test_any_configuration_has_options(raw: bytes) -> None:
    config = ConfigZone.parse(raw)
    ChipOptions.of(config)
    SecureBootOptions.of(config)
    slots = (count_match_slot(config), use_lock_slot(config), volatile_permit_slot(config))
    assert all(slot is None or 0 <= slot < 16 for slot in slots)
