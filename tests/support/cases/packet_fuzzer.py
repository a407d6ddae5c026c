"""Packets for chips that must stand anything: random bytes, plausible commands, sequences, and mutations of them."""

import random
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from hashlib import sha256

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256
from atecc_bench.chip.protocol.commands import TEMP_KEY_AS_KEY, Opcode
from atecc_bench.chip.protocol.crc import crc16_bytes
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone, slot_size
from atecc_bench.chip.session import session_macs, tempkey
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.boards.twin_under_test import VENDOR_CONFIG
from tests.support.probes import snapshot

PACKETS_PER_TWIN = 250
_USE_COUNTERS = range(52, 84)
_PROOF_FAILED = (Status.CHECKMAC_OR_VERIFY_MISCOMPARE, Status.ECC_FAULT)
_LEGAL_LENGTHS = frozenset((1, 4, 16, 32, 64, 96, *range(36, 100)))
_REVISIONS = ("00005000", "00006002", "00006003")
_LENGTHS = (0, 3, 4, 13, 16, 20, 32, 36, 64, 68, 77, 83, 96, 128)
_INTERESTING = (0, 1, 2, 4, 0xFFFF, 0x8000, 0x8004, 0x0500)
_POINT = bytes.fromhex(
    "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
)


Commands = Generator[CommandPacket, bytes, None]
"""Commands that follow each other; each is answered with the chip's payload."""


@dataclass(frozen=True)
class Finding:
    """What must not happen, and how to make it happen again."""

    what: str
    seed: str
    packets: tuple[str, ...]

    def __str__(self) -> str:
        return f"FOUND {self.what} (seed {self.seed!r}); the last packets:\n  " + "\n  ".join(self.packets[-6:])


def fuzz_one_twin(seed: str) -> tuple[Counter[str], Finding | None]:
    """Throw packets at one twin; the answers it gave, and the first thing that was wrong."""
    dice = random.Random(seed)  # noqa: S311 - to be repeated
    element = random_twin(dice)
    answers: Counter[str] = Counter()
    sent: list[str] = []
    source = packets(dice, element)
    packet = next(source)
    while len(sent) < PACKETS_PER_TWIN:
        sent.append(packet.hex())
        before = snapshot(element.memory)
        try:
            done = element.execute(packet)
        except Exception as error:  # noqa: BLE001 - this is what we look for
            return answers, Finding(f"{type(error).__name__}: {error}", seed, tuple(sent))
        wrong = what_is_wrong(done.response, done.reason is not None, before, snapshot(element.memory))
        if wrong:
            return answers, Finding(wrong, seed, tuple(sent))
        answers[done.reason.id if done.reason else f"accepted {_name(packet)}"] += 1
        packet = source.send(done.response)
        if dice.random() < 0.005:
            element.lose_registers()
    return answers, None


def what_is_wrong(response: bytes, has_reason: bool, before: bytes, after: bytes) -> str | None:
    """Why an answer is not legal, if so."""
    answer = ResponsePacket.parse(response)
    if len(answer.payload) not in _LEGAL_LENGTHS:
        return f"an answer of {len(answer.payload)} bytes"
    if answer.status_code is not None and answer.status_code not in list(Status):
        return f"the status {answer.status_code:02X}"
    refused = answer.status_code not in (None, Status.SUCCESS)
    if refused != has_reason:
        return "a refusal without a reason, or a reason without a refusal"
    if refused and before != after:
        changed = {i for i in range(len(before)) if before[i] != after[i]}
        if answer.status_code not in _PROOF_FAILED or not changed <= set(_USE_COUNTERS):
            return f"a refused command changed bytes {sorted(changed)[:8]}"
    return None


def _name(packet: bytes) -> str:
    return Opcode(packet[1]).name


def random_twin(dice: random.Random) -> SecureElement:
    """A chip of any part, with any contents, its configuration legal or not."""
    fresh = Eeprom.factory(seeded_entropy(dice.randrange(1 << 30)))
    raw = bytearray(fresh.contents(Zone.CONFIG))
    raw[16:] = VENDOR_CONFIG
    raw[4:8] = bytes.fromhex(dice.choice(_REVISIONS))
    if dice.random() < 0.3:  # any configuration
        raw[16:84], raw[88:] = dice.randbytes(68), dice.randbytes(40)
    else:  # a useful one with some bits changed
        for _ in range(dice.randrange(12)):
            raw[dice.choice((13, *range(16, 84), *range(88, 128)))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.7:
        raw[88:90] = b"\xff\xff"
    raw[86], raw[87] = dice.choices(((0, 0), (0x55, 0), (0x55, 0x55)), (8, 2, 1))[0]
    slots = [_random_contents(dice, slot) for slot in range(SLOT_COUNT)]
    return SecureElement(
        Eeprom(bytes(raw), dice.randbytes(64), slots, dice.randbytes(32)), seeded_entropy(dice.randrange(1 << 30))
    )


def _random_contents(dice: random.Random, slot: int) -> bytes:
    size = slot_size(slot)
    stored_point = bytes((dice.choice((0x00, 0x50, 0xA0)),)) + bytes(3) + _POINT[:32] + bytes(4) + _POINT[32:]
    start = dice.choice((b"", bytes(4) + dice.randbytes(32), stored_point, bytes.fromhex("2000000020000000")))
    return (start + dice.randbytes(size))[:size]


def packets(dice: random.Random, element: SecureElement) -> Generator[bytes, bytes, None]:
    """Raw packets without end; each is answered with the chip's raw answer."""
    while True:
        sequence = _sequence(dice, element)
        command = next(sequence, None)
        while command is not None:
            packet = command.to_bytes()
            answer = yield _mutated(dice, packet) if dice.random() < 0.1 else packet
            try:
                command = sequence.send(ResponsePacket.parse(answer).payload)
            except StopIteration:
                command = None
        if dice.random() < 0.03:
            yield dice.randbytes(dice.randrange(200))


def _mutated(dice: random.Random, packet: bytes) -> bytes:
    body = bytearray(packet[1:-2])
    for _ in range(dice.randrange(1, 4)):
        body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.2:
        body = body[: dice.randrange(4, len(body) + 1)] + dice.randbytes(dice.randrange(8))
    whole = bytes((len(body) + 3,)) + body
    if dice.random() < 0.05:
        return whole + dice.randbytes(2)
    return whole + crc16_bytes(whole)


def _sequence(dice: random.Random, element: SecureElement) -> Commands:
    kind = dice.randrange(10)
    if kind < 3:
        yield _plausible(dice)
        return
    sequences = (_session, _session, _hash, _keys, _nonces, _nonces, _boot)
    yield from sequences[kind - 3](dice, element)


def _plausible(dice: random.Random) -> CommandPacket:
    opcode = dice.choice(list(Opcode))
    mode = dice.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0C, 0x10, 0x20, 0x40, 0x42, 0x80, 0x82, dice.randrange(256)))
    param2 = dice.choice(
        (dice.randrange(16), dice.randrange(16) << 3, dice.choice(_INTERESTING), dice.randrange(1 << 16))
    )
    return CommandPacket(opcode, mode, param2, dice.randbytes(dice.choice(_LENGTHS)))


def _nonce(dice: random.Random) -> CommandPacket:
    if dice.random() < 0.7:
        return CommandPacket(Opcode.NONCE, dice.choice((0, 1)), 0, dice.randbytes(20))
    mode, size = dice.choice(((0x03, 32), (0x23, 64), (0x43, 32), (0x63, 64), (0x83, 32)))
    return CommandPacket(Opcode.NONCE, mode, 0, dice.randbytes(size))


def _session(dice: random.Random, element: SecureElement) -> Commands:
    """Random nonce, GenDig, and an access that fits, its MAC right more often than not."""
    config = element.memory.config
    slot = dice.randrange(16)
    policy = config.slot_configs[slot]
    use = dice.randrange(5)
    key_slot = policy.read_key if use == 0 else policy.write_key
    key = element.memory.contents(Zone.DATA, key_slot)[:32]
    nonce = _nonce(dice) if dice.random() < 0.1 else CommandPacket(Opcode.NONCE, 1, 0, dice.randbytes(20))
    value = _temp_key_after(nonce, (yield nonce))
    other = dice.randbytes(4)
    gen_dig = CommandPacket(Opcode.GEN_DIG, 2, key_slot, other)
    yield gen_dig
    serial, head = (
        config.serial_number,
        other if config.slot_configs[key_slot].no_mac else tempkey.command_head(gen_dig),
    )
    session_key = tempkey.session_digest(key, head, serial, value)
    plain = dice.randbytes(32)
    match use:
        case 0:
            yield CommandPacket(Opcode.READ, 0x82, slot << 3)
        case 1:
            write = CommandPacket(Opcode.WRITE, dice.choice((0x82, 0xC2)), slot << 3)
            mac = session_macs.write_mac(session_key, write, serial, plain)
            data = session_macs.crypt_block(session_key, plain) + mac
            yield CommandPacket(write.opcode, write.param1, write.param2, data)
        case 2:
            imports = CommandPacket(Opcode.PRIV_WRITE, 0x40, slot)
            secret = bytes(4) + plain
            mac = session_macs.priv_write_mac(session_key, imports, serial, secret)
            yield CommandPacket(imports.opcode, 0x40, slot, session_macs.crypt_private_key(session_key, secret) + mac)
        case 3:
            derive = CommandPacket(Opcode.DERIVE_KEY, 0, slot)
            parent = key if policy.write_config & 1 else element.memory.contents(Zone.DATA, slot)[:32]
            yield CommandPacket(
                derive.opcode, 0, slot, dice.choice((b"", session_macs.derive_key_mac(parent, derive, serial)))
            )
        case _:
            yield CommandPacket(Opcode.SIGN, dice.choice((0x00, 0x40, 0x41)), slot)


def _temp_key_after(command: CommandPacket, answer: bytes) -> bytes:
    """TempKey after a Nonce, as a host computes it."""
    if len(answer) == 32 and len(command.data) == 20:
        return tempkey.nonce(answer, command.data, command.param1)
    return command.data[:32].ljust(32, b"\0")


def _hash(dice: random.Random, _element: SecureElement) -> Commands:
    """SHA and HMAC in pieces."""
    start = dice.choice((CommandPacket(Opcode.SHA, 0), CommandPacket(Opcode.SHA, 4, dice.choice((*range(16), 0xFFFF)))))
    yield start
    for _ in range(dice.randrange(3)):
        data = dice.randbytes(dice.choice((64, 64, dice.randrange(65))))
        yield CommandPacket(Opcode.SHA, 1, len(data), data)
    if dice.random() < 0.5:
        yield CommandPacket(Opcode.SHA, 3, dice.randrange(8, 16))
    if dice.random() < 0.3:
        yield CommandPacket(Opcode.SHA, 6)
        words = dice.randrange(1 << 20)
        context = words.to_bytes(4, "little") + dice.randbytes(32 + words % 64)
        yield CommandPacket(Opcode.SHA, 7, len(context), context)
    data = dice.randbytes(dice.randrange(65))
    yield CommandPacket(Opcode.SHA, dice.choice((2, 2, 5, 0x42, 0xC2)), len(data), data)
    yield CommandPacket(Opcode.VERIFY, 1, dice.randrange(8, 16), dice.randbytes(64))


def _keys(dice: random.Random, element: SecureElement) -> Commands:
    """Keys made and used, in slots and in TempKey."""
    keys = element.memory.config.key_configs
    private = [slot for slot in range(16) if keys[slot].private and keys[slot].key_type == KEY_TYPE_P256]
    slot = dice.choice((*private, *private, *private, dice.randrange(16), TEMP_KEY_AS_KEY))
    yield CommandPacket(Opcode.GEN_KEY, dice.choice((4, 4, 0, 0x0C, 0x08)), slot)
    match dice.randrange(5):
        case 0 | 1:
            source, key = (1, 0) if slot == TEMP_KEY_AS_KEY else (0, slot)
            yield CommandPacket(Opcode.ECDH, dice.choice((0, 4, 8, 0x0C, 0x0E)) | source, key, _POINT)
        case 2:
            yield _nonce(dice)
            yield CommandPacket(Opcode.SIGN, dice.choice((0x80, 0xA0)), slot & 15)
        case 3:
            yield _nonce(dice)
            target = dice.randrange(8, 16)
            yield CommandPacket(Opcode.GEN_KEY, 0x10, target, dice.randbytes(3))
            other = dice.randbytes(17) + bytes((dice.randrange(2), 0))
            yield CommandPacket(Opcode.VERIFY, dice.choice((3, 7)), target, dice.randbytes(64) + other)
        case _:
            yield _nonce(dice)
            mode = dice.choice((0, 2, 0x80, 0x82, 0x20, 0xA2))
            data, param2 = (dice.randbytes(64) + _POINT, 4) if mode & 2 else (dice.randbytes(64), dice.randrange(16))
            yield CommandPacket(Opcode.VERIFY, mode, param2, data)


def _nonces(dice: random.Random, element: SecureElement) -> Commands:
    """What works on a nonce: MAC, CheckMac with a right response, AES, KDF, HMAC, GenDig of all zones."""
    nonce = _nonce(dice)
    value = _temp_key_after(nonce, (yield nonce))
    config = element.memory.config
    slot = dice.randrange(16)
    match dice.randrange(6):
        case 0:
            mode = dice.choice((0, 1, 2, 3, 5, 0x41, 0x70))
            yield CommandPacket(Opcode.MAC, mode, slot, b"" if mode & 1 else dice.randbytes(32))
        case 1:
            key, other = element.memory.contents(Zone.DATA, slot)[:32], dice.randbytes(13)
            response = session_macs.check_mac_response(
                key, value, 1, other, element.memory.contents(Zone.OTP), config.serial_number
            )
            yield CommandPacket(Opcode.CHECK_MAC, 1, slot, bytes(32) + response + other)
            yield CommandPacket(Opcode.INFO, 4, dice.randrange(4))
            yield CommandPacket(Opcode.READ, 0x82, dice.randrange(16) << 3)
        case 2:
            yield CommandPacket(
                Opcode.AES, dice.choice((0, 1, 0x40, 0xC1)), dice.choice((slot, 0xFFFF)), dice.randbytes(16)
            )
        case 3:
            mode = dice.randrange(4) | dice.randrange(6) << 2 | dice.choice((0, 0x20, 0x40))
            message = dice.randbytes(16) if mode & 0x20 else dice.randbytes(dice.randrange(40))
            details = bytes((dice.randrange(8), dice.choice((0, 1, 3, slot)), 0, len(message)))
            yield CommandPacket(Opcode.KDF, mode, slot | dice.randrange(16) << 8, details + message)
        case 4:
            yield CommandPacket(Opcode.HMAC, dice.choice((0, 4, 0x40)), slot)
        case _:
            zone = dice.randrange(6)
            size = 32 if zone == 3 else 0
            yield CommandPacket(Opcode.GEN_DIG, zone, dice.choice((0, 1, slot)), dice.randbytes(size))


def _boot(dice: random.Random, element: SecureElement) -> Commands:
    """SecureBoot, counters, extra bytes, locks."""
    word = int.from_bytes(element.memory.config.use_flags[2:4], "little")
    stored = element.memory.contents(Zone.DATA, word >> 8 & 15)[:32]
    digest = dice.choice((stored, sha256(b"firmware").digest()))
    if dice.random() < 0.5:
        yield _nonce(dice)
    mode = dice.choice((5, 6, 7)) | dice.choice((0, 0, 0x80)) | (0x40 if dice.random() < 0.05 else 0)
    yield CommandPacket(Opcode.SECURE_BOOT, mode, 0, digest if mode & 7 == 6 else digest + dice.randbytes(64))
    yield CommandPacket(Opcode.COUNTER, dice.randrange(2), dice.randrange(2))
    if dice.random() < 0.2:
        yield CommandPacket(Opcode.UPDATE_EXTRA, dice.randrange(3), dice.randrange(16))
    if dice.random() < 0.02:
        yield CommandPacket(Opcode.LOCK, dice.choice((0x80, 0x81, 0x02 | dice.randrange(16) << 2)))
