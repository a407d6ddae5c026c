"""Bits of the configuration that would end a refusal.

Found by asking the twin with each of them changed.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, count

from atecc_bench.chip.config.config_bits import BitField, bit_fields
from atecc_bench.chip.protocol.counters import encode_counter
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import ByteRanges, Reason, ReasonId

_SMALL = 5  # bits; of fields up to this width every value is tried
_BYTE_VALUES = (0x00, 0x55, 0xAA, 0xF0, 0xFF)
_LOCK_VALUES = (0x00, 0x55)  # all that a chip ever writes into its lock bytes
_NUMBERS_OF_SLOTS = ("ReadKey", "WriteKey", "AuthKey", "X509id")  # a change of one needs no company
_NEXT_OBSTACLE = 1.5  # bits; how much smaller a change has to be to be worth another obstacle
_NO_PROGRESS = 4.0  # bits; the same for a change behind which the same obstacle stands
_MOST_STEPS = 30  # obstacles that are looked behind
_MOST_PAIRS = 600
_DEAD_ENDS = frozenset({
    ReasonId.NOT_A_PUBLIC_KEY_SLOT, ReasonId.BAD_PARAMETER, ReasonId.BAD_LENGTH, ReasonId.NO_SUCH_ADDRESS,
    ReasonId.UNKNOWN_OPCODE, ReasonId.CONFIG_BYTES_FIXED,
})  # fmt: skip
"""Refusals that no other bit and no state ends: nothing is won where they come next."""
_COUNTER_AT_0 = int.from_bytes(encode_counter(0), "little")


@dataclass(frozen=True)
class BitChange:
    """A change of one field, from `before` to `after`."""

    field: BitField
    before: int
    after: int

    @property
    def bits(self) -> int:
        """How many bits change."""
        return (self.before ^ self.after).bit_count()

    @property
    def sentence(self) -> str:
        """The change in words."""
        field = self.field
        return (
            f"{field.name} ({field.place}) would have to be {field.text(self.after)} instead of "
            f"{field.text(self.before)}"
        )


@dataclass(frozen=True)
class Remedy:
    """Changes that end a refusal, so that the command gets through.

    `then` is None when it is carried out, else what is in the way beside the configuration, such as an empty TempKey.
    """

    changes: tuple[BitChange, ...]
    then: Reason | None

    def applied(self, config: bytes) -> bytes:
        """The configuration (128 bytes) with the changes made."""
        for change in self.changes:
            config = change.field.changed(config, change.after)
        return config


@dataclass(frozen=True)
class _Tried:
    changes: tuple[BitChange, ...]
    config: bytes
    obstacle: Reason | None


def find_remedy(element: SecureElement, command: CommandPacket, reason: Reason) -> Remedy | None:
    """Find the smallest change of bits that lets a command through.

    It begins with the bytes named in `reason`; where another rule is in the way then, its bytes come in too. None where
    no such change is found. `element` is left as it is.
    """
    config = element.memory.contents(Zone.CONFIG)
    fields = bit_fields(element.memory.config.part)
    number = count()
    queue: list[tuple[float, int, _Tried]] = []
    seen = {config}

    def push(tried: _Tried, behind: Reason | None) -> None:
        if tried.config not in seen and not _is_same(tried.obstacle, reason):
            seen.add(tried.config)
            extra = 0.0 if tried.obstacle is None else _NEXT_OBSTACLE
            extra += _NO_PROGRESS if tried.obstacle is not None and _is_same(tried.obstacle, behind) else 0.0
            heapq.heappush(queue, (_number_of_bits(tried.changes) + extra, next(number), tried))

    for tried in _around(element, command, _Tried((), config, reason), fields):
        push(tried, None)
    for _ in range(_MOST_STEPS):
        if not queue:
            return None
        best = heapq.heappop(queue)[2]
        if best.obstacle is None:
            return Remedy(best.changes, None)
        if not best.obstacle.bytes:
            if best.obstacle.id is not reason.id and best.obstacle.id not in _DEAD_ENDS:
                return Remedy(best.changes, best.obstacle)
            continue
        for tried in _around(element, command, best, fields):
            push(tried, best.obstacle)
    return None


def _is_same(obstacle: Reason | None, reason: Reason | None) -> bool:
    return obstacle is not None and reason is not None and (obstacle.id, obstacle.bytes) == (reason.id, reason.bytes)


def _around(
    element: SecureElement, command: CommandPacket, start: _Tried, fields: tuple[BitField, ...]
) -> Iterator[_Tried]:
    """What one change more makes of it.

    Two where one alone changes nothing.
    """
    near = _fields_in(fields, start.obstacle.bytes if start.obstacle is not None else ())
    taken = {change.field for change in start.changes}
    singles = [change for field in near if field not in taken for change in _changes(field, start.config, command.data)]
    found = False
    for change in sorted(singles, key=lambda change: change.bits):
        tried = _try(element, command, start, (change,))
        found = found or start.obstacle is None or not _is_same(tried.obstacle, start.obstacle)
        yield tried
    if found:
        return
    company = [change for change in singles if not change.field.name.endswith(_NUMBERS_OF_SLOTS)]
    pairs = sorted(
        (pair for pair in combinations(company, 2) if pair[0].field is not pair[1].field), key=_number_of_bits
    )
    for pair in pairs[:_MOST_PAIRS]:
        yield _try(element, command, start, pair)


def _try(element: SecureElement, command: CommandPacket, start: _Tried, changes: tuple[BitChange, ...]) -> _Tried:
    remedy = Remedy((*start.changes, *changes), None)
    config = Remedy(changes, None).applied(start.config)
    return _Tried(remedy.changes, config, element.copy(config).execute(command.to_bytes()).reason)


def _number_of_bits(changes: tuple[BitChange, ...]) -> int:
    return sum(change.bits for change in changes)


def _fields_in(fields: tuple[BitField, ...], ranges: ByteRanges) -> list[BitField]:
    return [field for field in fields if any(first <= field.start and field.last <= last for first, last in ranges)]


def _changes(field: BitField, config: bytes, data: bytes) -> list[BitChange]:
    before = field.value(config)
    if field.width <= _SMALL:
        values = range(1 << field.width)
    elif field.name in ("LockConfig", "LockValue"):
        values = _LOCK_VALUES
    elif field.size == 1:
        values = _BYTE_VALUES
    else:
        # Nothing but an end of the range is telling, or what the command itself brings along.
        windows = [data[i : i + field.size] for i in range(len(data) - field.size + 1)] if field.size == 2 else []
        values = [0, (1 << field.width) - 1, *(int.from_bytes(window, "little") for window in windows)]
        values += [_COUNTER_AT_0] if field.size == len(encode_counter(0)) else []
    return [BitChange(field, before, value) for value in dict.fromkeys(values) if value != before]
