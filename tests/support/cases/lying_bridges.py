"""Bridges that lie, and by what each is found out.

A lie sees every packet and may change, swallow or answer it. It knows all that a board can know.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import Zone, split_address
from atecc_bench.chip.session.tempkey import nonce
from atecc_bench.pki.keys.key_files import public_key_bytes

Send = Callable[[CommandPacket], bytes]
Talk = Callable[[Send, CommandPacket], bytes]

DONE = ResponsePacket.of_status(Status.SUCCESS).to_bytes()
BLOCK_FLAG = 0x80
LOCK_ZONE, LOCK_NO_CRC = 0x03, 0x80
LOCK_VALUE, LOCK_CONFIG, SLOT_LOCKED = 86, 87, 88


@dataclass(frozen=True)
class Lie:
    """A kind of lie.

    `found_by` are the ids of the errors that may end a provisioning; none where nothing on this side can know.
    """

    name: str
    begin: Callable[[], Talk]
    found_by: frozenset[str]
    why: str


def place(command: CommandPacket) -> tuple[Zone | None, int, int]:
    """Zone, slot and first byte of a Read or a Write; no zone where the chip has none of that number."""
    if command.param1 & 3 not in tuple(Zone):
        return None, 0, 0
    zone = Zone(command.param1 & 3)
    return zone, *split_address(zone, command.param2)


def is_config_read(command: CommandPacket) -> bool:
    return command.opcode == Opcode.READ and command.param1 & 3 == Zone.CONFIG


def patched(reply: bytes, command: CommandPacket, patches: dict[int, int]) -> bytes:
    """A Read of the configuration in which some bytes are others."""
    data = bytearray(ResponsePacket.parse(reply).payload)
    start = place(command)[2]
    for at, value in patches.items():
        if start <= at < start + len(data):
            data[at - start] = value
    return ResponsePacket(bytes(data)).to_bytes()


def other_configuration(at: int, bits: int) -> Callable[[], Talk]:
    """Write other bits of a byte of the configuration, lock without its CRC, and show what was asked for."""

    def begin() -> Talk:
        shown: dict[int, int] = {}

        def talk(send: Send, command: CommandPacket) -> bytes:
            if command.opcode == Opcode.WRITE and command.param1 & 3 == Zone.CONFIG:
                start = place(command)[2]
                data = bytearray(command.data)
                if start <= at < start + len(data):
                    shown[at] = data[at - start]
                    data[at - start] ^= bits
                return send(CommandPacket(command.opcode, command.param1, command.param2, bytes(data)))
            if command.opcode == Opcode.LOCK and command.param1 & LOCK_ZONE == 0:
                return send(CommandPacket(command.opcode, command.param1 | LOCK_NO_CRC, 0))
            reply = send(command)
            return patched(reply, command, shown) if is_config_read(command) else reply

        return talk

    return begin


def swallowed_lock(kind: int, shows: Callable[[CommandPacket], dict[int, int]]) -> Callable[[], Talk]:
    """Answer a Lock without passing it on, and show it as done."""

    def begin() -> Talk:
        shown: dict[int, int] = {}

        def talk(send: Send, command: CommandPacket) -> bytes:
            if command.opcode == Opcode.LOCK and command.param1 & LOCK_ZONE == kind:
                shown.update(shows(command))
                return DONE
            reply = send(command)
            return patched(reply, command, shown) if is_config_read(command) else reply

        return talk

    return begin


def slot_lock_shown(command: CommandPacket) -> dict[int, int]:
    slot = command.param1 >> 2 & 0xF
    return {SLOT_LOCKED + slot // 8: 0xFF & ~(1 << slot % 8)}


def one_key_for_all() -> Talk:
    first: list[bytes] = []

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if command.opcode == Opcode.GEN_KEY and len(reply) > len(DONE):
            first.append(reply)
            return first[0]
        return reply

    return talk


def key_of_nobody() -> Talk:
    point = public_key_bytes(ec.generate_private_key(ec.SECP256R1()).public_key())

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        is_key = command.opcode == Opcode.GEN_KEY and command.param2 == 0 and len(reply) > len(DONE)
        return ResponsePacket(point).to_bytes() if is_key else reply

    return talk


def swallowed_key(*, agrees: bool) -> Callable[[], Talk]:
    """Keep the key of slot 4 for oneself; `agrees` to every CheckMac."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        if command.opcode == Opcode.WRITE and place(command)[:2] == (Zone.DATA, 4):
            return DONE
        if agrees and command.opcode == Opcode.CHECK_MAC:
            return DONE
        return send(command)

    return lambda: talk


def swallowed_slot(slot: int) -> Callable[[], Talk]:
    """Keep what is written into a slot for oneself, and show it whenever it is read."""

    def begin() -> Talk:
        kept: dict[int, bytes] = {}

        def talk(send: Send, command: CommandPacket) -> bytes:
            if command.opcode in (Opcode.WRITE, Opcode.READ) and place(command)[:2] == (Zone.DATA, slot):
                offset = place(command)[2]
                if command.opcode == Opcode.WRITE:
                    kept[offset] = command.data
                    return DONE
                size = 32 if command.param1 & BLOCK_FLAG else 4
                whole = b"".join(kept.get(start, b"\xff" * 32) for start in range(0, 96, 32))
                if kept:
                    return ResponsePacket(whole[offset : offset + size]).to_bytes()
            return send(command)

        return talk

    return begin


def changed_reads_of_slot_10() -> Talk:
    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if command.opcode == Opcode.READ and place(command) == (Zone.DATA, 10, 0) and len(reply) > len(DONE):
            data = bytearray(ResponsePacket.parse(reply).payload)
            data[3] ^= 1
            return ResponsePacket(bytes(data)).to_bytes()
        return reply

    return talk


def replayed_signatures() -> Talk:
    """Answer every Sign after the first with the first's signature."""
    first: list[bytes] = []

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if command.opcode == Opcode.SIGN and len(reply) > len(DONE):
            first.append(reply)
            return first[0]
        return reply

    return talk


def another_serial_number() -> Talk:
    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        return patched(reply, command, {8: 0xAB, 9: 0xCD}) if is_config_read(command) else reply

    return talk


def always_the_same_random() -> Talk:
    """Answer each random Nonce with the number of the first; the chip knows another."""
    first: list[bytes] = []

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if command.opcode == Opcode.NONCE and len(reply) > len(DONE):
            first.append(reply)
            return first[0]
        return reply

    return talk


def own_key_in_the_middle() -> Talk:
    """Give a key of one's own for the chip's, and sign with it whatever is asked."""
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    from atecc_bench.chip.config.config_zone import ConfigZone
    from atecc_bench.chip.protocol import commands
    from atecc_bench.chip.protocol.commands import GenKeyMode, SignMode
    from atecc_bench.chip.session import tempkey
    from atecc_bench.chip.session.tempkey import SignedSlot, TempKeyFlags, command_head, session_digest

    key = ec.generate_private_key(ec.SECP256R1())
    point = public_key_bytes(key.public_key())
    held: dict[str, bytes] = {}
    flags = [TempKeyFlags()]
    config = bytearray(128)

    def signed(digest: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
        return ResponsePacket(r.to_bytes(32, "big") + s.to_bytes(32, "big")).to_bytes()

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        if is_config_read(command) and len(reply) > len(DONE):
            data, start = ResponsePacket.parse(reply).payload, place(command)[2]
            config[start : start + len(data)] = data
        known = ConfigZone.parse(bytes(config))
        match command.opcode:
            case Opcode.NONCE if len(command.data) == 32:
                held["digest"] = command.data
            case Opcode.NONCE:
                held["value"] = nonce(ResponsePacket.parse(reply).payload, command.data, command.param1)
            case Opcode.GEN_DIG if command.param1 == Zone.CONFIG:
                block = bytes(config[command.param2 * 32 : command.param2 * 32 + 32])
                head = command_head(command)
                held["value"] = session_digest(block, head, known.serial_number, held["value"])
            case Opcode.GEN_DIG if command.param1 == Zone.DATA and not known.slot_configs[command.param2].is_secret:
                block = ResponsePacket.parse(send(commands.read_block(Zone.DATA, command.param2, 0))).payload
                head = command_head(command)
                held["value"] = session_digest(block, head, known.serial_number, held["value"])
                flags[0] = TempKeyFlags(key_id=command.param2, from_random=True, gen_dig_data=True)
            case Opcode.GEN_KEY if command.param2 == 0:
                if command.param1 & GenKeyMode.DIGEST:
                    held["value"] = tempkey.public_key_digest(held["value"], command, known.serial_number, point)
                    flags[0] = TempKeyFlags(key_id=0, from_random=True, gen_key_data=True)
                return ResponsePacket(point).to_bytes()
            case Opcode.SIGN if command.param1 & SignMode.EXTERNAL:
                return signed(held["digest"])
            case Opcode.SIGN:
                of = flags[0].key_id
                slot = SignedSlot(
                    known.slot_configs[of].to_word(), known.key_configs[of].to_word(), known.slot_is_locked(of)
                )
                message = tempkey.internal_message(held["value"], flags[0], command, slot, known.serial_number)
                return signed(sha256(message).digest())
            case _:
                pass
        return reply

    return talk


def random_answers_to_random() -> Talk:
    """Random numbers of one's own for the chip's Random."""

    def talk(send: Send, command: CommandPacket) -> bytes:
        reply = send(command)
        return ResponsePacket(secrets.token_bytes(32)).to_bytes() if command.opcode == Opcode.RANDOM else reply

    return talk


NOT_ATTESTED, REFUSED, NOT_SIGNED = "configuration-not-attested", "chip-status", "challenge-failed"
NOBODY = frozenset[str]()


def _lie(name: str, begin: Callable[[], Talk], why: str, *found_by: str) -> Lie:
    return Lie(name, begin, frozenset(found_by), why)


# What is written for ever, and what is read of it.
_OF_CONFIGURATION = (
    _lie("IsSecret of slot 4 cleared", other_configuration(28, 0x80), "GenDig hashes what is there", NOT_ATTESTED),
    _lie("slot 5 readable", other_configuration(30, 0x80), "GenDig hashes what is there", NOT_ATTESTED),
    _lie("slot 8 never writable", other_configuration(37, 0x80), "its Write is refused", REFUSED, NOT_ATTESTED),
    _lie("slot 4 not lockable", other_configuration(104, 0x20), "its Lock is refused", REFUSED, NOT_ATTESTED),
    _lie("ChipMode changed", other_configuration(19, 0x04), "GenDig hashes what is there", NOT_ATTESTED),
    _lie("configuration lock swallowed", swallowed_lock(0, lambda _: {LOCK_CONFIG: 0}), "GenKey is refused", REFUSED),
    _lie("data lock swallowed", swallowed_lock(1, lambda _: {LOCK_VALUE: 0}), "Lock of a slot is refused", REFUSED),
    _lie("slot lock swallowed", swallowed_lock(2, slot_lock_shown), "SlotLocked is in block 2", NOT_ATTESTED),
    _lie("another serial number", another_serial_number, "the CRC of the lock is another", REFUSED, NOT_ATTESTED),
)
_OF_KEYS = (
    _lie("one public key for all", one_key_for_all, "no two keys are equal", "equal-keys"),
    _lie("a public key of nobody", key_of_nobody, "nobody can sign for it", NOT_SIGNED),
    _lie("key of slot 4 swallowed", swallowed_key(agrees=False), "CheckMac says no", "key-differs"),
    _lie("CheckMac always right", swallowed_key(agrees=True), "it is asked about a wrong key", "check-mac-not-genuine"),
    _lie("signatures replayed", replayed_signatures, "each is for a fresh number", NOT_SIGNED, NOT_ATTESTED),
    _lie("random numbers replayed", always_the_same_random, "the chip goes on from another", "key-differs"),
)
_OF_SLOTS = (
    _lie("slot 10 read wrongly", changed_reads_of_slot_10, "it is compared", "read-back-differs"),
    _lie("text of slot 8 kept by the board", swallowed_slot(8), "GenDig hashes its first block too", NOT_ATTESTED),
)
_NOT_NOTICEABLE = (
    Lie("certificate kept by the board", swallowed_slot(10), NOBODY, "what a slot holds comes through the board"),
    Lie("a key of the board's own", own_key_in_the_middle, NOBODY, "the public key comes through the board"),
    Lie("Random of the board's own", random_answers_to_random, NOBODY, "nothing rests on Random"),
)
LIES = (*_OF_CONFIGURATION, *_OF_KEYS, *_OF_SLOTS, *_NOT_NOTICEABLE)
