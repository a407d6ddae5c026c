"""Checks between the two locks.

Keys come in, and some things do not work yet.
"""

from hashlib import sha256

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    ENCRYPTED_ACCESS,
    LONG_ACCESS,
    GenDigZone,
    GenKeyMode,
    KdfAlgorithm,
    KdfSource,
    KdfTarget,
    LockMode,
    MacMode,
    Opcode,
    SecureBootMode,
    ShaMode,
    ShaTarget,
    VerifyMode,
)
from atecc_bench.chip.protocol.counters import LARGEST, encode_count_match
from atecc_bench.chip.protocol.crc import crc16
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, SLOT_COUNT, Zone, address, slot_size
from atecc_bench.chip.session.session_macs import crypt_block, write_mac
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Compare, Shown
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.permissions import check_mac
from atecc_bench.workflows.silicon.checks.registers import SAMPLE
from atecc_bench.workflows.silicon.findings import NotAskedError, WalkEndedError

_ORDER = bytes.fromhex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")
_BLOCKS_OF_PUBLIC_KEY = range(0, 72, BLOCK)
_CRC_CHANGED = 0x0001
_DONE = b"\0"
_WORD_BITS = 0x05  # of an address
_SOURCE = MacMode.SOURCE_FLAG
_HMAC_MODES = (_SOURCE, _SOURCE | MacMode.BLOCK2_TEMP_KEY, _SOURCE | MacMode.INCLUDE_SERIAL_NUMBER)
_CLEAR_PAD, _NO_MAC = bytes(4), bytes(32)


def encrypted_write(asking: Asking, slot: int, offset: int, plain: bytes, flags: int) -> CommandPacket:
    """Build a Write of 32 encrypted bytes with its MAC.

    TempKey of both must come from Nonce and GenDig; `flags` are those of param1.
    """
    head = CommandPacket(Opcode.WRITE, Zone.DATA | LONG_ACCESS | flags, address(Zone.DATA, slot, offset))
    key = asking.temp_key
    data = crypt_block(key, plain) + write_mac(key, head, asking.config.serial_number, plain)
    return CommandPacket(head.opcode, head.param1, head.param2, data)


def begin_session(asking: Asking, slot: int) -> None:
    """Fill TempKey of both for an encrypted transfer.

    It encrypts under the key of `slot`.
    """
    asking.fresh_nonce()
    asking.need(f"GenDig of slot {slot}", commands.gen_dig_data(slot))


def _need(answer: bytes, what: str) -> None:
    """End the walk unless the chip took what all later checks need.

    Without it they would find differences that are none.
    """
    if answer != _DONE:
        raise WalkEndedError(f"The chip did not take {what}, which all later questions need.")


def _fill(asking: Asking) -> None:
    for slot in trial.SECRETS:
        command = commands.write(Zone.DATA, slot, 0, trial.trial_key(slot))
        _need(asking.ask(f"Write of the key of slot {slot}", command), f"the key of slot {slot}")
    limit = encode_count_match(LARGEST).ljust(BLOCK, b"\0")
    command = commands.write(Zone.DATA, trial.LIMIT, 0, limit)
    _need(asking.ask("Write of the limit of counter 0", command), "the limit of counter 0")
    parent = trial.stored_form(trial.public_key_of_slot(trial.PARENT))
    for at in _BLOCKS_OF_PUBLIC_KEY:
        block = parent[at : at + BLOCK].ljust(BLOCK, b"\0")
        asking.ask(
            f"Write of the parent's public key, bytes {at} on", commands.write(Zone.DATA, trial.PARENT, at, block)
        )


def _public_key_that_needs_validation(asking: Asking) -> None:
    child = trial.stored_form(trial.POINT)
    for at in reversed(_BLOCKS_OF_PUBLIC_KEY):
        block = child[at : at + BLOCK].ljust(BLOCK, b"\0")
        asking.ask(f"Write of the child's public key, bytes {at} on", commands.write(Zone.DATA, trial.CHILD, at, block))


def _import_no_key(asking: Asking) -> None:
    for name, key in (("zeros", bytes(32)), ("the order of the curve", _ORDER)):
        command = commands.priv_write(trial.SIGNING, _CLEAR_PAD + key + _NO_MAC, encrypted=False)
        asking.ask(f"PrivWrite of {name}", command)


def _import(asking: Asking) -> None:
    for slot in trial.IMPORTED:
        command = commands.priv_write(slot, _CLEAR_PAD + trial.trial_key(slot) + _NO_MAC, encrypted=False)
        _need(asking.ask(f"PrivWrite of the key of slot {slot}", command), f"the private key of slot {slot}")
    for slot in (trial.SIGNING, trial.STORING):
        asking.ask(f"GenKey, public key of slot {slot}", commands.gen_key(GenKeyMode.PUBLIC, slot))


def _import_with_pad(asking: Asking) -> None:
    data = FILLING[: len(_CLEAR_PAD)] + trial.trial_key(trial.STORING) + _NO_MAC
    command = commands.priv_write(trial.STORING, data, encrypted=False)
    asking.ask("PrivWrite in clear, other bytes than zeros before the key", command)


def _create(asking: Asking) -> None:
    command = commands.gen_key(GenKeyMode.PRIVATE, trial.STORING)
    asking.ask("GenKey where WriteConfig does not allow it", command, Compare.SHAPE, Shown.COMMAND)


def _create_without_pub_info(asking: Asking) -> None:
    private, public = GenKeyMode.PRIVATE, GenKeyMode.PUBLIC
    made = commands.gen_key(private, trial.CREATED)
    asking.ask("GenKey, private key with PubInfo 0", made, Compare.SHAPE, Shown.COMMAND)
    shown = commands.gen_key(public, trial.CREATED)
    asking.ask("GenKey, public key with PubInfo 0", shown, Compare.SHAPE, Shown.COMMAND)


def _no_private_key(asking: Asking) -> None:
    command = commands.gen_key(GenKeyMode.PUBLIC, trial.EMPTY)
    asking.ask("GenKey, public key of a slot that never had one", command, Compare.SHAPE, Shown.COMMAND)


def _lock_slot(asking: Asking) -> None:
    asking.ask("Lock of a slot", commands.lock(LockMode.SLOT | trial.RANDOM_ONLY << 2, 0))


def _word_bits(asking: Asking) -> None:
    # The bytes are those that stand there, in case that a word is written elsewhere.
    right = commands.write(Zone.DATA, trial.AUTHORIZED, 0, trial.trial_key(trial.AUTHORIZED))
    command = CommandPacket(right.opcode, right.param1, right.param2 | _WORD_BITS, right.data)
    asking.ask("Write of 32 bytes whose address has word bits", command)


def _keys_before_data_lock(asking: Asking) -> None:
    asking.ask("Nonce takes the digest", commands.nonce_pass_through(SAMPLE))
    signature = trial.sign_as(trial.PARENT, SAMPLE)
    asking.ask("Verify Stored", CommandPacket(Opcode.VERIFY, VerifyMode.STORED, trial.PARENT, signature))
    asking.ask("Nonce takes the digest", commands.nonce_pass_through(SAMPLE))
    asking.ask("Sign", commands.sign(trial.SIGNING), Compare.SHAPE)
    asking.ask("CheckMac", check_mac(asking, trial.KEY, MacMode.CHALLENGE))
    asking.sleep()


def _hmac(asking: Asking) -> None:
    if asking.is_608:
        raise NotAskedError("Only the ATECC508A has HMAC.")
    for mode in _HMAC_MODES:
        asking.fill_temp_key()
        asking.ask(f"HMAC in mode {mode:02X}", CommandPacket(Opcode.HMAC, mode, trial.KEY))
    asking.sleep()


def _aes_with_slot(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("The ATECC508A has no AES.")
    for name, slot in (("an AES key", trial.AES_KEY), ("another secret", trial.KEY)):
        asking.ask(f"AES with {name}", CommandPacket(Opcode.AES, 0, slot, FILLING[:16]))


def _before_data_lock(asking: Asking) -> None:
    asking.ask("MAC with a slot", CommandPacket(Opcode.MAC, MacMode.CHALLENGE, trial.KEY, FILLING))
    asking.fill_temp_key()
    asking.ask("GenDig of a slot", commands.gen_dig_data(trial.KEY))
    asking.fill_temp_key()
    asking.ask("DeriveKey", CommandPacket(Opcode.DERIVE_KEY, MacMode.SOURCE_FLAG, trial.ECDH_TARGET))
    asking.ask("Read of a slot", commands.read_block(Zone.DATA, trial.DATA, 0))
    asking.ask("ECDH", CommandPacket(Opcode.ECDH, 0, trial.STORING, trial.POINT))
    asking.fill_temp_key()
    asking.ask("GenDig of OTP", CommandPacket(Opcode.GEN_DIG, GenDigZone.OTP))
    asking.ask("SHA, HMAC with a slot", CommandPacket(Opcode.SHA, ShaMode.HMAC_START, trial.KEY))
    head = GenKeyMode.PUBLIC_KEY_DIGEST
    asking.ask("GenKey, digest of a public key", CommandPacket(Opcode.GEN_KEY, head, trial.PARENT, bytes(3)))
    _validate_before_data_lock(asking)
    if asking.is_608:
        mode = KdfAlgorithm.PRF | KdfSource.SLOT | KdfTarget.OUTPUT
        asking.ask("KDF", CommandPacket(Opcode.KDF, mode, trial.KEY, bytes((1, 0, 0, 16)) + FILLING[:16]))
        asking.ask("SecureBoot", CommandPacket(Opcode.SECURE_BOOT, SecureBootMode.FULL, 0, bytes(96)))
    asking.sleep()


def _validate_before_data_lock(asking: Asking) -> None:
    head, tail = trial.CERTIFICATE_HEAD, trial.CERTIFICATE_TAIL
    asking.tell(CommandPacket(Opcode.SHA, ShaMode.START))
    asking.tell(CommandPacket(Opcode.SHA, ShaMode.UPDATE, len(head), head))
    asking.ask("SHA Public of the child", CommandPacket(Opcode.SHA, ShaMode.PUBLIC, trial.CHILD))
    asking.tell(CommandPacket(Opcode.SHA, ShaMode.END | (ShaTarget.TEMP_KEY if asking.is_608 else 0), len(tail), tail))
    signature = trial.sign_as(trial.PARENT, sha256(head + trial.POINT + tail).digest())
    command = CommandPacket(Opcode.VERIFY, VerifyMode.VALIDATE_EXTERNAL, trial.CHILD, signature)
    asking.ask("Verify ValidateExternal of the child", command)
    # Should the chip have done it, the key needs validation again for what is asked later.
    first = trial.stored_form(trial.POINT)[:BLOCK]
    asking.tell(commands.write(Zone.DATA, trial.CHILD, 0, first))


def _encrypted_write(asking: Asking) -> None:
    begin_session(asking, trial.KEY)
    command = encrypted_write(asking, trial.DATA, BLOCK, FILLING, ENCRYPTED_ACCESS)
    asking.ask("Write, encrypted, before the data lock", command)
    begin_session(asking, trial.KEY)
    command = encrypted_write(asking, trial.DATA, 2 * BLOCK, FILLING, 0)
    asking.ask("Write with a MAC and without bit 6, before the data lock", command)
    asking.sleep()


def _wrong_crc(asking: Asking) -> None:
    memory = asking.twin.memory
    contents = b"".join(memory.contents(Zone.DATA, slot) for slot in range(SLOT_COUNT)) + memory.contents(Zone.OTP)
    command = commands.lock(LockMode.DATA_AND_OTP, crc16(contents) ^ _CRC_CHANGED)
    asking.ask("Lock of the data zone with a wrong CRC", command)


def _lock_data(asking: Asking) -> None:
    asking.ask("Lock of the data zone", commands.lock(LockMode.DATA_AND_OTP, None))
    asking.follow_configuration()
    if not asking.config.data_locked:
        raise WalkEndedError("The chip did not lock its data zone.")


def whole_slot(asking: Asking, slot: int, what: str) -> None:
    """Read all words of a slot."""
    for at in range(0, slot_size(slot), BLOCK):
        if at + BLOCK <= slot_size(slot):
            asking.ask(f"Read of {what}, bytes {at} on", commands.read_block(Zone.DATA, slot, at))
    for at in range(slot_size(slot) // BLOCK * BLOCK, slot_size(slot), 4):
        asking.ask(f"Read of {what}, word {at}", commands.read_word(Zone.DATA, slot, at))


FILL = Check("fill", "Keys and data written in clear", _fill)
DATA_LOCK = Check("data-lock", "The data lock", _lock_data)
AES_WITH_SLOT = Check("aes-with-slot", "AES with the keys of slots", _aes_with_slot)
OPEN_DATA = (
    FILL,
    Check("validity-write", "A public key that needs validation", _public_key_that_needs_validation),
    Check("priv-write-no-key", "PrivWrite of no key", _import_no_key, "priv-write-of-no-key"),
    Check("early-genkey", "GenKey before the data lock", _create, "genkey-before-data-lock"),
    Check("priv-write", "Private keys imported", _import),
    Check("priv-write-pad", "The bytes before a private key in clear", _import_with_pad, "priv-write-pad"),
    Check("write-word-bits", "A Write of 32 bytes with word bits", _word_bits),
    Check("pub-info", "GenKey with PubInfo 0", _create_without_pub_info, "genkey-without-pub-info"),
    Check("empty-private-key", "A slot without a private key", _no_private_key, "no-private-key-status"),
    Check("early-slot-lock", "A slot locked before the data zone", _lock_slot, "slot-lock-needs-both-locks"),
    Check("keys-before-data-lock", "Verify Stored, Sign and CheckMac before the data lock", _keys_before_data_lock),
    Check("hmac", "HMAC in its modes", _hmac),
    AES_WITH_SLOT,
    Check("before-data-lock", "Commands before the data lock", _before_data_lock, "locks-of-other-commands"),
    Check("early-encrypted-write", "Encrypted writes before the data lock", _encrypted_write, "encrypted-block-write"),
    Check("data-lock-crc", "Data lock with a wrong CRC", _wrong_crc, "lock-crc-mismatch"),
    DATA_LOCK,
)
