"""What can be the configuration of a chip, and what is a wire that tells stories."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.session.plausible import check_plausible
from atecc_bench.errors import DeviceError

REAL = bytes.fromhex("01237FAB00006002C4B0F1D1EE015D00C0000000832087208F208F8F9F8FAF8F")


def test_a_real_one_is_taken() -> None:
    check_plausible(REAL)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (bytes(32), "all its bytes are 00"),
        (b"\xff" * 32, "all its bytes are FF"),
        (b"\x00" + REAL[:-1], "01 23 stands at byte 1"),
        (REAL[1:] + b"\0", "it begins with 23 7F AB 00"),
        (random.Random(1).randbytes(32), "every serial number begins with 01 23"),  # noqa: S311 - any bytes
    ],
)
def test_the_rest_is_refused_with_what_is_wrong(block: bytes, said: str) -> None:
    with pytest.raises(DeviceError) as caught:
        check_plausible(block)
    assert said in caught.value.message
    assert caught.value.exit_code == 3


@given(st.binary(min_size=16, max_size=32))
def test_any_bytes_are_taken_or_refused(block: bytes) -> None:
    if block.startswith(b"\x01\x23"):
        check_plausible(block)
    else:
        with pytest.raises(DeviceError):
            check_plausible(block)
