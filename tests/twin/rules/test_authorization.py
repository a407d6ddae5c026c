"""Keys that must be proved, permitted or counted before others work."""

from typing import Any

import pytest

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import InfoMode, MacMode, NonceMode, Opcode, SecureBootMode, UpdateExtraMode
from atecc_bench.chip.protocol.counters import encode_count_match
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import check_mac_response
from atecc_bench.chip.session.tempkey import nonce
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.twin.rules.use_limits import counter_value
from tests.support.boards.twin_under_test import IO_KEY, Twin, vendor_twin
from tests.support.probes import snapshot

OTHER_DATA = bytes(range(13))
AES_KEY = bytes(range(32))
ENCRYPT = CommandPacket(Opcode.AES, 0, 10, bytes(16))
SET_LATCH = CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT, 3)
CLEAR_LATCH = CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT, 2)
MAC_4 = CommandPacket(Opcode.MAC, MacMode.CHALLENGE, 4, bytes(32))
ATECC508A = {"revision": bytes.fromhex("00005000")}


def prove(twin: Twin, slot: int, key: bytes = IO_KEY) -> None:
    random = twin.accept(CommandPacket(Opcode.NONCE, NonceMode.RANDOM_NO_SEED_UPDATE, 0, bytes(20)))
    value, serial = nonce(random, bytes(20), 1), twin.memory.config.serial_number
    response = check_mac_response(key, value, MacMode.BLOCK2_TEMP_KEY, OTHER_DATA, b"", serial)
    twin.accept(CommandPacket(Opcode.CHECK_MAC, MacMode.BLOCK2_TEMP_KEY, slot, bytes(32) + response + OTHER_DATA))


def refusal(twin: Twin, command: CommandPacket) -> ReasonId | None:
    reason = twin.run(command)[1]
    return None if reason is None else reason.id


def test_a_slot_with_req_auth_opens_after_its_auth_key_was_proved() -> None:
    twin = vendor_twin(keys={12: {"req_auth": True, "auth_key": 4}})
    read = commands.read_block(Zone.DATA, 12, 0)
    assert refusal(twin, read) is ReasonId.AUTHORIZATION_NEEDED
    prove(twin, 4)
    assert twin.accept(commands.info(InfoMode.STATE))[1] == 0x04 | 4 << 3
    twin.accept(read)
    twin.accept(commands.write(Zone.DATA, 12, 0, bytes(32)))
    twin.element.lose_registers()
    assert refusal(twin, read) is ReasonId.AUTHORIZATION_NEEDED


def test_another_check_mac_ends_an_authorization() -> None:
    twin = vendor_twin({9: AES_KEY}, keys={12: {"req_auth": True, "auth_key": 4}})
    prove(twin, 4)
    prove(twin, 9, AES_KEY)
    assert refusal(twin, commands.read_block(Zone.DATA, 12, 0)) is ReasonId.AUTHORIZATION_NEEDED


def test_a_challenge_chosen_outside_authorizes_nothing() -> None:
    twin = vendor_twin(keys={12: {"req_auth": True, "auth_key": 4}})
    serial = twin.memory.config.serial_number
    response = check_mac_response(IO_KEY, bytes(32), 0, OTHER_DATA, b"", serial)
    twin.accept(CommandPacket(Opcode.CHECK_MAC, 0, 4, bytes(32) + response + OTHER_DATA))
    assert refusal(twin, commands.read_block(Zone.DATA, 12, 0)) is ReasonId.AUTHORIZATION_NEEDED


def test_the_use_lock_ends_with_its_key_and_returns_with_the_power() -> None:
    twin = vendor_twin({9: AES_KEY}, use_flags=bytes((0x9A, 0)) + bytes(14))
    assert refusal(twin, MAC_4) is ReasonId.USE_LOCKED
    prove(twin, 9, AES_KEY)
    twin.accept(MAC_4)
    twin.element.lose_registers()
    twin.accept(MAC_4)
    twin.element.lose_power()
    assert refusal(twin, MAC_4) is ReasonId.USE_LOCKED


def test_the_persistent_latch_outlives_sleep_and_not_the_power() -> None:
    twin = vendor_twin({10: AES_KEY})
    assert refusal(twin, ENCRYPT) is ReasonId.PERSISTENT_LATCH_CLEAR
    prove(twin, 4)
    assert twin.accept(SET_LATCH) == b"\1\0\0\0"
    twin.element.lose_registers()
    twin.accept(ENCRYPT)
    twin.accept(CLEAR_LATCH)
    assert refusal(twin, ENCRYPT) is ReasonId.PERSISTENT_LATCH_CLEAR
    prove(twin, 4)
    twin.accept(SET_LATCH)
    twin.element.lose_power()
    assert twin.accept(CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT)) == bytes(4)


def test_without_a_permission_slot_anybody_sets_the_latch() -> None:
    twin = vendor_twin({10: AES_KEY}, use_flags=bytes(16))
    twin.accept(SET_LATCH)
    twin.accept(ENCRYPT)


def test_a_good_boot_may_set_the_latch() -> None:
    flags = bytes((0xFF, 0x84, 0x0B, 0xBC)) + bytes(12)
    twin = vendor_twin({10: AES_KEY, 12: bytes(32)}, use_flags=flags)
    twin.accept(CommandPacket(Opcode.SECURE_BOOT, SecureBootMode.FULL_STORE, 0, bytes(32)))
    twin.accept(ENCRYPT)


@pytest.mark.parametrize(("slot", "target"), [(8, 9), (9, 9)])
def test_a_password_gives_the_key_beside_it(slot: int, target: int) -> None:
    twin = vendor_twin({8: IO_KEY, 9: IO_KEY if slot == 9 else AES_KEY}, slots={slot: {"read_key": 0}})
    prove(twin, slot)
    copied = twin.memory.contents(Zone.DATA, target)[:32]
    answer = twin.accept(CommandPacket(Opcode.AES, 0, 0xFFFF, bytes(16)))
    twin.accept(commands.nonce_pass_through(copied))
    assert twin.accept(CommandPacket(Opcode.AES, 0, 0xFFFF, bytes(16))) == answer


def uses(edits: dict[str, Any], slot: int, counted: int) -> None:
    twin = vendor_twin({slot: IO_KEY}, **edits)
    mac = CommandPacket(Opcode.MAC, 0, slot, bytes(32))
    for _ in range(counted):
        twin.accept(mac)
    before = snapshot(twin.memory)
    assert refusal(twin, mac) in (ReasonId.KEY_USED_UP, ReasonId.COUNT_MATCH_REACHED)
    assert snapshot(twin.memory) == before


def test_the_last_slot_of_an_atecc508a_has_its_own_count() -> None:
    edits = {"slots": {15: {"limited_use": True}}, "keys": {15: {"key_type": 7}}}
    uses({**ATECC508A, **edits, "use_flags": bytes(14) + b"\x01\x06"}, 15, 3)


def test_uses_are_counted_up_to_the_match() -> None:
    twin = vendor_twin({10: encode_count_match(3)}, slots={9: {"limited_use": True}})
    twin.accept(CommandPacket(Opcode.UPDATE_EXTRA, UpdateExtraMode.COUNT_USE, 9))
    twin.accept(CommandPacket(Opcode.MAC, 0, 9, bytes(32)))
    assert counter_value(twin.memory, 0) == 2
    # A wrong response is a use too.
    assert refusal(twin, CommandPacket(Opcode.CHECK_MAC, 0, 9, bytes(77))) is ReasonId.CHECK_MAC_MISMATCH
    assert counter_value(twin.memory, 0) == 3
    assert refusal(twin, CommandPacket(Opcode.MAC, 0, 9, bytes(32))) is ReasonId.COUNT_MATCH_REACHED


def test_otp_in_consumption_mode() -> None:
    twin = vendor_twin(revision=ATECC508A["revision"], count_match=0x55)
    twin.accept(commands.write(Zone.OTP, 0, 0, b"\x7f\xff\xff\xff"))
    twin.accept(commands.write(Zone.OTP, 0, 0, b"\x3f\xff\xff\xff"))
    assert twin.accept(commands.read_word(Zone.OTP, 0, 0)) == b"\x3f\xff\xff\xff"
    assert refusal(twin, commands.write(Zone.OTP, 0, 0, b"\x7f\xff\xff\xff")) is ReasonId.OTP_ONLY_CONSUMED
