"""What a key file may ask for before its passphrase is tried."""

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from atecc_bench.errors import InputError
from atecc_bench.pki.keys.derivation_cost import MOST_ROUNDS, check_derivation_cost, check_rounds
from atecc_bench.pki.keys.key_encryption import encrypt_private_key
from atecc_bench.pki.keys.key_files import load_private_key, private_key_from_entropy
from atecc_bench.pki.keys.pkcs12 import pkcs12_contents
from atecc_bench.twin.state.entropy import seeded_entropy
from tests.support.cases.hostile_der import DER_FILES

PASSPHRASE = b"correct horse battery"
COSTLY = ("key with t", "key with scrypt", "PKCS #12")
KEY = private_key_from_entropy(seeded_entropy(5))


@pytest.mark.parametrize("name", [name for name in DER_FILES if name.startswith(COSTLY)])
def test_a_key_that_costs_too_much_is_refused_before_its_passphrase_is_tried(name: str):
    with pytest.raises(InputError) as caught:
        load_private_key(DER_FILES[name](), PASSPHRASE)
    assert caught.value.id == "key-too-costly"


def test_what_programs_write_is_read():
    for pem in (
        encrypt_private_key(KEY, PASSPHRASE),
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)),
    ):
        assert load_private_key(pem, PASSPHRASE).private_numbers() == KEY.private_numbers()
    whole = serialize_key_and_certificates(b"x", KEY, None, None, BestAvailableEncryption(PASSPHRASE))
    assert pkcs12_contents(whole, PASSPHRASE).key is not None


def test_the_bound_is_far_above_what_this_program_writes():
    check_rounds(MOST_ROUNDS)
    with pytest.raises(InputError):
        check_rounds(MOST_ROUNDS + 1)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_der_that_ends_early_is_no_key_and_no_defect(cut: int):
    whole = DER_FILES["key with two thousand million rounds"]()
    check_derivation_cost(whole[:cut])
