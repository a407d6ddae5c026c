"""What to know before a command is sent, under a given configuration.

What can never be undone, what has no effect, what is used up, and where a result goes.
"""

from collections.abc import Iterator, Mapping

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.device_options import count_match_slot
from atecc_bench.chip.protocol.commands import (
    TEMP_KEY_AS_KEY,
    CounterMode,
    EcdhMode,
    GenDigZone,
    GenKeyMode,
    InfoMode,
    KdfTarget,
    LockMode,
    Opcode,
    UpdateExtraMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT

_ZONE, _COPY, _KDF_TARGET, _INTO_SLOT = 0x03, 0x0C, 0x1C, 0x8
_LATCH_SET = 0x0003
_USES_SECRET = (Opcode.AES, Opcode.MAC, Opcode.HMAC, Opcode.CHECK_MAC, Opcode.GEN_DIG, Opcode.DERIVE_KEY)


def command_notes(
    command: CommandPacket, config: ConfigZone, slots: Mapping[int, bytes] | None = None
) -> tuple[str, ...]:
    """What to know about a command on this chip.

    `slots` are contents that are known.
    """
    return (
        *_one_way(command, config),
        *_limited(command, config),
        *_results(command, config),
        *_empty(command, config, slots or {}),
    )


def _one_way(command: CommandPacket, config: ConfigZone) -> Iterator[str]:
    match command.opcode:
        case Opcode.UPDATE_EXTRA if command.param1 == UpdateExtraMode.COUNT_USE:
            yield f"A use of the key in slot {command.param2 & 0xF} is spent for ever."
        case Opcode.UPDATE_EXTRA:
            yield from _update_extra(command, config)
        case Opcode.COUNTER if command.param1 == CounterMode.INCREMENT:
            yield f"Counter {command.param2} goes up for ever; it never goes down."
            if command.param2 == 0 and any(slot.limited_use for slot in config.slot_configs):
                limited = [str(n) for n, slot in enumerate(config.slot_configs) if slot.limited_use]
                yield f"It is the count of uses of the keys of limited use too: slot {', '.join(limited)}."
        case Opcode.LOCK:
            yield from _lock(command, config)
        case Opcode.INFO if command.param1 == InfoMode.VOLATILE_KEY_PERMIT and command.param2 & 2:
            if command.param2 == _LATCH_SET:
                yield "The persistent latch stays set through sleep, until the supply is switched off."
            else:
                yield "A cleared latch stops the keys with PersistentDisable; setting it again may need a proof."
        case Opcode.GEN_KEY if command.param1 & GenKeyMode.PRIVATE and command.param2 != TEMP_KEY_AS_KEY:
            yield f"The key that is in slot {command.param2 & 0xF} is gone for ever, and each certificate for it."
        case Opcode.PRIV_WRITE:
            yield f"The key that is in slot {command.param2 & 0xF} is gone for ever, and each certificate for it."
        case _:
            return


def _update_extra(command: CommandPacket, config: ConfigZone) -> Iterator[str]:
    add = command.param1 == UpdateExtraMode.USER_EXTRA_ADD
    name, at = ("UserExtraAdd" if config.part.is_608 else "Selector", 85) if add else ("UserExtra", 84)
    now = config.to_bytes()[at]
    if add and not config.part.is_608:
        once = config.to_bytes()[19] & 1
        yield f"{name} (byte 85) is written once." if once else f"{name} (byte 85) can be written again."
    elif now:
        yield f"{name} (byte {at}) is {now:02X} already and keeps that for ever."
    else:
        yield f"{name} (byte {at}) is written once; it keeps its value for ever."
    if add and config.part.is_608 and not config.to_bytes()[19] & 1:
        yield "It has no effect here: bit 0 of ChipMode (byte 19) is 0, so the address stays that of byte 16."
    elif add and config.part.is_608:
        yield f"From the next wake on the chip answers at {command.param2 & 0xFE:02X} (ChipMode bit 0 is 1)."


def _lock(command: CommandPacket, config: ConfigZone) -> Iterator[str]:
    zone = command.param1 & ~LockMode.NO_CRC & _ZONE
    if zone == LockMode.CONFIG:
        yield "The configuration can never be changed again after that."
    elif zone == LockMode.DATA_AND_OTP:
        yield "OTP can never be written again after that, and the policies of the slots come into force."
        never = [
            str(n)
            for n, slot in enumerate(config.slot_configs)
            if not config.key_configs[n].private and slot.write_config not in (0, 1) and not slot.write_config & 4
        ]
        if never:
            yield f"What is not in slot {', '.join(never)} by then never will be (WriteConfig is Never)."
    else:
        yield f"Slot {command.param1 >> 2 & 0xF} keeps what it holds for ever after that."
    if command.param1 & LockMode.NO_CRC:
        yield "No CRC is compared: what is there is locked, right or wrong."


def _limited(command: CommandPacket, config: ConfigZone) -> Iterator[str]:
    if command.opcode not in (*_USES_SECRET, Opcode.SIGN, Opcode.ECDH, Opcode.VERIFY) or command.param2 >= SLOT_COUNT:
        return
    slot = command.param2
    if not config.slot_configs[slot].limited_use:
        return
    limit = count_match_slot(config) if config.part.is_608 else None
    until = "" if limit is None else f", up to the limit in slot {limit}"
    yield f"The key in slot {slot} is of limited use: this spends one{until}."


def _results(command: CommandPacket, config: ConfigZone) -> Iterator[str]:
    match command.opcode:
        case Opcode.ECDH:
            yield f"The shared secret goes {_of_ecdh(command, config)}."
        case Opcode.KDF:
            target = command.param1 & _KDF_TARGET
            places = {
                KdfTarget.TEMP_KEY: "into TempKey", KdfTarget.TEMP_KEY_UPPER: "into the upper half of TempKey",
                KdfTarget.SLOT: f"into slot {command.param2 >> 8 & 0xF}, over what is there",
                KdfTarget.ALTERNATE_KEY_BUFFER: "into the alternate key buffer", KdfTarget.OUTPUT: "out in clear",
                KdfTarget.OUTPUT_ENCRYPTED: "out, encrypted with the IO protection key",
            }  # fmt: skip
            place = next((text for kind, text in places.items() if kind == target), None)
            if place is not None:
                yield f"The derived key goes {place}."
        case Opcode.DERIVE_KEY:
            yield f"The derived key goes into slot {command.param2 & 0xF}, over what is there."
        case Opcode.GEN_DIG:
            what = "the key" if command.param1 == GenDigZone.DATA else "what is hashed"
            yield f"The digest goes into TempKey; {what} itself does not come out."
        case _:
            return


def _of_ecdh(command: CommandPacket, config: ConfigZone) -> str:
    target = command.param1 & _COPY
    from_slot = not command.param1 & EcdhMode.SOURCE_TEMP_KEY
    slot = command.param2 & 0xF
    stays = from_slot and bool(config.slot_configs[slot].read_key & _INTO_SLOT)
    if target == EcdhMode.COPY_COMPATIBLE:
        target = EcdhMode.COPY_SLOT if stays else EcdhMode.COPY_OUTPUT
    if target == EcdhMode.COPY_SLOT:
        return f"into slot {slot | 1}, over what is there"
    if target == EcdhMode.COPY_TEMP_KEY:
        return "into TempKey"
    return "out, encrypted" if command.param1 & EcdhMode.OUTPUT_ENCRYPTED else "out in clear"


def _empty(command: CommandPacket, config: ConfigZone, slots: Mapping[int, bytes]) -> Iterator[str]:
    del config
    slot = command.param2
    if command.opcode not in _USES_SECRET or slot >= SLOT_COUNT:
        return
    if command.opcode == Opcode.GEN_DIG and command.param1 != GenDigZone.DATA:
        return
    contents = slots.get(slot)
    if contents is not None and not contents[:32].strip(b"\xff"):
        yield f"Slot {slot} was never written (all FF): the key is one that anybody knows."
    elif contents is None:
        yield f"Whether slot {slot} was ever written is not known; a chip computes with FF where nothing is."
