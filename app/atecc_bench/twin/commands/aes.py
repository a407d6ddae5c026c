"""AES: one block encrypted or decrypted, and the multiplication of GCM (ATECC608)."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.modes import ECB

from atecc_bench.chip.config.config_zone import KEY_TYPE_AES, ConfigZone
from atecc_bench.chip.config.slot_bytes import key_config_bytes
from atecc_bench.chip.protocol.commands import TEMP_KEY_AS_KEY, AesMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, need_known_bits, slot_of_param2
from atecc_bench.twin.rules.refusal_reasons import AES_ENABLE, ReasonId, RefusalError, parse_error, refused
from atecc_bench.twin.rules.tempkey_access import whole_temp_key
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state.chip_state import ChipState

BLOCK = 16
_MODE, _KEY_BLOCK_AT = 0x07, 6
_KNOWN = _MODE | 3 << _KEY_BLOCK_AT
WITHOUT_AES = "This chip was made without AES (AES_Enable)."
_REDUCTION = 0xE1 << 120  # x^128 + x^7 + x^2 + x + 1, least significant bit first


def aes(chip: ChipState, command: CommandPacket) -> bytes:
    """Sixteen bytes of ciphertext, plaintext or product."""
    mode = command.param1 & _MODE
    need_known_bits(command, _KNOWN)
    if mode not in list(AesMode):
        raise bad_mode(command)
    if not aes_is_enabled(chip.memory.config):
        raise parse_error(ReasonId.AES_DISABLED, WITHOUT_AES, AES_ENABLE)
    if mode == AesMode.GFM:
        need_data_length(command, 2 * BLOCK)
        return multiply(command.data[:BLOCK], command.data[BLOCK:])
    need_data_length(command, BLOCK)
    key = _key(chip, command, command.param1 >> _KEY_BLOCK_AT)
    if mode == AesMode.ENCRYPT:
        return encrypt_block(key, command.data)
    return Cipher(algorithms.AES128(key), ECB()).decryptor().update(command.data)  # noqa: S305 - one block


def aes_is_enabled(config: ConfigZone) -> bool:
    """Whether AES was enabled in the factory."""
    return bool(config.aes_enable & 1)


def encrypt_block(key: bytes, data: bytes) -> bytes:
    """AES-128 over one block."""
    return Cipher(algorithms.AES128(key), ECB()).encryptor().update(data)  # noqa: S305 - one block


def multiply(one: bytes, other: bytes) -> bytes:
    """The product of two elements of GCM's field (SP 800-38D, 6.3)."""
    product, shifted = 0, int.from_bytes(other, "big")
    factor = int.from_bytes(one, "big")
    for bit in range(127, -1, -1):
        if factor >> bit & 1:
            product ^= shifted
        shifted = shifted >> 1 ^ (_REDUCTION if shifted & 1 else 0)
    return product.to_bytes(BLOCK, "big")


def _need_locks(config: ConfigZone) -> None:
    """Both zones must be locked for a key in a slot.

    Unlike other commands, AES answers 03 if they are not.
    """
    try:
        rules.need_data_lock(config)
    except RefusalError as refusal:
        raise parse_error(refusal.reason.id, refusal.reason.sentence, refusal.reason.bytes) from refusal


def _key(chip: ChipState, command: CommandPacket, number: int) -> bytes:
    if command.param2 == TEMP_KEY_AS_KEY:
        material = whole_temp_key(chip)
        key = material[BLOCK * number : BLOCK * (number + 1)]
        if len(key) < BLOCK:
            raise refused(ReasonId.TEMP_KEY_TOO_SHORT, "TempKey holds 32 bytes, and the key lies behind them.")
        return key
    slot = slot_of_param2(command)
    config = chip.memory.config
    _need_locks(config)
    if config.key_configs[slot].private or config.key_configs[slot].key_type != KEY_TYPE_AES:
        raise refused(
            ReasonId.NOT_AN_AES_KEY_SLOT,
            f"KeyConfig of slot {slot} does not make it an AES key.",
            (key_config_bytes(slot),),
        )
    key = chip.memory.contents(Zone.DATA, slot)[BLOCK * number : BLOCK * (number + 1)]
    if len(key) < BLOCK:
        raise parse_error(ReasonId.BAD_PARAMETER, f"Slot {slot} has no key block {number}.")
    key_rules.check_use(chip, slot, random_nonce=True)  # no nonce goes into AES
    count_use(chip.memory, slot)
    return key
