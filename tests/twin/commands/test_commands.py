"""What the chip does when it does not refuse."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import GenKeyMode, InfoMode, LockMode, NonceMode, Opcode, SignMode, VerifyMode
from atecc_bench.chip.protocol.crc import crc16
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.probes import snapshot

Twin = Any
MESSAGE = b"the quick brown fox"
DIGEST = sha256(MESSAGE).digest()


def session_on(twin: Twin) -> ChipSession:
    return ChipSession(DirectTransport(twin.element))


def verifies(public_key: bytes, signature: bytes, digest: bytes) -> None:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public_key)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(hashes.SHA256())))


def test_a_fresh_chip_is_the_published_default(fresh: Twin) -> None:
    config = session_on(fresh).read_config().to_bytes()
    assert config[:2] + config[12:13] == bytes.fromhex("0123EE")
    assert config[4:8] == bytes.fromhex("00006002")
    assert config[13:24] == bytes.fromhex("013500 C0000000 83208720")
    assert config[84:90] == bytes.fromhex("00005555FFFF")
    assert config[96:98] + config[126:128] == bytes.fromhex("33001C00")


def test_serial_number_and_revision(fresh: Twin) -> None:
    session = session_on(fresh)
    assert session.serial_number() == fresh.memory.config.serial_number
    assert session.revision() == bytes.fromhex("00006002")


def test_slot_locked_is_written_before_the_configuration_lock_and_locks_with_it(fresh: Twin) -> None:
    word = bytes.fromhex("58595A5B")
    fresh.accept(commands.write(Zone.CONFIG, 0, 88, word))
    assert fresh.accept(commands.read_word(Zone.CONFIG, 0, 88)) == word
    fresh.accept(commands.write(Zone.CONFIG, 0, 88, bytes.fromhex("FEFF0000")))
    crc = crc16(fresh.memory.contents(Zone.CONFIG))
    fresh.accept(commands.lock(LockMode.CONFIG, crc))
    assert fresh.run(commands.gen_key(GenKeyMode.PRIVATE, 0))[1].id == ReasonId.SLOT_LOCKED
    fresh.accept(commands.gen_key(GenKeyMode.PRIVATE, 1))
    assert fresh.run(commands.write(Zone.CONFIG, 0, 88, word))[1].id == ReasonId.CONFIG_LOCKED


def test_configuration_blocks_1_and_3_are_written_whole(fresh: Twin) -> None:
    for offset in (32, 96):
        fresh.accept(commands.write(Zone.CONFIG, 0, offset, bytes(range(32))))
        assert fresh.memory.contents(Zone.CONFIG)[offset : offset + 32] == bytes(range(32))


def test_lock_with_the_right_crc(fresh: Twin) -> None:
    session_on(fresh).lock_config(fresh.memory.contents(Zone.CONFIG))
    assert fresh.memory.contents(Zone.CONFIG)[84:90] == bytes.fromhex("00005500FFFF")
    slots = b"".join(fresh.memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT))
    fresh.accept(commands.lock(LockMode.DATA_AND_OTP, crc16(slots + fresh.memory.contents(Zone.OTP))))
    assert fresh.memory.config.data_locked


def test_locking_a_slot_clears_its_bit_only(configured: Twin) -> None:
    configured.accept(CommandPacket(Opcode.LOCK, LockMode.SLOT | 8 << 2))
    assert configured.memory.config.slot_locked == 0xFEFF


def test_otp_is_written_before_and_read_after_the_data_lock(twin_configured_as: Callable[..., Twin]) -> None:
    twin = twin_configured_as(lock_value=0x55)
    twin.accept(commands.write(Zone.OTP, 0, 32, bytes(range(32))))
    session_on(twin).lock_data()
    assert twin.accept(commands.read_block(Zone.OTP, 0, 32)) == bytes(range(32))
    assert twin.accept(commands.read_word(Zone.OTP, 0, 60)) == bytes(range(28, 32))


@given(slot=st.sampled_from((8, 10, 11, 12, 13, 14, 15)), data=st.binary(min_size=1, max_size=72))
def test_slots_that_are_always_writable_give_back_what_was_written(slot: int, data: bytes) -> None:
    element = open_board(parse_virtual_url("virtual://configured?seed=1")).element
    assert element is not None
    session = ChipSession(DirectTransport(element))
    session.write_slot(slot, data)
    assert session.read_slot(slot, 0, len(data)) == data


def test_a_block_write_to_the_partial_last_block_drops_the_surplus(configured: Twin) -> None:
    configured.accept(commands.write(Zone.DATA, 10, 64, bytes(range(32))))
    assert configured.memory.contents(Zone.DATA, 10)[64:] == bytes(range(8))
    assert len(configured.memory.contents(Zone.DATA, 10)) == 72


def test_random_is_a_pattern_before_the_configuration_lock(fresh: Twin) -> None:
    before = snapshot(fresh.memory)
    assert session_on(fresh).random() == bytes.fromhex("FFFF0000") * 8
    assert snapshot(fresh.memory) == before


def test_random_updates_the_seed_unless_told_not_to(configured: Twin) -> None:
    seed = configured.memory.seed
    first = configured.accept(CommandPacket(Opcode.RANDOM, 1))
    assert configured.memory.seed == seed
    assert session_on(configured).random() != first
    assert configured.memory.seed != seed


def test_a_random_nonce_is_the_published_hash(configured: Twin) -> None:
    num_in = bytes(range(20))
    key = session_on(configured).generate_key(0)
    random = configured.accept(CommandPacket(Opcode.NONCE, NonceMode.RANDOM_WITH_SEED_UPDATE, 0, num_in))
    assert configured.accept(commands.info(InfoMode.STATE)) == bytes.fromhex("00800000")
    signature = configured.accept(commands.sign(0))
    verifies(key, signature, sha256(random + num_in + b"\x16\x00\x00").digest())


def test_info_tells_of_keys_and_temp_key(configured: Twin) -> None:
    key_valid = CommandPacket(Opcode.INFO, InfoMode.KEY_VALID, 0)
    assert configured.accept(key_valid) == bytes(4)
    assert configured.accept(commands.info(InfoMode.STATE)) == bytes(4)
    configured.accept(commands.gen_key(GenKeyMode.PRIVATE, 0))
    configured.accept(commands.nonce_pass_through(DIGEST))
    assert configured.accept(key_valid) == b"\1\0\0\0"
    assert configured.accept(CommandPacket(Opcode.INFO, InfoMode.KEY_VALID, 8)) == bytes(4)
    assert configured.accept(commands.info(InfoMode.STATE)) == bytes.fromhex("10800000")


@pytest.mark.parametrize("slot", [0, 2, 3, 7])
def test_generated_keys_sign_and_their_public_keys_can_be_asked_for(configured: Twin, slot: int) -> None:
    session = session_on(configured)
    key = session.generate_key(slot)
    assert session.public_key(slot) == key
    if slot in (0, 2, 3):  # slot 7 is made for ECDH
        signature = session.sign(slot, DIGEST)
        verifies(key, signature, DIGEST)
        assert session.verify(DIGEST, signature, key)
        assert not session.verify(bytes(32), signature, key)


def test_sign_uses_the_digest_up(configured: Twin) -> None:
    session = session_on(configured)
    session.generate_key(0)
    session.sign(0, DIGEST)
    assert configured.run(commands.sign(0))[1].id == ReasonId.NO_DIGEST


def test_sign_from_the_message_digest_buffer(configured: Twin) -> None:
    key = session_on(configured).generate_key(0)
    target = NonceMode.PASS_THROUGH | NonceMode.MESSAGE_DIGEST_BUFFER
    configured.accept(commands.nonce_pass_through(DIGEST, target))
    verifies(key, configured.accept(commands.sign(0, SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER)), DIGEST)


def test_verify_with_a_stored_public_key(configured: Twin) -> None:
    session = session_on(configured)
    key = session.generate_key(0)
    session.write_slot(11, bytes(4) + key[:32] + bytes(4) + key[32:])
    signature = session.sign(0, DIGEST)
    configured.accept(commands.nonce_pass_through(DIGEST))
    configured.accept(CommandPacket(Opcode.VERIFY, VerifyMode.STORED, 11, signature))


def test_a_private_key_made_before_the_data_lock(twin_configured_as: Callable[..., Twin]) -> None:
    twin = twin_configured_as(slot=0, slot_config={"write_config": 0}, lock_value=0x55)
    assert len(twin.accept(commands.gen_key(GenKeyMode.PRIVATE, 0))) == 64


def test_a_public_key_slot_marked_invalid_can_be_overwritten(twin_configured_as: Callable[..., Twin]) -> None:
    twin = twin_configured_as(slot=11, slot_config={"write_config": 1})
    twin.accept(commands.write(Zone.DATA, 11, 0, b"\xa0" + bytes(31)))
    twin.accept(commands.write(Zone.DATA, 11, 0, bytes(32)))


def test_a_damaged_packet_is_a_communication_error(fresh: Twin) -> None:
    packet = bytearray(commands.info().to_bytes())
    packet[-1] ^= 1
    done = fresh.element.execute(bytes(packet))
    assert ResponsePacket.parse(done.response).status_code == Status.COMMUNICATION_ERROR
    assert done.reason is not None
    assert done.reason.id == ReasonId.PACKET_DAMAGED


def test_the_same_seed_repeats_to_the_byte() -> None:
    def run() -> list[bytes]:
        memory = Eeprom.factory(seeded_entropy(5))
        session = ChipSession(DirectTransport(SecureElement(memory, seeded_entropy(6))))
        session.lock_config(memory.contents(Zone.CONFIG))
        session.lock_data()
        answers = [session.generate_key(0), session.random(), session.sign(0, DIGEST)]
        return [*answers, snapshot(memory)]

    assert run() == run()
