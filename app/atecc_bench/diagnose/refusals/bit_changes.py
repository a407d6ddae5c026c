"""Bits of the configuration that would end a refusal.

Found by asking the twin with each of them changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from atecc_bench.chip.config.config_bits import BitField, bit_fields
from atecc_bench.chip.protocol.counters import encode_counter
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.rules.refusal_reasons import ByteRanges, Reason

_SMALL = 5  # bits; of fields up to this width every value is tried
_BYTE_VALUES = (0x00, 0x55, 0xAA, 0xF0, 0xFF)
_NUMBERS_OF_SLOTS = ("ReadKey", "WriteKey", "AuthKey", "X509id")  # a change of one needs no company
_PATIENCE = 1  # bits; how much larger a change may be that leads to success
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
    """Changes that end a refusal for one reason.

    `then` is the reason for which the chip refuses the command next, None when it carries it out.
    """

    changes: tuple[BitChange, ...]
    then: Reason | None

    def applied(self, config: bytes) -> bytes:
        """The configuration (128 bytes) with the changes made."""
        for change in self.changes:
            config = change.field.changed(config, change.after)
        return config


def find_remedy(element: SecureElement, command: CommandPacket, reason: Reason) -> Remedy | None:
    """The smallest change of bits that ends a refusal.

    Of the bytes named in `reason`: one field, else two; None without any. Among the changes of one field, one after
    which the command is carried out goes before a smaller one after which it is refused for the next reason. `element`
    is left as it is.
    """
    config = element.memory.contents(Zone.CONFIG)
    fields = _fields_in(bit_fields(element.memory.config.part), reason.bytes)
    singles = sorted(
        ((change,) for field in fields for change in _changes(field, config, command.data)), key=_number_of_bits
    )
    pairs = (
        (one, other)
        for one, other in combinations(
            [change for (change,) in singles if not change.field.name.endswith(_NUMBERS_OF_SLOTS)], 2
        )
        if one.field is not other.field
    )
    return _first_that_helps(element, command, reason, config, iter(singles)) or _first_that_helps(
        element, command, reason, config, iter(sorted(pairs, key=_number_of_bits))
    )


def _first_that_helps(
    element: SecureElement,
    command: CommandPacket,
    reason: Reason,
    config: bytes,
    candidates: Iterator[tuple[BitChange, ...]],
) -> Remedy | None:
    second_best: Remedy | None = None
    packet = command.to_bytes()
    for changes in candidates:
        if second_best is not None and _number_of_bits(changes) > _number_of_bits(second_best.changes) + _PATIENCE:
            break
        remedy = Remedy(changes, None)
        then = element.copy(remedy.applied(config)).execute(packet).reason
        if then is None:
            return remedy
        if (then.id, then.bytes) != (reason.id, reason.bytes) and second_best is None:
            second_best = Remedy(changes, then)
    return second_best


def _number_of_bits(changes: tuple[BitChange, ...]) -> int:
    return sum(change.bits for change in changes)


def _fields_in(fields: tuple[BitField, ...], ranges: ByteRanges) -> list[BitField]:
    return [field for field in fields if any(first <= field.start and field.last <= last for first, last in ranges)]


def _changes(field: BitField, config: bytes, data: bytes) -> list[BitChange]:
    before = field.value(config)
    if field.width <= _SMALL:
        values = range(1 << field.width)
    elif field.size == 1:
        values = _BYTE_VALUES
    else:
        # Nothing but an end of the range is telling, or what the command itself brings along.
        windows = [data[i : i + field.size] for i in range(len(data) - field.size + 1)] if field.size == 2 else []
        values = [0, (1 << field.width) - 1, *(int.from_bytes(window, "little") for window in windows)]
        values += [_COUNTER_AT_0] if field.size == len(encode_counter(0)) else []
    return [BitChange(field, before, value) for value in dict.fromkeys(values) if value != before]
