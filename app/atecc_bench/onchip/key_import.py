"""An existing private key brought into a chip, and proved there."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.config.slot_bytes import bytes_text, key_config_bytes, lock_byte, slot_config_bytes
from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.chip.session.encrypted_access import SlotKey, import_private_key
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.read_certificates import prove_possession
from atecc_bench.pki.keys.key_files import public_key_bytes


@dataclass(frozen=True)
class ImportedKey:
    """The result of importing a private key into a chip.

    It has the public key X‖Y, whether the key went encrypted, and whether the chip has signed with it: a slot may be
    configured for keys that sign no outside digests.
    """

    public_key: bytes
    encrypted: bool
    proved: bool


def check_import(config: ConfigZone, slot: int) -> int | None:
    """Return the slot whose key encrypts an import into `slot`.

    It is None before the data lock, when the import is in clear.

    Raises:
        RefusedError: `config-zone-open`, `slot-not-importable` with the reason.
    """
    if not config.config_locked:
        raise RefusedError(
            "config-zone-open",
            "The configuration zone is not locked yet, and before that the chip takes no key.",
            "Lock the configuration first; provisioning does.",
        )
    policy, key_config = slot_policy(config, slot), config.key_configs[slot]
    why: str | None = None
    if not key_config.private or key_config.key_type != KEY_TYPE_P256:
        why = f"its KeyConfig ({bytes_text(key_config_bytes(slot))}) does not make it one for a private key"
    elif policy.locked:
        why = f"it was locked on its own (byte {lock_byte(slot)})"
    elif config.data_locked and not policy.can_priv_write:
        why = (
            f"the data zone is locked, and its WriteConfig ({bytes_text(slot_config_bytes(slot))}) "
            "allows no PrivWrite then"
        )
    if why is not None:
        raise RefusedError(
            "slot-not-importable",
            f"No private key can be imported into slot {slot}: {why}.",
            "Choose another slot, or generate the key in the chip with `atecc-bench key generate`.",
        )
    return policy.write_key if config.data_locked else None


def import_key(
    session: ChipSession, slot: int, key: ec.EllipticCurvePrivateKey, write_key: bytes | None
) -> ImportedKey:
    """Import a private key into a slot, then compare and prove it.

    The old key of the slot is gone. `write_key` is the key in the slot that `check_import` names, if it names one.

    Raises:
        InputError: `write-key-needed`, and what `check_import` raises.
        RefusedError: `public-key-mismatch` when the chip has another key afterwards, `challenge-failed`.
    """
    config = session.read_config()
    write_key_slot = check_import(config, slot)
    if write_key_slot is not None and write_key is None:
        raise InputError(
            "write-key-needed",
            f"After the data lock a private key goes into slot {slot} encrypted with the key in slot "
            f"{write_key_slot}, and that is not known.",
            "Give the escrow file that has it with --keys.",
        )
    public_key = public_key_bytes(key.public_key())
    access = None if write_key_slot is None or write_key is None else SlotKey(write_key_slot, write_key)
    import_private_key(session, slot, key.private_numbers().private_value.to_bytes(32), access)
    if config.key_configs[slot].pub_info and session.public_key(slot) != public_key:
        raise RefusedError(
            "public-key-mismatch",
            f"The chip took the key, and has another public key in slot {slot} than the file.",
            "Import it again; if it happens again, the chip or the bridge is not what it seems.",
        )
    proved = slot_policy(config, slot).signs_external
    if proved:
        prove_possession(session, slot, public_key)
    return ImportedKey(public_key, access is not None, proved)
