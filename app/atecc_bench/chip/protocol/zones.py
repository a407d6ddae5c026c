"""Memory of the chip: zones, slot sizes and addresses.

Addresses are those of the Read, Write and Lock commands.
"""

from enum import IntEnum

WORD = 4
BLOCK = 32
CONFIG_SIZE = 128
OTP_SIZE = 64
SLOT_COUNT = 16


class Zone(IntEnum):
    """Zone numbers as Read and Write take them in param1."""

    CONFIG = 0
    OTP = 1
    DATA = 2


def slot_size(slot: int) -> int:
    """Size of a data slot in bytes.

    36 for slots 0 to 7, 416 for slot 8, 72 for slots 9 to 15.
    """
    if not 0 <= slot < SLOT_COUNT:
        raise ValueError(f"no slot {slot}: slots are 0 to 15")
    if slot < 8:
        return 36
    return 416 if slot == 8 else 72


def zone_size(zone: Zone, slot: int = 0) -> int:
    """Bytes of a zone, or of one slot of the data zone."""
    if zone is Zone.DATA:
        return slot_size(slot)
    return CONFIG_SIZE if zone is Zone.CONFIG else OTP_SIZE


def address(zone: Zone, slot: int, offset: int) -> int:
    """The param2 address of the 4-byte word at byte `offset`.

    Configuration and OTP: block in bits 3 and 4, word in bits 0 to 2.
    Data: block in the high byte, slot in bits 3 to 6, word in bits 0 to 2.
    """
    block, word = offset // BLOCK, offset % BLOCK // WORD
    if zone is Zone.DATA:
        return block << 8 | slot << 3 | word
    return block << 3 | word


def split_address(zone: Zone, param2: int) -> tuple[int, int]:
    """Slot and byte offset that a param2 address names.

    The slot is 0 outside the data zone.
    """
    word = param2 & 7
    if zone is Zone.DATA:
        return param2 >> 3 & 0xF, (param2 >> 8) * BLOCK + word * WORD
    return 0, (param2 >> 3 & 3) * BLOCK + word * WORD


def whole_blocks(slot: int, length: int) -> int:
    """Number of bytes that writing `length` bytes to a slot changes.

    Whole blocks, but not beyond the slot's end.
    """
    return min(-(-length // BLOCK) * BLOCK, slot_size(slot))
