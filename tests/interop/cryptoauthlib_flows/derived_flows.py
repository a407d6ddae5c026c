"""AES, KDF, counters, the persistent latch, UpdateExtra, SecureBoot and SelfTest."""

# pyright: reportMissingImports=false
# The library has no wheel for every Python; without it nothing here runs.

from ctypes import Array, c_char, create_string_buffer
from typing import Any

import cryptoauthlib as cal
from client import EXECUTION_ERROR, Client
from cryptography.hazmat.primitives import cmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from host_side import HostSide
from key_flows import check
from secret_flows import CHALLENGE, KEY, hmac256, read_zone, sha256

AES_KEYS = bytes(range(64))
PLAIN = bytes(range(200, 248))
TEMP_KEY = 0xFFFF
OTHER_DATA = bytes(range(0xF0, 0xFD))
BOOT_DIGEST = sha256(b"firmware")
FULL, FULL_STORE, FULL_COPY = 5, 6, 7


def ecb(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES128(key), modes.ECB())  # noqa: S305 - what the chip does


def crypted(cipher: Cipher[Any], data: bytes) -> bytes:
    return cipher.encryptor().update(data)


def set_latch(chip: Client) -> None:
    host = HostSide(chip)
    host.random_nonce()
    chip("checkmac", 1, 4, bytes(32), host.check_mac(1, 4, KEY, None, OTHER_DATA), OTHER_DATA)
    chip("info_set_latch", cal.AtcaReference(1))


def flow_volatile_key_permission(chip: Client) -> None:
    chip("write_bytes_zone", 2, 10, 0, AES_KEYS, 64)
    assert chip.number("info_get_latch") == 0
    chip.refuses(EXECUTION_ERROR, "aes_encrypt", 10, 0, PLAIN[:16], bytearray(16))
    chip.refuses(EXECUTION_ERROR, "info_set_latch", cal.AtcaReference(1))
    set_latch(chip)
    assert chip.number("info_get_latch") == 1
    assert chip.read("aes_encrypt", 10, 0, PLAIN[:16], size=16) == crypted(ecb(AES_KEYS[:16]), PLAIN[:16])


def flow_aes_ecb_with_every_key_block(chip: Client) -> None:
    chip("nonce_load", 0, AES_KEYS, 64)
    for place in (TEMP_KEY, 10):
        for block in range(4):
            key = AES_KEYS[16 * block : 16 * block + 16]
            cipher = chip.read("aes_encrypt", place, block, PLAIN[:16], size=16)
            assert cipher == crypted(ecb(key), PLAIN[:16])
            assert chip.read("aes_decrypt", place, block, cipher, size=16) == PLAIN[:16]


def new_context() -> Array[c_char]:
    # The wheel's own Structures for these contexts are smaller than what the library writes.
    return create_string_buffer(1024)


def flow_aes_cbc(chip: Client) -> None:
    iv, context, result = bytes(range(16)), new_context(), b""
    chip.c("aes_cbc_init", context, 10, 1, iv)
    for i in range(0, 48, 16):
        result += chip.c_read("aes_cbc_encrypt_block", context, PLAIN[i : i + 16], size=16)
    assert result == crypted(Cipher(algorithms.AES128(AES_KEYS[16:32]), modes.CBC(iv)), PLAIN)
    chip.c("aes_cbc_init", context, 10, 1, iv)
    blocks = (chip.c_read("aes_cbc_decrypt_block", context, result[i : i + 16], size=16) for i in range(0, 48, 16))
    assert b"".join(blocks) == PLAIN


def flow_aes_ctr(chip: Client) -> None:
    iv, context, result = bytes(12) + b"\xff\xff\xff\xfe", new_context(), b""
    chip.c("aes_ctr_init", context, 10, 0, 16, iv)
    for i in range(0, 48, 16):
        result += chip.c_read("aes_ctr_encrypt_block", context, PLAIN[i : i + 16], size=16)
    assert result == crypted(Cipher(algorithms.AES128(AES_KEYS[:16]), modes.CTR(iv)), PLAIN)


def flow_aes_cmac(chip: Client) -> None:
    for length in (0, 7, 16, 40):
        context = new_context()
        chip.c("aes_cmac_init", context, 10, 0)
        chip.c("aes_cmac_update", context, PLAIN[:length], length)
        mac = cmac.CMAC(algorithms.AES128(AES_KEYS[:16]))
        mac.update(PLAIN[:length])
        tag = create_string_buffer(16)
        chip.c("aes_cmac_finish", context, tag, 16)
        assert tag.raw == mac.finalize()


def flow_aes_gcm(chip: Client) -> None:
    aad, size = b"header of some length", 41
    for iv in (bytes(range(12)), bytes(range(30))):
        expected = AESGCM(AES_KEYS[:16]).encrypt(iv, PLAIN[:size], aad)
        context, cipher, tag = new_context(), create_string_buffer(size), create_string_buffer(16)
        chip.c("aes_gcm_init", context, 10, 0, iv, len(iv))
        chip.c("aes_gcm_aad_update", context, aad, len(aad))
        chip.c("aes_gcm_encrypt_update", context, PLAIN[:size], size, cipher)
        chip.c("aes_gcm_encrypt_finish", context, tag, 16)
        assert cipher.raw + tag.raw == expected
        plain = create_string_buffer(size)
        chip.c("aes_gcm_init", context, 10, 0, iv, len(iv))
        chip.c("aes_gcm_aad_update", context, aad, len(aad))
        chip.c("aes_gcm_decrypt_update", context, cipher.raw, size, plain)
        assert chip.is_true("aes_gcm_decrypt_finish", context, tag.raw, 16)
        assert plain.raw == PLAIN[:size]


def tls12_prf(key: bytes, seed: bytes, size: int) -> bytes:
    result, link = b"", seed
    while len(result) < size:
        link = hmac256(key, link)
        result += hmac256(key, link + seed)
    return result[:size]


def kdf(chip: Client, mode: int, details: int, message: bytes, key_id: int = 0x1234) -> tuple[bytes, bytes]:
    result, nonce = create_string_buffer(64), create_string_buffer(32)
    chip.c("kdf", mode, key_id, details, message, result, nonce)
    return result.raw, nonce.raw


def decrypted(data: bytes, nonce: bytes) -> bytes:
    keys = sha256(KEY + nonce[:16]) + sha256(KEY + nonce[16:])
    return bytes(a ^ b for a, b in zip(data, keys, strict=False))


def flow_kdf_prf(chip: Client) -> None:
    key = bytes(range(16)) * 2
    details = 0x01 | 0x100 | 16 << 24  # key of 32 bytes, result of 64
    chip("nonce", key)
    clear, _ = kdf(chip, 0x10, details, bytes(range(16)))
    # The expected value of CryptoAuthLib's own test.
    assert clear[:8].hex() == "1ebcbe62005ab948"
    assert clear == tls12_prf(key, bytes(range(16)), 64)
    assert decrypted(*kdf(chip, 0x14, details, bytes(range(16)))) == clear
    chip("nonce_load", 0x80, key, 32)
    kdf(chip, 0x03, 0x01 | 32 << 24, CHALLENGE)  # alternate key buffer into TempKey
    derived = tls12_prf(key, CHALLENGE, 32)
    assert chip.read("aes_encrypt", TEMP_KEY, 0, PLAIN[:16], size=16) == crypted(ecb(derived[:16]), PLAIN[:16])


def flow_kdf_prf_into_a_slot(chip: Client) -> None:
    chip("nonce", CHALLENGE)
    kdf(chip, 0x08, 0x01 | 16 << 24, PLAIN[:16], 0x0500)
    assert read_zone(chip, 2, 5, 32) == tls12_prf(CHALLENGE, PLAIN[:16], 32)


def flow_kdf_aes(chip: Client) -> None:
    chip("nonce", AES_KEYS[:32])
    for block in range(2):
        key = AES_KEYS[16 * block : 16 * block + 16]
        expected = crypted(ecb(key), PLAIN[:16]) + bytes(16)
        assert kdf(chip, 0x30, block, PLAIN[:16])[0][:32] == expected
        encrypted, nonce = kdf(chip, 0x34, block, PLAIN[:16])
        assert decrypted(encrypted[:32], nonce) == expected


def flow_kdf_hkdf(chip: Client) -> None:
    for message in (PLAIN[:16], PLAIN[:33], b""):
        chip("nonce", CHALLENGE)
        assert kdf(chip, 0x50, 0x02 | len(message) << 24, message)[0][:32] == hmac256(CHALLENGE, message)
    chip("nonce", CHALLENGE)
    with_iv = bytes(9) + b"iv" + bytes(5)
    kdf(chip, 0x48, 0x03 | 16 << 24, with_iv, 0x0500)
    assert read_zone(chip, 2, 5, 32) == hmac256(CHALLENGE, with_iv)
    assert kdf(chip, 0x50, 0x06 | 16 << 24, PLAIN[:16])[0][:32] == hmac256(bytes(32), PLAIN[:16])
    # A key in a slot, and a message in another.
    expected = hmac256(KEY, hmac256(CHALLENGE, with_iv)[:20])
    assert kdf(chip, 0x52, 0x0500 | 20 << 24, bytes(20), 0x0004)[0][:32] == expected


def flow_counters(chip: Client) -> None:
    start = chip.number("counter_read", 1)
    for count in range(start + 1, start + 40):
        assert chip.number("counter_increment", 1) == count
        assert chip.number("counter_read", 1) == count


def flow_count_match_limits_a_key(chip: Client) -> None:
    limit = chip.number("counter_read", 0) // 32 * 32 + 32
    chip("write_bytes_zone", 2, 10, 0, limit.to_bytes(4, "little") * 2, 8)
    while chip.number("counter_read", 0) < limit - 1:
        chip.number("counter_increment", 0)
    point = chip.read("genkey", 0, size=64)
    check(point, chip.read("sign", 0, CHALLENGE, size=64), CHALLENGE)
    assert chip.number("counter_read", 0) == limit
    chip.refuses(EXECUTION_ERROR, "sign", 0, CHALLENGE, bytearray(64))
    assert chip.number("counter_read", 0) == limit
    chip("write_bytes_zone", 2, 10, 0, (2097120).to_bytes(4, "little") * 2, 8)
    chip.read("sign", 0, CHALLENGE, size=64)


def flow_update_extra(chip: Client) -> None:
    chip("updateextra", 0, 0)
    chip("updateextra", 0, 0x42)
    assert chip.read("read_config_zone", size=128)[84] == 0x42
    chip.refuses(EXECUTION_ERROR, "updateextra", 0, 0x43)


def flow_secure_boot(chip: Client) -> None:
    chip("write_pubkey", 11, chip.read("genkey", 2, size=64))
    signature = chip.read("sign", 2, BOOT_DIGEST, size=64)
    chip.c("secureboot", FULL, 0, BOOT_DIGEST, signature, None)
    chip.c("secureboot", FULL_COPY, 0, BOOT_DIGEST, signature, None)
    assert read_zone(chip, 2, 12, 32) == BOOT_DIGEST
    chip.c("secureboot", FULL_STORE, 0, BOOT_DIGEST, None, None)
    chip.refuses(0xD1, "secureboot", FULL, 0, CHALLENGE, signature, bytearray(32))
    for mode in (FULL, FULL_COPY, FULL_STORE):
        assert chip.is_true("secureboot_mac", mode, BOOT_DIGEST, signature, bytes(range(20)), KEY)
    assert not chip.is_true("secureboot_mac", FULL_STORE, CHALLENGE, signature, bytes(range(20)), KEY)


def flow_self_test(chip: Client) -> None:
    for mode in (0x01, 0x04, 0x08, 0x10, 0x20, 0x3D, 0x02, 0x3B, 0):  # 0x02 and 0x3B are the older library's
        assert chip.number("selftest", mode, 0) == 0, hex(mode)
