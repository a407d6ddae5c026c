"""Info, Random and Nonce."""

from hashlib import sha256

from atecc_bench.chip.commands import InfoMode, NonceMode, Opcode
from atecc_bench.chip.config_zone import KEY_TYPE_P256
from atecc_bench.chip.packet import CommandPacket
from atecc_bench.chip.status import Status
from atecc_bench.twin.arguments import bad_mode, need_data_length, need_param2, slot_of_param2
from atecc_bench.twin.chip_state import ChipState
from atecc_bench.twin.keys import has_private_key, is_validated
from atecc_bench.twin.memory import SEED_SIZE
from atecc_bench.twin.reasons import not_modelled

_RANDOM_SIZE = 32
_NUM_IN_SIZE = 20
_BEFORE_CONFIG_LOCK = b"\xff\xff\x00\x00" * 8
_UPDATE_SEED, _NO_SEED_UPDATE = 0x00, 0x01
_SOURCE_FLAG = 0x10
_TEMP_KEY_VALID = 0x80


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
        case _:
            raise bad_mode(command)


def _key_is_valid(chip: ChipState, slot: int) -> bool:
    key = chip.memory.config.key_configs[slot]
    if key.key_type != KEY_TYPE_P256:
        return False
    return has_private_key(chip.memory, slot) if key.private else is_validated(chip.memory, slot)


def _state(chip: ChipState) -> bytes:
    key = chip.temp_key
    if key.value is None:
        return bytes(4)
    return bytes((0 if key.from_random else _SOURCE_FLAG, _TEMP_KEY_VALID, 0, 0))


def random(chip: ChipState, command: CommandPacket) -> bytes:
    """Thirty-two random bytes, or the fixed pattern before the configuration is locked."""
    need_data_length(command, 0)
    need_param2(command, 0)
    if command.param1 not in (_UPDATE_SEED, _NO_SEED_UPDATE):
        raise bad_mode(command)
    return _random_number(chip, command.param1)


def _random_number(chip: ChipState, mode: int) -> bytes:
    if not chip.memory.config.config_locked:
        return _BEFORE_CONFIG_LOCK
    if mode == _UPDATE_SEED:
        chip.memory.update_seed(chip.entropy(SEED_SIZE))
    return chip.entropy(_RANDOM_SIZE)


def nonce(chip: ChipState, command: CommandPacket) -> bytes:
    """Make a nonce from a random number, or load 32 bytes as they are."""
    mode = command.param1
    match mode:
        case NonceMode.RANDOM_WITH_SEED_UPDATE | NonceMode.RANDOM_NO_SEED_UPDATE:
            need_data_length(command, _NUM_IN_SIZE)
            if command.param2:
                raise not_modelled("Nonce with TempKey as its answer")
            random_number = _random_number(chip, mode)
            message = random_number + command.data + bytes((Opcode.NONCE, mode, 0))
            chip.temp_key.load(sha256(message).digest(), from_random=True)
            return random_number
        case NonceMode.PASS_THROUGH:
            target = chip.temp_key
        case 0x43 if chip.memory.config.part.is_608:
            target = chip.message_digest_buffer
        case _ if mode & NonceMode.PASS_THROUGH == NonceMode.PASS_THROUGH:
            raise not_modelled(f"Nonce with mode {mode:02X}")
        case _:
            raise bad_mode(command)
    need_data_length(command, 32)
    need_param2(command, 0)
    target.load(command.data, from_random=False)
    return bytes((Status.SUCCESS,))
