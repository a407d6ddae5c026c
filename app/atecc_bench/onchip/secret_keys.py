"""Symmetric and IO protection keys of one chip.

They are made for one chip, written in an order in which each can be, and proved.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.config.slot_policy import Access, SlotPolicy, slot_policy
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.chip.session.encrypted_access import KEY_LENGTH, SlotKey, holds_key, write_encrypted, write_key
from atecc_bench.errors import InputError, RefusedError

SHORTEST_MASTER_KEY = 16

MakeKey = Callable[[int], bytes]
"""Gives the key of a slot, 32 bytes."""


@dataclass(frozen=True)
class KeyWrite:
    """One key to be written to a slot.

    It goes in clear, or encrypted with the key in slot `write_key`.
    """

    slot: int
    write_key: int | None


def random_key(slot: int) -> bytes:
    """Make a random key from this computer's own random numbers.

    Each slot gets another one.
    """
    del slot
    return secrets.token_bytes(KEY_LENGTH)


def derived_keys(master_key: bytes, serial_number: bytes) -> MakeKey:
    """Derive the keys of one chip from a master key.

    This is HKDF-SHA256 (RFC 5869) over the chip's serial number and the slot.

    Raises:
        InputError: `master-key-too-short`.
    """
    if len(master_key) < SHORTEST_MASTER_KEY:
        raise InputError(
            "master-key-too-short",
            f"The master key has {len(master_key)} bytes; at least {SHORTEST_MASTER_KEY} are needed.",
            "Make one with: openssl rand -out master.bin 32",
        )

    def derive(slot: int) -> bytes:
        information = b"ATECC Bench slot key" + serial_number + bytes((slot,))
        return HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=information).derive(master_key)

    return derive


def plan_key_writes(config: ConfigZone, slots: Iterable[int], known_keys: Iterable[int]) -> tuple[KeyWrite, ...]:
    """Plan the order and the manner in which keys are written.

    `known_keys` are slots whose key is known already. Before the data lock everything is written in clear. After it a
    slot whose SlotConfig wants an encrypted Write comes after the one that has its write key.

    Raises:
        InputError: `write-key-needed` when it is neither known nor among the slots.
        RefusedError: `config-zone-open`, `slot-takes-no-key` with the reason.
    """
    if not config.config_locked:
        raise RefusedError(
            "config-zone-open",
            "The configuration zone is not locked yet, and before that no slot can be written.",
            "Lock the configuration first; provisioning does.",
        )
    wanted = sorted(set(slots))
    policies = {slot: slot_policy(config, slot) for slot in wanted}
    for policy in policies.values():
        _check_takes_key(config, policy)
    if not config.data_locked:
        return tuple(KeyWrite(slot, None) for slot in wanted)
    left = {slot: policies[slot].write_key if policies[slot].write is Access.ENCRYPTED else None for slot in wanted}
    available = set(known_keys)
    order: list[KeyWrite] = []
    while left:
        ready = [
            slot for slot, key in left.items() if key is None or (key in available and (key == slot or key not in left))
        ]
        if not ready:
            missing = sorted({key for key in left.values() if key is not None and key not in available})
            raise _write_key_needed(sorted(left), missing or sorted(left))
        for slot in ready:
            order.append(KeyWrite(slot, left.pop(slot)))
            available.add(slot)
    return tuple(order)


def write_keys(
    session: ChipSession, writes: Iterable[KeyWrite], keys: Mapping[int, bytes], known_keys: Mapping[int, bytes]
) -> None:
    """Write the keys in the order of `plan_key_writes`.

    Have them in escrow before.
    """
    present = dict(known_keys)
    for write in writes:
        value = keys[write.slot]
        if write.write_key is None:
            write_key(session, write.slot, value)
        else:
            write_encrypted(session, write.slot, 0, value, SlotKey(write.write_key, present[write.write_key]))
        present[write.slot] = value


def check_keys(session: ChipSession, keys: Mapping[int, bytes]) -> None:
    """Let CheckMac prove each key.

    It is asked about a wrong key too, which it has to deny: whoever says yes to everything is found out.

    Raises:
        RefusedError: `config-zone-open` before the configuration lock, when CheckMac does not work yet; `key-differs`.

    """
    if not session.zones_locked()[0]:
        raise RefusedError(
            "config-zone-open",
            "The configuration zone is not locked yet, and before that CheckMac proves no key.",
            "Lock the configuration first; provisioning does.",
        )
    for slot in keys:
        if holds_key(session, SlotKey(slot, secrets.token_bytes(KEY_LENGTH))):
            raise RefusedError(
                "check-mac-not-genuine",
                f"CheckMac agreed to a random key in slot {slot}: its answers prove nothing.",
                "Something between this computer and the chip makes answers up. Do not use this chip.",
            )
    wrong = [slot for slot, value in sorted(keys.items()) if not holds_key(session, SlotKey(slot, value))]
    if wrong:
        raise RefusedError(
            "key-differs",
            f"The chip holds another key in slot {', '.join(map(str, wrong))} than this one.",
            "Use the escrow file that was written last for this chip, or write the key again.",
        )


def _check_takes_key(config: ConfigZone, policy: SlotPolicy) -> None:
    key_config, slot_config = config.key_configs[policy.slot], config.slot_configs[policy.slot]
    why: str | None = None
    if key_config.private or key_config.key_type == KEY_TYPE_P256:
        why = "its KeyConfig makes it one for keys of a curve"
    elif not slot_config.is_secret:
        why = "its SlotConfig lets anybody read it (IsSecret is 0)"
    elif policy.locked:
        why = "it was locked on its own"
    elif config.data_locked and policy.write not in (Access.CLEAR, Access.ENCRYPTED):
        why = "its WriteConfig allows no writing after the data lock"
    if why is not None:
        raise RefusedError(
            "slot-takes-no-key",
            f"No secret key goes into slot {policy.slot}: {why}.",
            "Look at the slots with `atecc-bench config decode`. Nothing was changed.",
        )


def _write_key_needed(slots: list[int], missing: list[int]) -> InputError:
    return InputError(
        "write-key-needed",
        f"Slot {', '.join(map(str, slots))} is written encrypted, and the key in slot "
        f"{', '.join(map(str, missing))} that this takes is not known.",
        "Give the escrow file that has it with --keys, or set that key too.",
    )
