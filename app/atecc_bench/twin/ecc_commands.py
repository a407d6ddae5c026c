"""GenKey, Sign and Verify."""

from atecc_bench.chip.commands import VERIFY_KEY_TYPE_P256, GenKeyMode, SignMode, VerifyMode
from atecc_bench.chip.packet import CommandPacket
from atecc_bench.chip.status import Status
from atecc_bench.twin import keys, rules
from atecc_bench.twin.arguments import bad_mode, need_data_length, need_param2, slot_of_param2
from atecc_bench.twin.chip_state import ChipState, Register
from atecc_bench.twin.reasons import Reason, ReasonId, RefusalError, not_modelled, refused

_EPHEMERAL_KEY = 0xFFFF
_SIGNATURE_SIZE = 64
_KNOWN_GENKEY_MODES = GenKeyMode.PRIVATE | GenKeyMode.DIGEST | GenKeyMode.PUBLIC_KEY_DIGEST
_INCLUDE_SERIAL_NUMBER = 0x40
_INVALIDATE_INTERNAL = 0x01
_KNOWN_SIGN_MODES = SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER | _INCLUDE_SERIAL_NUMBER | _INVALIDATE_INTERNAL
_VERIFY_WITH_MAC = 0x80
_VERIFY_VALIDATE, _VERIFY_INVALIDATE = 0x03, 0x07


def gen_key(chip: ChipState, command: CommandPacket) -> bytes:
    """Make a private key, or compute the public key of the one that is there; the answer is X‖Y."""
    mode = command.param1
    if mode & ~_KNOWN_GENKEY_MODES:
        raise bad_mode(command)
    if mode not in (GenKeyMode.PRIVATE, GenKeyMode.PUBLIC):
        raise not_modelled("GenKey with a digest in TempKey")
    need_data_length(command, 0)
    if command.param2 == _EPHEMERAL_KEY:
        raise not_modelled("GenKey with an ephemeral key")
    slot = slot_of_param2(command)
    memory = chip.memory
    if mode == GenKeyMode.PRIVATE:
        rules.check_generate_key(memory.config, slot)
        keys.make_private_key(memory, slot, chip.entropy)
    else:
        rules.check_public_key(memory, slot)
    return keys.public_key(memory, slot)


def sign(chip: ChipState, command: CommandPacket) -> bytes:
    """Sign the digest in TempKey or the message digest buffer; the answer is R‖S."""
    mode = command.param1
    if mode & ~_KNOWN_SIGN_MODES:
        raise bad_mode(command)
    if mode & ~SignMode.MESSAGE_DIGEST_BUFFER != SignMode.EXTERNAL:
        raise not_modelled("Sign with an internal message")
    need_data_length(command, 0)
    slot = slot_of_param2(command)
    source = _digest_source(chip, command, SignMode.MESSAGE_DIGEST_BUFFER)
    rules.check_sign_external(chip.memory, slot, source)
    if chip.memory.config.slot_configs[slot].limited_use:
        raise not_modelled("keys of limited use")
    digest = _take_digest(source)
    chip.temp_key.clear()
    return keys.sign(chip.memory, slot, digest)


def verify(chip: ChipState, command: CommandPacket) -> bytes:
    """Verify R‖S over the digest in TempKey or the message digest buffer."""
    mode = command.param1
    match mode & ~VerifyMode.MESSAGE_DIGEST_BUFFER:
        case VerifyMode.EXTERNAL:
            need_data_length(command, 2 * _SIGNATURE_SIZE)
            need_param2(command, VERIFY_KEY_TYPE_P256)
            rules.need_config_lock(chip.memory.config)
            point = command.data[_SIGNATURE_SIZE:]
        case VerifyMode.STORED:
            need_data_length(command, _SIGNATURE_SIZE)
            slot = slot_of_param2(command)
            rules.check_verify_stored(chip.memory, slot)
            if chip.memory.config.slot_configs[slot].limited_use:
                raise not_modelled("keys of limited use")
            point = keys.stored_public_key(chip.memory, slot)
        case other if other & _VERIFY_WITH_MAC or other in (_VERIFY_VALIDATE, _VERIFY_INVALIDATE):
            raise not_modelled(f"Verify with mode {mode:02X}")
        case _:
            raise bad_mode(command)
    digest = _take_digest(_digest_source(chip, command, VerifyMode.MESSAGE_DIGEST_BUFFER))
    chip.temp_key.clear()
    try:
        genuine = keys.verify(digest, command.data[:_SIGNATURE_SIZE], point)
    except ValueError as error:
        raise RefusalError(
            Status.ECC_FAULT,
            Reason(ReasonId.PUBLIC_KEY_INVALID, "The public key is not a point of the curve P-256."),
        ) from error
    if not genuine:
        raise RefusalError(
            Status.CHECKMAC_OR_VERIFY_MISCOMPARE,
            Reason(ReasonId.SIGNATURE_MISMATCH, "The signature does not belong to this digest and public key."),
        )
    return bytes((Status.SUCCESS,))


def _digest_source(chip: ChipState, command: CommandPacket, buffer_flag: int) -> Register:
    if not command.param1 & buffer_flag:
        return chip.temp_key
    if not chip.memory.config.part.is_608:
        raise bad_mode(command)
    return chip.message_digest_buffer


def _take_digest(source: Register) -> bytes:
    if source.value is None:
        raise refused(ReasonId.NO_DIGEST, "No digest was loaded with Nonce, or the chip has slept since.")
    return source.value
