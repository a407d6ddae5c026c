"""Purposes of slots that the chip itself refuses.

Or that have to be met before a lock.

What `slot_policy` grants and a rule of the chip takes back is named here.
"""

from collections.abc import Iterator

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.device_options import ChipOptions, OutputProtection
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, Holds, SlotPolicy
from atecc_bench.diagnose.config.finding import Finding, Severity
from atecc_bench.twin.rules.refusal_reasons import CHIP_OPTIONS

_FIRST_PUBLIC_KEY_SLOT = 8
_INTO_SLOT = 0x8  # ReadKey of a private key
_DERIVE_ALLOWED, _DERIVE_FROM_PARENT = 0x2, 0x1  # WriteConfig
_KEYS_OF_CURVES = (Holds.ECC_PRIVATE, Holds.ECC_PUBLIC, Holds.NOTHING)


def purposes(config: ConfigZone, policies: tuple[SlotPolicy, ...]) -> Iterator[Finding]:
    """Yield what a slot is meant for and cannot do."""
    for policy in policies:
        yield from _private_of_another_kind(config, policy)
        yield from _public_key_too_long(policy)
        yield from _ecdh_results(config, policy, policies)
        yield from _derived_keys(config, policy, policies)
        yield from _open_aes_key(policy)
        yield from _keys_to_be_filled(config, policy, policies)


def _private_of_another_kind(config: ConfigZone, policy: SlotPolicy) -> Iterator[Finding]:
    if policy.holds is Holds.NOTHING:
        yield Finding(
            "private-slot-unusable", Severity.DANGER,
            f"Slot {policy.slot} can hold nothing: Private is 1 and KeyType is "
            f"{config.key_configs[policy.slot].key_type}, so GenKey and PrivWrite refuse it, and so do reading and "
            "writing.",
            (key_config_bytes(policy.slot),), "Set KeyType 4 (P-256), or Private 0.",
        )  # fmt: skip


def _public_key_too_long(policy: SlotPolicy) -> Iterator[Finding]:
    if policy.holds is Holds.ECC_PUBLIC and policy.slot < _FIRST_PUBLIC_KEY_SLOT:
        yield Finding(
            "public-key-too-long", Severity.WARNING,
            f"Slot {policy.slot} is for a public key and has 36 bytes: Verify takes none from slots 0 to 7.",
            (key_config_bytes(policy.slot),), "Keep public keys in slots 8 to 15.",
        )  # fmt: skip


def _ecdh_results(config: ConfigZone, policy: SlotPolicy, policies: tuple[SlotPolicy, ...]) -> Iterator[Finding]:
    if not policy.ecdh:
        return
    slot = policy.slot
    where = (slot_config_bytes(slot), key_config_bytes(slot | 1))
    if config.slot_configs[slot].read_key & _INTO_SLOT:
        beside = policies[slot | 1]
        why = ""
        if slot & 1:
            why = f"slot {slot} is odd, and the secret of a private key goes into the slot above an even one"
        elif config.key_configs[beside.slot].private:
            why = f"the secret would go into slot {beside.slot}, which is for a private key"
        elif beside.locked:
            why = f"the secret would go into slot {beside.slot}, which was locked"
        if why:
            yield Finding(
                "ecdh-no-result-slot", Severity.DANGER, f"ECDH with slot {slot} puts its secret nowhere: {why}.", where,
                "Set ReadKey bit 3 of the private key to 0, or make the slot beside it one for secrets.",
            )  # fmt: skip
    elif config.part.is_608 and ChipOptions.of(config).ecdh_protection not in (
        OutputProtection.CLEAR, OutputProtection.ENCRYPTED,
    ):  # fmt: skip
        yield Finding(
            "ecdh-output-forbidden", Severity.NOTE,
            f"The secret of ECDH with slot {slot} never leaves the chip: ChipOptions keeps it in TempKey.",
            (*CHIP_OPTIONS, slot_config_bytes(slot)), "Use it from TempKey, or choose another protection.",
        )  # fmt: skip


def _derived_keys(config: ConfigZone, policy: SlotPolicy, policies: tuple[SlotPolicy, ...]) -> Iterator[Finding]:
    slot_config = config.slot_configs[policy.slot]
    if policy.holds in _KEYS_OF_CURVES or not slot_config.write_config & _DERIVE_ALLOWED:
        return
    if not slot_config.write_config & _DERIVE_FROM_PARENT:
        return
    parent = policies[slot_config.write_key]
    if parent.holds in _KEYS_OF_CURVES:
        yield Finding(
            "derive-parent-unusable", Severity.WARNING,
            f"DeriveKey never makes a key in slot {policy.slot}: its parent, slot {parent.slot}, holds an "
            f"{parent.holds.value}.",
            (slot_config_bytes(policy.slot), key_config_bytes(parent.slot)), "Name a slot for secrets as WriteKey.",
        )  # fmt: skip


def _open_aes_key(policy: SlotPolicy) -> Iterator[Finding]:
    if policy.holds is Holds.AES_KEY and policy.write is Access.CLEAR:
        yield Finding(
            "aes-key-open", Severity.WARNING,
            f"Anybody can replace the AES key in slot {policy.slot}: it is written in clear.",
            (slot_config_bytes(policy.slot),), "Give it a WriteConfig other than Always, or lock the slot.",
        )  # fmt: skip


def _keys_to_be_filled(config: ConfigZone, policy: SlotPolicy, policies: tuple[SlotPolicy, ...]) -> Iterator[Finding]:
    """A key that opens others and never changes after the data lock.

    It has to be there before.
    """
    if policy.write is not Access.NEVER or policy.holds in _KEYS_OF_CURVES or config.data_locked:
        return
    uses = [
        *(
            f"the read key of slot {p.slot}"
            for p in policies
            if p.read is Access.ENCRYPTED and p.read_key == policy.slot
        ),
        *(
            f"the write key of slot {p.slot}"
            for p in policies
            if p.write is Access.ENCRYPTED and p.write_key == policy.slot and p.slot != policy.slot
        ),
        *(
            f"the parent of slot {p.slot}"
            for p in policies
            if p.holds not in _KEYS_OF_CURVES
            and config.slot_configs[p.slot].write_config & 0x3 == _DERIVE_ALLOWED | _DERIVE_FROM_PARENT
            and config.slot_configs[p.slot].write_key == policy.slot
            and p.slot != policy.slot
        ),
    ]
    if uses:
        yield Finding(
            "key-to-be-filled", Severity.WARNING,
            f"Slot {policy.slot} has to be filled before the data lock: it is {' and '.join(uses)}, and never written "
            "after it.",
            (slot_config_bytes(policy.slot),), f"Write slot {policy.slot} before the data zone is locked.",
        )  # fmt: skip
