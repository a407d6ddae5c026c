"""Dangers and mistakes of a configuration.

What is wrong, dangerous or surprising about it, said before it is too late.
"""

from collections.abc import Iterable, Iterator

from atecc_bench.chip.config.config_zone import KEY_TYPE_AES, KEY_TYPE_OTHER, KEY_TYPE_P256, UNLOCKED, ConfigZone
from atecc_bench.chip.config.device_options import ChipOptions, SecureBootKind, SecureBootOptions
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, Holds, SlotPolicy, slot_policy
from atecc_bench.chip.protocol.timing import ClockDivider
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.diagnose.config.finding import Finding, Severity
from atecc_bench.diagnose.config.lint_purposes import purposes
from atecc_bench.diagnose.config.lock_effects import open_keys
from atecc_bench.twin.rules.refusal_reasons import (
    AES_ENABLE,
    CHIP_MODE,
    CHIP_OPTIONS,
    SECURE_BOOT,
    SLOT_LOCKED,
)

SLOTS_LOCKED_TOO_SOON = "slots-locked-too-soon"
_FACTORY_ADDRESSES = (0xC0, 0x6C, 0x6A, 0x70)
_CERTIFICATE_SLOTS = (10, 12)  # of every layout that CryptoAuthLib's templates and the Trust Platform know
_FIRST_PUBLIC_KEY_SLOT = 8
_KEY_TYPES = (KEY_TYPE_P256, KEY_TYPE_AES, KEY_TYPE_OTHER)


def lint(config: ConfigZone) -> tuple[Finding, ...]:
    """All findings, the gravest first."""
    policies = tuple(slot_policy(config, slot) for slot in range(SLOT_COUNT))
    rules = (_locks, _slots_locked_too_soon, _aes, _address, _slots_that_freeze, _open_secrets, _open_keys,
             _keys_of_access, _authorization, _certificates, _private_keys, _kinds, _secure_boot, _io_protection,
             _mode, purposes)  # fmt: skip
    found = (finding for rule in rules for finding in rule(config, policies))
    return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))


_Policies = tuple[SlotPolicy, ...]


def _locks(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    for name, byte, position in (("LockValue", config.lock_value, 86), ("LockConfig", config.lock_config, 87)):
        if byte not in (0x00, UNLOCKED):
            yield Finding(
                "lock-byte", Severity.WARNING, f"{name} is {byte:02X}; a chip has 00 or 55 there. It counts as locked.",
                ((position, position),), "Check the dump: this byte was probably damaged.",
            )  # fmt: skip
    if config.config_locked and not config.data_locked:
        yield Finding(
            "data-zone-open", Severity.WARNING,
            "The data zone is not locked: no slot can be read, and anybody can write any slot that is not locked.",
            ((86, 86),), "Lock the data zone once everything is in its place.",
        )  # fmt: skip


def _slots_locked_too_soon(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    slots = config.locked_slots
    if not slots or (config.config_locked and config.data_locked):  # then Lock may have locked them one by one
        return
    many, value = len(slots) > 1, config.to_bytes()[88:90].hex(" ").upper()
    them = f"slot{'s' if many else ''} {_listed(slots)}"
    if config.config_locked:
        yield Finding(
            SLOTS_LOCKED_TOO_SOON, Severity.WARNING,
            f"{them[0].upper()}{them[1:]} {'were' if many else 'was'} locked together with the configuration: bytes "
            f"88–89 (SlotLocked) are {value}, and Lock locks no slot before the data lock.", SLOT_LOCKED,
            "What is in them stays for ever; use other slots.",
        )  # fmt: skip
    else:
        yield Finding(
            SLOTS_LOCKED_TOO_SOON, Severity.DANGER,
            f"The configuration lock would lock {them} for ever, before anything is in them: bytes 88–89 (SlotLocked) "
            f"are {value}.", SLOT_LOCKED, "Write FF FF there, and lock slots on their own once they are filled.",
        )  # fmt: skip


def _aes(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    if not config.part.is_608 or config.aes_enable & 1:
        return
    slots = [slot for slot, key in enumerate(config.key_configs) if key.key_type == KEY_TYPE_AES]
    wanted = f" Slots {_listed(slots)} are meant for AES keys." if slots else ""
    yield Finding(
        "aes-disabled", Severity.DANGER if slots else Severity.NOTE,
        f"AES commands will fail: AES_Enable is 0, and Microchip alone sets it.{wanted}", AES_ENABLE,
        "Use a part with AES enabled, or no AES.",
    )  # fmt: skip


def _address(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    if not config.to_bytes()[14] & 1:  # a part with a single wire has no address
        return
    address = config.effective_i2c_address()
    if address in _FACTORY_ADDRESSES and address == config.i2c_address & 0xFE:
        return
    source = ((85, 85), *CHIP_MODE) if address != config.i2c_address & 0xFE else ((16, 16),)
    when = "The chip answers at" if config.config_locked else "The I2C address moves after the next wake: then it is"
    yield Finding(
        "i2c-address-moves", Severity.WARNING, f"{when} {address:02X} (7-bit {address >> 1:#04x}), no factory address.",
        source, f"Tell the firmware the address {address:02X}." if config.config_locked
        else "Tell the firmware the new address, or keep C0.",
    )  # fmt: skip


def _slots_that_freeze(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    frozen = [p.slot for p in policies if p.write is Access.NEVER and p.holds is not Holds.ECC_PRIVATE and not p.locked]
    if not frozen:
        return
    many = len(frozen) > 1
    slots = f"Slot{'s' if many else ''} {_listed(frozen)}"
    where = tuple(slot_config_bytes(slot) for slot in frozen)
    if config.data_locked:
        sentence, severity = f"{slots} can never be written again.", Severity.NOTE
    else:
        sentence = f"{slots} can never be written again after the data lock: what is not in there then never will be."
        severity = Severity.WARNING
    yield Finding("slot-never-writable", severity, sentence, where, "Fill what is needed before the data lock.")


def _open_secrets(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    for slot, users in sorted(_used_as_key(config, policies).items()):
        policy = policies[slot]
        if policy.holds in (Holds.ECC_PRIVATE, Holds.ECC_PUBLIC):
            continue
        if policy.read is Access.CLEAR:
            yield Finding(
                "secret-readable", Severity.DANGER,
                f"Anybody can read secret slot {slot} in clear, and it is the key for {_uses(users)}.",
                (slot_config_bytes(slot),), f"Set IsSecret of slot {slot}.",
            )  # fmt: skip
    for policy in policies:
        if policy.holds is Holds.AES_KEY and policy.read is Access.CLEAR:
            yield Finding(
                "secret-readable", Severity.DANGER, f"Anybody can read the AES key in slot {policy.slot} in clear.",
                (slot_config_bytes(policy.slot),), f"Set IsSecret of slot {policy.slot}.",
            )  # fmt: skip


def _used_as_key(config: ConfigZone, policies: _Policies) -> dict[int, list[str]]:
    users: dict[int, list[str]] = {}
    for policy in policies:
        if policy.read is Access.ENCRYPTED and policy.read_key is not None:
            users.setdefault(policy.read_key, []).append(f"reading slot {policy.slot}")
        if policy.write is Access.ENCRYPTED and policy.write_key is not None:
            users.setdefault(policy.write_key, []).append(f"writing slot {policy.slot}")
        if policy.authorized_by is not None:
            users.setdefault(policy.authorized_by, []).append(f"authorising slot {policy.slot}")
    if config.part.is_608 and (options := ChipOptions.of(config)).io_protection:
        users.setdefault(options.io_protection_slot, []).append("IO protection")
    return users


def _open_keys(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    for slot, sentence in open_keys(config):
        yield Finding(
            "open-key", Severity.DANGER, sentence, (slot_config_bytes(slot),),
            f"Fill slot {slot} and lock it on its own." if config.key_configs[slot].lockable
            else f"Give slot {slot} a WriteConfig other than Always.",
        )  # fmt: skip


def _keys_of_access(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    for policy in policies:
        for access, key, what in (
            (policy.read, policy.read_key, "read"), (policy.write, policy.write_key, "write"),
        ):  # fmt: skip
            if access is not Access.ENCRYPTED or key is None:
                continue
            if key == policy.slot:
                yield Finding(
                    f"{what}-key-is-itself", Severity.WARNING,
                    f"The {what} key of slot {policy.slot} is slot {policy.slot} itself: "
                    "whoever knows what is in it can " + ("read it." if what == "read" else "write it, nobody else."),
                    (slot_config_bytes(policy.slot),), "Name another slot, unless the key is meant to be rolled.",
                )  # fmt: skip
            elif policies[key].holds in (Holds.ECC_PRIVATE, Holds.ECC_PUBLIC):
                yield Finding(
                    f"{what}-key-unusable", Severity.DANGER,
                    f"Slot {policy.slot} can never be {'read' if what == 'read' else 'written'}: its {what} key is "
                    f"slot {key}, and that holds an {policies[key].holds.value}.",
                    (slot_config_bytes(policy.slot), key_config_bytes(key)), "Name a slot for secrets.",
                )  # fmt: skip


def _authorization(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del config
    for policy in policies:
        key = policy.authorized_by
        if key is not None and policies[key].holds in (Holds.ECC_PRIVATE, Holds.ECC_PUBLIC):
            yield Finding(
                "auth-key-unusable", Severity.DANGER,
                f"Slot {policy.slot} can never be used: CheckMac cannot prove slot {key}, which holds an "
                f"{policies[key].holds.value}.",
                (key_config_bytes(policy.slot), key_config_bytes(key)), "Name a slot for secrets as AuthKey.",
            )  # fmt: skip


def _certificates(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del config
    frozen = [s for s in _CERTIFICATE_SLOTS if policies[s].write is Access.NEVER and policies[s].holds is Holds.DATA]
    if frozen:
        yield Finding(
            "certificates-frozen", Severity.WARNING,
            f"Certificates can't be renewed: slot{'s' if len(frozen) > 1 else ''} {_listed(frozen)}, where they are "
            "usually kept, never change after the data lock.",
            tuple(slot_config_bytes(slot) for slot in frozen),
            "Choose WriteConfig Always, and lock the slots on their own when they are to stay.",
        )  # fmt: skip


def _private_keys(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    for policy in policies:
        if policy.holds is not Holds.ECC_PRIVATE:
            continue
        slot = policy.slot
        if not (policy.signs_external or policy.signs_internal or policy.ecdh):
            yield Finding(
                "private-key-useless", Severity.WARNING,
                f"The private key in slot {slot} may do nothing: ReadKey is 0.", (slot_config_bytes(slot),),
                "Allow signing or ECDH in ReadKey.",
            )  # fmt: skip
        if not config.key_configs[slot].pub_info:
            yield Finding(
                "public-key-lost", Severity.NOTE,
                f"PubInfo of slot {slot} is 0: its public key is answered once, when the key is made.",
                (key_config_bytes(slot),), "Keep the answer of GenKey, or set PubInfo.",
            )  # fmt: skip
        if not (policy.can_generate or policy.can_priv_write or policy.locked or config.data_locked):
            yield Finding(
                "private-key-once", Severity.WARNING,
                f"The key in slot {slot} must be made before the data lock: after it neither GenKey nor PrivWrite is "
                "allowed.",
                (slot_config_bytes(slot),), f"Run GenKey for slot {slot} between the two locks.",
            )  # fmt: skip


def _kinds(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    for slot, key in enumerate(config.key_configs):
        reserved = key.key_type not in _KEY_TYPES or (key.key_type == KEY_TYPE_AES and not config.part.is_608)
        if reserved:
            yield Finding(
                "key-type-reserved", Severity.WARNING,
                f"KeyType {key.key_type} of slot {slot} means nothing to the {config.part.value}.",
                (key_config_bytes(slot),), "Use 4 (P-256), 6 (AES, ATECC608) or 7 (other).",
            )  # fmt: skip
        if key.private and not config.slot_configs[slot].is_secret:
            yield Finding(
                "private-not-secret", Severity.WARNING,
                f"Slot {slot} is for a private key, and IsSecret is 0; the datasheet asks for 1.",
                (slot_config_bytes(slot),), f"Set IsSecret of slot {slot}.",
            )  # fmt: skip


def _secure_boot(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    if not config.part.is_608:
        return
    boot = SecureBootOptions.of(config)
    if boot.kind is SecureBootKind.DISABLED:
        return
    slot = boot.public_key_slot
    if slot < _FIRST_PUBLIC_KEY_SLOT or policies[slot].holds is not Holds.ECC_PUBLIC:
        yield Finding(
            "secure-boot-key", Severity.DANGER,
            f"SecureBoot will fail: its public key should be in slot {slot}, and that is for: "
            f"{policies[slot].holds.value}.",
            (*SECURE_BOOT, key_config_bytes(slot)), "Name a slot from 8 to 15 with KeyType 4 and Private 0.",
        )  # fmt: skip
    elif policies[slot].write is Access.CLEAR:
        yield Finding(
            "secure-boot-open", Severity.DANGER,
            f"Whoever writes slot {slot} decides which firmware SecureBoot accepts: it is written in clear.",
            (*SECURE_BOOT, slot_config_bytes(slot)), f"Lock slot {slot} on its own, or forbid writing it.",
        )  # fmt: skip


def _io_protection(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    if not config.part.is_608:
        return
    options = ChipOptions.of(config)
    slot = options.io_protection_slot
    if options.io_protection and policies[slot].holds in (Holds.ECC_PRIVATE, Holds.ECC_PUBLIC):
        yield Finding(
            "io-protection-key", Severity.DANGER,
            f"The IO protection key is slot {slot}, which holds an {policies[slot].holds.value}: nothing that needs it "
            "will work.",
            (*CHIP_OPTIONS, key_config_bytes(slot)), "Name a slot for secrets.",
        )  # fmt: skip


def _mode(config: ConfigZone, policies: _Policies) -> Iterator[Finding]:
    del policies
    if config.part.is_608 and config.clock_divider not in list(ClockDivider):
        yield Finding(
            "clock-divider", Severity.WARNING,
            f"ClockDivider {config.clock_divider:05b} is not documented: execution times are anybody's guess.",
            CHIP_MODE, "Use 00000, 01101 or 00101.",
        )  # fmt: skip


def _uses(users: list[str]) -> str:
    return users[0] if len(users) == 1 else f"{', '.join(users[:-1])} and {users[-1]}"


def _listed(slots: Iterable[int]) -> str:
    numbers = [str(slot) for slot in slots]
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"
