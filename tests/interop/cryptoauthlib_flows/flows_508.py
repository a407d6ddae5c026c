"""The ATECC508A: what it does in a way of its own."""

from ctypes import create_string_buffer

from client import Client
from derived_flows import flow_counters, flow_update_extra  # noqa: F401 - run here too
from host_side import HostSide
from key_flows import (  # noqa: F401 - run here too
    flow_ecdh_into_a_slot_and_read_back,
    flow_genkey_and_get_pubkey,
    flow_priv_write_encrypted,
    flow_sign_and_verify_external,
    flow_sign_internal_after_gendig,
    flow_validate_and_invalidate_a_public_key,
    flow_verify_with_a_signature_from_outside,
)
from secret_flows import (  # noqa: F401 - run here too
    CHALLENGE,
    KEY,
    flow_check_mac,
    flow_derive_key_by_rolling,
    flow_derive_key_from_its_parent_with_a_mac,
    flow_encrypted_write_and_read,
    flow_mac_over_key_and_challenge,
    flow_mac_with_temp_key_in_every_place,
    flow_sha_of_any_length,
    hmac256,
)

DEVICE_TYPE = "ATECC508A"
PARSE_ERROR = 0xD2


def flow_revision(chip: Client) -> None:
    assert chip.read("info", size=4).hex() == "00005000"


def flow_hmac_over_temp_key(chip: Client) -> None:
    host = HostSide(chip)
    host.random_nonce()
    start = bytes(32) + host.value
    answer = chip.read("hmac", 0x40, 4, size=32)
    sn = chip.serial_number
    by_data_sheet = start + b"\x11\x40\x04\x00" + bytes(11) + sn[8:] + sn[4:8] + sn[:2] + sn[2:4]
    assert answer == host.hmac(0x40, 4, KEY) == hmac256(KEY, by_data_sheet)


def flow_hmac_whatever_its_mode_says_of_blocks(chip: Client) -> None:
    sn = chip.serial_number
    for mode in (0x00, 0x02, 0x42):
        host = HostSide(chip)
        host.random_nonce()
        middle = sn[4:8] if mode & 0x40 else bytes(4), sn[2:4] if mode & 0x40 else bytes(2)
        message = (
            bytes(32) + host.value + bytes((0x11, mode, 4, 0)) + bytes(11) + sn[8:] + middle[0] + sn[:2] + middle[1]
        )
        assert chip.read("hmac", mode, 4, size=32) == hmac256(KEY, message), hex(mode)


def flow_hmac_by_sha(chip: Client) -> None:
    for length in (0, 63, 64, 130):
        message = bytes(i & 0xFF for i in range(length))
        digest = create_string_buffer(32)
        chip.c("sha_hmac", message, length, 4, digest, 0)
        assert digest.raw == hmac256(KEY, message)


def flow_commands_of_the_608_are_unknown(chip: Client) -> None:
    chip.refuses(PARSE_ERROR, "aes_encrypt", 10, 0, bytes(16), bytearray(16))
    chip.refuses(PARSE_ERROR, "ecdh_base", 0x0C, 2, CHALLENGE * 2, bytearray(32), bytearray(32))
