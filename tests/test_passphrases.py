"""The one rule for new passphrases."""

import pytest

from atecc_bench.errors import InputError
from atecc_bench.passphrases import check_new_passphrase


@pytest.mark.parametrize("passphrase", ["twelve chars", "correct horse battery", "ünïcödé-wörd", "a1b2c" * 3])
def test_what_is_taken(passphrase: str) -> None:
    check_new_passphrase(passphrase.encode())


@pytest.mark.parametrize(
    ("passphrase", "error_id"),
    [
        (b"", "passphrase-needed"),
        (b"x", "weak-passphrase"),
        (b"eleven char", "weak-passphrase"),
        ("ünïcödé".encode(), "weak-passphrase"),  # twelve bytes, seven characters
        (b"aaaaaaaaaaaaaaaa", "weak-passphrase"),
        (b"abcdabcdabcdabcd", "weak-passphrase"),
        (b"passphrase " * 94, "passphrase-too-long"),
    ],
)
def test_what_is_refused(passphrase: bytes, error_id: str) -> None:
    with pytest.raises(InputError) as caught:
        check_new_passphrase(passphrase)
    assert caught.value.id == error_id
