"""The monotonic counters, and the key uses they limit.

LimitedUse, CountMatch, LastKeyUse.
"""

from atecc_bench.chip.config.device_options import count_match_slot
from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.protocol.counters import LARGEST, decode_count_match, decode_counter, encode_counter
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.rules.refusal_reasons import (
    COUNT_MATCH,
    LAST_KEY_USE,
    ReasonId,
    counter_bytes,
    refused,
)
from atecc_bench.twin.state.memory import Eeprom

_FIRST_COUNTER_AT = 52
_COUNTER_SIZE = 8
_LAST_KEY_USE = slice(68, 84)
_LAST_SLOT = 15  # on the ATECC508A it has its own count of uses


def counter_value(memory: Eeprom, counter: int) -> int:
    """Current value of counter 0 or 1."""
    return decode_counter(memory.config.counters[counter])


def need_count_left(memory: Eeprom, counter: int) -> None:
    """The counter must be able to count once more.

    A limit of CountMatch that is not written twice alike limits nothing.
    """
    config = memory.config
    value = counter_value(memory, counter)
    if value >= LARGEST:
        raise refused(
            ReasonId.COUNTER_AT_END, f"Counter {counter} has reached its end, {LARGEST}.", counter_bytes(counter)
        )
    slot = count_match_slot(config) if config.part.is_608 and counter == 0 else None
    if slot is None:
        return
    limit = decode_count_match(memory.contents(Zone.DATA, slot))
    if limit is not None and value >= limit:
        raise refused(
            ReasonId.COUNT_MATCH_REACHED,
            f"Counter 0 has reached the limit in slot {slot} (CountMatch).",
            COUNT_MATCH + counter_bytes(0),
        )


def count(memory: Eeprom, counter: int) -> int:
    """Count once; the new value."""
    value = counter_value(memory, counter) + 1
    memory.write(Zone.CONFIG, 0, _FIRST_COUNTER_AT + _COUNTER_SIZE * counter, encode_counter(value))
    return value


def need_uses_left(memory: Eeprom, slot: int) -> None:
    """A key of limited use must have a use left."""
    if not memory.config.slot_configs[slot].limited_use:
        return
    if not _has_own_count(memory, slot):
        need_count_left(memory, 0)
    elif not any(memory.contents(Zone.CONFIG)[_LAST_KEY_USE]):
        raise refused(
            ReasonId.KEY_USED_UP,
            f"All uses of the key in slot {slot} are used up (LastKeyUse).",
            (slot_config_bytes(slot), *LAST_KEY_USE),
        )


def count_use(memory: Eeprom, slot: int) -> None:
    """Take one use off a key of limited use."""
    if not memory.config.slot_configs[slot].limited_use:
        return
    if not _has_own_count(memory, slot):
        count(memory, 0)
        return
    uses = int.from_bytes(memory.contents(Zone.CONFIG)[_LAST_KEY_USE], "little")
    left = uses & uses - 1
    memory.write(Zone.CONFIG, 0, _LAST_KEY_USE.start, left.to_bytes(16, "little"))


def _has_own_count(memory: Eeprom, slot: int) -> bool:
    return slot == _LAST_SLOT and not memory.config.part.is_608
