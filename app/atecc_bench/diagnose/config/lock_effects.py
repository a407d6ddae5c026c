"""Effects of the locks, in plain sentences.

What they protect, and what stays changeable after them.
"""

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_policy import Access, SlotPolicy, slot_policy
from atecc_bench.chip.protocol.zones import SLOT_COUNT

IO_PROTECTION_KEY_ENABLED = 0x0002


def what_locks_protect(config: ConfigZone) -> tuple[str, ...]:
    """Sentences on what both locks fix for ever."""
    policies = [slot_policy(config, slot) for slot in range(SLOT_COUNT)]
    never_written = [p.slot for p in policies if p.write is Access.NEVER and not p.can_generate]
    sentences = ["The configuration lock fixes the policies of all 16 slots for the life of this chip."]
    sentences.append("The data lock puts those policies into force and closes OTP.")
    if never_written:
        sentences.append(f"{_slots(never_written)} can never be changed again.")
    return tuple(sentences)


def what_stays_open(config: ConfigZone) -> tuple[str, ...]:
    """Sentences on what the I2C bus can still change after both locks.

    Anybody on the bus can.
    """
    policies = [slot_policy(config, slot) for slot in range(SLOT_COUNT)]
    written = [p.slot for p in policies if p.write is Access.CLEAR]
    generated = [p.slot for p in policies if p.can_generate]
    sentences: list[str] = []
    if written:
        sentences.append(f"{_slots(written)} can be written in clear at any time.")
    if generated:
        sentences.append(
            f"The private {'keys' if len(generated) > 1 else 'key'} in {_slots(generated).lower()} can be generated "
            "again at any time; certificates for the old key are worthless then."
        )
    sentences += [sentence for _, sentence in open_keys(config)]
    return tuple(sentences)


def open_keys(config: ConfigZone) -> tuple[tuple[int, str], ...]:
    """Slots that anybody can write and that open others.

    Each comes with a sentence.
    """
    policies = [slot_policy(config, slot) for slot in range(SLOT_COUNT)]
    written = [p.slot for p in policies if p.write is Access.CLEAR]
    return tuple((key, _open_key(key, policies, config)) for key in written if _opens_others(key, policies, config))


def _guarded_by(key: int, policies: list[SlotPolicy]) -> list[int]:
    return [p.slot for p in policies if key in (p.read_key, p.write_key) and p.slot != key]


def _is_io_protection_key(key: int, config: ConfigZone) -> bool:
    enabled = config.part.is_608 and config.chip_options & IO_PROTECTION_KEY_ENABLED
    return bool(enabled) and config.chip_options >> 12 == key


def _opens_others(key: int, policies: list[SlotPolicy], config: ConfigZone) -> bool:
    return bool(_guarded_by(key, policies)) or _is_io_protection_key(key, config)


def _open_key(key: int, policies: list[SlotPolicy], config: ConfigZone) -> str:
    roles: list[str] = []
    if _is_io_protection_key(key, config):
        roles.append("the IO protection key")
    guarded = _guarded_by(key, policies)
    if guarded:
        roles.append(f"the read or write key of {_slots(guarded).lower()}")
    return (
        f"Slot {key} is {' and '.join(roles)}: whoever writes it opens every encrypted read and write that depends "
        "on it, until it is filled and locked on its own."
    )


def _slots(numbers: list[int]) -> str:
    """Slot numbers as text, runs of three and more as ranges."""
    parts: list[str] = []
    index = 0
    while index < len(numbers):
        last = index
        while last + 1 < len(numbers) and numbers[last + 1] == numbers[last] + 1:
            last += 1
        if last - index >= 2:
            parts.append(f"{numbers[index]}–{numbers[last]}")
        else:
            parts += [str(number) for number in numbers[index : last + 1]]
        index = last + 1
    text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Slots {text}" if len(numbers) > 1 else f"Slot {text}"
