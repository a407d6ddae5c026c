"""Random and Nonce."""

from atecc_bench.chip.protocol.commands import NONCE_ANSWER_TEMP_KEY, NonceMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.session import tempkey
from atecc_bench.chip.session.tempkey import TempKeyFlags
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, need_known_bits, need_param2
from atecc_bench.twin.rules.tempkey_access import temp_key_value
from atecc_bench.twin.state.chip_state import ChipState, Register
from atecc_bench.twin.state.memory import SEED_SIZE

_RANDOM_SIZE = 32
_NUM_IN_SIZE = 20
_BEFORE_CONFIG_LOCK = b"\xff\xff\x00\x00" * 8
_UPDATE_SEED, _NO_SEED_UPDATE = 0x00, 0x01
_TARGETS = NonceMode.MESSAGE_DIGEST_BUFFER | NonceMode.ALTERNATE_KEY_BUFFER


def random(chip: ChipState, command: CommandPacket) -> bytes:
    """Thirty-two random bytes, or the fixed pattern before the configuration is locked."""
    need_data_length(command, 0)
    need_param2(command, 0)
    if command.param1 not in (_UPDATE_SEED, _NO_SEED_UPDATE):
        raise bad_mode(command)
    return random_number(chip, command.param1)


def random_number(chip: ChipState, mode: int = _NO_SEED_UPDATE) -> bytes:
    """Thirty-two bytes from the generator."""
    if not chip.memory.config.config_locked:
        return _BEFORE_CONFIG_LOCK
    if mode == _UPDATE_SEED:
        chip.memory.update_seed(chip.entropy(SEED_SIZE))
    return chip.entropy(_RANDOM_SIZE)


def nonce(chip: ChipState, command: CommandPacket) -> bytes:
    """Make a nonce, or load 32 or 64 bytes as they are.

    A nonce comes from a random number or from TempKey.
    """
    mode = command.param1
    if mode in (NonceMode.RANDOM_WITH_SEED_UPDATE, NonceMode.RANDOM_NO_SEED_UPDATE):
        return _make_nonce(chip, command)
    if mode & 0x03 != NonceMode.PASS_THROUGH:
        raise bad_mode(command)
    is_long = bool(mode & NonceMode.LENGTH_64)
    targets: dict[int, Register] = {0: chip.temp_key}
    if chip.memory.config.part.is_608:
        targets[NonceMode.MESSAGE_DIGEST_BUFFER] = chip.message_digest_buffer
        if not is_long:
            targets[NonceMode.ALTERNATE_KEY_BUFFER] = chip.alternate_key_buffer
    elif is_long:
        raise bad_mode(command)
    target = targets.get(mode & _TARGETS)
    need_known_bits(command, NonceMode.PASS_THROUGH | NonceMode.LENGTH_64 | _TARGETS)
    if target is None:
        raise bad_mode(command)
    need_data_length(command, 64 if is_long else 32)
    need_param2(command, 0)
    target.load(command.data)
    return bytes((Status.SUCCESS,))


def _make_nonce(chip: ChipState, command: CommandPacket) -> bytes:
    need_data_length(command, _NUM_IN_SIZE)
    if command.param2 == NONCE_ANSWER_TEMP_KEY:
        value = tempkey.nonce(temp_key_value(chip), command.data, command.param1)
        chip.temp_key.load(value, chip.temp_key.flags)
        return value
    need_param2(command, 0)
    number = random_number(chip, command.param1)
    chip.temp_key.load(tempkey.nonce(number, command.data, command.param1), TempKeyFlags(from_random=True))
    return number
