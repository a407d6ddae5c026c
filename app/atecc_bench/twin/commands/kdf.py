"""KDF (ATECC608): PRF of TLS 1.2, HKDF and AES.

Input and output are registers and slots.
"""

import hmac
from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import KEY_TYPE_AES, KEY_TYPE_OTHER, ConfigZone
from atecc_bench.chip.config.device_options import ChipOptions, kdf_iv
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.protocol.commands import KdfAlgorithm, KdfSource, KdfTarget
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone, slot_size
from atecc_bench.chip.session.session_macs import crypt_output
from atecc_bench.twin.commands.aes import BLOCK as AES_BLOCK
from atecc_bench.twin.commands.aes import WITHOUT_AES, aes_is_enabled, encrypt_block
from atecc_bench.twin.commands.nonce import random_number
from atecc_bench.twin.rules import key_access as key_rules
from atecc_bench.twin.rules import zone_access as rules
from atecc_bench.twin.rules.argument_checks import bad_mode, need_known_bits, need_slot
from atecc_bench.twin.rules.refusal_reasons import (
    AES_ENABLE,
    CHIP_OPTIONS,
    KDF_IV,
    ReasonId,
    parse_error,
    refused,
)
from atecc_bench.twin.rules.tempkey_access import whole_temp_key
from atecc_bench.twin.rules.use_limits import count_use
from atecc_bench.twin.state.chip_state import ChipState, Register

_DONE = bytes((Status.SUCCESS,))
_KEY = 32
_SOURCE, _TARGET, _ALGORITHM = 0x03, 0x1C, 0x60
_DETAILS = 4
_LONGEST_MESSAGE = 128
_OUTPUTS = (KdfTarget.OUTPUT, KdfTarget.OUTPUT_ENCRYPTED)
_MESSAGE_IN_SLOT, _MESSAGE_IN_TEMP_KEY, _, _MESSAGE_WITH_IV = range(4)  # HKDF, details bits 0 and 1
_ZERO_KEY = 0x04


@dataclass(frozen=True)
class _Request:
    algorithm: KdfAlgorithm
    source: KdfSource
    target: KdfTarget
    source_slot: int
    target_slot: int
    details: bytes
    message: bytes

    @property
    def key_size(self) -> int:
        return 16 * (1 + (self.details[0] & 3)) if self.algorithm is KdfAlgorithm.PRF else _KEY

    @property
    def result_size(self) -> int:
        return 2 * _KEY if self.algorithm is KdfAlgorithm.PRF and self.details[1] & 0x01 else _KEY

    @property
    def zero_key(self) -> bool:
        return self.algorithm is KdfAlgorithm.HKDF and bool(self.details[0] & _ZERO_KEY)

    @property
    def uses_slot(self) -> bool:
        return self.source is KdfSource.SLOT and not self.zero_key

    @property
    def splits_result(self) -> bool:
        """True when the result is split (AEAD processing).

        The first half goes to the target, the second is answered.
        """
        return self.algorithm is KdfAlgorithm.PRF and bool(self.details[1] & 0x06)


def kdf(chip: ChipState, command: CommandPacket) -> bytes:
    """Derive 32 or 64 bytes.

    The answer is a status, or the result in clear or encrypted.
    """
    request = _parse(command)
    config = chip.memory.config
    rules.need_data_lock(config)
    if request.algorithm is KdfAlgorithm.AES:
        _need_kdf_aes(config)
    answered = request.target in _OUTPUTS or request.splits_result
    encrypted = request.target is KdfTarget.OUTPUT_ENCRYPTED
    if answered:
        key_rules.check_output(ChipOptions.of(config).kdf_protection, encrypted=encrypted)
    io_key = key_rules.io_protection_key(chip) if encrypted else b""
    if request.target is KdfTarget.SLOT:
        _check_target_slot(config, request.target_slot)
    message = _message(chip, request)
    key = _source_key(chip, request)
    if request.target is KdfTarget.TEMP_KEY_UPPER:
        whole_temp_key(chip)
    if request.uses_slot:
        count_use(chip.memory, request.source_slot)
    result = _derive(request, key, message)
    if request.splits_result and request.target not in _OUTPUTS:
        _keep(chip, request, result[:_KEY])
        return result[_KEY:]
    if not answered:
        _keep(chip, request, result)
        return _DONE
    if not encrypted:
        return result
    nonce = random_number(chip)
    return crypt_output(io_key, nonce, result) + nonce


def _parse(command: CommandPacket) -> _Request:
    need_known_bits(command, _SOURCE | _TARGET | _ALGORITHM)
    try:
        algorithm = KdfAlgorithm(command.param1 & _ALGORITHM)
        target = KdfTarget(command.param1 & _TARGET)
    except ValueError:
        raise bad_mode(command) from None
    source = KdfSource(command.param1 & _SOURCE)
    details, message = command.data[:_DETAILS], command.data[_DETAILS:]
    expected = AES_BLOCK if algorithm is KdfAlgorithm.AES else details[3] if len(details) == _DETAILS else -1
    if len(details) < _DETAILS or len(message) != expected or len(message) > _LONGEST_MESSAGE:
        raise parse_error(ReasonId.BAD_LENGTH, f"KDF carries {len(message)} bytes of message, not {expected}.")
    request = _Request(
        algorithm,
        source,
        target,
        need_slot(command.param2 & 0xFF) if source is KdfSource.SLOT else 0,
        need_slot(command.param2 >> 8) if target is KdfTarget.SLOT else 0,
        details,
        message,
    )
    _check_sizes(request)
    return request


def _check_sizes(request: _Request) -> None:
    if request.splits_result and request.result_size == _KEY:
        raise parse_error(ReasonId.BAD_PARAMETER, "Only a result of 64 bytes can be split.")
    kept = _KEY if request.splits_result else request.result_size
    rooms = {
        KdfTarget.TEMP_KEY_UPPER: _KEY,
        KdfTarget.ALTERNATE_KEY_BUFFER: _KEY,
        KdfTarget.SLOT: slot_size(request.target_slot),
    }
    if kept > rooms.get(request.target, kept):
        raise parse_error(ReasonId.BAD_PARAMETER, f"The target has no room for {kept} bytes.")
    sources = {
        KdfSource.TEMP_KEY: 2 * _KEY,
        KdfSource.SLOT: slot_size(request.source_slot),
    }
    if request.key_size > sources.get(request.source, _KEY):
        raise parse_error(ReasonId.BAD_PARAMETER, f"The source has no {request.key_size} bytes.")


def _need_kdf_aes(config: ConfigZone) -> None:
    if not aes_is_enabled(config):
        raise refused(ReasonId.AES_DISABLED, WITHOUT_AES, AES_ENABLE)
    if not ChipOptions.of(config).kdf_aes:
        raise refused(ReasonId.KDF_AES_DISABLED, "ChipOptions does not allow KDF with AES.", CHIP_OPTIONS)


def _check_target_slot(config: ConfigZone, slot: int) -> None:
    key_rules.check_result_slot(config, slot)
    key = config.key_configs[slot]
    if (
        not key.pub_info
        or key.key_type not in (KEY_TYPE_AES, KEY_TYPE_OTHER)
        or config.slot_configs[slot].write_config != 0
    ):
        raise refused(
            ReasonId.KDF_TARGET_NOT_ALLOWED,
            f"KDF writes to slot {slot} only if PubInfo is 1, WriteConfig Always, and KeyType AES or other.",
            (slot_config_bytes(slot), key_config_bytes(slot)),
        )


def _check_source_slot(config: ConfigZone, slot: int) -> None:
    key = config.key_configs[slot]
    if key.private or key.key_type not in (KEY_TYPE_AES, KEY_TYPE_OTHER):
        raise refused(
            ReasonId.KDF_SOURCE_NOT_ALLOWED,
            f"KeyConfig of slot {slot} makes it neither an AES key nor another secret.",
            (key_config_bytes(slot),),
        )


def _message(chip: ChipState, request: _Request) -> bytes:
    if request.algorithm is not KdfAlgorithm.HKDF:
        return request.message
    place = request.details[0] & 3
    if place == _MESSAGE_IN_SLOT:
        slot = need_slot(request.details[1])
        _check_source_slot(chip.memory.config, slot)
        key_rules.check_use(chip, slot, random_nonce=True)
        return _start(chip.memory.contents(Zone.DATA, slot), request)
    if place == _MESSAGE_IN_TEMP_KEY:
        return _start(whole_temp_key(chip), request)
    if place == _MESSAGE_WITH_IV:
        _check_iv(chip.memory.config, request.message)
    return request.message


def _start(contents: bytes, request: _Request) -> bytes:
    # What the command carries is only as long as the message, it is not the message.
    if len(request.message) > len(contents):
        raise parse_error(ReasonId.BAD_LENGTH, f"There are no {len(request.message)} bytes of message at that place.")
    return contents[: len(request.message)]


def _check_iv(config: ConfigZone, message: bytes) -> None:
    wanted = kdf_iv(config)
    if wanted is None:
        raise refused(ReasonId.KDF_IV_OFF, "KdfIvLoc switches the IV function off.", KDF_IV)
    location, text = wanted
    if message[location : location + len(text)] != text:
        raise refused(ReasonId.KDF_IV_MISMATCH, "The message does not hold KdfIvStr at KdfIvLoc.", KDF_IV)


def _source_key(chip: ChipState, request: _Request) -> bytes:
    if request.zero_key:
        return bytes(_KEY)
    if request.uses_slot:
        slot = request.source_slot
        _check_source_slot(chip.memory.config, slot)
        key_rules.check_use(chip, slot, random_nonce=True)  # no nonce goes into KDF
        material = chip.memory.contents(Zone.DATA, slot)
    elif request.source is KdfSource.ALTERNATE_KEY_BUFFER:
        material = _filled(chip.alternate_key_buffer)
    else:
        material = whole_temp_key(chip)
        if request.source is KdfSource.TEMP_KEY_UPPER:
            material = material[_KEY:]
    first = AES_BLOCK * (request.details[0] & 3) if request.algorithm is KdfAlgorithm.AES else 0
    size = AES_BLOCK if request.algorithm is KdfAlgorithm.AES else request.key_size
    key = material[first : first + size]
    if len(key) < size:
        raise refused(ReasonId.TEMP_KEY_TOO_SHORT, "The source holds fewer bytes than the key needs.")
    return key


def _filled(register: Register) -> bytes:
    if register.value is None:
        raise refused(ReasonId.ALTERNATE_KEY_EMPTY, "The alternate key buffer is empty.")
    return register.value


def _derive(request: _Request, key: bytes, message: bytes) -> bytes:
    if request.algorithm is KdfAlgorithm.AES:
        return encrypt_block(key, message).ljust(_KEY, b"\0")
    if request.algorithm is KdfAlgorithm.HKDF:
        return hmac.digest(key, message, "sha256")
    # P_SHA256 of TLS 1.2 (RFC 5246, 5); the message is label and seed.
    result, link = b"", message
    while len(result) < request.result_size:
        link = hmac.digest(key, link, "sha256")
        result += hmac.digest(key, link + message, "sha256")
    return result


def _keep(chip: ChipState, request: _Request, result: bytes) -> None:
    match request.target:
        case KdfTarget.TEMP_KEY:
            chip.temp_key.load(result)
        case KdfTarget.TEMP_KEY_UPPER:
            chip.temp_key.load(whole_temp_key(chip)[:_KEY] + result)
        case KdfTarget.ALTERNATE_KEY_BUFFER:
            chip.alternate_key_buffer.load(result)
        case _:
            chip.memory.write(Zone.DATA, request.target_slot, 0, result)
