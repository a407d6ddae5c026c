"""Capabilities of each slot as a matrix.

Every cell has a short word, a sentence and the bytes that decide it.
"""

from dataclasses import dataclass
from enum import Enum

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, Holds, SlotPolicy, slot_policy
from atecc_bench.chip.protocol.zones import SLOT_COUNT

_SLOT_LOCKED = (88, 89)


class Ability(Enum):
    """The columns."""

    HOLDS = "Holds"
    SIGN = "Sign"
    INTERNAL = "Int"
    ECDH = "ECDH"
    READ = "Read"
    WRITE = "Write"
    GENERATE = "Gen"
    LOCK = "Lock"
    AUTHORISED = "Auth"


@dataclass(frozen=True)
class SlotCell:
    """One cell of the slot matrix.

    `text` is a word or empty, `allowed` whether the slot can do it, `bytes` are inclusive ranges.
    """

    ability: Ability
    text: str
    allowed: bool
    sentence: str
    bytes: tuple[tuple[int, int], ...]


_WORDS = {Access.CLEAR: "clear", Access.ENCRYPTED: "enc", Access.NEVER: "", Access.INVALIDATED: "inval"}


def slot_matrix(config: ConfigZone) -> tuple[tuple[SlotCell, ...], ...]:
    """Sixteen rows of cells, in the order of `Ability`."""
    return tuple(_row(slot_policy(config, slot), config) for slot in range(SLOT_COUNT))


def _row(policy: SlotPolicy, config: ConfigZone) -> tuple[SlotCell, ...]:
    slot = policy.slot
    in_slot_config, in_key_config = slot_config_bytes(slot), key_config_bytes(slot)

    def cell(ability: Ability, text: str, sentence: str, *where: tuple[int, int]) -> SlotCell:
        return SlotCell(ability, text, bool(text), sentence, where)

    private = policy.holds is Holds.ECC_PRIVATE
    uses = (
        (Ability.SIGN, policy.signs_external, 0, "signs digests from outside"),
        (Ability.INTERNAL, policy.signs_internal, 1, "signs messages made inside the chip"),
        (Ability.ECDH, policy.ecdh, 2, "does ECDH"),
    )
    return (
        cell(
            Ability.HOLDS, policy.holds.value,
            f"KeyConfig and IsSecret make slot {slot} one for: {policy.holds.value}, {policy.size} bytes.",
            in_key_config, in_slot_config,
        ),
        *(
            cell(
                ability, "yes" if allowed else "",
                f"ReadKey bit {bit} of slot {slot} is {int(allowed)}: its key {'' if allowed else 'never '}{what}."
                if private else f"Slot {slot} holds no private key, so nothing {what} with it.",
                in_slot_config, *(() if private else (in_key_config,)),
            )
            for ability, allowed, bit, what in uses
        ),
        cell(Ability.READ, _WORDS[policy.read], _reading(policy, private=private), in_slot_config),
        cell(Ability.WRITE, _WORDS[policy.write], _writing(policy), in_slot_config, *_locks(policy)),
        cell(
            Ability.GENERATE, "yes" if policy.can_generate else "",
            f"WriteConfig bit 1 of slot {slot} is 1: GenKey makes a new key even after the data lock."
            if policy.can_generate
            else f"GenKey makes no key in slot {slot} once the data zone is locked.",
            in_slot_config, *(() if private else (in_key_config,)), *_locks(policy),
        ),
        cell(
            Ability.LOCK, "locked" if policy.locked else ("yes" if policy.lockable else ""), _locking(policy, config),
            in_key_config, _SLOT_LOCKED,
        ),
        cell(
            Ability.AUTHORISED, "" if policy.authorized_by is None else str(policy.authorized_by),
            f"Slot {slot} needs no authorisation (ReqAuth is 0)." if policy.authorized_by is None
            else f"Every use of slot {slot} needs CheckMac with the key in slot {policy.authorized_by} first.",
            in_key_config,
        ),
    )  # fmt: skip


def _locks(policy: SlotPolicy) -> tuple[tuple[int, int], ...]:
    return (_SLOT_LOCKED,) if policy.locked else ()


def _reading(policy: SlotPolicy, *, private: bool) -> str:
    if private:
        return f"The private key in slot {policy.slot} never leaves the chip."
    if policy.holds is Holds.NOTHING:
        return f"Nobody reads slot {policy.slot}: KeyConfig makes it private, and of no kind that there is."
    match policy.read:
        case Access.CLEAR:
            return f"Anybody reads slot {policy.slot} once the data zone is locked (IsSecret is 0)."
        case Access.ENCRYPTED:
            return f"Slot {policy.slot} is read encrypted, with the key in slot {policy.read_key} (ReadKey)."
        case _:
            return f"Nobody reads slot {policy.slot}: IsSecret and EncryptRead differ."


def _writing(policy: SlotPolicy) -> str:
    slot = policy.slot
    if policy.locked:
        return f"Slot {slot} was locked on its own: nothing is written any more."
    if policy.holds is Holds.NOTHING:
        return f"Nothing is written to slot {slot}: KeyConfig makes it private, and of no kind that there is."
    match policy.write:
        case Access.CLEAR:
            return f"Anybody writes slot {slot} at any time (WriteConfig is Always)."
        case Access.INVALIDATED:
            return f"Slot {slot} is written in clear once its public key was invalidated (WriteConfig is PubInvalid)."
        case Access.ENCRYPTED:
            what = "A private key is imported into" if policy.can_priv_write else "Data is written to"
            return f"{what} slot {slot} encrypted, with the key in slot {policy.write_key} (WriteKey)."
        case _:
            return f"Nothing is written to slot {slot} once the data zone is locked (WriteConfig is Never)."


def _locking(policy: SlotPolicy, config: ConfigZone) -> str:
    if policy.locked and not config.config_locked:
        return f"The configuration lock would lock slot {policy.slot} for ever, with what it holds then (SlotLocked)."
    if policy.locked:
        return f"Slot {policy.slot} was locked on its own, for ever."
    if policy.lockable:
        when = "" if config.data_locked else " once the data zone is locked"
        return f"Slot {policy.slot} can be locked on its own{when} (Lockable is 1)."
    return f"Slot {policy.slot} can never be locked on its own (Lockable is 0)."
