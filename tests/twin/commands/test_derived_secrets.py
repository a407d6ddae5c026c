"""What comes out of KDF and ECDH where the vendor's library has no function for it, and certificates by SHA."""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    NONCE_ANSWER_TEMP_KEY,
    TEMP_KEY_AS_KEY,
    EcdhMode,
    GenKeyMode,
    KdfAlgorithm,
    KdfSource,
    KdfTarget,
    MacMode,
    NonceMode,
    Opcode,
    ShaMode,
    VerifyMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.session_macs import crypt_output
from atecc_bench.chip.session.tempkey import nonce
from tests.support.boards.twin_under_test import IO_KEY, Twin, vendor_twin

KEY, SEED = bytes(range(64)), bytes(range(100, 120))


def prf(key: bytes, size: int) -> bytes:
    result, link = b"", SEED
    while len(result) < size:
        link = hmac.digest(key, link, "sha256")
        result += hmac.digest(key, link + SEED, "sha256")
    return result


def kdf(mode: int, details: int, message: bytes = SEED, param2: int = 0) -> CommandPacket:
    return CommandPacket(Opcode.KDF, mode, param2, (details | len(message) << 24).to_bytes(4, "little") + message)


def load(twin: Twin, value: bytes, mode: int = NonceMode.PASS_THROUGH) -> None:
    twin.accept(CommandPacket(Opcode.NONCE, mode | (NonceMode.LENGTH_64 if len(value) == 64 else 0), 0, value))


def temp_key_is(twin: Twin, value: bytes) -> bool:
    """Whether TempKey holds this value, found out by HMAC with it."""
    twin.accept(CommandPacket(Opcode.SHA, ShaMode.HMAC_START, TEMP_KEY_AS_KEY))
    return twin.accept(CommandPacket(Opcode.SHA, ShaMode.END | 0xC0, 3, b"abc")) == hmac.digest(value, b"abc", "sha256")


def test_kdf_takes_keys_of_every_length_from_temp_key() -> None:
    twin = vendor_twin()
    for code, size in ((0, 16), (1, 32), (2, 48), (3, 64)):
        load(twin, KEY)
        assert twin.accept(kdf(KdfTarget.OUTPUT, code)) == prf(KEY[:size], 32)
    assert twin.accept(kdf(KdfSource.TEMP_KEY_UPPER | KdfTarget.OUTPUT, 1)) == prf(KEY[32:], 32)


def test_kdf_into_every_register() -> None:
    twin = vendor_twin()
    load(twin, KEY)
    twin.accept(kdf(KdfTarget.TEMP_KEY, 0x101))
    assert temp_key_is(twin, prf(KEY[:32], 64)[:32])
    load(twin, KEY[:32])
    twin.accept(kdf(KdfTarget.TEMP_KEY_UPPER, 1))
    assert twin.accept(kdf(KdfSource.TEMP_KEY_UPPER | KdfTarget.OUTPUT, 1)) == prf(prf(KEY[:32], 32), 32)
    twin.accept(kdf(KdfTarget.ALTERNATE_KEY_BUFFER, 1))
    expected = prf(prf(KEY[:32], 32), 32)
    assert twin.accept(kdf(KdfSource.ALTERNATE_KEY_BUFFER | KdfTarget.OUTPUT, 1)) == expected


def test_kdf_splits_a_result_for_aead() -> None:
    twin = vendor_twin()
    load(twin, KEY[:32])
    whole = prf(KEY[:32], 64)
    assert twin.accept(kdf(KdfTarget.TEMP_KEY, 0x301)) == whole[32:]
    assert temp_key_is(twin, whole[:32])


def test_kdf_answers_encrypted_under_the_io_protection_key() -> None:
    twin = vendor_twin(chip_options=0x4406)
    load(twin, KEY[:32])
    answer = twin.accept(kdf(KdfTarget.OUTPUT_ENCRYPTED, 0x101))
    assert len(answer) == 96
    assert crypt_output(IO_KEY, answer[64:], answer[:64]) == prf(KEY[:32], 64)


def test_hkdf_takes_its_message_from_temp_key() -> None:
    twin = vendor_twin()
    load(twin, KEY[:32])
    mode = KdfAlgorithm.HKDF | KdfSource.SLOT | KdfTarget.OUTPUT
    assert twin.accept(kdf(mode, 1, bytes(20), 4)) == hmac.digest(IO_KEY, KEY[:20], "sha256")


def test_ecdh_leaves_its_secret_in_temp_key_or_in_the_slot_beside() -> None:
    twin = vendor_twin()
    ours = ec.generate_private_key(ec.SECP256R1())
    numbers = ours.public_key().public_numbers()
    point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    theirs = b"\x04" + twin.accept(commands.gen_key(GenKeyMode.PRIVATE, 0))
    secret = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    assert twin.accept(CommandPacket(Opcode.ECDH, EcdhMode.COPY_TEMP_KEY, 0, point)) == b"\0"
    assert temp_key_is(twin, secret)
    assert twin.accept(CommandPacket(Opcode.ECDH, EcdhMode.COPY_SLOT, 0, point)) == b"\0"
    assert twin.memory.contents(Zone.DATA, 1)[:32] == secret


def test_a_nonce_made_of_temp_key_is_answered_and_keeps_its_flags() -> None:
    twin = vendor_twin()
    load(twin, KEY[:32])
    answer = twin.accept(CommandPacket(Opcode.NONCE, 0, NONCE_ANSWER_TEMP_KEY, SEED))
    assert answer == nonce(KEY[:32], SEED, 0)
    assert temp_key_is(twin, answer)
    load(twin, KEY[:32])
    twin.accept(CommandPacket(Opcode.NONCE, 0, NONCE_ANSWER_TEMP_KEY, SEED))
    mode = MacMode.BLOCK2_TEMP_KEY | MacMode.SOURCE_FLAG  # still not from a random number
    twin.accept(CommandPacket(Opcode.MAC, mode, 4))


def test_a_public_key_validated_by_the_certificate_around_it() -> None:
    authority = ec.generate_private_key(ec.SECP256R1())
    numbers = authority.public_key().public_numbers()
    point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    stored = bytes(4) + point[:32] + bytes(4) + point[32:]
    # The key is block 1 of a certificate of 3 blocks.
    twin = vendor_twin({14: stored, 15: stored}, x509_format=b"\x31\0\0\0")
    before, after = bytes(64), bytes(range(50))
    r, s = decode_dss_signature(authority.sign(sha256(before + point + after).digest(), ec.ECDSA(Prehashed(SHA256()))))
    for command in (
        CommandPacket(Opcode.SHA, ShaMode.START),
        CommandPacket(Opcode.SHA, ShaMode.UPDATE, 64, before),
        CommandPacket(Opcode.SHA, ShaMode.PUBLIC, 14),
        CommandPacket(Opcode.SHA, ShaMode.END, len(after), after),
        CommandPacket(Opcode.VERIFY, VerifyMode.VALIDATE_EXTERNAL, 14, r.to_bytes(32, "big") + s.to_bytes(32, "big")),
    ):
        twin.accept(command)
    assert twin.memory.contents(Zone.DATA, 14)[0] == 0x50
