"""Checks of parameters and lengths that come first in every command.

What they refuse is illegal in any state of the chip.
"""

from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.twin.rules.refusal_reasons import ReasonId, RefusalError, parse_error


def need_data_length(command: CommandPacket, *lengths: int) -> None:
    """The command must carry exactly one of these numbers of data bytes."""
    if len(command.data) not in lengths:
        allowed = " or ".join(str(length) for length in lengths)
        raise parse_error(ReasonId.BAD_LENGTH, f"The command carries {len(command.data)} bytes of data, not {allowed}.")


def need_known_bits(command: CommandPacket, known: int) -> None:
    """Param1 must have no bits but these."""
    # The complement of an IntFlag drops the bits that the flag does not name.
    if command.param1 & ~int(known):
        raise bad_mode(command)


def need_param2(command: CommandPacket, value: int) -> None:
    """Param2 must have exactly this value."""
    if command.param2 != value:
        raise parse_error(ReasonId.BAD_PARAMETER, f"Param2 is {command.param2:04X} instead of {value:04X}.")


def slot_of_param2(command: CommandPacket) -> int:
    """The slot that param2 names."""
    return need_slot(command.param2)


def need_slot(number: int) -> int:
    """A number in the command that must be that of a slot."""
    if number >= SLOT_COUNT:
        raise parse_error(ReasonId.BAD_PARAMETER, f"{number:04X} names no slot.")
    return number


def bad_mode(command: CommandPacket) -> RefusalError:
    """Param1 has bits that mean nothing to this command."""
    return parse_error(ReasonId.BAD_PARAMETER, f"The command knows no mode {command.param1:02X}.")
