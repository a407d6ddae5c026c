"""GenKey, Sign and PrivWrite."""

import hmac
from dataclasses import replace
from hashlib import sha256

from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.protocol.commands import ENCRYPTED_ACCESS, TEMP_KEY_AS_KEY, GenKeyMode, SignMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.session import tempkey
from atecc_bench.chip.session.session_macs import crypt_private_key, priv_write_mac
from atecc_bench.chip.session.tempkey import SignedSlot
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import bad_mode, need_data_length, need_known_bits, slot_of_param2
from atecc_bench.twin.rules.refusal_reasons import LOCK_VALUE, ReasonId, ecc_fault, refused
from atecc_bench.twin.rules.tempkey_access import session_key, temp_key_value
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state import p256_slots as keys
from atecc_bench.twin.state.chip_state import ChipState

_DONE = bytes((Status.SUCCESS,))
_DIGEST = 32
_PUBLIC_KEY_HEAD = 3  # other data of GenKey
_KNOWN_GENKEY_MODES = GenKeyMode.PRIVATE | GenKeyMode.DIGEST | GenKeyMode.PUBLIC_KEY_DIGEST
_EXTERNAL_BITS = SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER | SignMode.INCLUDE_SERIAL_NUMBER
_INTERNAL_BITS = SignMode.INCLUDE_SERIAL_NUMBER | SignMode.INVALIDATE
_PRIVATE_KEY_SIZE, _PAD, _MAC_SIZE = 36, 4, 32


def gen_key(chip: ChipState, command: CommandPacket) -> bytes:
    """Make a private key, or compute the existing one's public key.

    The answer is X‖Y. With a digest, TempKey afterwards covers the public key; PublicKeyDigest does that for a stored
    one.
    """
    mode = command.param1
    need_known_bits(command, _KNOWN_GENKEY_MODES)
    if mode & GenKeyMode.PUBLIC_KEY_DIGEST:
        return _digest_stored_key(chip, command)
    need_data_length(command, 0)
    if command.param2 == TEMP_KEY_AS_KEY and chip.memory.config.part.is_608:
        return _ephemeral_key(chip, command)
    slot = slot_of_param2(command)
    digests = bool(mode & GenKeyMode.DIGEST)
    random_nonce = not digests or chip.temp_key.flags.from_random
    check = key_rules.check_generate_key if mode & GenKeyMode.PRIVATE else key_rules.check_public_key
    check(chip, slot, random_nonce=random_nonce)
    start = temp_key_value(chip) if digests else b""
    if mode & GenKeyMode.PRIVATE:
        keys.make_private_key(chip.memory, slot, chip.entropy)
    point = keys.public_key(chip.memory, slot)
    if digests:
        _load_digest(chip, command, start, point)
    return point


def _ephemeral_key(chip: ChipState, command: CommandPacket) -> bytes:
    if command.param1 == GenKeyMode.PRIVATE:
        rules.need_config_lock(chip.memory.config)
        chip.temp_key.load_private_key(keys.new_private_key(chip.entropy))
    elif command.param1 != GenKeyMode.PUBLIC:
        raise bad_mode(command)
    return keys.public_key_of(ephemeral_key(chip))


def ephemeral_key(chip: ChipState) -> bytes:
    """The private key in TempKey."""
    if chip.temp_key.value is None or not chip.temp_key.private_key:
        raise refused(ReasonId.TEMP_KEY_NOT_PRIVATE, "GenKey has put no private key into TempKey.")
    return chip.temp_key.value


def _digest_stored_key(chip: ChipState, command: CommandPacket) -> bytes:
    if command.param1 != GenKeyMode.PUBLIC_KEY_DIGEST:
        raise bad_mode(command)
    need_data_length(command, _PUBLIC_KEY_HEAD)
    slot = slot_of_param2(command)
    rules.need_data_lock(chip.memory.config)
    key_rules.need_public_key_slot(chip.memory.config, slot)
    key_rules.check_permission(chip, slot, random_nonce=chip.temp_key.flags.from_random)
    start = temp_key_value(chip)
    _load_digest(chip, command, start, keys.stored_public_key(chip.memory, slot))
    return _DONE


def _load_digest(chip: ChipState, command: CommandPacket, start: bytes, point: bytes) -> None:
    value = tempkey.public_key_digest(start, command, chip.memory.config.serial_number, point)
    flags = replace(chip.temp_key.flags, gen_dig_data=False, gen_key_data=True, key_id=command.param2)
    chip.temp_key.load(value, flags)


def sign(chip: ChipState, command: CommandPacket) -> bytes:
    """Sign a digest from outside, or a message made of TempKey.

    The chip makes the message itself. The answer is R‖S.
    """
    external = bool(command.param1 & SignMode.EXTERNAL)
    from_buffer = bool(command.param1 & SignMode.MESSAGE_DIGEST_BUFFER)
    # SlotConfig, KeyConfig and flags describe TempKey, so only TempKey can be the start of an internal message.
    need_known_bits(command, _EXTERNAL_BITS if external else _INTERNAL_BITS)
    if from_buffer and not chip.memory.config.part.is_608:
        raise bad_mode(command)
    need_data_length(command, 0)
    slot = slot_of_param2(command)
    if external:
        random_nonce = from_buffer or chip.temp_key.flags.from_random  # the buffer is asked for none
        key_rules.check_sign_external(chip, slot, random_nonce=random_nonce)
        digest = external_digest(chip, from_buffer=from_buffer)
    else:
        key_rules.check_sign_internal(chip, slot)
        digest = _internal_digest(chip, command)
    chip.temp_key.clear()
    count_use(chip.memory, slot)
    return keys.sign(chip.memory, slot, digest)


def external_digest(chip: ChipState, *, from_buffer: bool) -> bytes:
    """The 32-byte digest that Sign and Verify work on."""
    source = chip.message_digest_buffer if from_buffer else chip.temp_key
    if source.value is None:
        raise refused(ReasonId.NO_DIGEST, "No digest was loaded with Nonce, or the chip has slept since.")
    return source.value[:_DIGEST] if from_buffer else temp_key_value(chip)


def _internal_digest(chip: ChipState, command: CommandPacket) -> bytes:
    value, flags, config = temp_key_value(chip), chip.temp_key.flags, chip.memory.config
    if not (flags.gen_dig_data or flags.gen_key_data):
        raise refused(ReasonId.NO_INTERNAL_MESSAGE, "TempKey comes from neither GenDig of a slot nor GenKey.")
    key = flags.key_id
    described = SignedSlot(
        config.slot_configs[key].to_word(), config.key_configs[key].to_word(), config.slot_is_locked(key)
    )
    return sha256(tempkey.internal_message(value, flags, command, described, config.serial_number)).digest()


def priv_write(chip: ChipState, command: CommandPacket) -> bytes:
    """Import a private key.

    Encrypted with a MAC, or in clear before the data lock.
    """
    need_known_bits(command, ENCRYPTED_ACCESS)
    need_data_length(command, _PRIVATE_KEY_SIZE + _MAC_SIZE)
    slot = slot_of_param2(command)
    config = chip.memory.config
    key_rules.check_priv_write(config, slot)
    write_key = config.slot_configs[slot].write_key
    plain = command.data[:_PRIVATE_KEY_SIZE]
    pad_is_right = True  # in clear nobody looks at it
    if command.param1 & ENCRYPTED_ACCESS:
        session = session_key(chip, write_key)
        chip.temp_key.clear()
        plain = crypt_private_key(session, plain)
        pad_is_right = not any(plain[:_PAD])
        expected = priv_write_mac(session, command, config.serial_number, plain)
        if not hmac.compare_digest(expected, command.data[_PRIVATE_KEY_SIZE:]):
            raise refused(ReasonId.WRITE_MAC_MISMATCH, "The MAC of the encrypted key is wrong; nothing was written.")
    elif config.data_locked:
        raise refused(
            ReasonId.PRIV_WRITE_ENCRYPTED,
            f"After the data lock a private key comes in encrypted only, with the key in slot {write_key}.",
            (slot_config_bytes(slot), *LOCK_VALUE),
        )
    key = plain[_PAD:]
    if not (pad_is_right and keys.is_private_key(key)):
        raise ecc_fault(ReasonId.PRIVATE_KEY_INVALID, "The bytes are not a private key of the curve P-256.")
    keys.write_private_key(chip.memory, slot, key)
    return _DONE
