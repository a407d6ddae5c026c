"""Reading and writing any bytes of any data slot.

Both go as the slot's policy allows, in clear or encrypted. Old bytes are saved before a write.
"""

from collections.abc import Callable

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_bytes import bytes_text, lock_byte, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.zones import BLOCK, Zone, slot_size
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.chip.session.encrypted_access import SlotKey, read_encrypted, write_encrypted
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.verified_writes import SAVED_HINT, check_read_back


def read_slot_bytes(
    session: ChipSession, config: ConfigZone, slot: int, offset: int, length: int, key: SlotKey | None
) -> bytes:
    """Read bytes of a slot, in clear or encrypted.

    `key` is that of its ReadKey where it is read encrypted.

    Raises:
        InputError: `no-such-bytes`, `read-key-needed`.
        RefusedError: `slot-not-readable` with the reason.
    """
    _check_range(slot, offset, length)
    policy = slot_policy(config, slot)
    if not config.data_locked:
        raise _not_readable(slot, "the data zone is not locked yet")
    match policy.read:
        case Access.CLEAR:
            return session.read_slot(slot, offset, length)
        case Access.ENCRYPTED:
            if key is None or key.slot != policy.read_key:
                raise InputError(
                    "read-key-needed",
                    f"Slot {slot} is read encrypted with the key in slot {policy.read_key}, and that is not known.",
                    "Give the escrow file that has it with --keys.",
                )
            first = offset // BLOCK * BLOCK
            blocks = b"".join(read_encrypted(session, slot, at, key) for at in range(first, offset + length, BLOCK))
            return blocks[offset - first : offset - first + length]
        case _:
            raise _not_readable(slot, "its SlotConfig or KeyConfig forbids it")


def write_slot_bytes(
    session: ChipSession,
    config: ConfigZone,
    slot: int,
    offset: int,
    data: bytes,
    key: SlotKey | None,
    save: Callable[[bytes], None],
) -> None:
    """Write bytes of a slot in whole blocks.

    `key` is that of its WriteKey where it is written encrypted. What is around the bytes stays. `save` gets the old
    bytes of the slot, if they can be read, and must have them safe when it returns.

    Raises:
        InputError: `no-such-bytes`, `write-key-needed`, `whole-blocks-needed` when what is around cannot be read.
        RefusedError: `slot-not-writable`, `read-back-differs`.
    """
    _check_range(slot, offset, len(data))
    access = _write_access(config, slot)
    if access is Access.ENCRYPTED and (key is None or key.slot != slot_policy(config, slot).write_key):
        raise InputError(
            "write-key-needed",
            f"Slot {slot} is written encrypted with the key in slot {slot_policy(config, slot).write_key}, "
            "and that is not known.",
            "Give the escrow file that has it with --keys.",
        )
    policy = slot_policy(config, slot)
    readable = config.data_locked and (
        policy.read is Access.CLEAR
        or (policy.read is Access.ENCRYPTED and key is not None and key.slot == policy.read_key)
    )
    first, last = offset // BLOCK * BLOCK, offset + len(data)
    end = min(-(-last // BLOCK) * BLOCK, slot_size(slot))
    if readable:
        old = read_slot_bytes(session, config, slot, 0, slot_size(slot), key)
        save(old)
        image = old[first:offset] + data + old[last:end]
    elif (first, end) == (offset, last):
        image = data
    else:
        raise InputError(
            "whole-blocks-needed",
            f"What slot {slot} holds around these bytes cannot be read now, so only whole blocks of {BLOCK} bytes can "
            "be written.",
            f"Begin at a multiple of {BLOCK}, and end at one or at the end of the slot ({slot_size(slot)}).",
        )
    for start in range(0, len(image), BLOCK):
        block = image[start : start + BLOCK].ljust(BLOCK, b"\0")
        if access is Access.ENCRYPTED and key is not None:
            write_encrypted(session, slot, first + start, block, key)
        else:
            secret = config.slot_configs[slot].is_secret
            session.execute(commands.write(Zone.DATA, slot, first + start, block, secret=secret))
    if readable:
        check_read_back(slot, read_slot_bytes(session, config, slot, offset, len(data), key), data, SAVED_HINT)


def _write_access(config: ConfigZone, slot: int) -> Access:
    policy, key_config = slot_policy(config, slot), config.key_configs[slot]
    why: str | None = None
    if not config.config_locked:
        why = "the configuration zone is not locked yet"
    elif key_config.private:
        why = "it is for a private key, which only GenKey and PrivWrite put there"
    elif policy.locked:
        why = f"it was locked on its own (byte {lock_byte(slot)})"
    elif config.data_locked and policy.write is Access.NEVER:
        why = f"its WriteConfig ({bytes_text(slot_config_bytes(slot))}) says never"
    if why is not None:
        raise RefusedError(
            "slot-not-writable", f"Slot {slot} cannot be written: {why}.", "Nothing was written. Choose another slot."
        )
    return policy.write if config.data_locked else Access.CLEAR


def _check_range(slot: int, offset: int, length: int) -> None:
    if offset < 0 or length < 1 or offset + length > slot_size(slot):
        raise InputError(
            "no-such-bytes",
            f"Slot {slot} has {slot_size(slot)} bytes; {length} from {offset} are not among them.",
            "Give bytes within the slot.",
        )


def _not_readable(slot: int, why: str) -> RefusedError:
    return RefusedError(
        "slot-not-readable",
        f"Slot {slot} cannot be read: {why}.",
        "Look at the slots with `atecc-bench config decode`.",
    )
