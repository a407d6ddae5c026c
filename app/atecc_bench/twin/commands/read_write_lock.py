"""Read, Write and Lock."""

import hmac

from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access
from atecc_bench.chip.protocol.commands import ENCRYPTED_ACCESS, LONG_ACCESS, LockMode
from atecc_bench.chip.protocol.crc import crc16
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import BLOCK, SLOT_COUNT, WORD, Zone, address, split_address, zone_size
from atecc_bench.chip.session.session_macs import crypt_block, write_mac
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, need_param2
from atecc_bench.twin.rules.refusal_reasons import LOCK_VALUE, ReasonId, parse_error, refused
from atecc_bench.twin.rules.tempkey_access import session_key
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.p256_slots import mark_validity

_ZONE_BITS = 0x03
_WORD_BITS = 0x07  # of an address
_MAC_SIZE = 32
_BEYOND_THE_END = b"\0"  # of a slot's last, partial block
_DONE = bytes((Status.SUCCESS,))


def read(chip: ChipState, command: CommandPacket) -> bytes:
    """Read 4 or 32 bytes.

    Slots that are configured so give 32 encrypted bytes.
    """
    zone = _zone_of(command, LONG_ACCESS)
    length = BLOCK if command.param1 & LONG_ACCESS else WORD
    need_data_length(command, 0)
    slot, offset = _place(zone, command.param2, length)
    access = rules.check_read(chip, zone, slot, offset)
    contents = chip.memory.contents(zone, slot)[offset : offset + length].ljust(length, _BEYOND_THE_END)
    if access is Access.CLEAR:
        return contents
    read_key = chip.memory.config.slot_configs[slot].read_key
    if length == WORD or chip.temp_key.value is None:
        raise refused(
            ReasonId.SLOT_READ_ENCRYPTED,
            f"Slot {slot} can only be read encrypted, 32 bytes after GenDig with the key in slot {read_key}.",
            (slot_config_bytes(slot),),
        )
    key = session_key(chip, read_key)
    chip.temp_key.clear()
    return crypt_block(key, contents)


def write(chip: ChipState, command: CommandPacket) -> bytes:
    """Write 4 or 32 bytes, or 32 encrypted bytes with their MAC."""
    zone = _zone_of(command, LONG_ACCESS | ENCRYPTED_ACCESS)
    length = BLOCK if command.param1 & LONG_ACCESS else WORD
    need_data_length(command, length, *((BLOCK + _MAC_SIZE,) if length == BLOCK and zone is Zone.DATA else ()))
    if command.param1 & ENCRYPTED_ACCESS and len(command.data) != BLOCK + _MAC_SIZE:
        raise bad_mode(command)
    # A block has no words to choose: what the address says of one does not count.
    slot, offset = _place(zone, command.param2 & ~_WORD_BITS if length == BLOCK else command.param2, length)
    if zone is Zone.DATA:
        _write_slot(chip, command, slot, offset)
        return _DONE
    if zone is Zone.OTP:
        rules.check_write_otp(chip, offset, command.data)
    else:
        rules.check_write_config(chip.memory.config, offset, length)
    chip.memory.write(zone, slot, offset, command.data)
    return _DONE


def _write_slot(chip: ChipState, command: CommandPacket, slot: int, offset: int) -> None:
    memory, config = chip.memory, chip.memory.config
    carries_mac = len(command.data) > BLOCK
    access = rules.check_write_slot(chip, slot, WORD if len(command.data) == WORD else BLOCK)
    if not config.data_locked and command.param1 & ENCRYPTED_ACCESS:
        access = Access.ENCRYPTED
    write_key = config.slot_configs[slot].write_key
    if access is Access.ENCRYPTED and not carries_mac:
        raise refused(
            ReasonId.SLOT_WRITE_ENCRYPTED,
            f"Slot {slot} can only be written encrypted, with the key in slot {write_key}.",
            (slot_config_bytes(slot),),
        )
    if access is Access.CLEAR and carries_mac:
        raise refused(
            ReasonId.SLOT_WRITE_CLEAR,
            f"Slot {slot} is written in clear, without a MAC.",
            (slot_config_bytes(slot),) + (() if config.data_locked else LOCK_VALUE),
        )
    data = command.data
    if access is Access.ENCRYPTED:
        data = _decrypted(chip, command, write_key)
    if rules.loses_validity(config, slot, offset):
        data = mark_validity(data, validated=False)
    memory.write(Zone.DATA, slot, offset, data)


def _decrypted(chip: ChipState, command: CommandPacket, write_key: int) -> bytes:
    key = session_key(chip, write_key)
    chip.temp_key.clear()
    plain = crypt_block(key, command.data[:BLOCK])
    expected = write_mac(key, command, chip.memory.config.serial_number, plain)
    if not hmac.compare_digest(expected, command.data[BLOCK:]):
        raise refused(ReasonId.WRITE_MAC_MISMATCH, "The MAC of the encrypted data is wrong; nothing was written.")
    return plain


def lock(chip: ChipState, command: CommandPacket) -> bytes:
    """Lock a zone or a single slot.

    The configuration zone, or data zone and OTP together.
    """
    need_data_length(command, 0)
    memory, config = chip.memory, chip.memory.config
    slot = command.param1 >> 2 & 0xF
    match command.param1 & ~LockMode.NO_CRC:
        case LockMode.CONFIG:
            rules.check_lock_config(config)
            _check_summary(command, memory.contents(Zone.CONFIG))
            memory.lock_config()
        case LockMode.DATA_AND_OTP:
            rules.check_lock_data(config)
            _check_summary(command, _data_and_otp(memory))
            memory.lock_data()
        case mode if mode == LockMode.SLOT | slot << 2:
            need_param2(command, 0)
            rules.check_lock_slot(config, slot)
            memory.lock_slot(slot)
        case _:
            raise bad_mode(command)
    return _DONE


def _zone_of(command: CommandPacket, flags: int) -> Zone:
    number = command.param1 & _ZONE_BITS
    if command.param1 & ~(_ZONE_BITS | flags) or number > Zone.DATA:
        raise bad_mode(command)
    return Zone(number)


def _place(zone: Zone, param2: int, length: int) -> tuple[int, int]:
    slot, offset = split_address(zone, param2)
    inside = offset < zone_size(zone, slot) and address(zone, slot, offset) == param2
    if not inside or (length == BLOCK and offset % BLOCK):
        raise parse_error(ReasonId.NO_SUCH_ADDRESS, f"Address {param2:04X} does not exist in this zone.")
    return slot, offset


def _data_and_otp(memory: Eeprom) -> bytes:
    slots = (memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT))
    return b"".join((*slots, memory.contents(Zone.OTP)))


def _check_summary(command: CommandPacket, contents: bytes) -> None:
    if command.param1 & LockMode.NO_CRC:
        need_param2(command, 0)
    elif command.param2 != crc16(contents):
        raise refused(
            ReasonId.LOCK_CRC_MISMATCH,
            "The CRC given with Lock is not that of the zone's contents; nothing was locked.",
        )
