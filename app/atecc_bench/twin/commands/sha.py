"""SHA: SHA-256 and HMAC over messages in pieces.

It takes public keys from slots as well, and contexts can be taken out and put back.
"""

from hashlib import sha256

from atecc_bench.chip.protocol.commands import TEMP_KEY_AS_KEY, ShaMode, ShaTarget
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import (
    bad_mode,
    need_data_length,
    need_known_bits,
    need_param2,
    slot_of_param2,
)
from atecc_bench.twin.rules.refusal_reasons import ReasonId, parse_error, refused
from atecc_bench.twin.rules.tempkey_access import need_mac_allowed, temp_key_value
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state import p256_slots as keys
from atecc_bench.twin.state.chip_state import ChipState, HashedKey, ShaContext
from atecc_bench.twin.state.sha256_state import BLOCK, CONTEXT_HEAD, LARGEST_CONTEXT, Sha256State

_DONE = bytes((Status.SUCCESS,))
_MODE, _TARGET = 0x07, 0xC0
_INNER, _OUTER = 0x36, 0x5C  # HMAC, FIPS 198-1


def sha(chip: ChipState, command: CommandPacket) -> bytes:
    """Do one step of a computation.

    The answer is a status, a digest or a context.
    """
    is_608 = chip.memory.config.part.is_608
    mode = ShaMode(command.param1 & _MODE)
    need_known_bits(command, _MODE | (_TARGET if is_608 and mode is ShaMode.END else 0))
    match mode:
        case ShaMode.START:
            need_data_length(command, 0)
            need_param2(command, 0)
            _begin(chip, ShaContext())
        case ShaMode.UPDATE:
            _need_message(command, range(BLOCK + 1) if is_608 else range(BLOCK, BLOCK + 1), fewer=is_608)
            _running(chip).state.update(command.data)
        case ShaMode.PUBLIC:
            _hash_public_key(chip, command)
        case ShaMode.HMAC_START:
            _start_hmac(chip, command)
        case ShaMode.END:
            return _end(chip, command)
        case ShaMode.HMAC_END if not is_608:
            return _end(chip, command)
        case ShaMode.READ_CONTEXT if is_608:
            return _read_context(chip, command)
        case ShaMode.WRITE_CONTEXT if is_608:
            _write_context(chip, command)
        case _:
            raise bad_mode(command)
    return _DONE


def _need_message(command: CommandPacket, lengths: range, *, fewer: bool = False) -> None:
    """Check the length of a message.

    An Update of the ATECC608 may have `fewer` bytes than Param2 says, never more: so two published runs of it have it.
    """
    if not (fewer and len(command.data) <= command.param2 <= lengths.stop - 1):
        need_param2(command, len(command.data))
    if len(command.data) not in lengths:
        raise parse_error(
            ReasonId.BAD_LENGTH, f"SHA takes {lengths.start} to {lengths.stop - 1} bytes here, not {len(command.data)}."
        )


def _begin(chip: ChipState, context: ShaContext) -> None:
    if not chip.memory.config.part.is_608:
        chip.temp_key.clear()  # the ATECC508A computes in TempKey
    chip.sha = context


def _running(chip: ChipState) -> ShaContext:
    if chip.sha is None:
        raise refused(ReasonId.SHA_NOT_STARTED, "No SHA computation is under way; another command ends it.")
    return chip.sha


def _hash_public_key(chip: ChipState, command: CommandPacket) -> None:
    need_data_length(command, 0)
    slot = slot_of_param2(command)
    rules.need_data_lock(chip.memory.config)
    key_rules.need_public_key_slot(chip.memory.config, slot)
    context = _running(chip)
    if context.state.length % BLOCK:
        raise refused(ReasonId.SHA_NOT_AT_BLOCK_BOUNDARY, "A public key is hashed only after whole blocks of 64 bytes.")
    context.hashed_slot, context.hashed_position = slot, context.state.length // BLOCK
    context.state.update(keys.stored_public_key(chip.memory, slot))


def _start_hmac(chip: ChipState, command: CommandPacket) -> None:
    need_data_length(command, 0)
    if command.param2 == TEMP_KEY_AS_KEY and chip.memory.config.part.is_608:
        key = temp_key_value(chip)
        need_mac_allowed(chip)
    else:
        slot = slot_of_param2(command)
        rules.need_data_lock(chip.memory.config)
        key_rules.need_mac_key(chip.memory.config, slot)
        key_rules.check_use(chip, slot, random_nonce=False)
        count_use(chip.memory, slot)
        key = key_rules.secret_key(chip, slot)
    context = ShaContext(outer_key=key)
    context.state.update(_padded(key, _INNER))
    _begin(chip, context)


def _end(chip: ChipState, command: CommandPacket) -> bytes:
    is_608 = chip.memory.config.part.is_608
    _need_message(command, range(BLOCK + 1) if is_608 else range(BLOCK))
    target = command.param1 & _TARGET
    if target not in list(ShaTarget):
        raise bad_mode(command)
    context = _running(chip)
    ends_hmac = command.param1 & _MODE == ShaMode.HMAC_END
    if not is_608 and ends_hmac != (context.outer_key is not None):
        raise refused(ReasonId.SHA_NOT_STARTED, "The computation under way is not of the kind that this mode ends.")
    context.state.update(command.data)
    digest = _digest(context)
    chip.sha = None
    if target == ShaTarget.MESSAGE_DIGEST_BUFFER:
        chip.message_digest_buffer.load(digest)
    elif target == ShaTarget.TEMP_KEY:
        chip.temp_key.load(digest)
        if context.hashed_slot is not None and context.outer_key is None:
            blocks = -(-context.state.length // BLOCK)
            chip.temp_key.hashed_key = HashedKey(context.hashed_slot, context.hashed_position, blocks)
    return digest


def _digest(context: ShaContext) -> bytes:
    inner = context.state.digest()
    if context.outer_key is None:
        return inner
    return sha256(_padded(context.outer_key, _OUTER) + inner).digest()


def _padded(key: bytes, pad: int) -> bytes:
    return bytes(byte ^ pad for byte in key.ljust(BLOCK, b"\0"))


def _read_context(chip: ChipState, command: CommandPacket) -> bytes:
    need_data_length(command, 0)
    need_param2(command, 0)
    context = _running(chip)
    if context.outer_key is not None:
        raise refused(ReasonId.SHA_CONTEXT_NOT_READABLE, "The context of an HMAC never leaves the chip.")
    return context.state.to_context()


def _write_context(chip: ChipState, command: CommandPacket) -> None:
    _need_message(command, range(CONTEXT_HEAD, LARGEST_CONTEXT + 1))
    try:
        state = Sha256State.from_context(command.data)
    except ValueError:
        raise parse_error(ReasonId.BAD_LENGTH, "The context's length does not fit the count of bytes in it.") from None
    _begin(chip, ShaContext(state))
