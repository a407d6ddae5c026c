"""Commands that a chip was seen to answer.

And what the answers prove of its contents.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.commands import (
    ENCRYPTED_ACCESS,
    LONG_ACCESS,
    TEMP_KEY_AS_KEY,
    EcdhMode,
    GenKeyMode,
    LockMode,
    MacMode,
    Opcode,
    UpdateExtraMode,
)
from atecc_bench.chip.protocol.counters import LARGEST, encode_counter
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.self_test import refusal_status
from atecc_bench.chip.protocol.zones import BLOCK, SLOT_COUNT, WORD, Zone, split_address
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.use_limits import count_use, counter_value
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.p256_slots import has_private_key, write_private_key

_ZONE = 0x03
_SERIAL_START = (slice(0, 4), slice(8, 13))  # of the first block of the configuration zone
_FIRST_COUNTER_AT, _COUNTER_SIZE, _COUNTERS = 52, 8, 2
_USER_EXTRA_AT = 84
_POINT, _COUNT = 64, 4
SOME_PRIVATE_KEY = bytes(range(1, 33))
"""What stands for a private key that a slot holds: nobody outside knows which."""


@dataclass(frozen=True)
class SeenExchange:
    """A command and the chip's answer to it."""

    command: CommandPacket
    answer: ResponsePacket

    @property
    def refused(self) -> bool:
        """Whether the chip did not carry the command out."""
        return refusal_status(self.command, self.answer) is not None


def of_this_chip(seen: Iterable[SeenExchange], config: ConfigZone) -> tuple[SeenExchange, ...]:
    """The exchanges since the last that was with another chip.

    A chip is told by its serial number, wherever the trace shows one.
    """
    kept: list[SeenExchange] = []
    is_other = False
    for exchange in seen:
        shown = _serial_number(exchange)
        is_other = is_other if shown is None else shown != config.serial_number
        if is_other:
            kept.clear()
        else:
            kept.append(exchange)
    return tuple(kept)


def _serial_number(exchange: SeenExchange) -> bytes | None:
    command, block = exchange.command, exchange.answer.payload
    reads_start = command.opcode == Opcode.READ and command.param1 == Zone.CONFIG | LONG_ACCESS and not command.param2
    return b"".join(block[part] for part in _SERIAL_START) if reads_start and len(block) == BLOCK else None


def slots_with_private_keys(seen: Iterable[SeenExchange]) -> frozenset[int]:
    """Slots whose private key an answer has shown.

    It was a public key, a signature or a secret.
    """
    return frozenset(slot for exchange in seen if (slot := _private_key_slot(exchange)) is not None)


def bring_up_to_date(memory: Eeprom, seen: Iterable[SeenExchange]) -> None:
    """Bring an EEPROM to where a chip's is after these exchanges.

    What was only refused has changed nothing.
    """
    for exchange in seen:
        if not exchange.refused:
            _do(memory, exchange)
            _learn(memory, exchange)


def replay(element: SecureElement, exchange: SeenExchange) -> SecureElement:
    """The chip in software after one more exchange.

    It has carried the command out if the chip has, whatever it would have answered itself.
    """
    after = element.copy()
    reason = after.execute(exchange.command.to_bytes()).reason
    if exchange.refused:
        return element if reason is None else after
    if reason is not None:
        _do(after.memory, exchange)
    _learn(after.memory, exchange)
    return after


def _do(memory: Eeprom, exchange: SeenExchange) -> None:
    """Change what the command has changed."""
    command = exchange.command
    match command.opcode:
        case Opcode.WRITE if not command.param1 & ENCRYPTED_ACCESS and len(command.data) in (WORD, BLOCK):
            _write(memory, command, command.data)
        case Opcode.LOCK:
            _lock(memory, command.param1 & ~LockMode.NO_CRC)
        case Opcode.UPDATE_EXTRA if command.param1 != UpdateExtraMode.COUNT_USE:
            memory.write(Zone.CONFIG, 0, _USER_EXTRA_AT + command.param1, command.param2.to_bytes(2, "little")[:1])
        case _:
            slot = _used_key(command)
            uses_left = counter_value(memory, 0) < LARGEST
            if slot is not None and slot < SLOT_COUNT and uses_left:
                count_use(memory, slot)


def _lock(memory: Eeprom, mode: int) -> None:
    match mode & _ZONE:
        case LockMode.CONFIG:
            memory.lock_config()
        case LockMode.DATA_AND_OTP:
            memory.lock_data()
        case _:
            memory.lock_slot(mode >> 2 & 0xF)


def _learn(memory: Eeprom, exchange: SeenExchange) -> None:
    """Put in place what the answer shows."""
    command, payload = exchange.command, exchange.answer.payload
    if command.opcode == Opcode.READ and len(payload) in (WORD, BLOCK):
        _write(memory, command, payload)
    elif command.opcode == Opcode.COUNTER and len(payload) == _COUNT and command.param2 < _COUNTERS:
        value = int.from_bytes(payload, "little")
        if value <= LARGEST:
            at = _FIRST_COUNTER_AT + _COUNTER_SIZE * command.param2
            memory.write(Zone.CONFIG, 0, at, encode_counter(value))
    slot = _private_key_slot(exchange)
    if slot is not None and not has_private_key(memory, slot):
        write_private_key(memory, slot, SOME_PRIVATE_KEY)


def _write(memory: Eeprom, command: CommandPacket, data: bytes) -> None:
    number = command.param1 & _ZONE
    if number > Zone.DATA:
        return
    zone = Zone(number)
    slot, offset = split_address(zone, command.param2 if len(data) == WORD else command.param2 & ~0x07)
    encrypted = zone is Zone.DATA and command.opcode == Opcode.READ and memory.config.slot_configs[slot].is_secret
    if not encrypted and offset < len(memory.contents(zone, slot)):
        memory.write(zone, slot, offset, data)


def _private_key_slot(exchange: SeenExchange) -> int | None:
    command, length = exchange.command, len(exchange.answer.payload)
    if exchange.refused or command.param2 >= SLOT_COUNT:
        return None
    match command.opcode:
        case Opcode.GEN_KEY if length == _POINT and not command.param1 & GenKeyMode.PUBLIC_KEY_DIGEST:
            return command.param2
        case Opcode.SIGN if length == _POINT:
            return command.param2
        case Opcode.ECDH if not command.param1 & EcdhMode.SOURCE_TEMP_KEY:
            return command.param2
        case Opcode.PRIV_WRITE:
            return command.param2
        case _:
            return None


def _used_key(command: CommandPacket) -> int | None:
    """The slot whose key the command has used.

    As far as uses are counted.
    """
    slot = command.param2 if command.param2 != TEMP_KEY_AS_KEY else None
    match command.opcode:
        case Opcode.SIGN | Opcode.HMAC | Opcode.AES:
            return slot
        case Opcode.ECDH:
            return None if command.param1 & EcdhMode.SOURCE_TEMP_KEY else slot
        case Opcode.MAC | Opcode.CHECK_MAC:
            return None if command.param1 & MacMode.BLOCK1_TEMP_KEY else slot
        case Opcode.UPDATE_EXTRA:
            return slot
        case _:
            return None
