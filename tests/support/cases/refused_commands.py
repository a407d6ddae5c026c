"""Commands that a chip refuses, each with its reason; the chip is that of CryptoAuthLib's own tests, edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    TEMP_KEY_AS_KEY,
    EcdhMode,
    GenDigZone,
    GenKeyMode,
    InfoMode,
    KdfAlgorithm,
    KdfSource,
    KdfTarget,
    MacMode,
    NonceMode,
    Opcode,
    SecureBootMode,
    ShaMode,
    SignMode,
    UpdateExtraMode,
    VerifyMode,
)
from atecc_bench.chip.protocol.counters import LARGEST, encode_count_match, encode_counter
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.rules.refusal_reasons import ReasonId

R = ReasonId
PARSE, EXECUTION, ECC = Status.PARSE_ERROR, Status.EXECUTION_ERROR, Status.ECC_FAULT
MISMATCH = Status.CHECKMAC_OR_VERIFY_MISCOMPARE
ATECC508A = {"revision": bytes.fromhex("00005000")}
DATA_UNLOCKED = {"lock_value": 0x55}
BLOCK, WORD = bytes(32), bytes(4)
BASE_POINT = bytes.fromhex(
    "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
)
STORED_POINT = bytes(4) + BASE_POINT[:32] + bytes(4) + BASE_POINT[32:]
DIGEST = commands.nonce_pass_through(BLOCK)
RANDOM_NONCE = CommandPacket(Opcode.NONCE, NonceMode.RANDOM_WITH_SEED_UPDATE, 0, bytes(20))
CONFIG_LOCK, DATA_LOCK, OPTIONS = ((87, 87),), ((86, 86),), ((90, 91),)
SECURE_BOOT, KDF_IV, COUNT_MATCH, COUNTER_0 = ((70, 71),), ((72, 74),), ((18, 18),), ((52, 59),)


@dataclass(frozen=True)
class Refused:
    """A command, why it is refused, which configuration bytes decided, and what the chip went through before."""

    reason: ReasonId
    status: Status
    command: CommandPacket
    decided_by: tuple[tuple[int, int], ...] = ()
    edits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    contents: Mapping[int, bytes] = field(default_factory=dict[int, bytes])
    before: tuple[CommandPacket, ...] = ()

    def __str__(self) -> str:
        return f"{self.reason}-{Opcode(self.command.opcode).name}"


def slot(*numbers: int) -> tuple[tuple[int, int], ...]:
    return tuple((20 + 2 * number, 21 + 2 * number) for number in numbers)


def key(*numbers: int) -> tuple[tuple[int, int], ...]:
    return tuple((96 + 2 * number, 97 + 2 * number) for number in numbers)


def mac(number: int, mode: int = MacMode.CHALLENGE) -> CommandPacket:
    return CommandPacket(Opcode.MAC, mode, number, b"" if mode & MacMode.BLOCK2_TEMP_KEY else BLOCK)


def check_mac(number: int, mode: int = MacMode.CHALLENGE) -> CommandPacket:
    return CommandPacket(Opcode.CHECK_MAC, mode, number, bytes(77))


def gen_dig(number: int, data: bytes = b"") -> CommandPacket:
    return CommandPacket(Opcode.GEN_DIG, GenDigZone.DATA, number, data)


def make_key(number: int) -> CommandPacket:
    return commands.gen_key(GenKeyMode.PRIVATE, number)


def aes(number: int, mode: int = 0) -> CommandPacket:
    return CommandPacket(Opcode.AES, mode, number, bytes(16))


def ecdh(number: int, mode: int = 0, point: bytes = BASE_POINT) -> CommandPacket:
    return CommandPacket(Opcode.ECDH, mode, number, point)


def sha(mode: int, data: bytes = b"", param2: int | None = None) -> CommandPacket:
    return CommandPacket(Opcode.SHA, mode, len(data) if param2 is None else param2, data)


def kdf(
    mode: int,
    details: int = 0,
    message: bytes = bytes(16),
    param2: int = 0,
) -> CommandPacket:
    size = 0 if mode & KdfAlgorithm.AES else len(message)
    return CommandPacket(Opcode.KDF, mode, param2, (details | size << 24).to_bytes(4, "little") + message)


def secure_boot(mode: int = SecureBootMode.FULL) -> CommandPacket:
    stored = mode & 0x07 == SecureBootMode.FULL_STORE
    return CommandPacket(Opcode.SECURE_BOOT, mode, 0, bytes(32 if stored else 96))


def verify_slot(mode: int, number: int, other_data: bytes = b"") -> CommandPacket:
    return CommandPacket(Opcode.VERIFY, mode, number, b"\1" * 64 + other_data)


def secure_boot_word(kind: int, flags: int = 0) -> dict[str, Any]:
    return {"use_flags": bytes((0xFF, 0x84, kind | flags, 0xBC, 9)) + b"iv" + bytes(9)}


def use_flags(**bytes_at: int) -> dict[str, Any]:
    raw = bytearray(b"\xff\x84\x03\xbc\x09iv" + bytes(9))
    for name, value in bytes_at.items():
        raw[{"use_lock": 0, "permission": 1, "iv_loc": 4}[name]] = value
    return {"use_flags": bytes(raw)}


def options(word: int) -> dict[str, Any]:
    return {"chip_options": word}


READ_1 = commands.read_block(Zone.DATA, 1, 0)
ENCRYPTED_WRITE_8 = CommandPacket(Opcode.WRITE, 0x82, 8 << 3, bytes(64))
IMPORT_7 = CommandPacket(Opcode.PRIV_WRITE, 0x40, 7, bytes(68))
MAKE_EPHEMERAL = commands.gen_key(GenKeyMode.PRIVATE, TEMP_KEY_AS_KEY)
DIGEST_OF_14 = CommandPacket(Opcode.GEN_KEY, GenKeyMode.PUBLIC_KEY_DIGEST, 14, bytes(3))
START, HASHED_14 = sha(ShaMode.START), sha(ShaMode.PUBLIC, param2=14)
VALIDATION_KEYS = {14: STORED_POINT, 15: STORED_POINT}
PRF = KdfAlgorithm.PRF | KdfSource.TEMP_KEY | KdfTarget.OUTPUT
ENCRYPTED_BOOT = SecureBootMode.FULL | SecureBootMode.ENCRYPTED

REFUSED = (
    # Commands a part does not have.
    Refused(R.UNKNOWN_OPCODE, PARSE, CommandPacket(Opcode.HMAC, 0, 4)),
    Refused(R.UNKNOWN_OPCODE, PARSE, CommandPacket(Opcode.PAUSE)),
    Refused(R.UNKNOWN_OPCODE, PARSE, aes(5), edits=ATECC508A),
    Refused(R.UNKNOWN_OPCODE, PARSE, kdf(PRF), edits=ATECC508A),
    Refused(R.UNKNOWN_OPCODE, PARSE, secure_boot(), edits=ATECC508A),
    Refused(R.UNKNOWN_OPCODE, PARSE, CommandPacket(Opcode.SELF_TEST, 1), edits=ATECC508A),
    # Modes, parameters and lengths that are never right.
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.INFO, InfoMode.GPIO)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT, 4)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.NONCE, 0xA3, 0, bytes(64))),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.NONCE, 0x23, 0, bytes(64)), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.NONCE, 0xC3, 0, BLOCK)),
    Refused(R.BAD_PARAMETER, PARSE, commands.gen_key(GenKeyMode.PRIVATE, TEMP_KEY_AS_KEY), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, commands.gen_key(GenKeyMode.DIGEST, TEMP_KEY_AS_KEY)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_KEY, 0x14, 14, bytes(3))),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.SIGN, SignMode.MESSAGE_DIGEST_BUFFER, 2)),
    Refused(R.BAD_PARAMETER, PARSE, verify_slot(0x20 | VerifyMode.VALIDATE, 14, bytes(19))),
    Refused(R.BAD_PARAMETER, PARSE, verify_slot(0x80, 11), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, verify_slot(0x05, 11)),
    Refused(R.BAD_PARAMETER, PARSE, mac(4, 0x08)),
    Refused(R.BAD_PARAMETER, PARSE, mac(16)),
    Refused(R.BAD_PARAMETER, PARSE, check_mac(4, 0x40)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.HMAC, 0x10, 4), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_DIG, 6), before=(DIGEST,)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_DIG, GenDigZone.COUNTER), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_DIG, GenDigZone.CONFIG, 4), before=(DIGEST,)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.GEN_DIG, GenDigZone.SHARED_NONCE, 0x100, BLOCK)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.DERIVE_KEY, 1, 9)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.COUNTER, 2)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.COUNTER, 0, 2)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.UPDATE_EXTRA, 3)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.UPDATE_EXTRA, 0, 0x100)),
    Refused(R.BAD_PARAMETER, PARSE, ecdh(2, 0x10)),
    Refused(R.BAD_PARAMETER, PARSE, ecdh(2, EcdhMode.COPY_TEMP_KEY | EcdhMode.OUTPUT_ENCRYPTED), before=(make_key(2),)),
    Refused(R.BAD_PARAMETER, PARSE, ecdh(2, EcdhMode.COPY_OUTPUT), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, sha(ShaMode.HMAC_END)),
    Refused(R.BAD_PARAMETER, PARSE, sha(ShaMode.READ_CONTEXT), edits=ATECC508A),
    Refused(R.BAD_PARAMETER, PARSE, sha(ShaMode.END | 0x80), before=(START,)),
    Refused(R.BAD_PARAMETER, PARSE, sha(ShaMode.END, bytes(4), 5), before=(START,)),
    Refused(R.BAD_PARAMETER, PARSE, aes(5, 0x02)),
    Refused(R.BAD_PARAMETER, PARSE, aes(5, 0x80), edits={"keys": {5: {"key_type": 6}}}),
    Refused(R.BAD_PARAMETER, PARSE, kdf(0x60)),
    Refused(R.BAD_PARAMETER, PARSE, kdf(0x18)),
    Refused(R.BAD_PARAMETER, PARSE, kdf(KdfAlgorithm.HKDF | KdfSource.SLOT | KdfTarget.OUTPUT, 2, param2=16)),
    Refused(R.BAD_PARAMETER, PARSE, kdf(KdfTarget.ALTERNATE_KEY_BUFFER, 0x101)),
    Refused(R.BAD_PARAMETER, PARSE, kdf(KdfSource.ALTERNATE_KEY_BUFFER | KdfTarget.OUTPUT, 3)),
    Refused(R.BAD_PARAMETER, PARSE, kdf(PRF, 0x201)),
    Refused(R.BAD_PARAMETER, PARSE, secure_boot(0x04)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.SELF_TEST, 0x40)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.PRIV_WRITE, 0x01, 7, bytes(68))),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.WRITE, 0xC2, 12 << 3, BLOCK)),
    Refused(R.BAD_PARAMETER, PARSE, CommandPacket(Opcode.WRITE, 0xC1, 0, BLOCK), edits=DATA_UNLOCKED),
    Refused(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.NONCE, 0x63, 0, BLOCK)),
    Refused(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.MAC, 0, 4)),
    Refused(R.BAD_LENGTH, PARSE, sha(ShaMode.UPDATE, bytes(32)), edits=ATECC508A, before=(START,)),
    Refused(R.BAD_LENGTH, PARSE, sha(ShaMode.WRITE_CONTEXT, bytes(37))),
    Refused(R.BAD_LENGTH, PARSE, sha(ShaMode.WRITE_CONTEXT, bytes(35))),
    Refused(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.KDF, PRF, 0, bytes(3))),
    Refused(R.BAD_LENGTH, PARSE, CommandPacket(Opcode.KDF, PRF, 0, b"\1\0\0\4" + bytes(5))),
    Refused(
        R.BAD_LENGTH,
        PARSE,
        kdf(KdfAlgorithm.HKDF | KdfSource.SLOT | KdfTarget.OUTPUT, 0x0400, bytes(37), param2=4),
    ),
    Refused(R.BAD_LENGTH, PARSE, gen_dig(6), before=(RANDOM_NONCE,)),
    # Zones and slots.
    Refused(R.CONFIG_NOT_LOCKED, EXECUTION, mac(4), CONFIG_LOCK, {"lock_config": 0x55, "lock_value": 0x55}),
    Refused(R.CONFIG_NOT_LOCKED, EXECUTION, check_mac(4), CONFIG_LOCK, {"lock_config": 0x55, "lock_value": 0x55}),
    Refused(R.CONFIG_NOT_LOCKED, EXECUTION, CommandPacket(Opcode.HMAC, 0, 4), CONFIG_LOCK,
            {**ATECC508A, "lock_config": 0x55, "lock_value": 0x55}),
    Refused(R.CONFIG_NOT_LOCKED, PARSE, aes(10), CONFIG_LOCK, {"lock_config": 0x55, "lock_value": 0x55}),
    Refused(R.DATA_NOT_LOCKED, PARSE, aes(10), DATA_LOCK, DATA_UNLOCKED),
    Refused(R.DATA_NOT_LOCKED, EXECUTION, ecdh(2), DATA_LOCK, DATA_UNLOCKED, before=(make_key(2),)),
    Refused(R.OTP_READ_ONLY, EXECUTION, commands.write(Zone.OTP, 0, 0, WORD), DATA_LOCK + COUNT_MATCH,
            {**ATECC508A, "count_match": 0xAA}),
    Refused(R.OTP_LEGACY, EXECUTION, commands.read_word(Zone.OTP, 0, 4), COUNT_MATCH, {**ATECC508A, "count_match": 0}),
    Refused(R.OTP_ONLY_CONSUMED, EXECUTION, commands.write(Zone.OTP, 0, 0, b"\xff" * 4), DATA_LOCK + COUNT_MATCH,
            {**ATECC508A, "count_match": 0x55}, before=(commands.write(Zone.OTP, 0, 0, WORD),)),
    Refused(R.SLOT_WRITE_CLEAR, EXECUTION, CommandPacket(Opcode.WRITE, 0x82, 12 << 3, bytes(64)), slot(12)),
    Refused(R.SLOT_WRITE_ENCRYPTED, EXECUTION, commands.write(Zone.DATA, 8, 0, BLOCK), slot(8)),
    Refused(R.SLOT_READ_ENCRYPTED, EXECUTION, commands.read_word(Zone.DATA, 1, 0), slot(1), before=(DIGEST,)),
    Refused(R.EXTRA_BYTE_ALREADY_SET, EXECUTION, CommandPacket(Opcode.UPDATE_EXTRA, 0, 7), ((84, 84),),
            before=(CommandPacket(Opcode.UPDATE_EXTRA, 0, 5),)),
    Refused(R.EXTRA_BYTE_ALREADY_SET, EXECUTION, CommandPacket(Opcode.UPDATE_EXTRA, 1, 7), ((85, 85), (19, 19)),
            {**ATECC508A, "chip_mode": 1}, before=(CommandPacket(Opcode.UPDATE_EXTRA, 1, 5),)),
    Refused(R.AUTHORIZATION_NEEDED, EXECUTION, commands.read_block(Zone.DATA, 12, 0), key(12),
            {"keys": {12: {"req_auth": True, "auth_key": 4}}}),
    Refused(R.AUTHORIZATION_NEEDED, EXECUTION, commands.write(Zone.DATA, 12, 0, BLOCK), key(12),
            {"keys": {12: {"req_auth": True, "auth_key": 4}}}),
    # What a slot holds.
    Refused(R.PRIVATE_KEY_SLOT, EXECUTION, gen_dig(2), key(2), before=(DIGEST,)),
    Refused(R.NOT_A_SECRET_KEY_SLOT, EXECUTION, mac(2), key(2)),
    Refused(R.NOT_A_SECRET_KEY_SLOT, EXECUTION, check_mac(11), key(11)),
    Refused(R.NOT_A_SECRET_KEY_SLOT, EXECUTION, CommandPacket(Opcode.DERIVE_KEY, 0, 11), key(11)),
    Refused(R.NOT_AN_AES_KEY_SLOT, EXECUTION, aes(4), key(4)),
    Refused(R.NOT_A_PRIVATE_KEY_SLOT, EXECUTION, ecdh(4), key(4)),
    Refused(R.NO_PRIVATE_KEY, EXECUTION, ecdh(2)),
    Refused(R.PRIVATE_KEY_INVALID, ECC, CommandPacket(Opcode.PRIV_WRITE, 0, 7, bytes(68)), edits=DATA_UNLOCKED),
    # Whether a key may be used now.
    Refused(R.USE_LOCKED, EXECUTION, mac(4), ((68, 68),), use_flags(use_lock=0x5A)),
    Refused(R.PERSISTENT_LATCH_CLEAR, EXECUTION, aes(10), key(10)),
    Refused(R.LATCH_NOT_PERMITTED, EXECUTION, CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT, 3), ((69, 69),)),
    Refused(R.RANDOM_NONCE_NEEDED, EXECUTION, mac(4), key(4), {"keys": {4: {"req_random": True}}}, before=(DIGEST,)),
    Refused(R.RANDOM_NONCE_NEEDED, EXECUTION, gen_dig(4), key(4), {"keys": {4: {"req_random": True}}},
            before=(DIGEST,)),
    Refused(R.KEY_USED_UP, EXECUTION, mac(15), (*slot(15), (68, 83)),
            {**ATECC508A, "use_flags": bytes(16), "slots": {15: {"limited_use": True}},
             "keys": {15: {"key_type": 7}}}),
    Refused(R.COUNT_MATCH_REACHED, EXECUTION, commands.sign(0), COUNT_MATCH + COUNTER_0,
            contents={10: encode_count_match(0)}, before=(make_key(0), DIGEST)),
    Refused(R.COUNT_MATCH_REACHED, EXECUTION, CommandPacket(Opcode.COUNTER, 1), COUNT_MATCH + COUNTER_0,
            contents={10: encode_count_match(0)}),
    Refused(R.COUNTER_AT_END, EXECUTION, CommandPacket(Opcode.COUNTER, 1, 1), ((60, 67),),
            {"counters": (encode_counter(0), encode_counter(LARGEST))}),
    Refused(R.KEY_NOT_LIMITED, EXECUTION, CommandPacket(Opcode.UPDATE_EXTRA, UpdateExtraMode.COUNT_USE, 4), slot(4)),
    Refused(R.NO_MAC, EXECUTION, mac(6), slot(6)),
    Refused(R.NO_MAC, EXECUTION, sha(ShaMode.HMAC_START, param2=6), slot(6)),
    Refused(R.NO_MAC, EXECUTION, CommandPacket(Opcode.HMAC, 0, 6), slot(6), ATECC508A),
    # Private keys.
    Refused(R.PRIV_WRITE_NOT_ALLOWED, EXECUTION, CommandPacket(Opcode.PRIV_WRITE, 0x40, 2, bytes(68)),
            slot(2) + DATA_LOCK),
    Refused(R.PRIV_WRITE_ENCRYPTED, EXECUTION, CommandPacket(Opcode.PRIV_WRITE, 0, 7, bytes(68)), slot(7) + DATA_LOCK),
    Refused(R.INTERNAL_SIGN_NOT_ALLOWED, EXECUTION, commands.sign(2, SignMode.INTERNAL), slot(2),
            {"slots": {2: {"read_key": 5}}}, before=(make_key(2),)),
    Refused(R.NO_INTERNAL_MESSAGE, EXECUTION, commands.sign(2, SignMode.INTERNAL), before=(make_key(2), DIGEST)),
    Refused(R.ECDH_NOT_ALLOWED, EXECUTION, ecdh(7), slot(7)),
    Refused(R.ECDH_RESULT_STAYS, EXECUTION, ecdh(0, EcdhMode.COPY_OUTPUT), slot(0), before=(make_key(0),)),
    Refused(R.ECDH_NO_RESULT_SLOT, EXECUTION, ecdh(2, EcdhMode.COPY_SLOT), slot(2), before=(make_key(2),)),
    Refused(R.ECDH_NO_RESULT_SLOT, EXECUTION, ecdh(0, EcdhMode.COPY_SLOT | EcdhMode.SOURCE_TEMP_KEY),
            before=(MAKE_EPHEMERAL,)),
    # Registers.
    Refused(R.NO_DIGEST, EXECUTION, commands.sign(2, SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER),
            before=(make_key(2),)),
    Refused(R.NO_SYSTEM_NONCE, EXECUTION, CommandPacket(Opcode.VERIFY, 0x82, 4, bytes(64) + BASE_POINT),
            before=(DIGEST,)),
    Refused(R.TEMP_KEY_EMPTY, EXECUTION, gen_dig(4)),
    Refused(R.TEMP_KEY_EMPTY, EXECUTION, ENCRYPTED_WRITE_8),
    Refused(R.TEMP_KEY_TOO_SHORT, EXECUTION, aes(TEMP_KEY_AS_KEY, 0x80), before=(DIGEST,)),
    Refused(R.TEMP_KEY_TOO_SHORT, EXECUTION, kdf(PRF | KdfSource.TEMP_KEY_UPPER, 1), before=(DIGEST,)),
    Refused(R.TEMP_KEY_SOURCE, EXECUTION, mac(4, MacMode.BLOCK2_TEMP_KEY), before=(DIGEST,)),
    Refused(R.TEMP_KEY_SOURCE, EXECUTION, READ_1, before=(DIGEST, gen_dig(4))),
    Refused(R.TEMP_KEY_NO_MAC, EXECUTION, mac(4, MacMode.BLOCK2_TEMP_KEY), before=(RANDOM_NONCE, gen_dig(6, WORD))),
    Refused(R.TEMP_KEY_OF_OTHER_KEY, EXECUTION, READ_1, before=(RANDOM_NONCE,)),
    Refused(R.TEMP_KEY_OF_OTHER_KEY, EXECUTION, ENCRYPTED_WRITE_8, before=(RANDOM_NONCE, gen_dig(5))),
    Refused(R.TEMP_KEY_OF_OTHER_KEY, EXECUTION, IMPORT_7, before=(RANDOM_NONCE,)),
    Refused(R.TEMP_KEY_PRIVATE, EXECUTION, gen_dig(4), before=(MAKE_EPHEMERAL,)),
    Refused(R.TEMP_KEY_PRIVATE, EXECUTION, kdf(PRF, 1), before=(MAKE_EPHEMERAL,)),
    Refused(R.TEMP_KEY_NOT_PRIVATE, EXECUTION, ecdh(0, EcdhMode.SOURCE_TEMP_KEY), before=(DIGEST,)),
    Refused(R.ALTERNATE_KEY_EMPTY, EXECUTION, kdf(PRF | KdfSource.ALTERNATE_KEY_BUFFER, 1)),
    Refused(R.SHA_NOT_STARTED, EXECUTION, sha(ShaMode.UPDATE, b"abc")),
    Refused(R.SHA_NOT_STARTED, EXECUTION, sha(ShaMode.END), before=(START, commands.info())),
    Refused(R.SHA_NOT_STARTED, EXECUTION, sha(ShaMode.HMAC_END), edits=ATECC508A, before=(START,)),
    Refused(R.SHA_NOT_AT_BLOCK_BOUNDARY, EXECUTION, HASHED_14, before=(START, sha(ShaMode.UPDATE, b"abc"))),
    Refused(R.SHA_CONTEXT_NOT_READABLE, EXECUTION, sha(ShaMode.READ_CONTEXT),
            before=(sha(ShaMode.HMAC_START, param2=4),)),
    # Public keys.
    Refused(R.PUBLIC_KEY_NEEDS_NO_VALIDATION, EXECUTION, verify_slot(VerifyMode.VALIDATE, 11, bytes(19)), key(11)),
    Refused(R.PUBLIC_KEY_INVALID, EXECUTION, ecdh(2, point=b"\1" * 64), before=(make_key(2),)),
    Refused(R.NOT_THE_KEY_TO_VALIDATE, EXECUTION, verify_slot(VerifyMode.VALIDATE, 14, bytes(19)),
            contents=VALIDATION_KEYS, before=(DIGEST,)),
    Refused(R.NOT_THE_KEY_TO_VALIDATE, EXECUTION, verify_slot(VerifyMode.VALIDATE_EXTERNAL, 14),
            contents=VALIDATION_KEYS, before=(DIGEST,)),
    Refused(R.VALIDATION_PURPOSE, EXECUTION, verify_slot(VerifyMode.VALIDATE, 14, bytes(17) + b"\1\0"),
            contents=VALIDATION_KEYS, before=(DIGEST, DIGEST_OF_14)),
    Refused(R.X509_FORMAT, EXECUTION, verify_slot(VerifyMode.VALIDATE, 14, bytes(19)), (*key(14), (92, 92)),
            {"x509_format": b"\x21\0\0\0"}, VALIDATION_KEYS, (DIGEST, DIGEST_OF_14)),
    Refused(R.X509_FORMAT, EXECUTION, verify_slot(VerifyMode.VALIDATE_EXTERNAL, 14), (*key(14), (92, 92)),
            {"x509_format": b"\x21\0\0\0"}, VALIDATION_KEYS, (START, HASHED_14, sha(ShaMode.END))),
    # Proofs that fail.
    Refused(R.SIGNATURE_MISMATCH, MISMATCH, verify_slot(VerifyMode.VALIDATE, 14, bytes(19)),
            contents=VALIDATION_KEYS, before=(DIGEST, DIGEST_OF_14)),
    Refused(R.CHECK_MAC_MISMATCH, MISMATCH, check_mac(4)),
    Refused(R.WRITE_MAC_MISMATCH, EXECUTION, ENCRYPTED_WRITE_8, before=(RANDOM_NONCE, gen_dig(4))),
    Refused(R.WRITE_MAC_MISMATCH, EXECUTION, IMPORT_7, before=(RANDOM_NONCE, gen_dig(4))),
    Refused(R.WRITE_MAC_MISMATCH, EXECUTION, CommandPacket(Opcode.DERIVE_KEY, 0, 3, BLOCK), before=(RANDOM_NONCE,)),
    # Derived keys and encrypted answers.
    Refused(R.DERIVE_KEY_NOT_ALLOWED, EXECUTION, CommandPacket(Opcode.DERIVE_KEY, 0, 4), slot(4)),
    Refused(R.DERIVE_KEY_MAC_NEEDED, EXECUTION, CommandPacket(Opcode.DERIVE_KEY, 0, 3), slot(3),
            before=(RANDOM_NONCE,)),
    Refused(R.AES_DISABLED, PARSE, aes(10), ((13, 13),), {"aes_enable": 0}),
    Refused(R.AES_DISABLED, EXECUTION, kdf(PRF | KdfAlgorithm.AES), ((13, 13),), {"aes_enable": 0}, before=(DIGEST,)),
    Refused(R.KDF_AES_DISABLED, EXECUTION, kdf(PRF | KdfAlgorithm.AES), OPTIONS, options(0x4002), before=(DIGEST,)),
    Refused(R.KDF_SOURCE_NOT_ALLOWED, EXECUTION, kdf(PRF | KdfSource.SLOT, 1, param2=11), key(11)),
    Refused(R.KDF_TARGET_NOT_ALLOWED, EXECUTION, kdf(KdfTarget.SLOT, 1, param2=12 << 8), slot(12) + key(12),
            before=(DIGEST,)),
    Refused(R.KDF_IV_OFF, EXECUTION, kdf(PRF | KdfAlgorithm.HKDF, 3), KDF_IV, use_flags(iv_loc=0xF0), before=(DIGEST,)),
    Refused(R.KDF_IV_MISMATCH, EXECUTION, kdf(PRF | KdfAlgorithm.HKDF, 3), KDF_IV, before=(DIGEST,)),
    Refused(R.OUTPUT_MUST_BE_ENCRYPTED, EXECUTION, ecdh(2), OPTIONS, options(0x4102), before=(make_key(2),)),
    Refused(R.OUTPUT_MUST_BE_ENCRYPTED, EXECUTION, kdf(PRF, 1), OPTIONS, options(0x4402), before=(DIGEST,)),
    Refused(R.OUTPUT_FORBIDDEN, EXECUTION, ecdh(2, EcdhMode.OUTPUT_ENCRYPTED | EcdhMode.COPY_OUTPUT), OPTIONS,
            options(0x4202), before=(make_key(2),)),
    Refused(R.OUTPUT_FORBIDDEN, EXECUTION, kdf(PRF, 1), OPTIONS, options(0x4C02), before=(DIGEST,)),
    Refused(R.IO_PROTECTION_OFF, EXECUTION, ecdh(2, EcdhMode.OUTPUT_ENCRYPTED | EcdhMode.COPY_OUTPUT), OPTIONS,
            options(0x4000), before=(make_key(2),)),
    Refused(R.PRIVATE_KEY_SLOT, EXECUTION, ecdh(2, EcdhMode.OUTPUT_ENCRYPTED | EcdhMode.COPY_OUTPUT), key(7),
            options(0x7002), before=(make_key(2),)),
    Refused(R.SLOT_LOCKED, EXECUTION, ecdh(0), ((88, 89),), {"slot_locked": 0xFFFD}, before=(make_key(0),)),
    # Secure boot.
    Refused(R.SECURE_BOOT_DISABLED, EXECUTION, secure_boot(), SECURE_BOOT, secure_boot_word(0)),
    Refused(R.SECURE_BOOT_NOTHING_STORED, EXECUTION, secure_boot(SecureBootMode.FULL_STORE), SECURE_BOOT,
            secure_boot_word(1), {11: STORED_POINT}),
    Refused(R.SECURE_BOOT_NONCE_NEEDED, EXECUTION, secure_boot(), SECURE_BOOT, secure_boot_word(3, 0x10),
            {11: STORED_POINT}),
    Refused(R.SECURE_BOOT_NONCE_NEEDED, EXECUTION, secure_boot(ENCRYPTED_BOOT), SECURE_BOOT,
            secure_boot_word(3, 0x10), {11: STORED_POINT}, (DIGEST,)),
    Refused(R.SECURE_BOOT_PROHIBITED, EXECUTION, secure_boot(), contents={11: STORED_POINT, 12: BLOCK},
            before=(secure_boot(SecureBootMode.FULL_STORE | SecureBootMode.PROHIBIT),)),
    Refused(R.SLOT_LOCKED, EXECUTION, secure_boot(SecureBootMode.FULL_COPY), ((88, 89),), {"slot_locked": 0xEFFF},
            {11: STORED_POINT, 12: BLOCK}, (secure_boot(SecureBootMode.FULL_STORE),)),
    Refused(R.PUBLIC_KEY_INVALID, EXECUTION, secure_boot(), contents={11: b"\1" * 72, 12: BLOCK}),
    Refused(R.SECURE_BOOT_MISMATCH, MISMATCH, secure_boot(SecureBootMode.FULL_STORE),
            contents={11: STORED_POINT, 12: sha256(b"another").digest()}),
)  # fmt: skip
