"""What the locks protect and what stays open, said from the configuration itself."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.diagnose.config.lock_effects import what_locks_protect, what_stays_open
from tests.support.boards.twin_desk import PROFILE

CONFIG = PROFILE.nominal_config()


def test_of_trustcustom_tls_what_is_protected():
    text = " ".join(what_locks_protect(CONFIG))
    assert "policies of all 16 slots for the life of this chip" in text
    assert "closes OTP" in text


def test_of_trustcustom_tls_what_stays_open():
    sentences = what_stays_open(CONFIG)
    assert sentences[0] == "Slots 4–6, 8 and 10–15 can be written in clear at any time."
    assert sentences[1].startswith("The private keys in slots 0, 2, 3 and 7 can be generated again at any time")
    assert len(sentences) == 3


def test_slot_4_is_named_with_all_that_it_opens():
    (sentence,) = (line for line in what_stays_open(CONFIG) if line.startswith("Slot 4 "))
    assert "the IO protection key" in sentence
    assert "the read or write key of slots 1, 5 and 9" in sentence
    assert "until it is filled and locked on its own" in sentence


def test_once_slot_4_is_locked_on_its_own_it_is_not_open_any_more():
    locked = replace(CONFIG, slot_locked=0xFFFF & ~(1 << 4))
    assert not any("Slot 4" in line for line in what_stays_open(locked))
    assert what_stays_open(locked)[0] == "Slots 5, 6, 8 and 10–15 can be written in clear at any time."
    assert any("4 can never be changed again" in line for line in what_locks_protect(locked))


def test_an_atecc508a_has_no_io_protection_key():
    old = replace(CONFIG, revision=bytes.fromhex("00005000"))
    assert not any("IO protection" in line for line in what_stays_open(old))


@given(raw=st.binary(min_size=128, max_size=128))
def test_any_configuration_is_told_in_sentences(raw: bytes):
    config = ConfigZone.parse(raw)
    assert all(line.endswith(".") for line in (*what_locks_protect(config), *what_stays_open(config)))
