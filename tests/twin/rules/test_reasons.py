"""Every refusal has its own reason, names the bytes that decided, and leaves the EEPROM as it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, LockMode, NonceMode, Opcode, SignMode, VerifyMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from tests.support.boards.twin_under_test import vendor_twin
from tests.support.cases.refused_commands import REFUSED, Refused
from tests.support.probes import snapshot

MakeTwin = Callable[..., Any]
BLOCK, WORD = bytes(32), bytes(4)
DIGEST = commands.nonce_pass_through(bytes(range(32)))
MAKE_KEY_0 = commands.gen_key(GenKeyMode.PRIVATE, 0)
PUBLIC_KEY_SLOT = 11
UNLOCKED = {"lock_value": 0x55, "lock_config": 0x55}
DATA_UNLOCKED = {"lock_value": 0x55}
VALIDATED = {"lock_value": 0x55, "slot": 11}
PARSE, EXECUTION = Status.PARSE_ERROR, Status.EXECUTION_ERROR
CONFIG_LOCK, DATA_LOCK, SLOT_LOCKS = ((87, 87),), ((86, 86),), ((88, 89),)


@dataclass(frozen=True)
class Case:
    reason: ReasonId
    status: Status
    command: CommandPacket
    decided_by: tuple[tuple[int, int], ...] = ()
    configuration: dict[str, Any] = field(default_factory=dict[str, Any])
    before: tuple[CommandPacket, ...] = ()

    def __str__(self) -> str:
        return f"{self.reason}-{Opcode(self.command.opcode).name}" if self.command.opcode else self.reason


def slot_bytes(slot: int) -> tuple[tuple[int, int], ...]:
    return ((20 + 2 * slot, 21 + 2 * slot),)


def key_bytes(slot: int) -> tuple[tuple[int, int], ...]:
    return ((96 + 2 * slot, 97 + 2 * slot),)


def write_data(slot: int, data: bytes = BLOCK) -> CommandPacket:
    return commands.write(Zone.DATA, slot, 0, data)


def write_config(offset: int, data: bytes) -> CommandPacket:
    return commands.write(Zone.CONFIG, 0, offset, data)


def lock_slot(slot: int) -> CommandPacket:
    return CommandPacket(Opcode.LOCK, LockMode.SLOT | slot << 2)


R = ReasonId
CASES = (
    # Illegal in any state.
    Case(R.UNKNOWN_OPCODE, PARSE, CommandPacket(0x00)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.INFO, 0x09)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.INFO, 0x01, 16)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.READ, 0x03)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.READ, 0x04)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.LOCK, 0x04)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.RANDOM, 0x02)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.NONCE, 0x02, 0, BLOCK)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.NONCE, 0x03, 1, BLOCK)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_KEY, 0x01)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_KEY, GenKeyMode.PUBLIC, 16)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.SIGN, 0x82)),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.VERIFY, 0x08, 0, bytes(64))),
    Case(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.VERIFY, 0x02, 0x05, bytes(128))),
    Case(
        R.BAD_PARAMETER,
        PARSE,
        CommandPacket(Opcode.SIGN, SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER),
        configuration={"revision": bytes.fromhex("00005000")},
    ),
    Case(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.INFO, 0, 0, b"\0")),
    Case(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.WRITE, 0x82, 0, WORD)),
    Case(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.NONCE, 0x03, 0, bytes(20))),
    Case(R.NO_SUCH_ADDRESS, PARSE, CommandPacket(Opcode.READ, 0x00, 0x20)),
    Case(R.NO_SUCH_ADDRESS, PARSE, CommandPacket(Opcode.READ, 0x01, 0x10)),
    Case(R.NO_SUCH_ADDRESS, PARSE, CommandPacket(Opcode.READ, 0x80, 0x01)),
    Case(R.NO_SUCH_ADDRESS, PARSE, commands.read_block(Zone.DATA, 8, 416)),
    Case(R.NO_SUCH_ADDRESS, PARSE, commands.read_word(Zone.DATA, 10, 72)),
    # Configuration and OTP.
    Case(R.CONFIG_LOCKED, EXECUTION, write_config(20, WORD), CONFIG_LOCK),
    Case(R.CONFIG_LOCKED, EXECUTION, commands.lock(LockMode.CONFIG, None), CONFIG_LOCK),
    Case(R.CONFIG_BYTES_FIXED, EXECUTION, write_config(0, WORD), ((0, 15),), UNLOCKED),
    Case(R.CONFIG_BYTES_FIXED, EXECUTION, write_config(12, WORD), ((0, 15),), UNLOCKED),
    Case(R.CONFIG_BYTES_FIXED, EXECUTION, write_config(84, WORD), ((84, 87),), UNLOCKED),
    Case(R.CONFIG_BYTES_FIXED, EXECUTION, write_config(0, BLOCK), ((0, 15),), UNLOCKED),
    Case(R.CONFIG_BYTES_FIXED, EXECUTION, write_config(64, BLOCK), ((84, 87),), UNLOCKED),
    Case(R.CONFIG_NOT_LOCKED, EXECUTION, write_data(8), CONFIG_LOCK, UNLOCKED),
    Case(R.CONFIG_NOT_LOCKED, EXECUTION, commands.write(Zone.OTP, 0, 0, BLOCK), CONFIG_LOCK, UNLOCKED),
    Case(R.CONFIG_NOT_LOCKED, EXECUTION, commands.lock(LockMode.DATA_AND_OTP, None), CONFIG_LOCK, UNLOCKED),
    Case(R.CONFIG_NOT_LOCKED, EXECUTION, lock_slot(8), CONFIG_LOCK, UNLOCKED),
    Case(R.CONFIG_NOT_LOCKED, EXECUTION, MAKE_KEY_0, CONFIG_LOCK, UNLOCKED),
    Case(
        R.CONFIG_NOT_LOCKED,
        EXECUTION,
        CommandPacket(Opcode.VERIFY, VerifyMode.STORED, 11, bytes(64)),
        CONFIG_LOCK,
        UNLOCKED,
    ),
    Case(R.DATA_LOCKED, EXECUTION, commands.lock(LockMode.DATA_AND_OTP, None), DATA_LOCK),
    Case(R.DATA_LOCKED, EXECUTION, commands.write(Zone.OTP, 0, 0, BLOCK), DATA_LOCK),
    Case(R.DATA_NOT_LOCKED, EXECUTION, commands.read_word(Zone.DATA, 8, 0), DATA_LOCK, DATA_UNLOCKED),
    Case(R.DATA_NOT_LOCKED, EXECUTION, commands.read_block(Zone.OTP, 0, 0), DATA_LOCK, DATA_UNLOCKED),
    Case(R.DATA_NOT_LOCKED, EXECUTION, lock_slot(8), DATA_LOCK, DATA_UNLOCKED),
    Case(R.CONFIG_NOT_LOCKED, EXECUTION, commands.sign(0), CONFIG_LOCK, UNLOCKED, (DIGEST,)),
    Case(R.WORD_WRITE_BEFORE_DATA_LOCK, EXECUTION, write_data(8, WORD), DATA_LOCK, DATA_UNLOCKED),
    Case(
        R.WORD_WRITE_BEFORE_DATA_LOCK,
        EXECUTION,
        commands.write(Zone.OTP, 0, 0, WORD),
        DATA_LOCK,
        DATA_UNLOCKED,
    ),
    Case(R.LOCK_CRC_MISMATCH, EXECUTION, commands.lock(LockMode.CONFIG, 0x1234), (), UNLOCKED),
    Case(R.LOCK_CRC_MISMATCH, EXECUTION, commands.lock(LockMode.DATA_AND_OTP, 0x1234), (), DATA_UNLOCKED),
    # Slots.
    Case(R.SLOT_LOCKED, EXECUTION, write_data(8), SLOT_LOCKS, before=(lock_slot(8),)),
    Case(R.SLOT_LOCKED, EXECUTION, lock_slot(8), SLOT_LOCKS, before=(lock_slot(8),)),
    Case(R.SLOT_LOCKED, EXECUTION, MAKE_KEY_0, SLOT_LOCKS, before=(lock_slot(0),)),
    Case(R.SLOT_NOT_LOCKABLE, EXECUTION, lock_slot(1), key_bytes(1)),
    Case(R.SLOT_NEVER_READABLE, EXECUTION, commands.read_block(Zone.DATA, 4, 0), slot_bytes(4)),
    Case(
        R.SLOT_NEVER_READABLE,
        EXECUTION,
        commands.read_block(Zone.DATA, 8, 0),
        slot_bytes(8),
        {"slot": 8, "slot_config": {"encrypt_read": True}},
    ),
    Case(R.SLOT_READ_ENCRYPTED, EXECUTION, commands.read_block(Zone.DATA, 1, 0), slot_bytes(1)),
    Case(
        R.SLOT_NEVER_WRITABLE,
        EXECUTION,
        write_data(8),
        slot_bytes(8) + DATA_LOCK,
        {"slot": 8, "slot_config": {"write_config": 0x8}},
    ),
    Case(
        R.SLOT_NEVER_WRITABLE,
        EXECUTION,
        write_data(8),
        slot_bytes(8) + DATA_LOCK,
        {"slot": 8, "slot_config": {"write_config": 0x2}},
    ),
    Case(R.SLOT_WRITE_ENCRYPTED, EXECUTION, write_data(1), slot_bytes(1)),
    Case(R.SECRET_SLOT_WORD_WRITE, EXECUTION, write_data(4, WORD), slot_bytes(4)),
    Case(
        R.VALID_PUBLIC_KEY_KEPT,
        EXECUTION,
        write_data(11),
        slot_bytes(11),
        {"slot": 11, "slot_config": {"write_config": 0x1}},
        (write_data(11, b"\x50" + bytes(31)),),
    ),
    Case(R.PRIVATE_KEY_SLOT, EXECUTION, commands.read_block(Zone.DATA, 0, 0), key_bytes(0)),
    Case(R.PRIVATE_KEY_SLOT, EXECUTION, write_data(0), key_bytes(0), DATA_UNLOCKED),
    # Keys.
    Case(R.NOT_A_PRIVATE_KEY_SLOT, EXECUTION, commands.gen_key(GenKeyMode.PRIVATE, 8), key_bytes(8)),
    Case(R.NOT_A_PRIVATE_KEY_SLOT, EXECUTION, commands.gen_key(GenKeyMode.PUBLIC, 11), key_bytes(11)),
    Case(R.NOT_A_PRIVATE_KEY_SLOT, EXECUTION, commands.sign(8), key_bytes(8), before=(DIGEST,)),
    Case(
        R.NOT_A_PUBLIC_KEY_SLOT,
        EXECUTION,
        CommandPacket(Opcode.VERIFY, VerifyMode.STORED, 8, bytes(64)),
        key_bytes(8),
        before=(DIGEST,),
    ),
    Case(
        R.GENKEY_NOT_ALLOWED,
        EXECUTION,
        MAKE_KEY_0,
        slot_bytes(0) + DATA_LOCK,
        {"slot_config": {"write_config": 0x0}},
    ),
    Case(
        R.PUB_INFO_OFF,
        EXECUTION,
        commands.gen_key(GenKeyMode.PUBLIC, 0),
        key_bytes(0),
        {"key_config": {"pub_info": False}},
        (MAKE_KEY_0,),
    ),
    Case(R.NO_PRIVATE_KEY, EXECUTION, commands.gen_key(GenKeyMode.PUBLIC, 0)),
    Case(R.NO_PRIVATE_KEY, EXECUTION, commands.sign(0), before=(DIGEST,)),
    Case(
        R.EXTERNAL_SIGN_NOT_ALLOWED,
        EXECUTION,
        commands.sign(0),
        slot_bytes(0),
        {"slot_config": {"read_key": 0xE}},
        (MAKE_KEY_0, DIGEST),
    ),
    Case(
        R.AUTHORIZATION_NEEDED,
        EXECUTION,
        commands.sign(0),
        key_bytes(0),
        {"key_config": {"req_auth": True}},
        (DIGEST,),
    ),
    Case(
        R.AUTHORIZATION_NEEDED,
        EXECUTION,
        MAKE_KEY_0,
        key_bytes(0),
        {"key_config": {"req_auth": True}},
    ),
    Case(
        R.RANDOM_NONCE_NEEDED,
        EXECUTION,
        commands.sign(0),
        key_bytes(0),
        {"key_config": {"req_random": True}},
        (MAKE_KEY_0, DIGEST),
    ),
    Case(R.NO_DIGEST, EXECUTION, commands.sign(0), before=(MAKE_KEY_0,)),
    Case(R.NO_DIGEST, EXECUTION, commands.verify_external(bytes(64), bytes(64))),
    Case(
        R.PUBLIC_KEY_NOT_VALIDATED,
        EXECUTION,
        CommandPacket(Opcode.VERIFY, VerifyMode.STORED, 11, bytes(64)),
        key_bytes(11),
        {"slot": 11, "key_config": {"pub_info": True}},
        (DIGEST,),
    ),
    Case(
        R.PUBLIC_KEY_INVALID,
        EXECUTION,
        commands.verify_external(bytes(64), b"\1" * 64),
        before=(DIGEST,),
    ),
    Case(
        R.SIGNATURE_MISMATCH,
        Status.CHECKMAC_OR_VERIFY_MISCOMPARE,
        commands.verify_external(
            b"\1" * 64,
            bytes.fromhex(  # the curve's base point
                "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
                "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
            ),
        ),
        before=(DIGEST,),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_refusal(case: Case, twin_configured_as: MakeTwin) -> None:
    twin = twin_configured_as(**case.configuration)
    for command in case.before:
        twin.accept(command)
    eeprom = snapshot(twin.memory)
    payload, reason = twin.run(case.command)
    assert payload == bytes((case.status,))
    assert reason is not None
    assert (reason.id, reason.bytes) == (case.reason, case.decided_by)
    assert reason.sentence.endswith(".")
    assert snapshot(twin.memory) == eeprom


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refusal_by_a_chip_with_a_slot_for_everything(case: Refused) -> None:
    twin = vendor_twin(case.contents, **case.edits)
    for command in case.before:
        twin.accept(command)
    eeprom = snapshot(twin.memory)
    payload, reason = twin.run(case.command)
    assert reason is not None
    assert (reason.id, reason.bytes) == (case.reason, case.decided_by), reason.sentence
    assert payload == bytes((case.status,))
    assert reason.sentence.endswith(".")
    assert snapshot(twin.memory) == eeprom


def test_no_rule_is_silent() -> None:
    tested_elsewhere = {ReasonId.PACKET_DAMAGED, ReasonId.WATCHDOG_TOO_SHORT, ReasonId.SELF_TEST_FAILED}
    assert {case.reason for case in (*CASES, *REFUSED)} | tested_elsewhere == set(ReasonId)


def test_nonce_modes_that_only_the_608_has_are_unknown_to_the_508(twin_configured_as: MakeTwin) -> None:
    twin = twin_configured_as(revision=bytes.fromhex("00005000"))
    mode = NonceMode.PASS_THROUGH | NonceMode.MESSAGE_DIGEST_BUFFER
    assert twin.run(commands.nonce_pass_through(bytes(32), mode))[0] == bytes((PARSE,))
