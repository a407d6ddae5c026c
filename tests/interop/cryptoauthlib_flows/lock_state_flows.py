"""From open to locked: what the vendor's own device tests do in each lock state, and what owners of chips have seen."""

# pyright: reportMissingImports=false
# The library has no wheel for every Python; without it nothing here runs.

from client import EXECUTION_ERROR, Client
from cryptoauthlib import AtcaReference
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from host_side import HostSide
from key_flows import DIGEST, check, own_key
from secret_flows import CHALLENGE, KEY
from setup_flows import CONFIG

PARSE_ERROR = 0xD2
SELF_TESTS = (0x01, 0x04, 0x08, 0x10, 0x20, 0x3D)
OLDER_SELF_TESTS = (0x02, 0x3B)  # of the library before 3.5
OFF_CURVE = bytes(63) + b"\x01"
OTHER_DATA = b"\x08\x00\x04\x00" + bytes(9)


def signed_outside(number: int) -> tuple[bytes, bytes]:
    """A signature over DIGEST, and X and Y of its key."""
    private, _, point = own_key(number)
    r, s = decode_dss_signature(private.sign(DIGEST, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big"), point


# Open.


def flow_a_self_test_of_each_engine(chip: Client) -> None:
    for mode in (*SELF_TESTS, *OLDER_SELF_TESTS, 0):
        assert chip.number("selftest", mode, 0) == 0, hex(mode)


def flow_slot_locked_is_written_before_the_lock(chip: Client) -> None:
    for word in (bytes.fromhex("58595A5B"), bytes.fromhex("FFFF0000")):
        chip("write_zone", 0, 0, 2, 6, word, 4)
        assert chip.read("read_config_zone", size=128)[88:92] == word


def flow_verify_external_without_any_lock(chip: Client) -> None:
    signature, point = signed_outside(12345)
    assert chip.is_true("verify_extern", DIGEST, signature, point)
    assert not chip.is_true("verify_extern", CHALLENGE, signature, point)


def flow_aes_while_the_zones_are_open(chip: Client) -> None:
    chip.refuses(PARSE_ERROR, "aes_encrypt", 10, 0, bytes(16), bytearray(16))


# The configuration is locked, the data zone is not.


def flow_lock_the_configuration(chip: Client) -> None:
    config = chip.read("read_config_zone", size=128)
    chip("write_config_zone", config[:16] + CONFIG)
    assert chip.read("read_config_zone", size=128)[88:90] == b"\xff\xff"
    chip("lock_config_zone")
    chip("write_zone", 2, 4, 0, 0, KEY, 32)


def flow_a_request_is_signed_before_the_data_lock(chip: Client) -> None:
    point = chip.read("genkey", 2, size=64)
    signature = chip.read("sign", 2, DIGEST, size=64)
    check(point, signature, DIGEST)


def flow_verify_stored_before_the_data_lock(chip: Client) -> None:
    signature, point = signed_outside(12346)
    chip("write_pubkey", 11, point)
    assert chip.is_true("verify_stored", DIGEST, signature, 11)
    assert not chip.is_true("verify_stored", CHALLENGE, signature, 11)


def flow_check_mac_before_the_data_lock(chip: Client) -> None:
    response = chip.read("mac", 0, 4, CHALLENGE, size=32)
    chip("checkmac", 0, 4, CHALLENGE, response, OTHER_DATA)


def flow_priv_write_in_clear_with_anything_in_its_pad(chip: Client) -> None:
    _, raw, point = own_key(31338)
    chip.c("priv_write", 7, b"\xde\xad\xbe\xef" + raw, 0, None, bytes(20))
    assert chip.read("get_pubkey", 7, size=64) == point


def flow_a_block_at_an_address_with_word_bits(chip: Client) -> None:
    for word in range(8):
        chip("write_zone", 2, 12, 1, word, CHALLENGE, 32)


def flow_aes_while_the_data_zone_is_open(chip: Client) -> None:
    chip.refuses(PARSE_ERROR, "aes_encrypt", 10, 0, bytes(16), bytearray(16))


def flow_a_limit_whose_copies_differ(chip: Client) -> None:
    chip("write_zone", 2, 10, 0, 0, bytes(range(32)), 32)
    point = chip.read("genkey", 0, size=64)
    check(point, chip.read("sign", 0, DIGEST, size=64), DIGEST)
    assert chip.number("counter_increment", 0) == 2


# Both zones are locked.


def flow_lock_the_data_zone(chip: Client) -> None:
    chip("lock_data_zone")
    contents = bytearray(32)
    chip("read_zone", 2, 12, 1, 0, contents, 32)
    assert bytes(contents) == CHALLENGE


def flow_a_block_at_an_address_with_word_bits_after_the_lock(chip: Client) -> None:
    chip("write_zone", 2, 12, 1, 3, DIGEST, 32)
    contents = bytearray(32)
    chip("read_zone", 2, 12, 1, 0, contents, 32)
    assert bytes(contents) == DIGEST


def flow_a_public_key_off_the_curve(chip: Client) -> None:
    chip.refuses(EXECUTION_ERROR, "ecdh", 2, OFF_CURVE, bytearray(32))
    signature, _ = signed_outside(12345)
    chip.refuses(EXECUTION_ERROR, "verify_extern", DIGEST, signature, OFF_CURVE, AtcaReference(0))


def flow_derive_key_with_a_mac_that_nobody_asked_for(chip: Client) -> None:
    chip("write_enc", 9, 0, CHALLENGE, KEY, 4)
    host = HostSide(chip)
    host.random_nonce()
    chip("derivekey", 0, 9, bytes(range(32)))
    derived = host.derive_key(0, 9, CHALLENGE)
    assert chip.read("mac", 0, 9, CHALLENGE, size=32) == HostSide(chip).mac(0, 9, derived, CHALLENGE)


def flow_aes_with_a_key_that_is_none(chip: Client) -> None:
    chip.refuses(EXECUTION_ERROR, "aes_encrypt", 8, 0, bytes(16), bytearray(16))
    chip.refuses(PARSE_ERROR, "aes_encrypt", 16, 0, bytes(16), bytearray(16))
