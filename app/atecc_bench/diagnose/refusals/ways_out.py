"""What ends a refusal on this very chip.

Each way is tried on the twin before it is said: commands to send first, other slots, or that there is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.device_options import ChipOptions, SecureBootOptions
from atecc_bench.chip.console.command_catalogue import FORMS
from atecc_bench.chip.console.command_effects import CommandEffect, effect_of
from atecc_bench.chip.console.command_spec import describe_command, parse_command
from atecc_bench.chip.protocol.commands import ENCRYPTED_ACCESS, LONG_ACCESS, EcdhMode, GenKeyMode, Opcode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone, address, split_address
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence, possible_chips
from atecc_bench.diagnose.refusals.proofs import PROOFS
from atecc_bench.errors import InputError
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import Reason, ReasonId

_ZEROS = "00" * 32
_LOAD = f"nonce mode=pass-through data={_ZEROS}"
_RANDOM = f"nonce mode=random data={'00' * 20}"
_BY_SLOT = frozenset({
    Opcode.SIGN, Opcode.GEN_KEY, Opcode.ECDH, Opcode.PRIV_WRITE, Opcode.MAC, Opcode.HMAC, Opcode.CHECK_MAC,
    Opcode.DERIVE_KEY, Opcode.AES,
})  # fmt: skip


@dataclass(frozen=True)
class Steps:
    """Commands that were tried before the refused one, in words.

    `then` is what is in the way afterwards: None, or a proof that only the command's sender can make right. `if_filled`
    says that they lead there only if the slot holds what the command needs.
    """

    commands: tuple[str, ...]
    then: Reason | None
    if_filled: bool = False

    @property
    def locks(self) -> bool:
        """Whether one of them locks a zone."""
        return any(parse_command(words, FORMS).opcode == Opcode.LOCK for words in self.commands)

    @property
    def for_ever(self) -> bool:
        """Whether one of them can never be undone."""
        return any(effect_of(parse_command(words, FORMS)) is CommandEffect.FOR_EVER for words in self.commands)


def steps_before(elements: Sequence[SecureElement], command: CommandPacket, reason: Reason) -> Steps | None:
    """Find commands after which a chip carries the refused one out.

    `elements` are all states that the refusing chip may be in; the commands lead there from each of them, or from each
    in which the slot holds something. The shortest sequence without lasting effects goes before others. None where none
    of those that are tried helps.
    """
    filled = [element for element in elements if _holds_something(element, slot_of(command))]
    config = elements[0].memory.config
    make = f"genkey key=private slot={slot_of(command)}"
    for commands in _sequences(config, command):
        if filled and make in commands:
            continue  # it would overwrite the key that is there
        then = _leads_from_each(elements, commands, command, reason)
        if then is not _FAILS:
            return Steps(commands, then)
    if not filled or len(filled) == len(elements):
        return None
    found = steps_before(filled, command, reason)
    return None if found is None else replace(found, if_filled=True)


_FAILS = Reason(ReasonId.BAD_PARAMETER, "")


def _leads_from_each(
    elements: Sequence[SecureElement], commands: tuple[str, ...], command: CommandPacket, reason: Reason
) -> Reason | None:
    """What is in the way after the commands.

    None, a proof, or `_FAILS`.
    """
    packets = [parse_command(words, FORMS).to_bytes() for words in commands]
    left: Reason | None = None
    for element in reversed(elements):  # the least in favour fails first
        trial = element.copy()
        if any(trial.execute(packet).reason is not None for packet in packets):
            return _FAILS
        then = trial.execute(command.to_bytes()).reason
        if then is not None and (then.id not in PROOFS or then.id is reason.id):
            return _FAILS
        left = then or left
    return left


def _holds_something(element: SecureElement, slot: int) -> bool:
    return any(byte != 0xFF for byte in element.memory.contents(Zone.DATA, slot))


def _sequences(config: ConfigZone, command: CommandPacket) -> Iterator[tuple[str, ...]]:
    slot = slot_of(command)
    policy = config.slot_configs[slot]
    is_608 = config.part.is_608
    registers = [(_LOAD,), (_RANDOM,)]
    if is_608:
        registers += [
            (f"nonce mode=pass-through target=message-digest-buffer data={_ZEROS}",),
            (f"nonce mode=pass-through target=alternate-key-buffer data={_ZEROS}",),
            (f"nonce mode=pass-through size=64 data={_ZEROS * 2}",),
            ("genkey key=private slot=tempkey",),
            ("info mode=latch param=3",),
        ]
    registers.append(("sha mode=start",))
    sessions = [(_RANDOM, f"gendig slot={key}") for key in dict.fromkeys((policy.read_key, policy.write_key, slot))]
    digests = [(_RANDOM, f"genkey key=public digest=yes slot={slot}")]
    yield from registers
    yield from sessions
    yield from digests
    make = f"genkey key=private slot={slot}"
    locks = ("lock zone=config check=no",), ("lock zone=data check=no",), (
        "lock zone=config check=no", "lock zone=data check=no",
    )  # fmt: skip
    yield (make,)
    for registered in (*registers, *sessions):
        yield (make, *registered)
    for lock in locks:
        yield lock
        for registered in ((make,), *registers, *sessions, (make, _LOAD), (make, _RANDOM)):
            yield (*lock, *registered)
            if registered[0] == make:
                yield (*lock[:-1], make, lock[-1], *registered[1:])


def slot_of(command: CommandPacket) -> int:
    """The slot that a command is about."""
    match command.opcode:
        case Opcode.READ | Opcode.WRITE:
            return split_address(Zone.DATA, command.param2)[0]
        case Opcode.LOCK:
            return command.param1 >> 2 & 0xF
        case _:
            return command.param2 & 0xF


def for_slot(command: CommandPacket, slot: int) -> CommandPacket | None:
    """The same command for another slot; None where it is about none."""
    if command.opcode in (Opcode.READ, Opcode.WRITE):
        if command.param1 & 0x03 != Zone.DATA:
            return None
        offset = split_address(Zone.DATA, command.param2)[1]
        return replace(command, param2=address(Zone.DATA, slot, offset))
    if command.opcode in _BY_SLOT and command.param2 < SLOT_COUNT:
        return replace(command, param2=slot)
    return None


def is_possible(evidence: ChipEvidence, command: CommandPacket) -> bool:
    """Whether this chip can ever carry a command out.

    In any state that it can still come into.

    Registers, contents, authorizations and locks are taken in every way that its configuration allows.
    """
    if evidence.config is None:
        return True
    return any(_is_possible_with(evidence, config, command) for config in _reachable(evidence.config))


def _reachable(config: bytes) -> Iterator[bytes]:
    """The configuration, and with the locks that can still be set."""
    yield config
    raw = ConfigZone.parse(config)
    if not raw.config_locked:
        yield config[:87] + b"\0" + config[88:]
    if not raw.data_locked:
        yield config[:86] + b"\0\0" + config[88:]


def _is_possible_with(evidence: ChipEvidence, config: bytes, command: CommandPacket) -> bool:
    free = replace(evidence, config=config, before=None, seen=())
    for chip in possible_chips(free, command, _keys_about(ConfigZone.parse(config), command)):
        reason = chip.element.copy().execute(command.to_bytes()).reason
        if reason is None or reason.id in PROOFS:
            return _key_can_be_there(evidence, config, command)
    return False


def _keys_about(config: ConfigZone, command: CommandPacket) -> frozenset[int]:
    """The slots whose keys can decide a command.

    Its own, those that it names, and those that authorise them.
    """
    slots = {slot_of(command), command.param2 >> 8 & 0xF}
    if config.part.is_608:
        slots |= {ChipOptions.of(config).io_protection_slot, SecureBootOptions.of(config).public_key_slot}
    slots |= {slot ^ 1 for slot in slots}  # ECDH puts its result beside its key
    slots |= {n for slot in slots for n in (config.slot_configs[slot].read_key, config.slot_configs[slot].write_key)}
    return frozenset(slots | {config.key_configs[slot].auth_key for slot in slots})


def _key_can_be_there(evidence: ChipEvidence, config: bytes, command: CommandPacket) -> bool:
    """Whether the private key that a command needs can be there.

    It is, or it can still be made or imported.
    """
    if not _needs_private_key(command) or not evidence.complete:
        return True
    slot = slot_of(command)
    if slot in evidence.private_keys or (slot in evidence.slots and any(evidence.slots[slot].strip(b"\xff"))):
        return True
    return slot not in evidence.slots or can_get_private_key(config, slot)


def _needs_private_key(command: CommandPacket) -> bool:
    if command.param2 >= SLOT_COUNT:
        return False
    if command.opcode == Opcode.GEN_KEY:
        return not command.param1 & (GenKeyMode.PRIVATE | GenKeyMode.PUBLIC_KEY_DIGEST)
    return command.opcode in (Opcode.SIGN, Opcode.ECDH)


def can_get_private_key(config: bytes, slot: int) -> bool:
    """Whether a slot without private key can still get one here."""
    return private_key_ways(config, slot) != ()


def private_key_ways(config: bytes, slot: int) -> tuple[str, ...]:
    """The commands that still put a private key into a slot."""
    evidence = ChipEvidence(config)
    ways: list[str] = []
    for words in (f"genkey key=private slot={slot}", f"privwrite slot={slot} encrypted=yes", f"privwrite slot={slot}"):
        packet = parse_command(words, FORMS, filler=0)
        if any(_lets_through(evidence, reachable, packet) for reachable in _reachable(config)):
            ways.append(words)
    return tuple(ways)


def _lets_through(evidence: ChipEvidence, config: bytes, command: CommandPacket) -> bool:
    keys = _keys_about(ConfigZone.parse(config), command)
    for chip in possible_chips(replace(evidence, config=config), command, keys):
        reason = chip.element.copy().execute(command.to_bytes()).reason
        if reason is None or reason.id in PROOFS:
            return True
    return False


def other_slots(evidence: ChipEvidence, command: CommandPacket) -> tuple[int, ...] | None:
    """Slots with which this chip can carry the same command out.

    None for a command that is about no slot.
    """
    if evidence.config is None or for_slot(command, 0) is None:
        return None
    own = slot_of(command)
    found: list[int] = []
    for slot in range(SLOT_COUNT):
        other = for_slot(command, slot)
        if slot != own and other is not None and is_possible(evidence, other):
            found.append(slot)
    return tuple(found)


def other_form(element: SecureElement, command: CommandPacket, reason: Reason) -> str | None:
    """The same access in the form that this slot takes, in words.

    None where none is carried out.
    """
    candidates: list[CommandPacket] = []
    zone = command.param1 & 0x03
    if command.opcode == Opcode.READ and not command.param1 & LONG_ACCESS:
        candidates.append(replace(command, param1=command.param1 | LONG_ACCESS, param2=command.param2 & ~0x07))
    if command.opcode == Opcode.WRITE and zone == Zone.DATA:
        candidates.append(CommandPacket(Opcode.WRITE, Zone.DATA | LONG_ACCESS, command.param2 & ~0x07, bytes(32)))
        candidates.append(
            CommandPacket(Opcode.WRITE, Zone.DATA | LONG_ACCESS | ENCRYPTED_ACCESS, command.param2 & ~0x07, bytes(64))
        )
    if command.opcode == Opcode.ECDH and element.memory.config.part.is_608:
        kept = command.param1 & ~(EcdhMode.COPY_OUTPUT | EcdhMode.OUTPUT_ENCRYPTED)
        targets = (0, EcdhMode.COPY_SLOT, EcdhMode.COPY_TEMP_KEY, EcdhMode.COPY_OUTPUT)
        candidates += [replace(command, param1=kept | target) for target in targets]
        candidates.append(replace(command, param1=kept | EcdhMode.COPY_OUTPUT | EcdhMode.OUTPUT_ENCRYPTED))
    for candidate in candidates:
        if candidate == command:
            continue
        then = element.copy().execute(candidate.to_bytes()).reason
        if then is None or (then.id in PROOFS and then.id is not reason.id):
            return _words(candidate)
    return None


def _words(command: CommandPacket) -> str | None:
    words = describe_command(command, FORMS)
    try:
        return words if parse_command(words, FORMS) == command else None
    except InputError:
        return None
