"""The chips that fit what is known of one.

The twin is put into each of these states, and asked. What is unknown is taken in the way that lets a command through,
and then each thing in turn in the way that stops it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256, UNLOCKED, ConfigZone
from atecc_bench.chip.config.device_options import count_match_slot
from atecc_bench.chip.config.slot_bytes import key_config_bytes, lock_byte, slot_config_bytes
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.counters import LARGEST, encode_count_match
from atecc_bench.chip.protocol.identity import Part, revision_of_part
from atecc_bench.chip.protocol.p256 import P256_POINT
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import OTP_SIZE, SLOT_COUNT, Zone, slot_size, split_address
from atecc_bench.chip.session.tempkey import TempKeyFlags
from atecc_bench.diagnose.config.known_configurations import known_configurations
from atecc_bench.diagnose.refusals.seen_exchanges import SOME_PRIVATE_KEY, SeenExchange, bring_up_to_date, replay
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.use_limits import counter_value
from atecc_bench.twin.state.chip_state import ChipState, Register, ShaContext, TempKey
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import SEED_SIZE, Eeprom

LOCK_VALUE, LOCK_CONFIG = 86, 87
LOCKS = slice(86, 90)
_SOME_KEY = bytes(4) + SOME_PRIVATE_KEY
_VALUE = bytes(range(64))
_ERASED = 0xFF


@dataclass(frozen=True)
class ChipEvidence:
    """Everything that is known of a chip.

    `slots` are contents, if need be only their beginnings; `private_keys` slots that are known to hold one. `before`
    are the commands since the last wake, None when they are not known. `seen` are exchanges with this chip before the
    command that is explained, oldest first; the last of them are those with the commands of `before`.
    """

    config: bytes | None = None
    some: Mapping[int, int] = field(default_factory=dict[int, int])
    slots: Mapping[int, bytes] = field(default_factory=dict[int, bytes])
    otp: bytes | None = None
    before: tuple[CommandPacket, ...] | None = None
    seen: tuple[SeenExchange, ...] = ()
    private_keys: frozenset[int] = frozenset()
    doubts: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the whole configuration is known."""
        return self.config is not None

    @property
    def seen_earlier(self) -> tuple[SeenExchange, ...]:
        """What was seen before the last wake.

        All of it, when nobody knows when that was.
        """
        since = self._seen_since_wake
        if self.before and not since:
            return ()  # some of these are among the commands of `before`, and nobody knows which
        return self.seen[: len(self.seen) - len(since)]

    @property
    def _seen_since_wake(self) -> tuple[SeenExchange, ...]:
        count = len(self.before or ())
        tail = self.seen[len(self.seen) - count :] if 0 < count <= len(self.seen) else ()
        return tail if tuple(exchange.command for exchange in tail) == self.before else ()

    def replayed(self, element: SecureElement) -> SecureElement:
        """The chip in software after all commands since the last wake."""
        seen = self._seen_since_wake
        if not seen:
            for command in self.before or ():
                element.execute(command.to_bytes())
        for exchange in seen:
            element = replay(element, exchange)
        return element


@dataclass(frozen=True)
class PossibleChip:
    """A chip that fits what is known.

    It says what had to be assumed for it: the fewer the likelier.
    """

    element: SecureElement
    assumed: tuple[str, ...]


def possible_chips(
    evidence: ChipEvidence, command: CommandPacket, keys: frozenset[int] | None = None
) -> Iterator[PossibleChip]:
    """The chips that fit, the one most in favour first.

    The first is most in favour of the command. `keys` are the slots whose keys may have been proved or hashed into
    TempKey, all by default.
    """
    for config, about_config in _configurations(evidence, command):
        for memory, about_memory in _memories(evidence, ConfigZone.parse(config)):
            for state, about_state in _states(evidence, memory, keys):
                yield PossibleChip(SecureElement.in_state(state), (*about_config, *about_memory, *about_state))


def _configurations(evidence: ChipEvidence, command: CommandPacket) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    if evidence.config is not None:
        yield evidence.config, ()
        return
    # Only some bytes are known: every way in which people configure the slot that the command names.
    slot = _slot_of(command)
    seen: set[tuple[Part, bytes, int, int]] = set()
    for configuration, part in ((c, part) for c in known_configurations() for part in c.parts[:2]):
        made = _with_some(configuration.config_of(_start(part)), evidence.some)
        if ConfigZone.parse(made).part is not part:
            continue
        name = f"if it is an {part.value} configured like {configuration.name}"
        for base, about in _locks(made, evidence.some, slot):
            yield base, (name, *about)
            parsed = ConfigZone.parse(base)
            for other in range(SLOT_COUNT):
                words = parsed.slot_configs[other].to_word(), parsed.key_configs[other].to_word()
                raw = _with_some(_with_words(base, slot, *words), evidence.some)
                named = ConfigZone.parse(raw)
                words = named.slot_configs[slot].to_word(), named.key_configs[slot].to_word()
                if (part, base[LOCKS], *words) not in seen:
                    seen.add((part, base[LOCKS], *words))
                    yield raw, (f"if slot {slot} has SlotConfig {words[0]:04X} and KeyConfig {words[1]:04X}", *about)


def _locks(config: bytes, some: Mapping[int, int], slot: int) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """The configuration with its locks as they may be.

    Locks that nobody knows are taken both ways.
    """
    both = {LOCK_VALUE: 0, LOCK_CONFIG: 0}
    yield _with_some(_with_some(config, both), some), ()
    if LOCK_VALUE not in some:
        open_data = _with_some(_with_some(config, {**both, LOCK_VALUE: UNLOCKED}), some)
        yield open_data, ("while the data zone is not locked",)
        if LOCK_CONFIG not in some:
            open_config = _with_some(open_data, {LOCK_CONFIG: UNLOCKED})
            yield open_config, ("while the configuration zone is not locked",)
    at, bit = lock_byte(slot), slot % 8
    if at not in some and config[at] >> bit & 1:
        locked = _with_some(_with_some(config, both), {**some, at: config[at] & ~(1 << bit)})
        yield locked, (f"if slot {slot} was locked on its own",)


def _start(part: Part) -> bytes:
    """Bytes 0 to 15 as this part may have them.

    Its own serial number decides no refusal.
    """
    rest = "EE C0 59 00" if part is Part.ATECC508A else "EE 01 35 00"
    return bytes.fromhex("01230000") + revision_of_part(part) + bytes(4) + bytes.fromhex(rest)


def _with_some(config: bytes, some: Mapping[int, int]) -> bytes:
    return bytes(some.get(at, value) for at, value in enumerate(config))


def _slot_of(command: CommandPacket) -> int:
    match command.opcode:
        case Opcode.READ | Opcode.WRITE:
            return split_address(Zone.DATA, command.param2)[0]
        case Opcode.LOCK:
            return command.param1 >> 2 & 0xF
        case _:
            return command.param2 & 0xF


def _with_words(config: bytes, slot: int, slot_config: int, key_config: int) -> bytes:
    raw = bytearray(config)
    for (first, last), word in ((slot_config_bytes(slot), slot_config), (key_config_bytes(slot), key_config)):
        raw[first : last + 1] = word.to_bytes(2, "little")
    return bytes(raw)


def _memories(evidence: ChipEvidence, config: ConfigZone) -> Iterator[tuple[Eeprom, tuple[str, ...]]]:
    # Nothing gets into a slot before the configuration is locked, so an open chip holds what it was sold with.
    likely = [
        _filled(config, slot)
        if config.config_locked or slot in evidence.private_keys
        else bytes([_ERASED]) * slot_size(slot)
        for slot in range(SLOT_COUNT)
    ]
    filled = [_with_known(evidence.slots.get(slot, b""), likely[slot], slot) for slot in range(SLOT_COUNT)]

    def memory_of(slots: list[bytes]) -> Eeprom:
        memory = Eeprom(config.to_bytes(), evidence.otp or bytes([_ERASED]) * OTP_SIZE, slots, bytes(SEED_SIZE))
        if evidence.complete:
            bring_up_to_date(memory, evidence.seen_earlier)
        return memory

    yield memory_of(filled), ()
    if not evidence.complete:
        return
    sure = evidence.slots.keys() | evidence.private_keys
    empty = [filled[slot] if slot in sure else bytes([_ERASED]) * slot_size(slot) for slot in range(SLOT_COUNT)]
    if empty != filled:
        yield memory_of(empty), ("while the slot holds nothing yet",)
    unproved = [_unproved(config, slot, contents) for slot, contents in enumerate(filled)]
    unproved = [filled[slot] if slot in evidence.slots else contents for slot, contents in enumerate(unproved)]
    if unproved != filled:
        yield memory_of(unproved), ("while the public key in the slot is not validated",)
    limit_slot = count_match_slot(config) if config.part.is_608 else None
    if limit_slot is not None and limit_slot not in evidence.slots:
        memory = memory_of(filled)
        start = memory.contents(Zone.DATA, limit_slot)
        if start == filled[limit_slot]:  # nothing that was seen tells the limit
            reached = counter_value(evidence.replayed(SecureElement(memory, seeded_entropy(0))).memory, 0)
            memory = memory_of(filled)
            memory.write(Zone.DATA, limit_slot, 0, encode_count_match(reached))
            yield memory, (f"if counter 0 has reached its limit in slot {limit_slot}",)


def _with_known(beginning: bytes, otherwise: bytes, slot: int) -> bytes:
    whole = (otherwise + bytes(slot_size(slot)))[: slot_size(slot)]
    return beginning + whole[len(beginning) :]


def _filled(config: ConfigZone, slot: int) -> bytes:
    key = config.key_configs[slot]
    if key.key_type == KEY_TYPE_P256 and key.private:
        return _SOME_KEY
    if key.key_type == KEY_TYPE_P256:
        return b"\x50" + bytes(3) + P256_POINT[:32] + bytes(4) + P256_POINT[32:]
    return encode_count_match(LARGEST) + bytes(range(64))


def _unproved(config: ConfigZone, slot: int, contents: bytes) -> bytes:
    key = config.key_configs[slot]
    return b"\xa0" + contents[1:] if key.key_type == KEY_TYPE_P256 and not key.private else contents


def _states(
    evidence: ChipEvidence, memory: Eeprom, keys: frozenset[int] | None = None
) -> Iterator[tuple[ChipState, tuple[str, ...]]]:
    awake = ChipState(memory, seeded_entropy(0))
    if evidence.before is not None:
        yield evidence.replayed(SecureElement.in_state(awake)).state(), ()
        return
    favourable = replace(
        awake,
        temp_key=_temp_key(TempKeyFlags(from_random=True)),
        message_digest_buffer=Register(_VALUE[:32]),
        alternate_key_buffer=Register(_VALUE[:32]),
        sha=ShaContext(),
        persistent_latch=True,
        use_unlocked=True,
    )
    config = memory.config
    auth_keys = sorted({key.auth_key for key in config.key_configs if key.req_auth}) or [None]
    key_slots = sorted({n for c in config.slot_configs for n in (c.read_key, c.write_key)})
    if keys is not None:
        auth_keys = [key for key in auth_keys if key in keys] or [None]
        key_slots = [key for key in key_slots if key in keys]
    for auth_key in auth_keys:
        base = replace(favourable, authorized_slot=auth_key)
        yield base, ()
        yield replace(base, temp_key=_temp_key(TempKeyFlags())), ("after Nonce with bytes from outside",)
        for slot in key_slots if evidence.complete else key_slots[:1]:
            flags = TempKeyFlags(slot, from_random=True, gen_dig_data=True)
            yield replace(base, temp_key=_temp_key(flags)), (f"after Nonce (random) and GenDig with slot {slot}",)
    if config.part.is_608:
        private = TempKey()
        private.load_private_key(_SOME_KEY[4:])
        yield replace(favourable, temp_key=private), ("after GenKey into TempKey",)
    yield replace(favourable, temp_key=TempKey(), message_digest_buffer=Register()), ("right after the wake",)
    if auth_keys != [None]:
        yield replace(favourable, authorized_slot=None), ("while nothing was authorised with CheckMac",)
    yield replace(favourable, persistent_latch=False), ("while the persistent latch is clear",)
    yield replace(favourable, use_unlocked=False), ("while the use lock is closed",)
    yield replace(favourable, sha=None), ("while no SHA computation is under way",)
    yield replace(favourable, alternate_key_buffer=Register()), ("while the alternate key buffer is empty",)


def _temp_key(flags: TempKeyFlags) -> TempKey:
    register = TempKey()
    register.load(_VALUE, flags)
    return register
