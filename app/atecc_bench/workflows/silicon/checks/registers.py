"""Checks of TempKey, the buffers and a SHA computation.

They change nothing that lasts.
"""

from hashlib import sha256

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    NONCE_ANSWER_TEMP_KEY,
    MacMode,
    NonceMode,
    Opcode,
    ShaMode,
    ShaTarget,
    VerifyMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Compare
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.looking import free_slots
from atecc_bench.workflows.silicon.findings import NotAskedError

# RFC 6979, A.2.5: P-256 with SHA-256, message "sample".
SAMPLE = sha256(b"sample").digest()
SAMPLE_KEY = bytes.fromhex(
    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
SAMPLE_SIGNATURE = bytes.fromhex(
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
)
_OFF_THE_CURVE = SAMPLE_KEY[:63] + bytes((SAMPLE_KEY[63] ^ 1,))
_NUM_IN = bytes(range(20))


def _nonces(asking: Asking) -> None:
    asking.sleep()
    asking.fill_temp_key()
    for name, mode in (("message digest", NonceMode.MESSAGE_DIGEST_BUFFER), ("key", NonceMode.ALTERNATE_KEY_BUFFER)):
        asking.ask(f"Nonce into the {name} buffer", commands.nonce_pass_through(FILLING, mode))
    packet = CommandPacket(Opcode.NONCE, NonceMode.PASS_THROUGH | NonceMode.LENGTH_64, 0, FILLING * 2)
    asking.ask("Nonce takes 64 bytes", packet)
    asking.fresh_nonce()
    asking.state("a random nonce")
    asking.sleep()


def _nonce_of_temp_key(asking: Asking) -> None:
    command = CommandPacket(Opcode.NONCE, NonceMode.RANDOM_NO_SEED_UPDATE, NONCE_ANSWER_TEMP_KEY, _NUM_IN)
    asking.sleep()
    asking.ask("Nonce hashes TempKey that is empty", command)
    asking.fill_temp_key()
    asking.ask("Nonce hashes TempKey from outside", command)
    asking.state("Nonce over TempKey from outside")
    asking.fresh_nonce()
    asking.ask("Nonce hashes TempKey from a random number", command)
    asking.state("Nonce over TempKey from a random number")
    asking.sleep()


def _macs(asking: Asking) -> None:
    config = asking.config
    if not config.config_locked:
        raise NotAskedError("Before the configuration is locked there is nothing to make a MAC with.")
    asking.fill_temp_key()
    both = MacMode.BLOCK1_TEMP_KEY | MacMode.SOURCE_FLAG
    asking.ask("MAC with TempKey as the key", CommandPacket(Opcode.MAC, both, 0, FILLING))
    for slot in free_slots(asking):
        key = config.key_configs[slot]
        command = CommandPacket(Opcode.MAC, MacMode.CHALLENGE, slot, FILLING)
        usable = not (key.private or key.req_auth or key.req_random or key.persistent_disable)
        if usable and asking.twin.copy().execute(command.to_bytes()).reason is None:
            asking.ask(f"MAC with slot {slot}", command, Compare.SHAPE)
            break
    asking.sleep()


def _verify(asking: Asking) -> None:
    for question, digest, signature, key in (
        ("a genuine signature", SAMPLE, SAMPLE_SIGNATURE, SAMPLE_KEY),
        ("a signature of something else", FILLING, SAMPLE_SIGNATURE, SAMPLE_KEY),
        ("a public key off the curve", SAMPLE, SAMPLE_SIGNATURE, _OFF_THE_CURVE),
        ("a signature of zeros", SAMPLE, bytes(64), SAMPLE_KEY),
    ):
        asking.ask("Nonce takes the digest", commands.nonce_pass_through(digest))
        asking.ask(f"Verify External of {question}", commands.verify_external(signature, key))
    asking.sleep()


def _temp_key_after_verify(asking: Asking) -> None:
    asking.sleep()
    asking.ask("Nonce takes the digest", commands.nonce_pass_through(SAMPLE))
    command = commands.verify_external(SAMPLE_SIGNATURE, SAMPLE_KEY)
    asking.need("Verify External", command)
    asking.state("Verify External")
    if asking.is_608:
        asking.fill_temp_key()
        asking.ask("Nonce into the buffer", commands.nonce_pass_through(SAMPLE, NonceMode.MESSAGE_DIGEST_BUFFER))
        mode = command.param1 | VerifyMode.MESSAGE_DIGEST_BUFFER
        asking.need("Verify of the buffer", CommandPacket(Opcode.VERIFY, mode, command.param2, command.data))
        asking.state("Verify of the message digest buffer")
    asking.sleep()


def _sha_lifetime(asking: Asking) -> None:
    start, end = (
        CommandPacket(Opcode.SHA, ShaMode.START),
        CommandPacket(Opcode.SHA, ShaMode.END | ShaTarget.OUTPUT_ONLY),
    )
    if not asking.is_608:
        end = CommandPacket(Opcode.SHA, ShaMode.END)
        asking.fill_temp_key()
        asking.need("SHA Start", start)
        asking.state("SHA Start")
    asking.need("SHA Start", start)
    asking.ask("Info in between", commands.info())
    asking.ask("SHA End after another command", end)
    asking.need("SHA Start", start)
    asking.sleep()
    asking.ask("SHA End after a sleep", end)
    asking.sleep()


REGISTERS = (
    Check("nonces", "Nonce into every register", _nonces),
    Check("nonce-of-temp-key", "Nonce over TempKey", _nonce_of_temp_key, "nonce-hashes-tempkey"),
    Check("macs", "MAC of known and unknown keys", _macs),
    Check("verify", "Verify External with known vectors", _verify),
    Check("temp-key-after-verify", "TempKey after Verify", _temp_key_after_verify, "tempkey-after-sign-and-verify"),
    Check("sha-lifetime", "What ends a SHA computation", _sha_lifetime, "sha-lifetime"),
)
