"""MAC, HMAC and CheckMac: proofs of a secret key."""

import hmac
from hashlib import sha256

from atecc_bench.chip.config.device_options import use_lock_slot
from atecc_bench.chip.protocol.commands import MacMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import OTHER_DATA_SIZE, check_mac_response, mac_message
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import need_data_length, need_known_bits, slot_of_param2
from atecc_bench.twin.rules.refusal_reasons import ReasonId, mismatch
from atecc_bench.twin.rules.tempkey_access import need_mac_allowed, need_source, temp_key_value
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state.chip_state import ChipState

_BLOCK = 32
_TEMP_KEY_BITS = MacMode.BLOCK1_TEMP_KEY | MacMode.BLOCK2_TEMP_KEY
_MAC_BITS = (
    _TEMP_KEY_BITS
    | MacMode.SOURCE_FLAG
    | MacMode.INCLUDE_OTP_88
    | MacMode.INCLUDE_OTP_64
    | MacMode.INCLUDE_SERIAL_NUMBER
)
# The blocks of an HMAC are fixed, TempKey behind zeros; what the mode says of them only goes into the message.
_HMAC_BITS = _TEMP_KEY_BITS | MacMode.SOURCE_FLAG | MacMode.INCLUDE_SERIAL_NUMBER
_CHECK_MAC_BITS = _TEMP_KEY_BITS | MacMode.SOURCE_FLAG | MacMode.INCLUDE_OTP_64
_COPY_MODES = (MacMode.BLOCK2_TEMP_KEY, MacMode.BLOCK2_TEMP_KEY | MacMode.SOURCE_FLAG)
_AUTHORIZING_MODE = MacMode.BLOCK2_TEMP_KEY  # a challenge from a random nonce
_COPY_READ_KEY = 0


def mac(chip: ChipState, command: CommandPacket) -> bytes:
    """Compute the SHA-256 MAC that the mode describes.

    It covers a key or TempKey, a challenge or TempKey, and what the mode includes.
    """
    need_known_bits(command, _MAC_BITS)
    mode = MacMode(command.param1)
    need_data_length(command, 0 if mode & MacMode.BLOCK2_TEMP_KEY else _BLOCK)
    slot = slot_of_param2(command)
    rules.need_config_lock(chip.memory.config)
    from_key = not mode & MacMode.BLOCK1_TEMP_KEY
    if from_key:
        key_rules.need_mac_key(chip.memory.config, slot)
        key_rules.check_use(chip, slot, random_nonce=_takes_random(chip, mode))
    value = _temp_key_for(chip, mode)
    first = key_rules.secret_key(chip, slot) if from_key else value
    second = value if mode & MacMode.BLOCK2_TEMP_KEY else command.data
    chip.temp_key.clear()
    if from_key:
        count_use(chip.memory, slot)
    return sha256(_message(chip, command, first, second)).digest()


def hmac_command(chip: ChipState, command: CommandPacket) -> bytes:
    """HMAC with a key over TempKey (ATECC508A)."""
    need_known_bits(command, _HMAC_BITS)
    need_data_length(command, 0)
    slot = slot_of_param2(command)
    rules.need_config_lock(chip.memory.config)
    key_rules.need_mac_key(chip.memory.config, slot)
    key_rules.check_use(chip, slot, random_nonce=chip.temp_key.flags.from_random)
    value = _temp_key_for(chip, MacMode(command.param1) | MacMode.BLOCK2_TEMP_KEY)
    chip.temp_key.clear()
    count_use(chip.memory, slot)
    return hmac.digest(key_rules.secret_key(chip, slot), _message(chip, command, bytes(_BLOCK), value), "sha256")


def check_mac(chip: ChipState, command: CommandPacket) -> bytes:
    """Compare a response with the one that a key here gives.

    The response comes from another chip, or from a host.
    """
    need_known_bits(command, _CHECK_MAC_BITS)
    need_data_length(command, 2 * _BLOCK + OTHER_DATA_SIZE)
    mode = MacMode(command.param1)
    slot = slot_of_param2(command)
    memory, config = chip.memory, chip.memory.config
    rules.need_config_lock(config)
    from_key = not mode & MacMode.BLOCK1_TEMP_KEY
    random_nonce = _takes_random(chip, mode)
    if from_key:
        key_rules.need_secret_key_slot(config, slot)
        key_rules.check_use(chip, slot, random_nonce=random_nonce)
    value = _temp_key_for(chip, mode)
    first = key_rules.secret_key(chip, slot) if from_key else value
    second = value if mode & MacMode.BLOCK2_TEMP_KEY else command.data[:_BLOCK]
    response, other_data = command.data[_BLOCK : 2 * _BLOCK], command.data[2 * _BLOCK :]
    expected = check_mac_response(first, second, mode, other_data, memory.contents(Zone.OTP), config.serial_number)
    chip.authorized_slot = None
    if mode & _TEMP_KEY_BITS:
        chip.temp_key.clear()
    if from_key:
        count_use(memory, slot)
    if not hmac.compare_digest(expected, response):
        raise mismatch(ReasonId.CHECK_MAC_MISMATCH, "The response does not belong to this challenge and key.")
    if mode == _AUTHORIZING_MODE:
        _authorize(chip, slot)
    if mode in _COPY_MODES and config.slot_configs[slot].read_key == _COPY_READ_KEY:
        _copy_key(chip, slot)
    return bytes((Status.SUCCESS,))


def _takes_random(chip: ChipState, mode: MacMode) -> bool:
    return bool(mode & _TEMP_KEY_BITS) and chip.temp_key.flags.from_random


def _temp_key_for(chip: ChipState, mode: MacMode) -> bytes:
    if not mode & _TEMP_KEY_BITS:
        return b""
    value = temp_key_value(chip)
    need_mac_allowed(chip)
    need_source(chip, external=bool(mode & MacMode.SOURCE_FLAG))
    return value


def _message(chip: ChipState, command: CommandPacket, first: bytes, second: bytes) -> bytes:
    return mac_message(first, second, command, chip.memory.contents(Zone.OTP), chip.memory.config.serial_number)


def _authorize(chip: ChipState, slot: int) -> None:
    config = chip.memory.config
    chip.authorized_slot = slot
    if config.part.is_608 and use_lock_slot(config) == slot:
        chip.use_unlocked = True


def _copy_key(chip: ChipState, slot: int) -> None:
    # A password in an even slot gives the key in the odd slot after it.
    target = slot | 1
    if not chip.memory.config.key_configs[target].private:
        chip.temp_key.load(key_rules.secret_key(chip, target))
