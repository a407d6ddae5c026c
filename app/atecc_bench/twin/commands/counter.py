"""Counter and UpdateExtra: what of the configuration zone changes after its lock."""

from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.protocol.commands import CounterMode, UpdateExtraMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, slot_of_param2
from atecc_bench.twin.rules.refusal_reasons import CHIP_MODE, ReasonId, parse_error, refused
from atecc_bench.twin.rules.use_limits import count, count_use, counter_value, need_count_left, need_uses_left
from atecc_bench.twin.rules.zone_access import need_config_lock
from atecc_bench.twin.state.chip_state import ChipState

_USER_EXTRA_AT = 84
_SELECTOR_SET_ONCE = 0x01  # ChipMode of the ATECC508A


def counter(chip: ChipState, command: CommandPacket) -> bytes:
    """Read or increment a monotonic counter.

    The answer is its value, four bytes little-endian.
    """
    need_data_length(command, 0)
    if command.param1 not in (CounterMode.READ, CounterMode.INCREMENT):
        raise bad_mode(command)
    number = command.param2
    if number > 1:
        raise parse_error(ReasonId.BAD_PARAMETER, f"There is no counter {number}.")
    if command.param1 == CounterMode.READ:
        return counter_value(chip.memory, number).to_bytes(4, "little")
    need_count_left(chip.memory, number)
    return count(chip.memory, number).to_bytes(4, "little")


def update_extra(chip: ChipState, command: CommandPacket) -> bytes:
    """Write UserExtra or UserExtraAdd, or take a use off a key."""
    need_data_length(command, 0)
    match command.param1:
        case UpdateExtraMode.USER_EXTRA | UpdateExtraMode.USER_EXTRA_ADD:
            _write_extra(chip, command)
        case UpdateExtraMode.COUNT_USE:
            _count_use(chip, slot_of_param2(command))
        case _:
            raise bad_mode(command)
    return bytes((Status.SUCCESS,))


def _write_extra(chip: ChipState, command: CommandPacket) -> None:
    if command.param2 > 0xFF:
        raise parse_error(ReasonId.BAD_PARAMETER, f"UpdateExtra writes one byte, not {command.param2:04X}.")
    config = chip.memory.config
    offset = _USER_EXTRA_AT + command.param1
    old = (config.user_extra, config.user_extra_add)[command.param1]
    is_selector = command.param1 == UpdateExtraMode.USER_EXTRA_ADD and not config.part.is_608
    set_once = not is_selector or bool(config.chip_mode & _SELECTOR_SET_ONCE)
    if old and set_once:
        raise refused(
            ReasonId.EXTRA_BYTE_ALREADY_SET,
            f"Byte {offset} is not zero any more, and it is written only once.",
            ((offset, offset), *(CHIP_MODE if is_selector else ())),
        )
    chip.memory.write(Zone.CONFIG, 0, offset, bytes((command.param2,)))


def _count_use(chip: ChipState, slot: int) -> None:
    config = chip.memory.config
    need_config_lock(config)
    if not config.slot_configs[slot].limited_use:
        raise refused(
            ReasonId.KEY_NOT_LIMITED, f"The uses of the key in slot {slot} are not counted.", (slot_config_bytes(slot),)
        )
    need_uses_left(chip.memory, slot)
    count_use(chip.memory, slot)
