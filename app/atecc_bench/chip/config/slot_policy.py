"""The policy of a slot, in terms of what it can do.

Worked out from its SlotConfig and KeyConfig and from the lock state.
"""

from dataclasses import dataclass
from enum import Enum

from atecc_bench.chip.config.config_zone import KEY_TYPE_AES, KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.protocol.zones import slot_size


class Access(Enum):
    """How a slot is read or written after the data lock."""

    CLEAR = "clear"
    ENCRYPTED = "encrypted"
    NEVER = "never"
    INVALIDATED = "after invalidation"  # a public key, once Verify has invalidated it


class Holds(Enum):
    """Kind of contents that a slot is meant for."""

    ECC_PRIVATE = "ECC private key"
    ECC_PUBLIC = "ECC public key"
    AES_KEY = "AES key"
    SECRET = "Secret"  # noqa: S105 - a kind of slot
    DATA = "Data"
    NOTHING = "Nothing"  # Private with a KeyType other than P-256: every command refuses it


@dataclass(frozen=True)
class SlotPolicy:
    """The policy of one slot after the data lock.

    Key numbers are there only where a key is needed.
    """

    slot: int
    size: int
    holds: Holds
    signs_external: bool
    signs_internal: bool
    ecdh: bool
    read: Access
    read_key: int | None
    write: Access
    write_key: int | None
    can_generate: bool
    can_priv_write: bool
    lockable: bool
    locked: bool
    authorized_by: int | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """The policy in plain sentences."""
        lines = [f"{self.holds.value}, {self.size} bytes."]
        if self.holds is Holds.ECC_PRIVATE:
            uses = [
                text
                for flag, text in (
                    (self.signs_external, "signs any message"),
                    (self.signs_internal, "signs messages made inside the chip"),
                    (self.ecdh, "does ECDH"),
                )
                if flag
            ]
            lines.append(f"It {', '.join(uses)}; it can never be read." if uses else "It can never be read.")
            lines.append(
                "It can be generated again after the data lock, and every certificate for it dies then."
                if self.can_generate
                else "It cannot be generated again after the data lock."
            )
            if self.can_priv_write:
                lines.append(f"A private key can be imported, encrypted with the key in slot {self.write_key}.")
        else:
            lines.append(f"After the data lock it is read: {_access(self.read, self.read_key)}.")
            lines.append(f"After the data lock it is written: {_access(self.write, self.write_key)}.")
        if self.authorized_by is not None:
            lines.append(f"Every use needs a prior authorisation with the key in slot {self.authorized_by}.")
        if self.locked:
            lines.append("It was locked on its own and can never change again.")
        elif self.lockable:
            lines.append("It can be locked on its own, for ever.")
        return tuple(lines)


def slot_policy(config: ConfigZone, slot: int) -> SlotPolicy:
    """The policy of `slot` (0 to 15) under this configuration."""
    slot_config, key_config = config.slot_configs[slot], config.key_configs[slot]
    is_ecc = key_config.key_type == KEY_TYPE_P256
    is_private = key_config.private and is_ecc
    locked = config.slot_is_locked(slot)
    write, write_key = _write_access(slot_config.write_config, slot_config.write_key)
    if is_private:
        read, read_key = Access.NEVER, None
        holds = Holds.ECC_PRIVATE
        can_priv_write = bool(slot_config.write_config & 0x4) and not locked
        write, write_key = (Access.ENCRYPTED, slot_config.write_key) if can_priv_write else (Access.NEVER, None)
    elif key_config.private:
        can_priv_write = False
        read, read_key, holds = Access.NEVER, None, Holds.NOTHING
        write, write_key = Access.NEVER, None
    else:
        can_priv_write = False
        if slot_config.is_secret != slot_config.encrypt_read:
            read, read_key = Access.NEVER, None
        elif slot_config.encrypt_read:
            read, read_key = Access.ENCRYPTED, slot_config.read_key
        else:
            read, read_key = Access.CLEAR, None
        if config.part.is_608 and key_config.key_type == KEY_TYPE_AES:
            holds = Holds.AES_KEY
        elif is_ecc:
            holds = Holds.ECC_PUBLIC
        else:
            holds = Holds.SECRET if slot_config.is_secret else Holds.DATA
    if locked:
        write, write_key = Access.NEVER, None
    return SlotPolicy(
        slot=slot,
        size=slot_size(slot),
        holds=holds,
        signs_external=is_private and bool(slot_config.read_key & 1),
        signs_internal=is_private and bool(slot_config.read_key & 2),
        ecdh=is_private and bool(slot_config.read_key & 4),
        read=read,
        read_key=read_key,
        write=write,
        write_key=write_key,
        can_generate=is_private and bool(slot_config.write_config & 0x2) and not locked,
        can_priv_write=can_priv_write,
        lockable=key_config.lockable,
        locked=locked,
        authorized_by=key_config.auth_key if key_config.req_auth else None,
    )


def _write_access(write_config: int, write_key: int) -> tuple[Access, int | None]:
    # Datasheet, "Write Configuration Bits": 0000 Always, 0001 PubInvalid, 001x and 10xx Never, x1xx Encrypt.
    if write_config == 0:
        return Access.CLEAR, None
    if write_config == 1:
        return Access.INVALIDATED, None
    if write_config & 0x4:
        return Access.ENCRYPTED, write_key
    return Access.NEVER, None


def _access(access: Access, key: int | None) -> str:
    return f"{access.value} with the key in slot {key}" if key is not None else access.value
