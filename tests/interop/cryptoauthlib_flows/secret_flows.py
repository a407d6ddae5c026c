"""Secret keys: MAC, CheckMac, GenDig, encrypted access, DeriveKey, SHA and HMAC."""

import hashlib
import hmac
from ctypes import byref, c_uint16, create_string_buffer

from client import EXECUTION_ERROR, Client
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from host_side import HostSide

KEY = bytes.fromhex("3780e63d4968ade5d822c013fcc323845d1b569fe705b60006feec145a0db1e3")
CHALLENGE = bytes(range(100, 132))
OUT_ONLY, INTO_TEMP_KEY, INTO_BUFFER = 0xC0, 0x00, 0x40


def sha256(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def hmac256(key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, hashes.SHA256())
    mac.update(data)
    return mac.finalize()


def flow_mac_over_key_and_challenge(chip: Client) -> None:
    sn = chip.serial_number
    answer = chip.read("mac", 0x40, 4, CHALLENGE, size=32)
    by_data_sheet = KEY + CHALLENGE + b"\x08\x40\x04\x00" + bytes(11) + sn[8:] + sn[4:8] + sn[:2] + sn[2:4]
    assert answer == HostSide(chip).mac(0x40, 4, KEY, CHALLENGE) == sha256(by_data_sheet)


def flow_mac_with_temp_key_in_every_place(chip: Client) -> None:
    for mode in (0x01, 0x41, 0x02, 0x42, 0x03, 0x43):
        host = HostSide(chip)
        host.random_nonce()
        challenge = None if mode & 1 else CHALLENGE
        answer = chip.c_read("mac", mode, 4, challenge, size=32)
        assert answer == host.mac(mode, 4, KEY, challenge), hex(mode)
    host = HostSide(chip)
    host.fixed_nonce(CHALLENGE)
    assert chip.c_read("mac", 0x05, 4, None, size=32) == host.mac(0x05, 4, KEY, None)


def flow_mac_over_otp(chip: Client) -> None:
    otp = read_zone(chip, 1, 0, 64)
    for mode in (0x10, 0x20, 0x70):
        answer = chip.read("mac", mode, 4, CHALLENGE, size=32)
        assert answer == HostSide(chip).mac(mode, 4, KEY, CHALLENGE, otp), hex(mode)


def flow_check_mac(chip: Client) -> None:
    response = chip.read("mac", 0, 4, CHALLENGE, size=32)
    chip("checkmac", 0, 4, CHALLENGE, response, b"\x08\x00\x04\x00" + bytes(9))
    chip.refuses(0xD1, "checkmac", 0, 4, CHALLENGE, bytes(32), b"\x08\x00\x04\x00" + bytes(9))
    host, other_data = HostSide(chip), bytes(range(0xF0, 0xFD))
    host.random_nonce()
    chip("checkmac", 1, 4, bytes(32), host.check_mac(1, 4, KEY, None, other_data), other_data)


def flow_gen_dig_of_every_zone(chip: Client) -> None:
    config = chip.read("read_config_zone", size=128)
    otp = read_zone(chip, 1, 0, 64)
    count = chip.number("counter_read", 0)
    words = {
        "slot_conf": int.from_bytes(config[28:30], "little"),
        "key_conf": int.from_bytes(config[104:106], "little"),
    }
    for zone, key_id, stored, other_data, more in (
        (0, 1, config[32:64], b"", {}),
        (1, 1, otp[32:], b"", {}),
        (2, 4, KEY, b"", {}),
        (3, 0x0004, None, CHALLENGE, {}),
        (3, 0x8004, None, CHALLENGE, {}),
        (4, 0, None, b"", {"counter": count}),
        (5, 4, None, b"", {**words, "slot_locked": 1}),
    ):
        host = HostSide(chip)
        host.random_nonce()
        host.gen_dig(zone, key_id, stored, other_data, **more)
        assert chip.c_read("mac", 0x41, 4, None, size=32) == host.mac(0x41, 4, KEY, None), f"zone {zone}"


def flow_gen_dig_with_a_key_that_makes_no_macs(chip: Client) -> None:
    host = HostSide(chip)
    host.random_nonce()
    host.gen_dig(2, 6, b"\xff" * 32, b"\x08\x00\x06\x00", is_key_nomac=True)
    assert host.temp_key.no_mac_flag
    chip.refuses(EXECUTION_ERROR, "mac", 0x41, 4, bytes(32), bytearray(32))


def flow_encrypted_write_and_read(chip: Client) -> None:
    for slot, block in ((8, 0), (8, 3), (1, 0)):
        plain = sha256(bytes((slot, block)))
        chip("write_enc", slot, block, plain, KEY, 4, bytes(range(20)))
        assert read_enc(chip, slot, block) == plain
    chip.refuses(EXECUTION_ERROR, "write_enc", 8, 0, CHALLENGE, CHALLENGE, 4)


def read_enc(chip: Client, slot: int, block: int) -> bytes:
    plain = bytearray(32)
    chip("read_enc", slot, block, plain, KEY, 4, bytes(range(20)))
    return bytes(plain)


def read_zone(chip: Client, zone: int, slot: int, size: int) -> bytes:
    contents = bytearray(size)
    chip("read_bytes_zone", zone, slot, 0, contents, size)
    return bytes(contents)


def flow_derive_key_by_rolling(chip: Client) -> None:
    sn = chip.serial_number
    chip("write_enc", 9, 0, CHALLENGE, KEY, 4)
    host = HostSide(chip)
    host.random_nonce()
    nonce = host.value
    chip.c("derivekey", 0, 9, None)
    derived = host.derive_key(0, 9, CHALLENGE)
    by_data_sheet = CHALLENGE + b"\x1c\x00\x09\x00" + sn[8:] + sn[:2] + bytes(25) + nonce
    assert derived == sha256(by_data_sheet)
    assert chip.read("mac", 0, 9, CHALLENGE, size=32) == HostSide(chip).mac(0, 9, derived, CHALLENGE)


def flow_derive_key_from_its_parent_with_a_mac(chip: Client) -> None:
    host = HostSide(chip)
    host.random_nonce()
    chip("derivekey", 0, 3, host.derive_key_mac(0, 3, KEY))
    derived = host.derive_key(0, 3, KEY)
    assert chip.read("mac", 0, 3, CHALLENGE, size=32) == HostSide(chip).mac(0, 3, derived, CHALLENGE)


def flow_sha_of_any_length(chip: Client) -> None:
    for length in (0, 3, 55, 56, 63, 64, 65, 127, 128, 300):
        message = bytes(i & 0xFF for i in range(length))
        assert chip.read("sha", length, message, size=32) == sha256(message), length


def flow_sha_context_out_and_in(chip: Client) -> None:
    start = bytes(range(69))
    chip.c("sha_base", 0, 0, None, None, None)
    chip.c("sha_base", 1, 64, start[:64], None, None)
    chip.c("sha_base", 1, 5, start[64:], None, None)
    size = c_uint16(130)
    context = create_string_buffer(130)
    chip.c("sha_read_context", context, byref(size))
    assert size.value == 41
    assert context.raw[:4] == (69).to_bytes(4, "little")
    assert chip.read("sha", 3, b"abc", size=32) == sha256(b"abc")
    chip.c("sha_write_context", context.raw, size.value)
    digest, digest_size = create_string_buffer(32), c_uint16(32)
    chip.c("sha_base", 2 | OUT_ONLY, 4, b"more", digest, byref(digest_size))
    assert digest.raw == sha256(start + b"more")


def flow_hmac_with_a_slot_and_with_temp_key(chip: Client) -> None:
    for length in (0, 16, 64, 65, 200):
        message = bytes(i & 0xFF for i in range(length))
        for target in (INTO_TEMP_KEY, INTO_BUFFER, OUT_ONLY):
            digest = create_string_buffer(32)
            chip.c("sha_hmac", message, length, 4, digest, target)
            assert digest.raw == hmac256(KEY, message)
    chip("nonce", CHALLENGE)
    digest = create_string_buffer(32)
    chip.c("sha_hmac", b"message", 7, 0xFFFF, digest, INTO_TEMP_KEY)
    assert digest.raw == hmac256(CHALLENGE, b"message") == hmac.digest(CHALLENGE, b"message", hashlib.sha256)
