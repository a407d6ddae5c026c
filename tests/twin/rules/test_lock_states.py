"""What works in which lock state, as the vendor's own device tests and owners of chips have it."""

from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import TEMP_KEY_AS_KEY, MacMode, NonceMode, Opcode, SignMode, VerifyMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import check_mac_response
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.twin.state.p256_slots import verify
from tests.support.boards.twin_under_test import IO_KEY, Twin, vendor_twin
from tests.support.cases.refused_commands import BASE_POINT, make_key

ATECC508A = {"revision": bytes.fromhex("00005000")}
DATA_OPEN: dict[str, Any] = {"lock_value": 0x55}
ALL_OPEN: dict[str, Any] = {"lock_value": 0x55, "lock_config": 0x55}
DIGEST = sha256(b"a request").digest()
LOAD = commands.nonce_pass_through(DIGEST)
PRIVATE = ec.derive_private_key(31337, ec.SECP256R1())
PARTS = pytest.mark.parametrize("part", [{}, ATECC508A], ids=["608", "508"])


def point_and_signature() -> tuple[bytes, bytes]:
    numbers = PRIVATE.public_key().public_numbers()
    r, s = decode_dss_signature(PRIVATE.sign(DIGEST, ec.ECDSA(Prehashed(SHA256()))))
    return (
        numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"),
        r.to_bytes(32, "big") + s.to_bytes(32, "big"),
    )


def status(twin: Twin, command: CommandPacket) -> tuple[int, ReasonId | None]:
    payload, reason = twin.run(command)
    return payload[0], None if reason is None else reason.id


@PARTS
@pytest.mark.parametrize("locks", [ALL_OPEN, DATA_OPEN, {}], ids=["open", "configuration locked", "locked"])
def test_verify_external_needs_no_lock(part: dict[str, Any], locks: dict[str, Any]) -> None:
    point, signature = point_and_signature()
    twin = vendor_twin(**part, **locks)
    twin.accept(LOAD)
    twin.accept(commands.verify_external(signature, point))


@PARTS
def test_verify_stored_needs_the_configuration_lock_only(part: dict[str, Any]) -> None:
    point, signature = point_and_signature()
    stored = bytes(4) + point[:32] + bytes(4) + point[32:]
    twin = vendor_twin({11: stored}, **part, **DATA_OPEN)
    twin.accept(LOAD)
    twin.accept(CommandPacket(Opcode.VERIFY, VerifyMode.STORED, 11, signature))


@PARTS
def test_a_request_is_signed_before_the_data_lock(part: dict[str, Any]) -> None:
    twin = vendor_twin(**part, **DATA_OPEN)
    point = twin.accept(make_key(2))
    twin.accept(LOAD)
    assert verify(DIGEST, twin.accept(commands.sign(2, SignMode.EXTERNAL)), point)


@PARTS
def test_check_mac_works_before_the_data_lock(part: dict[str, Any]) -> None:
    twin = vendor_twin(**part, **DATA_OPEN)
    response = check_mac_response(IO_KEY, DIGEST, MacMode.CHALLENGE, bytes(13), b"", twin.memory.config.serial_number)
    twin.accept(CommandPacket(Opcode.CHECK_MAC, MacMode.CHALLENGE, 4, DIGEST + response + bytes(13)))


@pytest.mark.parametrize("mode", [0x00, 0x01, 0x02, 0x03, 0x40, 0x42])
def test_hmac_works_before_the_data_lock_whatever_its_mode_says_of_blocks(mode: int) -> None:
    twin = vendor_twin(**ATECC508A, **DATA_OPEN)
    twin.accept(CommandPacket(Opcode.NONCE, NonceMode.RANDOM_NO_SEED_UPDATE, 0, bytes(20)))
    assert len(twin.accept(CommandPacket(Opcode.HMAC, mode, 4))) == 32


@pytest.mark.parametrize(("locks", "reason"), [(ALL_OPEN, ReasonId.CONFIG_NOT_LOCKED),
                                               (DATA_OPEN, ReasonId.DATA_NOT_LOCKED)])  # fmt: skip
def test_aes_with_a_slot_is_a_parse_error_until_both_zones_are_locked(locks: dict[str, Any], reason: ReasonId) -> None:
    twin = vendor_twin({5: bytes(range(32))}, keys={5: {"key_type": 6}}, **locks)
    assert status(twin, CommandPacket(Opcode.AES, 0, 5, bytes(16))) == (Status.PARSE_ERROR, reason)


def test_aes_with_temp_key_needs_no_lock() -> None:
    twin = vendor_twin(**ALL_OPEN)
    twin.accept(LOAD)
    assert len(twin.accept(CommandPacket(Opcode.AES, 0, TEMP_KEY_AS_KEY, bytes(16)))) == 16


def test_aes_without_aes_enable_is_a_parse_error_and_with_another_key_is_refused() -> None:
    command = CommandPacket(Opcode.AES, 0, 8, bytes(16))
    without = vendor_twin(aes_enable=0)
    assert status(without, command) == (Status.PARSE_ERROR, ReasonId.AES_DISABLED)
    assert status(vendor_twin(), command) == (Status.EXECUTION_ERROR, ReasonId.NOT_AN_AES_KEY_SLOT)
    beyond = CommandPacket(Opcode.AES, 0, 16, bytes(16))
    assert status(vendor_twin(), beyond) == (Status.PARSE_ERROR, ReasonId.BAD_PARAMETER)


@pytest.mark.parametrize("word", range(8))
def test_a_block_is_written_whatever_word_its_address_names(word: int) -> None:
    twin = vendor_twin()
    data = bytes(range(32))
    twin.accept(CommandPacket(Opcode.WRITE, 0x82, 0x0100 | 12 << 3 | word, data))
    assert twin.memory.contents(Zone.DATA, 12)[32:64] == data


@PARTS
def test_a_public_key_off_the_curve_is_refused(part: dict[str, Any]) -> None:
    twin = vendor_twin(**part)
    twin.accept(LOAD)
    off = BASE_POINT[:-1] + b"\0"
    expected = (Status.EXECUTION_ERROR, ReasonId.PUBLIC_KEY_INVALID)
    assert status(twin, commands.verify_external(b"\1" * 64, off)) == expected
    twin.accept(make_key(2))
    assert status(twin, CommandPacket(Opcode.ECDH, 0, 2, off)) == expected


def test_a_limit_whose_copies_differ_limits_nothing() -> None:
    twin = vendor_twin({10: bytes(4) + b"\1\0\0\0"})
    twin.accept(CommandPacket(Opcode.COUNTER, 1))
    twin.accept(make_key(0))
    twin.accept(LOAD)
    twin.accept(commands.sign(0))
    assert twin.accept(CommandPacket(Opcode.COUNTER)) == b"\2\0\0\0"


def test_derive_key_looks_at_no_mac_that_is_not_asked_for() -> None:
    with_mac, without = (vendor_twin({9: DIGEST + bytes(4)}) for _ in range(2))
    for twin, data in ((with_mac, b"\xa5" * 32), (without, b"")):
        twin.accept(CommandPacket(Opcode.NONCE, NonceMode.RANDOM_NO_SEED_UPDATE, 0, bytes(20)))
        twin.accept(CommandPacket(Opcode.DERIVE_KEY, 0, 9, data))
    assert with_mac.memory.contents(Zone.DATA, 9) == without.memory.contents(Zone.DATA, 9) != DIGEST


def test_priv_write_in_clear_looks_at_no_pad() -> None:
    twin = vendor_twin(**DATA_OPEN)
    key = (31337).to_bytes(32, "big")
    twin.accept(CommandPacket(Opcode.PRIV_WRITE, 0, 7, b"\xde\xad\xbe\xef" + key + bytes(32)))
    assert twin.accept(commands.gen_key(commands.GenKeyMode.PUBLIC, 7)) == point_and_signature()[0]
