"""ECDH: the shared secret with a public key.

The private key is in a slot or TempKey; the secret goes into a slot, TempKey or the answer, in clear or encrypted.
"""

from atecc_bench.chip.config.device_options import ChipOptions
from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.protocol.commands import EcdhMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import crypt_output
from atecc_bench.twin.commands.genkey_sign_privwrite import ephemeral_key
from atecc_bench.twin.commands.nonce import random_number
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import (
    bad_mode,
    need_data_length,
    need_known_bits,
    need_param2,
    slot_of_param2,
)
from atecc_bench.twin.rules.refusal_reasons import ReasonId, refused
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state import p256_slots as keys
from atecc_bench.twin.state.chip_state import ChipState

_PUBLIC_KEY = 64
_COPY = 0x0C
_KNOWN = EcdhMode.SOURCE_TEMP_KEY | EcdhMode.OUTPUT_ENCRYPTED | _COPY
_INTO_SLOT = 0x8  # ReadKey of a private key


def ecdh(chip: ChipState, command: CommandPacket) -> bytes:
    """Compute the shared secret with a public key X‖Y.

    Where it goes is a matter of mode and SlotConfig.
    """
    mode = command.param1
    config = chip.memory.config
    need_known_bits(command, _KNOWN if config.part.is_608 else 0)
    need_data_length(command, _PUBLIC_KEY)
    if mode & EcdhMode.SOURCE_TEMP_KEY:
        slot, stays = None, False
        need_param2(command, 0)
        rules.need_data_lock(config)
        key = ephemeral_key(chip)
    else:
        slot = slot_of_param2(command)
        key_rules.check_ecdh(chip, slot)
        stays = bool(config.slot_configs[slot].read_key & _INTO_SLOT)
        key = keys.private_key(chip.memory, slot)
    target = mode & _COPY
    if target == EcdhMode.COPY_COMPATIBLE:
        target = EcdhMode.COPY_SLOT if stays else EcdhMode.COPY_OUTPUT
    encrypted = bool(mode & EcdhMode.OUTPUT_ENCRYPTED)
    io_key = _check_target(chip, command, slot, target, stays=stays, encrypted=encrypted)
    try:
        secret = keys.shared_secret(key, command.data)
    except ValueError as error:
        raise refused(ReasonId.PUBLIC_KEY_INVALID, "The public key is not a point of the curve P-256.") from error
    if slot is not None:
        count_use(chip.memory, slot)
    chip.temp_key.clear()
    return _deliver(chip, slot, target, secret, io_key)


def _check_target(
    chip: ChipState, command: CommandPacket, slot: int | None, target: int, *, stays: bool, encrypted: bool
) -> bytes | None:
    """The IO protection key when the answer is to be encrypted."""
    config = chip.memory.config
    if target != EcdhMode.COPY_OUTPUT and encrypted and config.part.is_608 and command.param1 & _COPY:
        raise bad_mode(command)
    if target == EcdhMode.COPY_SLOT:
        _check_result_slot(chip, slot, stays=stays)
        return None
    if target == EcdhMode.COPY_TEMP_KEY:
        return None
    if slot is not None and stays:
        raise refused(
            ReasonId.ECDH_RESULT_STAYS,
            f"ReadKey bit 3 of slot {slot} is 1: the secret goes into slot {slot | 1} only.",
            (slot_config_bytes(slot),),
        )
    if config.part.is_608:
        key_rules.check_output(ChipOptions.of(config).ecdh_protection, encrypted=encrypted)
    return key_rules.io_protection_key(chip) if encrypted else None


def _check_result_slot(chip: ChipState, slot: int | None, *, stays: bool) -> None:
    if slot is None or not stays or slot & 1:
        raise refused(
            ReasonId.ECDH_NO_RESULT_SLOT,
            "The secret goes into a slot only from a private key in an even slot whose ReadKey bit 3 is 1.",
            () if slot is None else (slot_config_bytes(slot),),
        )
    key_rules.check_result_slot(chip.memory.config, slot | 1)


def _deliver(chip: ChipState, slot: int | None, target: int, secret: bytes, io_key: bytes | None) -> bytes:
    done = bytes((Status.SUCCESS,))
    if target == EcdhMode.COPY_SLOT and slot is not None:
        chip.memory.write(Zone.DATA, slot | 1, 0, secret)
        return done
    if target == EcdhMode.COPY_TEMP_KEY:
        chip.temp_key.load(secret)
        return done
    if io_key is None:
        return secret
    nonce = random_number(chip)
    return crypt_output(io_key, nonce, secret) + nonce
