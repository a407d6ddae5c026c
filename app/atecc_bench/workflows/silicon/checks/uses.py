"""Checks of what is counted and what uses TempKey up.

They are asked after the data lock.
"""

from collections.abc import Callable

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    ENCRYPTED_ACCESS,
    TEMP_KEY_AS_KEY,
    CounterMode,
    EcdhMode,
    GenDigZone,
    GenKeyMode,
    KdfAlgorithm,
    KdfSource,
    KdfTarget,
    MacMode,
    NonceMode,
    Opcode,
    ShaMode,
    SignMode,
)
from atecc_bench.chip.protocol.counters import LARGEST, encode_count_match
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, Zone
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Compare, Shown
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.open_data import begin_session, encrypted_write
from atecc_bench.workflows.silicon.checks.permissions import check_mac, mac_with
from atecc_bench.workflows.silicon.checks.registers import SAMPLE
from atecc_bench.workflows.silicon.checks.transfers import derived_with_mac, encrypted_priv_write
from atecc_bench.workflows.silicon.findings import NotAskedError

_FROM_OUTSIDE = MacMode.SOURCE_FLAG
_COUNT = CommandPacket(Opcode.COUNTER, CounterMode.READ)
_LAST_KEY_USE = 2 * BLOCK  # the block of the configuration that holds it
_USE_FLAGS = slice(4, 20)  # of that block


def kdf(algorithm: KdfAlgorithm, source: int, target: int, slots: int = 0, details: int = 0) -> CommandPacket:
    """A KDF over 16 known bytes; `details` are its lower three bytes."""
    size = 0 if algorithm is KdfAlgorithm.AES else 16
    data = (details | size << 24).to_bytes(4, "little") + FILLING[:16]
    return CommandPacket(Opcode.KDF, algorithm | source | target, slots, data)


def _counted_uses(asking: Asking) -> None:
    key, private = trial.COUNTED, trial.COUNTED_PRIVATE

    def counted(question: str, command: CommandPacket, compare: Compare = Compare.BYTES) -> None:
        asking.ask(question, command, compare, Shown.PACKETS if compare is Compare.BYTES else Shown.COMMAND)
        asking.ask(f"Counter after {question}", _COUNT)
        if not asking.is_608:
            _uses_left(asking, question)

    counted("MAC", mac_with(key))
    asking.fill_temp_key()
    counted("GenDig", commands.gen_dig_data(key))
    counted("CheckMac that fails", check_mac(asking, key, MacMode.CHALLENGE, right=False))
    counted("the start of an HMAC", CommandPacket(Opcode.SHA, ShaMode.HMAC_START, key))
    asking.fill_temp_key()
    counted("DeriveKey", derived_with_mac(asking, key))
    if asking.is_608:
        counted("KDF", kdf(KdfAlgorithm.PRF, KdfSource.SLOT, KdfTarget.OUTPUT, key, 1))
        asking.ask("Nonce into the buffer", commands.nonce_pass_through(SAMPLE, NonceMode.MESSAGE_DIGEST_BUFFER))
        mode = SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER
        counted("Sign", commands.sign(private, mode), Compare.SHAPE)
        into_temp_key = CommandPacket(Opcode.ECDH, EcdhMode.COPY_TEMP_KEY, private, trial.POINT)
        counted("ECDH", into_temp_key)
    counted("GenKey, public key", commands.gen_key(GenKeyMode.PUBLIC, private), Compare.SHAPE)
    counted("GenKey, private key", commands.gen_key(GenKeyMode.PRIVATE, private), Compare.SHAPE)
    asking.sleep()


def _uses_left(asking: Asking, after: str) -> None:
    """Compare how many bits of LastKeyUse are left.

    Which ones is a question of its own.
    """
    left = [
        int.from_bytes(raw[_USE_FLAGS], "big").bit_count()
        for raw in (_last_block(asking), asking.config.to_bytes()[_LAST_KEY_USE:])
    ]
    asking.see(f"Uses of slot 15 left after {after}", agrees=left[0] == left[1], chip=str(left[0]), twin=str(left[1]))


def _last_block(asking: Asking) -> bytes:
    return asking.send(commands.read_block(Zone.CONFIG, 0, _LAST_KEY_USE))


def _slot_15(asking: Asking) -> None:
    if asking.is_608:
        raise NotAskedError("Only the ATECC508A counts the uses of slot 15 by themselves.")
    for _ in range(3):
        asking.ask("MAC with slot 15", mac_with(trial.COUNTED))
        asking.ask("LastKeyUse after it", commands.read_block(Zone.CONFIG, 0, _LAST_KEY_USE))
        asking.ask("Counter 0 after it", _COUNT)


def _count_match(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 has CountMatch.")
    increment = CommandPacket(Opcode.COUNTER, CounterMode.INCREMENT)
    value = int.from_bytes(asking.ask("Counter 0", _COUNT), "little")

    def limit(question: str, contents: bytes) -> None:
        asking.ask(question, commands.write(Zone.DATA, trial.LIMIT, 0, contents.ljust(BLOCK, b"\0")))

    limit("Write of a limit one above the counter", encode_count_match(value + 1))
    asking.ask("Counter counts", increment)
    asking.ask("Counter at the limit", increment)
    limit("Write of the largest limit", encode_count_match(LARGEST))


def _count_match_keys(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 has CountMatch.")
    increment = CommandPacket(Opcode.COUNTER, CounterMode.INCREMENT)
    value = int.from_bytes(asking.ask("Counter 0", _COUNT), "little")
    for question, contents in (
        ("Write of a limit at the counter", encode_count_match(value)),
        ("Write of a limit whose copies differ", FILLING[:8]),
        ("Write of the largest limit", encode_count_match(LARGEST)),
    ):
        asking.ask(question, commands.write(Zone.DATA, trial.LIMIT, 0, contents.ljust(BLOCK, b"\0")))
        asking.fill_temp_key()
        asking.ask("Sign after it", commands.sign(trial.COUNTED_PRIVATE), Compare.SHAPE)
        if contents != encode_count_match(value):
            asking.ask("Counter counts", increment)


def _temp_key_used_up(asking: Asking) -> None:
    number = trial.KEY
    outside = MacMode.BLOCK2_TEMP_KEY | _FROM_OUTSIDE
    _after(asking, "MAC over it", lambda: CommandPacket(Opcode.MAC, outside, number))
    _after(asking, "CheckMac over it", lambda: check_mac(asking, number, outside))
    if not asking.is_608:
        _after(asking, "HMAC over it", lambda: CommandPacket(Opcode.HMAC, _FROM_OUTSIDE, number))
    _after(asking, "DeriveKey of it", lambda: derived_with_mac(asking, trial.COUNTED))
    _after(asking, "ECDH", lambda: CommandPacket(Opcode.ECDH, 0, trial.STORING, trial.POINT))
    _after(asking, "GenDig of configuration", lambda: CommandPacket(Opcode.GEN_DIG, GenDigZone.CONFIG, 1))
    _after(asking, "GenDig of a slot", lambda: commands.gen_dig_data(number))
    digest = GenKeyMode.DIGEST
    _after(asking, "GenKey with a digest", lambda: commands.gen_key(digest, trial.STORING))
    if asking.is_608:
        _after(asking, "AES with it", lambda: CommandPacket(Opcode.AES, 0, TEMP_KEY_AS_KEY, bytes(16)))
        _after(asking, "KDF of it", lambda: kdf(KdfAlgorithm.PRF, KdfSource.TEMP_KEY, KdfTarget.OUTPUT, 0, 1))
    begin_session(asking, number)
    asking.ask("Write, encrypted", encrypted_write(asking, trial.ECDH_TARGET, 0, FILLING, ENCRYPTED_ACCESS))
    asking.state("an encrypted Write")
    begin_session(asking, number)
    asking.ask("Read, encrypted", commands.read_block(Zone.DATA, trial.ECDH_TARGET, 0))
    asking.state("an encrypted Read")
    begin_session(asking, number)
    asking.ask("PrivWrite, encrypted", encrypted_priv_write(asking, trial.SIGNING, trial.trial_key(trial.SIGNING)))
    asking.state("an encrypted PrivWrite")
    asking.sleep()


def _after(asking: Asking, name: str, command: Callable[[], CommandPacket]) -> None:
    asking.fill_temp_key()
    # Whether it is carried out is the question of another check.
    if asking.tell(command()):
        asking.state(name)


USES = (
    Check("counted-uses", "What counts as a use", _counted_uses, "what-counts-as-use"),
    Check("slot-15", "Uses of slot 15", _slot_15, "slot-15-uses-508"),
    Check("count-match", "CountMatch and the Counter command", _count_match, "count-match"),
    Check("count-match-keys", "CountMatch and keys", _count_match_keys),
    Check("temp-key-used-up", "What uses TempKey up", _temp_key_used_up, "what-uses-tempkey-up"),
)
