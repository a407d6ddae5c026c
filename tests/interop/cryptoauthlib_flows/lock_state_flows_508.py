"""The ATECC508A from open to locked."""

import lock_state_flows as common
from client import Client
from host_side import HostSide
from secret_flows import KEY
from setup_flows import CONFIG

DEVICE_TYPE = "ATECC508A"
USE, OTP_MODE, CHIP_OPTIONS = slice(68, 84), 18, slice(90, 92)

# They run in this order.
flow_slot_locked_is_written_before_the_lock = common.flow_slot_locked_is_written_before_the_lock
flow_verify_external_without_any_lock = common.flow_verify_external_without_any_lock


def flow_lock_the_configuration(chip: Client) -> None:
    config = bytearray(chip.read("read_config_zone", size=128)[:16] + CONFIG)
    config[USE], config[OTP_MODE], config[CHIP_OPTIONS] = b"\xff" * 16, 0xAA, bytes(2)
    chip("write_config_zone", bytes(config))
    chip("lock_config_zone")
    chip("write_zone", 2, 4, 0, 0, KEY, 32)


def flow_hmac_before_the_data_lock(chip: Client) -> None:
    host = HostSide(chip)
    host.random_nonce()
    assert chip.read("hmac", 0x40, 4, size=32) == host.hmac(0x40, 4, KEY)


flow_a_request_is_signed_before_the_data_lock = common.flow_a_request_is_signed_before_the_data_lock
flow_verify_stored_before_the_data_lock = common.flow_verify_stored_before_the_data_lock
flow_check_mac_before_the_data_lock = common.flow_check_mac_before_the_data_lock
flow_priv_write_in_clear = common.flow_priv_write_in_clear_with_anything_in_its_pad
flow_a_block_at_an_address_with_word_bits = common.flow_a_block_at_an_address_with_word_bits
flow_lock_the_data_zone = common.flow_lock_the_data_zone
flow_a_block_after_the_lock = common.flow_a_block_at_an_address_with_word_bits_after_the_lock
flow_a_public_key_off_the_curve = common.flow_a_public_key_off_the_curve
flow_derive_key_with_a_mac = common.flow_derive_key_with_a_mac_that_nobody_asked_for
