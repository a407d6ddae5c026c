"""Read, Write and Lock."""

from atecc_bench.chip.commands import LONG_ACCESS, LockMode
from atecc_bench.chip.crc import crc16
from atecc_bench.chip.packet import CommandPacket
from atecc_bench.chip.status import Status
from atecc_bench.chip.zones import BLOCK, SLOT_COUNT, WORD, Zone, address, split_address, zone_size
from atecc_bench.twin import rules
from atecc_bench.twin.arguments import bad_mode, need_data_length, need_param2
from atecc_bench.twin.chip_state import ChipState
from atecc_bench.twin.memory import Eeprom
from atecc_bench.twin.reasons import ReasonId, not_modelled, parse_error, refused

_ZONE_BITS = 0x03
_ENCRYPTED_WRITE = 0x40
_SLOT_LOCKED_AT = 88
_DONE = bytes((Status.SUCCESS,))


def read(chip: ChipState, command: CommandPacket) -> bytes:
    """Read 4 or 32 bytes in clear."""
    zone = _zone_of(command, LONG_ACCESS)
    length = BLOCK if command.param1 & LONG_ACCESS else WORD
    need_data_length(command, 0)
    slot, offset = _place(zone, command.param2, length)
    if offset + length > zone_size(zone, slot):
        raise parse_error(ReasonId.NO_SUCH_ADDRESS, "Only 4-byte reads fit the last, partial block of a slot.")
    rules.check_read(chip.memory.config, zone, slot)
    return chip.memory.contents(zone, slot)[offset : offset + length]


def write(chip: ChipState, command: CommandPacket) -> bytes:
    """Write 4 or 32 bytes in clear."""
    zone = _zone_of(command, LONG_ACCESS | _ENCRYPTED_WRITE)
    if command.param1 & _ENCRYPTED_WRITE:
        raise not_modelled("the encrypted Write")
    length = BLOCK if command.param1 & LONG_ACCESS else WORD
    need_data_length(command, length)
    slot, offset = _place(zone, command.param2, length)
    rules.check_write(chip.memory, zone, slot, offset, length)
    data = command.data
    if zone is Zone.CONFIG and offset == _SLOT_LOCKED_AT:
        # SlotLocked keeps its value: only ChipOptions of this word can be written.
        data = chip.memory.contents(zone)[offset : offset + 2] + data[2:]
    chip.memory.write(zone, slot, offset, data)
    return _DONE


def lock(chip: ChipState, command: CommandPacket) -> bytes:
    """Lock the configuration zone, data zone and OTP together, or a single slot."""
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
