"""GenDig and DeriveKey.

Stored values mixed into TempKey, and TempKey mixed into stored keys.
"""

import hmac
from dataclasses import replace

from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.protocol.commands import GenDigZone, MacMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import derive_key_mac
from atecc_bench.chip.session.tempkey import (
    SESSION_FILLER,
    command_head,
    counter_filler,
    key_config_filler,
    session_digest,
)
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, need_known_bits, slot_of_param2
from atecc_bench.twin.rules.refusal_reasons import ReasonId, parse_error, refused
from atecc_bench.twin.rules.tempkey_access import need_mac_allowed, need_source, temp_key_value
from atecc_bench.twin.rules.use_limits import count_use, counter_value
from atecc_bench.twin.state.chip_state import ChipState

_DONE = bytes((Status.SUCCESS,))
_BLOCK = 32
_CONFIG_BLOCKS, _OTP_BLOCKS, _COUNTERS = 4, 2, 2
_TEMP_KEY_FIRST = 0x8000  # GenDig SharedNonce, param2: which of the two values comes first
_OTHER_COMMAND = 4  # GenDig with a NoMac key: the command that its MAC is to look like
_DERIVE_MAC, _DERIVE_ALLOWED, _DERIVE_FROM_PARENT = 0x8, 0x2, 0x1  # WriteConfig


def gen_dig(chip: ChipState, command: CommandPacket) -> bytes:
    """Hash TempKey with something stored, or with a value from outside."""
    config = chip.memory.config
    rules.need_config_lock(config)
    try:
        zone = GenDigZone(command.param1)
    except ValueError:
        raise bad_mode(command) from None
    if zone in (GenDigZone.COUNTER, GenDigZone.KEY_CONFIG) and not config.part.is_608:
        raise bad_mode(command)
    if zone is GenDigZone.DATA:
        return _gen_dig_data(chip, command)
    if zone is GenDigZone.SHARED_NONCE:
        return _gen_dig_shared(chip, command)
    need_data_length(command, 0)
    stored, filler = bytes(_BLOCK), SESSION_FILLER
    match zone:
        case GenDigZone.CONFIG:
            stored = _block(chip, Zone.CONFIG, _number(command, _CONFIG_BLOCKS))
        case GenDigZone.OTP:
            rules.need_data_lock(config)
            stored = _block(chip, Zone.OTP, _number(command, _OTP_BLOCKS))
        case GenDigZone.COUNTER:
            filler = counter_filler(counter_value(chip.memory, _number(command, _COUNTERS)))
        case GenDigZone.KEY_CONFIG:
            slot = slot_of_param2(command)
            filler = key_config_filler(
                config.slot_configs[slot].to_word(),
                config.key_configs[slot].to_word(),
                locked=config.slot_is_locked(slot),
            )
    value = session_digest(stored, command_head(command), config.serial_number, temp_key_value(chip), filler)
    _load(chip, value)
    return _DONE


def _gen_dig_data(chip: ChipState, command: CommandPacket) -> bytes:
    slot = slot_of_param2(command)
    config = chip.memory.config
    no_mac = config.slot_configs[slot].no_mac
    # CryptoAuthLib sends the four bytes for any key; only with a NoMac key do they count.
    need_data_length(command, _OTHER_COMMAND, *(() if no_mac else (0,)))
    rules.need_not_private(config, slot, "GenDig does not hash that.")
    key_rules.check_use(chip, slot, random_nonce=chip.temp_key.flags.from_random)
    start = temp_key_value(chip)
    count_use(chip.memory, slot)
    head = command.data if no_mac else command_head(command)
    value = session_digest(key_rules.secret_key(chip, slot), head, config.serial_number, start)
    flags = chip.temp_key.flags
    flags = replace(flags, gen_dig_data=True, gen_key_data=False, key_id=slot, no_mac=flags.no_mac or no_mac)
    chip.temp_key.load(value, flags)
    return _DONE


def _gen_dig_shared(chip: ChipState, command: CommandPacket) -> bytes:
    need_data_length(command, _BLOCK)
    if command.param2 & ~(_TEMP_KEY_FIRST | 0xFF):
        raise parse_error(ReasonId.BAD_PARAMETER, f"Param2 {command.param2:04X} means nothing to GenDig SharedNonce.")
    first, last = command.data, temp_key_value(chip)
    if command.param2 & _TEMP_KEY_FIRST:
        first, last = last, first
    head = command_head(command)[:3] + b"\0"
    _load(chip, session_digest(first, head, chip.memory.config.serial_number, last))
    return _DONE


def _number(command: CommandPacket, count: int) -> int:
    if command.param2 >= count:
        raise parse_error(ReasonId.BAD_PARAMETER, f"Param2 is {command.param2:04X}; it must be below {count}.")
    return command.param2


def _block(chip: ChipState, zone: Zone, number: int) -> bytes:
    return chip.memory.contents(zone)[_BLOCK * number : _BLOCK * (number + 1)]


def _load(chip: ChipState, value: bytes) -> None:
    flags = replace(chip.temp_key.flags, gen_dig_data=False, gen_key_data=False, key_id=0)
    chip.temp_key.load(value, flags)


def derive_key(chip: ChipState, command: CommandPacket) -> bytes:
    """Replace a key by a hash with TempKey.

    The hash of itself, or of the key in WriteKey.
    """
    need_known_bits(command, MacMode.SOURCE_FLAG)
    need_data_length(command, 0, _BLOCK)
    slot = slot_of_param2(command)
    config = chip.memory.config
    rules.need_config_lock(config)
    key_rules.need_secret_key_slot(config, slot)
    rules.need_slot_unlocked(config, slot)
    policy = config.slot_configs[slot]
    if not policy.write_config & _DERIVE_ALLOWED:
        raise refused(
            ReasonId.DERIVE_KEY_NOT_ALLOWED,
            f"WriteConfig of slot {slot} does not allow DeriveKey.",
            (slot_config_bytes(slot),),
        )
    parent_slot = policy.write_key if policy.write_config & _DERIVE_FROM_PARENT else slot
    key_rules.need_secret_key_slot(config, parent_slot)
    key_rules.check_use(chip, parent_slot, random_nonce=chip.temp_key.flags.from_random)
    parent = key_rules.secret_key(chip, parent_slot)
    start = temp_key_value(chip)
    need_mac_allowed(chip)
    need_source(chip, external=bool(command.param1 & MacMode.SOURCE_FLAG))
    needs_mac = bool(policy.write_config & _DERIVE_MAC)  # without it a MAC that comes along is not looked at
    if needs_mac and not command.data:
        raise refused(
            ReasonId.DERIVE_KEY_MAC_NEEDED,
            f"Slot {slot} takes a derived key only with a MAC of the key it comes from.",
            (slot_config_bytes(slot),),
        )
    chip.temp_key.clear()
    serial_number = config.serial_number
    if needs_mac and not hmac.compare_digest(derive_key_mac(parent, command, serial_number), command.data):
        raise refused(ReasonId.WRITE_MAC_MISMATCH, "The MAC of DeriveKey is wrong; nothing was derived.")
    count_use(chip.memory, parent_slot)
    chip.memory.write(Zone.DATA, slot, 0, session_digest(parent, command_head(command), serial_number, start))
    return _DONE
