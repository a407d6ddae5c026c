"""Verify: signatures checked, and stored public keys validated.

The key comes from outside or from a slot.
"""

from hashlib import sha256

from atecc_bench.chip.config.slot_bytes import key_config_bytes
from atecc_bench.chip.protocol.commands import VERIFY_KEY_TYPE_P256, VerifyMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import verify_mac
from atecc_bench.chip.session.tempkey import message_of_other_data
from atecc_bench.twin.commands.genkey_sign_privwrite import external_digest
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import (
    bad_mode,
    need_data_length,
    need_known_bits,
    need_param2,
    slot_of_param2,
)
from atecc_bench.twin.rules.refusal_reasons import (
    ReasonId,
    mismatch,
    refused,
    x509_format_bytes,
)
from atecc_bench.twin.rules.tempkey_access import temp_key_value
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state import p256_slots as keys
from atecc_bench.twin.state.chip_state import ChipState

_SIGNATURE = 64
_OTHER_DATA = 19
_INVALIDATES_AT = 17  # other data: the byte that says what the signature is for
_NONCE = 32
_MODE = 0x07
_OPTIONS = VerifyMode.MESSAGE_DIGEST_BUFFER | VerifyMode.ANSWER_MAC


def verify(chip: ChipState, command: CommandPacket) -> bytes:
    """Verify R‖S; the answer is success, or a MAC that proves it."""
    options = command.param1 & _OPTIONS
    need_known_bits(command, _MODE | _OPTIONS if chip.memory.config.part.is_608 else _MODE)
    match command.param1 & _MODE:
        case VerifyMode.EXTERNAL:
            need_data_length(command, 2 * _SIGNATURE)
            need_param2(command, VERIFY_KEY_TYPE_P256)
            return _check(chip, command, _digest(chip, command), command.data[_SIGNATURE:])
        case VerifyMode.STORED:
            need_data_length(command, _SIGNATURE)
            slot = slot_of_param2(command)
            random_nonce = not options & VerifyMode.MESSAGE_DIGEST_BUFFER and chip.temp_key.flags.from_random
            key_rules.check_verify_stored(chip, slot, random_nonce=random_nonce)
            digest = _digest(chip, command)
            return _check(chip, command, digest, keys.stored_public_key(chip.memory, slot), slot)
        case (VerifyMode.VALIDATE | VerifyMode.INVALIDATE | VerifyMode.VALIDATE_EXTERNAL) as mode:
            if options & VerifyMode.MESSAGE_DIGEST_BUFFER:
                raise bad_mode(command)
            return _validate(chip, command, VerifyMode(mode))
        case _:
            raise bad_mode(command)


def _digest(chip: ChipState, command: CommandPacket) -> bytes:
    return external_digest(chip, from_buffer=bool(command.param1 & VerifyMode.MESSAGE_DIGEST_BUFFER))


def _check(chip: ChipState, command: CommandPacket, digest: bytes, point: bytes, key_slot: int | None = None) -> bytes:
    proof = _proof(chip, command, digest)
    try:
        genuine = keys.verify(digest, command.data[:_SIGNATURE], point)
    except ValueError as error:
        raise refused(ReasonId.PUBLIC_KEY_INVALID, "The public key is not a point of the curve P-256.") from error
    chip.temp_key.clear()
    if key_slot is not None:
        count_use(chip.memory, key_slot)
    if not genuine:
        raise mismatch(ReasonId.SIGNATURE_MISMATCH, "The signature does not belong to this digest and public key.")
    return proof


def _proof(chip: ChipState, command: CommandPacket, digest: bytes) -> bytes:
    if not command.param1 & VerifyMode.ANSWER_MAC:
        return bytes((Status.SUCCESS,))
    io_key = key_rules.io_protection_key(chip)
    buffer = chip.message_digest_buffer.value or b""
    nonce = buffer[_NONCE:] if command.param1 & VerifyMode.MESSAGE_DIGEST_BUFFER else buffer[:_NONCE]
    if len(nonce) != _NONCE:
        raise refused(ReasonId.NO_SYSTEM_NONCE, "The message digest buffer holds no nonce for the MAC.")
    return verify_mac(io_key, digest, nonce, command.data[:_SIGNATURE], command)


def _validate(chip: ChipState, command: CommandPacket, mode: VerifyMode) -> bytes:
    external = mode == VerifyMode.VALIDATE_EXTERNAL
    need_data_length(command, _SIGNATURE if external else _SIGNATURE + _OTHER_DATA)
    slot = slot_of_param2(command)
    memory, config = chip.memory, chip.memory.config
    rules.need_data_lock(config)
    key_rules.need_public_key_slot(config, slot)
    rules.need_slot_unlocked(config, slot)
    if not config.key_configs[slot].pub_info:
        raise refused(
            ReasonId.PUBLIC_KEY_NEEDS_NO_VALIDATION,
            f"The public key in slot {slot} is used without validation (PubInfo is 0).",
            (key_config_bytes(slot),),
        )
    parent = config.slot_configs[slot].read_key
    key_rules.check_verify_stored(chip, parent, random_nonce=chip.temp_key.flags.from_random)
    digest = _certified_digest(chip, slot) if external else _validation_digest(chip, command, slot, mode)
    answer = _check(chip, command, digest, keys.stored_public_key(memory, parent), parent)
    start = memory.contents(Zone.DATA, slot)[:1]
    memory.write(Zone.DATA, slot, 0, keys.mark_validity(start, validated=mode != VerifyMode.INVALIDATE))
    return answer


def _validation_digest(chip: ChipState, command: CommandPacket, slot: int, mode: VerifyMode) -> bytes:
    other_data = command.data[_SIGNATURE:]
    value = temp_key_value(chip)
    flags = chip.temp_key.flags
    if not flags.gen_key_data or flags.key_id != slot:
        raise _not_the_key(slot)
    if bool(other_data[_INVALIDATES_AT]) != (mode == VerifyMode.INVALIDATE):
        raise refused(
            ReasonId.VALIDATION_PURPOSE, "The signature was made to validate, or to invalidate, not for this."
        )
    _need_format(chip, slot, None)
    return sha256(message_of_other_data(value, other_data, chip.memory.config.serial_number)).digest()


def _certified_digest(chip: ChipState, slot: int) -> bytes:
    value = temp_key_value(chip)
    hashed = chip.temp_key.hashed_key
    if hashed is None or hashed.slot != slot:
        raise _not_the_key(slot)
    _need_format(chip, slot, (hashed.position, hashed.blocks))
    return value


def _not_the_key(slot: int) -> Exception:
    return refused(ReasonId.NOT_THE_KEY_TO_VALIDATE, f"TempKey does not cover the public key in slot {slot}.")


def _need_format(chip: ChipState, slot: int, found: tuple[int, int] | None) -> None:
    config = chip.memory.config
    x509_id = config.key_configs[slot].x509_id
    x509_format = config.x509_format[x509_id]
    if x509_format and found != (x509_format & 0x0F, x509_format >> 4):
        raise refused(
            ReasonId.X509_FORMAT,
            f"X509format {x509_id} wants the key of slot {slot} at block {x509_format & 0x0F} of a certificate of "
            f"{x509_format >> 4} blocks, hashed by SHA.",
            (key_config_bytes(slot), *x509_format_bytes(x509_id)),
        )
