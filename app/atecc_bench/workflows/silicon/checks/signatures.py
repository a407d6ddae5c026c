"""Checks of signing, validating, ECDH, KDF and secure boot.

They are asked after the data lock; slots are locked on their own at last.
"""

from hashlib import sha256

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    EcdhMode,
    GenDigZone,
    GenKeyMode,
    InfoMode,
    KdfAlgorithm,
    KdfSource,
    KdfTarget,
    LockMode,
    MacMode,
    NonceMode,
    Opcode,
    SecureBootMode,
    ShaMode,
    ShaTarget,
    SignMode,
    VerifyMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Compare
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.open_data import AES_WITH_SLOT
from atecc_bench.workflows.silicon.checks.permissions import mac_with
from atecc_bench.workflows.silicon.checks.registers import SAMPLE
from atecc_bench.workflows.silicon.checks.uses import kdf
from atecc_bench.workflows.silicon.findings import NotAskedError

_SIGNATURE = 64
_OTHER_DATA = 19
_SPLIT = 0x06 << 8 | 0x01 << 8 | 0x01  # KDF PRF: a key of 32 bytes, a result of 64, split in two


def _genuine(asking: Asking, question: str, slot: int, digest: bytes, signature: bytes) -> None:
    if len(signature) == _SIGNATURE:
        good = trial.is_signature_of(slot, digest, signature)
        asking.see(f"{question} is genuine", agrees=good, chip="yes" if good else "no", twin="yes")


def _sign(asking: Asking) -> None:
    asking.ask("Nonce takes the digest", commands.nonce_pass_through(SAMPLE))
    signature = asking.ask("Sign", commands.sign(trial.SIGNING), Compare.SHAPE)
    asking.state("Sign")
    _genuine(asking, "The signature", trial.SIGNING, SAMPLE, signature)
    if asking.is_608:
        asking.fill_temp_key()
        asking.ask("Nonce into the buffer", commands.nonce_pass_through(SAMPLE, NonceMode.MESSAGE_DIGEST_BUFFER))
        mode = SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER
        asking.ask("Sign of the buffer", commands.sign(trial.SIGNING, mode), Compare.SHAPE)
        asking.state("Sign of the message digest buffer")
    asking.sleep()


def _sign_internal(asking: Asking) -> None:
    command = commands.sign(trial.SIGNING, SignMode.INTERNAL)
    asking.fill_temp_key()
    asking.ask("Sign Internal of TempKey from outside", command, Compare.SHAPE)
    asking.fill_temp_key()
    asking.ask("GenDig of configuration", CommandPacket(Opcode.GEN_DIG, GenDigZone.CONFIG, 1))
    asking.ask("Sign Internal after it", command, Compare.SHAPE)
    asking.fill_temp_key()
    asking.ask("GenDig of a slot", commands.gen_dig_data(trial.KEY))
    asking.ask("Sign Internal after it", command, Compare.SHAPE)
    asking.fill_temp_key()
    asking.ask("GenKey with a digest", commands.gen_key(GenKeyMode.DIGEST, trial.STORING))
    asking.ask("Sign Internal after it", command, Compare.SHAPE)
    asking.sleep()


def _validate(asking: Asking) -> None:
    child = trial.CHILD
    asking.fresh_nonce()
    head = GenKeyMode.PUBLIC_KEY_DIGEST
    asking.ask("GenKey, digest of the child", CommandPacket(Opcode.GEN_KEY, head, child, bytes(3)))
    data = bytes(_SIGNATURE + _OTHER_DATA)
    asking.ask("Verify Validate where a format is set", CommandPacket(Opcode.VERIFY, VerifyMode.VALIDATE, child, data))
    for before, tail in ((0, trial.CERTIFICATE_TAIL), (1, trial.CERTIFICATE_TAIL)):
        asking.ask("SHA Start", CommandPacket(Opcode.SHA, ShaMode.START))
        message = trial.POINT + tail
        if before:
            head_block = trial.CERTIFICATE_HEAD
            asking.ask("SHA Update", CommandPacket(Opcode.SHA, ShaMode.UPDATE, len(head_block), head_block))
            message = head_block + message
        asking.ask("SHA Public of the child", CommandPacket(Opcode.SHA, ShaMode.PUBLIC, child))
        asking.ask("SHA End", CommandPacket(Opcode.SHA, ShaMode.END | ShaTarget.TEMP_KEY, len(tail), tail))
        signature = trial.sign_as(trial.PARENT, sha256(message).digest())
        command = CommandPacket(Opcode.VERIFY, VerifyMode.VALIDATE_EXTERNAL, child, signature)
        asking.ask(f"Verify ValidateExternal, the key in block {before}", command)
        asking.ask("Info KeyValid of it", CommandPacket(Opcode.INFO, InfoMode.KEY_VALID, child))
    asking.sleep()


def _ecdh(asking: Asking) -> None:
    asking.ask("ECDH into the next slot", CommandPacket(Opcode.ECDH, 0, trial.STORING, trial.POINT))
    asking.ask("MAC with what came there", mac_with(trial.ECDH_TARGET))
    if not asking.is_608:
        asking.ask("ECDH that answers", CommandPacket(Opcode.ECDH, 0, trial.SIGNING, trial.POINT))
        return
    for name, slot, mode in (
        ("into a slot, ReadKey bit 3 clear", trial.COUNTED_PRIVATE, EcdhMode.COPY_SLOT),
        ("into a slot, ReadKey bit 3 set", trial.STORING, EcdhMode.COPY_SLOT),
        ("that answers, ReadKey bit 3 set", trial.STORING, EcdhMode.COPY_OUTPUT),
        ("into TempKey", trial.SIGNING, EcdhMode.COPY_TEMP_KEY),
    ):
        asking.ask(f"ECDH {name}", CommandPacket(Opcode.ECDH, mode, slot, trial.POINT))
    mode = MacMode.BLOCK1_TEMP_KEY | MacMode.SOURCE_FLAG
    asking.ask("MAC with TempKey after it", CommandPacket(Opcode.MAC, mode, 0, FILLING))
    asking.sleep()


def _ecdh_off_curve(asking: Asking) -> None:
    point = trial.POINT[:-1] + bytes((trial.POINT[-1] ^ 1,))
    asking.ask("ECDH with a public key off the curve", CommandPacket(Opcode.ECDH, 0, trial.STORING, point))


def _protection(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 protects what ECDH answers.")
    for mode in (EcdhMode.COPY_OUTPUT, EcdhMode.COPY_OUTPUT | EcdhMode.OUTPUT_ENCRYPTED):
        asking.ask(f"ECDH in mode {mode:02X}", CommandPacket(Opcode.ECDH, mode, trial.SIGNING, trial.POINT))


def _kdf_slots(asking: Asking) -> None:
    _need_kdf(asking)
    for name, slot in (("a secret", trial.KEY), ("an AES key", trial.AES_KEY), ("a public key", trial.PARENT)):
        command = kdf(KdfAlgorithm.PRF, KdfSource.SLOT, KdfTarget.OUTPUT, slot, 1)
        asking.ask(f"KDF of {name}", command, Compare.SHAPE)
    for name, slot in (
        ("PubInfo 0", trial.KEY),
        ("WriteConfig Never", trial.RANDOM_ONLY),
        ("PubInfo 1", trial.AES_KEY),
    ):
        asking.fill_temp_key()
        command = kdf(KdfAlgorithm.PRF, KdfSource.TEMP_KEY, KdfTarget.SLOT, slot << 8, 1)
        asking.ask(f"KDF into a slot with {name}", command)
    asking.sleep()


def _kdf_results(asking: Asking) -> None:
    _need_kdf(asking)
    for algorithm in KdfAlgorithm:
        details = 1 if algorithm is KdfAlgorithm.PRF else 2 if algorithm is KdfAlgorithm.HKDF else 0
        asking.fill_temp_key()
        command = kdf(algorithm, KdfSource.TEMP_KEY, KdfTarget.OUTPUT, 0, details)
        asking.ask(f"KDF {algorithm.name}", command)
    asking.fill_temp_key()
    command = kdf(KdfAlgorithm.PRF, KdfSource.TEMP_KEY, KdfTarget.ALTERNATE_KEY_BUFFER, 0, _SPLIT)
    asking.ask("KDF PRF with its result split", command)
    asking.sleep()


def _need_kdf(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 has KDF.")


def _secure_boot(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 has SecureBoot.")
    data = SAMPLE + trial.sign_as(trial.PARENT, SAMPLE)
    copy = CommandPacket(Opcode.SECURE_BOOT, SecureBootMode.FULL_COPY, 0, data)
    asking.ask("SecureBoot, FullCopy", copy)
    asking.ask("Read of the slot that it stores in", commands.read_block(Zone.DATA, trial.STORE, 0))
    asking.ask("SecureBoot, FullStore", CommandPacket(Opcode.SECURE_BOOT, SecureBootMode.FULL_STORE, 0, SAMPLE))
    asking.ask("Lock of the slot that it stores in", commands.lock(LockMode.SLOT | trial.STORE << 2, 0))
    asking.ask("SecureBoot, FullCopy, into a locked slot", copy)


def _late_slot_lock(asking: Asking) -> None:
    asking.ask("Lock of a slot", commands.lock(LockMode.SLOT | trial.RANDOM_ONLY << 2, 0))
    asking.ask("Lock of it again", commands.lock(LockMode.SLOT | trial.RANDOM_ONLY << 2, 0))
    asking.ask("Lock of a slot that cannot be locked", commands.lock(LockMode.SLOT | trial.DATA << 2, 0))


SIGNATURES = (
    Check("sign", "Sign, and TempKey after it", _sign, "tempkey-after-sign-and-verify"),
    Check("sign-internal", "Sign Internal", _sign_internal, "sign-internal-source"),
    Check("validate", "A public key validated by a certificate", _validate, "validate-external"),
    Check("ecdh", "Where ECDH puts its secret", _ecdh, "ecdh-target"),
    Check("ecdh-off-curve", "ECDH with a public key off the curve", _ecdh_off_curve),
    AES_WITH_SLOT,
    Check("output-protection", "ECDH with a reserved protection", _protection, "output-protection-3"),
    Check("kdf-results", "What KDF computes", _kdf_results, "kdf-results"),
    Check("kdf-slots", "Slots for KDF", _kdf_slots, "kdf-slots"),
    Check("secure-boot", "What SecureBoot stores", _secure_boot, "secure-boot-storage"),
    Check("slot-lock", "Slots locked on their own", _late_slot_lock),
)
