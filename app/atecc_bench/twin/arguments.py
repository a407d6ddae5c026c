"""What every command checks first: parameters and lengths that are illegal in any state of the chip."""

from atecc_bench.chip.packet import CommandPacket
from atecc_bench.chip.zones import SLOT_COUNT
from atecc_bench.twin.reasons import ReasonId, parse_error


def need_data_length(command: CommandPacket, length: int) -> None:
    """The command must carry exactly this many data bytes."""
    if len(command.data) != length:
        raise parse_error(
            ReasonId.BAD_LENGTH, f"The command carries {len(command.data)} bytes of data instead of {length}."
        )


def need_param2(command: CommandPacket, value: int) -> None:
    """Param2 must have exactly this value."""
    if command.param2 != value:
        raise parse_error(ReasonId.BAD_PARAMETER, f"Param2 is {command.param2:04X} instead of {value:04X}.")


def slot_of_param2(command: CommandPacket) -> int:
    """The slot that param2 names."""
    if command.param2 >= SLOT_COUNT:
        raise parse_error(ReasonId.BAD_PARAMETER, f"Param2 {command.param2:04X} names no slot.")
    return command.param2


def bad_mode(command: CommandPacket) -> Exception:
    """Param1 has bits that mean nothing to this command."""
    return parse_error(ReasonId.BAD_PARAMETER, f"The command knows no mode {command.param1:02X}.")
