"""Info, SelfTest (ATECC608) and Pause (ATECC508A)."""

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256
from atecc_bench.chip.config.device_options import volatile_permit_slot
from atecc_bench.chip.protocol.commands import InfoMode, SelfTestMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.twin.rules.argument_checks import (
    bad_mode,
    need_data_length,
    need_known_bits,
    need_param2,
    slot_of_param2,
)
from atecc_bench.twin.rules.refusal_reasons import VOLATILE_KEY_PERMISSION, ReasonId, parse_error, refused
from atecc_bench.twin.state.chip_state import ChipState
from atecc_bench.twin.state.p256_slots import has_private_key, is_validated

_AUTH_VALID, _AUTH_KEY_AT = 0x04, 3
_TEMP_KEY_VALID = 0x80
_SET_LATCH, _LATCH_STATE = 0x02, 0x01
_IDLE_TEST_BIT = 0x02  # older libraries take it for ECDSA; it tests nothing


def info(chip: ChipState, command: CommandPacket) -> bytes:
    """Four bytes about the chip."""
    need_data_length(command, 0)
    match command.param1:
        case InfoMode.REVISION:
            return chip.memory.config.revision
        case InfoMode.KEY_VALID:
            return bytes((_key_is_valid(chip, slot_of_param2(command)), 0, 0, 0))
        case InfoMode.STATE:
            return _state(chip)
        case InfoMode.VOLATILE_KEY_PERMIT if chip.memory.config.part.is_608:
            return _latch(chip, command)
        case _:
            raise bad_mode(command)


def _key_is_valid(chip: ChipState, slot: int) -> bool:
    key = chip.memory.config.key_configs[slot]
    if key.key_type != KEY_TYPE_P256:
        return False
    return has_private_key(chip.memory, slot) if key.private else is_validated(chip.memory, slot)


def _state(chip: ChipState) -> bytes:
    first = second = 0
    if chip.temp_key.value is not None:
        first, second = chip.temp_key.flags.to_byte(), _TEMP_KEY_VALID
    if chip.authorized_slot is not None:
        second |= _AUTH_VALID | chip.authorized_slot << _AUTH_KEY_AT
    return bytes((first, second, 0, 0))


def _latch(chip: ChipState, command: CommandPacket) -> bytes:
    if command.param2 & ~(_SET_LATCH | _LATCH_STATE):
        raise parse_error(ReasonId.BAD_PARAMETER, f"Param2 {command.param2:04X} means nothing to the latch.")
    if command.param2 & _SET_LATCH:
        wanted = bool(command.param2 & _LATCH_STATE)
        permit = volatile_permit_slot(chip.memory.config)
        if wanted and permit not in (None, chip.authorized_slot):
            raise refused(
                ReasonId.LATCH_NOT_PERMITTED,
                f"The latch is set only after CheckMac has proved the key in slot {permit}.",
                VOLATILE_KEY_PERMISSION,
            )
        chip.persistent_latch = wanted
    return bytes((chip.persistent_latch, 0, 0, 0))


def self_test(chip: ChipState, command: CommandPacket) -> bytes:
    """Test engines; the answer has a bit for each that fails.

    What failed after waking fails until the next wake. Mode 0 tests nothing and answers the Failure register.
    """
    need_known_bits(command, SelfTestMode.ALL | _IDLE_TEST_BIT)
    need_data_length(command, 0)
    need_param2(command, 0)
    failures = chip.self_test_failures
    return bytes((failures & command.param1 if command.param1 else failures,))


def pause(chip: ChipState, command: CommandPacket) -> bytes:
    """Leave the bus to the chip whose Selector is param1.

    The others go idle and answer nothing.
    """
    need_data_length(command, 0)
    need_param2(command, 0)
    chip.pauses = command.param1 != chip.memory.config.user_extra_add
    return bytes((Status.SUCCESS,))
