"""Layouts of messages between host and chip; that the vendor's library agrees is proved with the twin."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.chip.protocol.commands import MacMode, Opcode, SignMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.session.session_macs import (
    check_mac_response,
    crypt_block,
    crypt_output,
    crypt_private_key,
    mac_message,
)
from atecc_bench.chip.session.tempkey import (
    SESSION_FILLER,
    SignedSlot,
    TempKeyFlags,
    counter_filler,
    internal_message,
    key_config_filler,
    message_of_other_data,
    nonce,
)

keys = st.binary(min_size=32, max_size=32)
serials = st.binary(min_size=9, max_size=9)
flags = st.builds(TempKeyFlags, st.integers(0, 15), st.booleans(), st.booleans(), st.booleans(), st.booleans())
slots = st.builds(SignedSlot, st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.booleans())
sign_modes = st.sampled_from([0x00, 0x01, 0x40, 0x41])


@given(key=keys, data=keys)
def test_a_block_is_decrypted_as_it_was_encrypted(key: bytes, data: bytes) -> None:
    assert crypt_block(key, crypt_block(key, data)) == data


@given(key=keys, data=st.binary(min_size=36, max_size=36))
def test_a_private_key_is_decrypted_as_it_was_encrypted(key: bytes, data: bytes) -> None:
    encrypted = crypt_private_key(key, data)
    assert crypt_private_key(key, encrypted) == data
    assert bytes(a ^ b for a, b in zip(encrypted[32:], data[32:], strict=True)) == sha256(key).digest()[:4]


@given(key=keys, salt=keys, data=st.sampled_from([32, 64]).flatmap(lambda n: st.binary(min_size=n, max_size=n)))
def test_an_answer_is_decrypted_as_it_was_encrypted(key: bytes, salt: bytes, data: bytes) -> None:
    assert crypt_output(key, salt, crypt_output(key, salt, data)) == data


@given(value=keys, flags=flags, slot=slots, mode=sign_modes, serial=serials)
def test_verify_puts_the_signed_message_together_again(
    value: bytes, flags: TempKeyFlags, slot: SignedSlot, mode: int, serial: bytes
) -> None:
    message = internal_message(value, flags, CommandPacket(Opcode.SIGN, mode, 2), slot, serial)
    assert len(message) == 55
    other_data = message[33:43] + message[44:48] + message[50:55]
    assert message_of_other_data(value, other_data, serial) == message
    assert bool(other_data[17]) == bool(mode & SignMode.INVALIDATE)


@given(key=keys, challenge=keys, serial=serials, otp=st.binary(min_size=64, max_size=64))
def test_check_mac_expects_what_mac_answers(key: bytes, challenge: bytes, serial: bytes, otp: bytes) -> None:
    for mode in (0, MacMode.INCLUDE_OTP_64, MacMode.INCLUDE_SERIAL_NUMBER):
        command = CommandPacket(Opcode.MAC, mode, 4)
        answer = sha256(mac_message(key, challenge, command, otp, serial)).digest()
        whole = serial if mode & MacMode.INCLUDE_SERIAL_NUMBER else bytes(9)
        other_data = bytes((Opcode.MAC, mode, 4, 0)) + bytes(3) + whole[4:8] + whole[2:4]
        assert check_mac_response(key, challenge, mode, other_data, otp, serial) == answer


def test_a_nonce_of_the_published_layout() -> None:
    assert nonce(bytes(32), bytes(20), 1) == sha256(bytes(52) + b"\x16\x01\x00").digest()


def test_fillers_of_gendig() -> None:
    assert counter_filler(0x01020304) == bytes.fromhex("0004030201").ljust(len(SESSION_FILLER), b"\0")
    assert key_config_filler(0x1234, 0x5678, locked=False)[:6] == bytes.fromhex("003412785601")
    assert key_config_filler(0x1234, 0x5678, locked=True)[5] == 0


def test_the_flags_of_temp_key_as_info_shows_them() -> None:
    assert TempKeyFlags(from_random=True).to_byte() == 0x00
    assert TempKeyFlags().to_byte() == 0x10
    assert TempKeyFlags(key_id=4, from_random=True, gen_dig_data=True, no_mac=True).to_byte() == 0xA4
    assert TempKeyFlags(key_id=14, gen_key_data=True).to_byte() == 0x5E
