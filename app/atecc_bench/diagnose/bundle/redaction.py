"""Secrets of a chip and of its conversation.

They must not leave this computer.
"""

from atecc_bench.chip.config.config_zone import KEY_TYPE_AES, KEY_TYPE_P256, ConfigZone
from atecc_bench.chip.config.device_options import ChipOptions
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone, split_address

# Their answers are keys, or become keys.
_SECRET_ANSWERS = frozenset((Opcode.ECDH, Opcode.KDF, Opcode.AES, Opcode.RANDOM))
_SECRET_DATA = frozenset((Opcode.PRIV_WRITE, Opcode.AES, Opcode.KDF, Opcode.SHA))
_ZONE = 0x03


def secret_slots(config: ConfigZone) -> frozenset[int]:
    """Slots whose contents are never written down.

    Secret, private, or a key of anything, even if readable in clear.
    """
    slots = {n for n in range(SLOT_COUNT) if _is_secret(config, n)}
    for slot in range(SLOT_COUNT):
        slot_config, key_config = config.slot_configs[slot], config.key_configs[slot]
        if slot_config.is_secret and slot_config.encrypt_read:
            slots.add(slot_config.read_key)
        if slot_config.write_config & 0x4:
            slots.add(slot_config.write_key)
        if key_config.req_auth:
            slots.add(key_config.auth_key)
    if config.part.is_608 and (options := ChipOptions.of(config)).io_protection:
        slots.add(options.io_protection_slot)
    return frozenset(slots)


def _is_secret(config: ConfigZone, slot: int) -> bool:
    key = config.key_configs[slot]
    aes = config.part.is_608 and key.key_type == KEY_TYPE_AES
    return config.slot_configs[slot].is_secret or key.private or aes


def public_key_slots(config: ConfigZone) -> tuple[int, ...]:
    """Slots with a private key whose public key may be asked for."""
    return tuple(
        n for n, key in enumerate(config.key_configs) if key.private and key.key_type == KEY_TYPE_P256 and key.pub_info
    )


def data_is_secret(command: CommandPacket, config: ConfigZone | None) -> bool:
    """True when the data of a command may be a key.

    Without a configuration, every write to a slot may be one.
    """
    if command.opcode in _SECRET_DATA:
        return True
    return command.opcode == Opcode.WRITE and _touches_secret(command, config)


def answer_is_secret(command: CommandPacket, config: ConfigZone | None) -> bool:
    """Whether the answer to a command may be a key."""
    if command.opcode in _SECRET_ANSWERS:
        return True
    return command.opcode == Opcode.READ and _touches_secret(command, config)


def _touches_secret(command: CommandPacket, config: ConfigZone | None) -> bool:
    if command.param1 & _ZONE != Zone.DATA:
        return False
    return config is None or split_address(Zone.DATA, command.param2)[0] in secret_slots(config)
