"""Places of a slot's bytes in the configuration zone.

Format: data sheets, "Configuration Zone".
"""

SLOT_CONFIG_START = 20
SLOT_LOCKED_START = 88
KEY_CONFIG_START = 96


def slot_config_bytes(slot: int) -> tuple[int, int]:
    """First and last byte of a slot's SlotConfig."""
    return SLOT_CONFIG_START + 2 * slot, SLOT_CONFIG_START + 2 * slot + 1


def key_config_bytes(slot: int) -> tuple[int, int]:
    """First and last byte of a slot's KeyConfig."""
    return KEY_CONFIG_START + 2 * slot, KEY_CONFIG_START + 2 * slot + 1


def lock_byte(slot: int) -> int:
    """Byte of SlotLocked that has a slot's bit.

    It is bit `slot % 8`; 0 is locked.
    """
    return SLOT_LOCKED_START + slot // 8


def bytes_text(place: tuple[int, int]) -> str:
    """A place for people: `bytes 20–21`."""
    first, last = place
    return f"byte {first}" if first == last else f"bytes {first}–{last}"
