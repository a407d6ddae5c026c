"""Requirements of commands on TempKey and the other registers."""

from atecc_bench.twin.rules.refusal_reasons import ReasonId, refused
from atecc_bench.twin.state.chip_state import ChipState

KEY = 32


def temp_key_value(chip: ChipState) -> bytes:
    """The first 32 bytes of TempKey.

    It must hold something other than a private key.
    """
    return whole_temp_key(chip)[:KEY]


def whole_temp_key(chip: ChipState) -> bytes:
    """All 32 or 64 bytes of TempKey."""
    value = chip.temp_key.value
    if value is None:
        raise refused(ReasonId.TEMP_KEY_EMPTY, "TempKey is empty: no Nonce came before, or the chip has slept since.")
    if chip.temp_key.private_key:
        raise refused(ReasonId.TEMP_KEY_PRIVATE, "TempKey holds a private key; only ECDH and GenKey can use that.")
    return value


def need_source(chip: ChipState, *, external: bool) -> None:
    """The SourceFlag in the command's mode must be that of TempKey."""
    if external == chip.temp_key.flags.from_random:
        began = "with a random number" if chip.temp_key.flags.from_random else "outside the chip"
        raise refused(ReasonId.TEMP_KEY_SOURCE, f"TempKey began {began}, and the command's mode says otherwise.")


def need_mac_allowed(chip: ChipState) -> None:
    """No key that must not make MACs may have gone into TempKey."""
    if chip.temp_key.flags.no_mac:
        raise refused(ReasonId.TEMP_KEY_NO_MAC, "A key with NoMac went into TempKey, so no MAC is made with it.")


def session_key(chip: ChipState, key_slot: int) -> bytes:
    """TempKey as the key of an encrypted access.

    It has to come from a random Nonce, then GenDig with the key in `key_slot`.
    """
    value = temp_key_value(chip)
    flags = chip.temp_key.flags
    if not flags.gen_dig_data or flags.key_id != key_slot:
        raise refused(
            ReasonId.TEMP_KEY_OF_OTHER_KEY, f"TempKey was not made by GenDig with the key in slot {key_slot}."
        )
    need_source(chip, external=False)
    need_mac_allowed(chip)
    return value
