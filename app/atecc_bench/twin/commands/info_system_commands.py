"""SelfTest (ATECC608) and Pause (ATECC508A)."""

from atecc_bench.chip.protocol.commands import SelfTestMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.twin.rules.argument_checks import need_data_length, need_known_bits, need_param2
from atecc_bench.twin.state.chip_state import ChipState

_ALL_TESTS = SelfTestMode.RANDOM | SelfTestMode.ECDSA | SelfTestMode.ECDH | SelfTestMode.AES | SelfTestMode.SHA


def self_test(chip: ChipState, command: CommandPacket) -> bytes:
    """Test engines; the answer has a bit for each that fails.

    What failed after waking fails until the next wake.
    """
    need_known_bits(command, _ALL_TESTS)
    need_data_length(command, 0)
    need_param2(command, 0)
    return bytes((chip.self_test_failures & command.param1,))


def pause(chip: ChipState, command: CommandPacket) -> bytes:
    """Leave the bus to the chip whose Selector is param1.

    The others go idle and answer nothing.
    """
    need_data_length(command, 0)
    need_param2(command, 0)
    chip.pauses = command.param1 != chip.memory.config.user_extra_add
    return bytes((Status.SUCCESS,))
