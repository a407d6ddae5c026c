"""Keys of the curve: GenKey, Sign, Verify, validation of stored keys, ECDH, PrivWrite."""

import pytest
from client import EXECUTION_ERROR, Client, Status
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from host_side import HostSide
from secret_flows import CHALLENGE, KEY, read_enc, read_zone, sha256

DIGEST = sha256(b"a message")
NONCE = bytes(range(32))
TEMP_KEY = 0xFFFF


def key_of(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + point)


def check(point: bytes, signature: bytes, digest: bytes) -> None:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key_of(point).verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(SHA256())))


def own_key(number: int) -> tuple[ec.EllipticCurvePrivateKey, bytes, bytes]:
    """A private key of this side, its 32 bytes, and X‖Y."""
    private = ec.derive_private_key(number, ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    return private, number.to_bytes(32, "big"), numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def flow_genkey_and_get_pubkey(chip: Client) -> None:
    for slot in (0, 2):
        point = chip.read("genkey", slot, size=64)
        key_of(point)
        assert chip.read("get_pubkey", slot, size=64) == point


def flow_sign_and_verify_external(chip: Client) -> None:
    point = chip.read("genkey", 2, size=64)
    signature = chip.read("sign", 2, DIGEST, size=64)
    check(point, signature, DIGEST)
    assert chip.is_true("verify_extern", DIGEST, signature, point)
    assert not chip.is_true("verify_extern", CHALLENGE, signature, point)


def flow_verify_with_a_signature_from_outside(chip: Client) -> None:
    private, _, point = own_key(12345)
    r, s = decode_dss_signature(private.sign(DIGEST, ec.ECDSA(Prehashed(SHA256()))))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert chip.is_true("verify_extern", DIGEST, signature, point)
    chip("write_pubkey", 11, point)
    assert chip.read("read_pubkey", 11, size=64) == point
    assert chip.is_true("verify_stored", DIGEST, signature, 11)
    assert not chip.is_true("verify_stored", CHALLENGE, signature, 11)


def flow_verify_with_a_mac(chip: Client) -> None:
    point = chip.read("genkey", 2, size=64)
    signature = chip.read("sign", 2, DIGEST, size=64)
    chip("write_pubkey", 11, point)
    assert chip.is_true("verify_extern_mac", DIGEST, signature, point, NONCE, KEY)
    assert chip.is_true("verify_stored_mac", DIGEST, signature, 11, NONCE, KEY)
    assert not chip.is_true("verify_stored_mac", CHALLENGE, signature, 11, NONCE, KEY)
    assert not chip.is_true("verify_stored_mac", DIGEST, signature, 11, NONCE, CHALLENGE)


def flow_sign_internal_after_gendig(chip: Client) -> None:
    config = chip.read("read_config_zone", size=128)
    point = chip.read("genkey", 2, size=64)
    for whole_serial, invalidates in ((False, False), (True, False), (True, True)):
        host = HostSide(chip)
        host.random_nonce()
        host.gen_dig(2, 4, KEY)
        signature = chip.c_read("sign_internal", 2, invalidates, whole_serial, size=64)
        mode = 0x40 * whole_serial | 0x01 * invalidates
        digest, _ = host.internal_message(mode, 2, config, for_invalidate=invalidates)
        check(point, signature, digest)


def flow_sign_internal_after_a_public_key_digest(chip: Client) -> None:
    config = chip.read("read_config_zone", size=128)
    host = HostSide(chip)
    host.random_nonce()
    point = chip.c_read("genkey_base", 0x0C, 2, None, size=64)
    host.gen_key_digest(0x0C, 2, point)
    signature = chip.c_read("sign_internal", 2, False, True, size=64)
    check(point, signature, host.internal_message(0x40, 2, config)[0])


def flow_validate_and_invalidate_a_public_key(chip: Client) -> None:
    validator = chip.read("genkey", 2, size=64)
    chip("write_pubkey", 15, validator)
    point = chip.read("genkey", 0, size=64)
    signature = chip.read("sign", 0, DIGEST, size=64)
    chip("write_pubkey", 14, point)
    assert mark(chip) == 0xA
    refuses_stored(chip, signature)
    confirm(chip, point, "verify_validate", for_invalidate=False)
    assert mark(chip) == 0x5
    assert chip.is_true("verify_stored", DIGEST, signature, 14)
    confirm(chip, point, "verify_invalidate", for_invalidate=True)
    assert mark(chip) == 0xA
    refuses_stored(chip, signature)


def mark(chip: Client) -> int:
    return read_zone(chip, 2, 14, 4)[0] >> 4


def refuses_stored(chip: Client, signature: bytes) -> None:
    with pytest.raises(Status) as refusal:
        chip.is_true("verify_stored", DIGEST, signature, 14)
    assert refusal.value.code == EXECUTION_ERROR


def confirm(chip: Client, point: bytes, name: str, *, for_invalidate: bool) -> None:
    host = HostSide(chip)
    host.fixed_nonce(NONCE)
    host.gen_key_digest(0x10, 14, point, bytes(3))
    host.temp_key.gen_key_data = 0  # the message names no slot
    host.temp_key.key_id = 0
    digest, other_data = host.internal_message(0, 0, for_invalidate=for_invalidate)
    signature = chip.read("sign", 2, digest, size=64)
    chip("nonce", NONCE)
    chip.c("genkey_base", 0x10, 14, bytes(3), None)
    assert chip.is_true(name, 14, signature, other_data)


def flow_ecdh_into_a_slot_and_read_back(chip: Client) -> None:
    private, _, ours = own_key(777)
    theirs = chip.read("genkey", 0, size=64)
    secret = private.exchange(ec.ECDH(), key_of(theirs))
    pms = bytearray(32)
    chip("ecdh_enc", 0, ours, pms, KEY, 4, bytes(range(20)))
    assert bytes(pms) == secret == read_enc(chip, 1, 0)


def flow_ecdh_in_clear_and_encrypted(chip: Client) -> None:
    private, _, ours = own_key(778)
    theirs = chip.read("genkey", 2, size=64)
    secret = private.exchange(ec.ECDH(), key_of(theirs))
    assert chip.read("ecdh", 2, ours, size=32) == secret
    assert ioenc(chip, ours) == secret


def ioenc(chip: Client, point: bytes) -> bytes:
    pms = bytearray(32)
    chip("ecdh_ioenc", 2, point, pms, KEY)
    return bytes(pms)


def flow_ecdh_with_an_ephemeral_key(chip: Client) -> None:
    private, _, ours = own_key(779)
    theirs = chip.read("genkey", TEMP_KEY, size=64)
    assert chip.read("ecdh_tempkey", ours, size=32) == private.exchange(ec.ECDH(), key_of(theirs))
    theirs = chip.read("genkey", TEMP_KEY, size=64)
    pms = bytearray(32)
    chip("ecdh_tempkey_ioenc", ours, pms, KEY)
    assert bytes(pms) == private.exchange(ec.ECDH(), key_of(theirs))


def flow_ecdh_into_temp_key(chip: Client) -> None:
    private, _, ours = own_key(780)
    theirs = chip.read("genkey", 2, size=64)
    secret = private.exchange(ec.ECDH(), key_of(theirs))
    chip.c("ecdh_base", 0x08, 2, ours, None, None)
    by_data_sheet = secret + CHALLENGE + b"\x08\x06\x00\x00" + bytes(11) + chip.serial_number[8:] + bytes(4)
    by_data_sheet += chip.serial_number[:2] + bytes(2)
    assert chip.read("mac", 0x06, 0, CHALLENGE, size=32) == sha256(by_data_sheet)


def flow_priv_write_encrypted(chip: Client) -> None:
    _, raw, point = own_key(4711)
    chip("priv_write", 7, bytes(4) + raw, 4, KEY, bytes(range(20)))
    assert chip.read("get_pubkey", 7, size=64) == point
    check(point, chip.read("sign", 7, DIGEST, size=64), DIGEST)
