"""Repair of dumps that cannot be a configuration zone.

It says what is wrong, and repairs where only one repair is possible.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import UNLOCKED
from atecc_bench.chip.protocol.counters import LARGEST, decode_counter, encode_counter
from atecc_bench.chip.protocol.identity import part_of_revision
from atecc_bench.chip.protocol.neighbours import OtherChipError, neighbour_config_size, neighbour_of_revision
from atecc_bench.chip.protocol.packet import PacketError, ResponsePacket
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE, WORD
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN, known_configurations

_START = b"\x01\x23"
_REVISION_END = 8
_FAMILIES = (b"\0\0\x50", b"\0\0\x60")  # bytes 4 to 6; what follows counts revisions
_LOCKS = (0x00, UNLOCKED)
_ANSWER = BLOCK + 3  # count, 32 bytes, CRC
_LARGEST = 4096


@dataclass(frozen=True)
class Examination:
    """Result of examining some bytes."""

    raw: bytes
    problems: tuple[str, ...]
    other_chip: OtherChipError | None = None
    repaired: bytes | None = None
    repair: str | None = None

    @property
    def config(self) -> bytes | None:
        """The 128 bytes to go on with, None when there are none."""
        return self.repaired if self.repaired is not None else (self.raw if not self.problems else None)


def examine(raw: bytes) -> Examination:
    """Examine bytes that should be a configuration zone.

    They are repaired where the repair is unique.
    """
    problems = tuple(_problems(raw))
    if not problems:
        return Examination(raw, ())
    other = _other_chip(raw)
    if other is not None:
        return Examination(raw, problems, other)
    found: dict[bytes, str] = {}
    for repairs in (_as_a_whole(raw), _byte_lost(raw), _byte_added(raw)):
        for config, what in repairs:
            found.setdefault(config, what)
        if found:
            break
    if len(found) != 1:
        return Examination(raw, problems)
    ((config, what),) = found.items()
    return Examination(raw, problems, repaired=config, repair=what)


def _other_chip(raw: bytes) -> OtherChipError | None:
    """The chip outside this family whose configuration zone this is.

    Told by size and revision.
    """
    name = neighbour_of_revision(raw[4:8]) if raw.startswith(_START) and len(raw) >= _REVISION_END else None
    if name is None or len(raw) != neighbour_config_size(name):
        return None
    return OtherChipError(name, raw[4:8])


def _problems(raw: bytes) -> Iterator[str]:
    if len(raw) != CONFIG_SIZE:
        yield f"A configuration zone has {CONFIG_SIZE} bytes; these are {len(raw)}."
        if len(raw) < CONFIG_SIZE:
            return
    yield from problems_of_known(dict(enumerate(raw[:CONFIG_SIZE])))


def problems_of_known(some: Mapping[int, int]) -> Iterator[str]:
    """Why bytes at these positions cannot be those of a configuration zone."""
    start = bytes(some[at] for at in (0, 1) if at in some)
    if len(start) == len(_START) and start != _START:
        yield f"Every chip's serial number begins with 01 23; this one with {start.hex(' ').upper()}."
    revision = bytes(some[at] for at in range(4, 8) if at in some)
    if len(revision) == 4 and revision[:3] not in _FAMILIES and neighbour_of_revision(revision) is None:
        yield f"No known part has the revision {revision.hex(' ').upper()} (bytes 4 to 7)."
    for name, position in (("LockValue", 86), ("LockConfig", 87)):
        if some.get(position, 0) not in _LOCKS:
            yield f"{name} (byte {position}) is {some[position]:02X}; a chip has 00 or 55 there."


def _fits(config: bytes) -> bool:
    return len(config) == CONFIG_SIZE and not any(_problems(config))


def _fitting(repairs: Iterable[tuple[bytes, str]]) -> Iterator[tuple[bytes, str]]:
    return ((config, what) for config, what in repairs if _fits(config))


def _as_a_whole(raw: bytes) -> Iterator[tuple[bytes, str]]:
    """Repairs that leave no doubt about any byte."""
    yield from _fitting(
        ((answers, "The count byte and the CRC of each answer were taken off."),) if (answers := _answers(raw)) else ()
    )
    yield from _fitting([(_turned(raw), "The bytes of each 32-bit word were turned round.")])
    if CONFIG_SIZE + 1 < len(raw) <= _LARGEST:
        windows = ((raw[i : i + CONFIG_SIZE], i) for i in range(len(raw) - CONFIG_SIZE + 1))
        yield from _fitting(
            (window, f"The configuration zone begins at byte {i} of the dump.")
            for window, i in windows
            if counters_fit(window)
        )


def counters_fit(config: bytes) -> bool:
    """True when the counters stand where they should.

    The first bytes shift when something is lost before them.
    """
    return all(_counts(raw) for raw in (config[52:60], config[60:68]))


def _counts(raw: bytes) -> bool:
    value = decode_counter(raw)
    return 0 <= value <= LARGEST and encode_counter(value) == raw


def _answers(raw: bytes) -> bytes:
    """The payloads of four answers to Read.

    They were dumped with count and CRC.
    """
    if len(raw) != CONFIG_SIZE // BLOCK * _ANSWER:
        return b""
    try:
        return b"".join(ResponsePacket.parse(raw[i : i + _ANSWER]).payload for i in range(0, len(raw), _ANSWER))
    except PacketError:
        return b""


def _turned(raw: bytes) -> bytes:
    return b"".join(raw[i : i + WORD][::-1] for i in range(0, len(raw), WORD))


def _byte_lost(raw: bytes) -> Iterator[tuple[bytes, str]]:
    """Repairs of a dump that lost one byte.

    Nothing follows, or what follows came from elsewhere. Only a known configuration tells it.
    """
    if len(raw) not in (CONFIG_SIZE - 1, CONFIG_SIZE):
        return
    short = raw[: CONFIG_SIZE - 1]
    for value, where in ((0x01, 0), (0x23, 1)):
        config = short[:where] + bytes((value,)) + short[where:]
        if _fits(config) and raw[:2] != _START:
            yield config, f"Byte {where} was lost; it is {value:02X} on every chip."
            return
    for position in range(2, CONFIG_SIZE):
        for value in _known_values(position):
            config = short[:position] + bytes((value,)) + short[position:]
            if _fits(config) and (name := _known_as(config)) is not None:
                yield config, f"A byte {value:02X} was lost at {position}; with it this is {name}."


def _known_values(position: int) -> set[int]:
    if position in range(4, 7):
        return {family[position - 4] for family in _FAMILIES}
    if position < CHIPS_OWN:
        return {0x00, 0xA5}  # the chip's own bytes can be anything, so no repair of them is the only one
    return {known.configuration[position - CHIPS_OWN] for known in known_configurations()}


def _byte_added(raw: bytes) -> Iterator[tuple[bytes, str]]:
    """Repairs of a dump with one byte too many.

    Those that make a known configuration of it.
    """
    if len(raw) != CONFIG_SIZE + 1:
        return
    for position in range(len(raw)):
        config = raw[:position] + raw[position + 1 :]
        if _fits(config) and (name := _known_as(config)) is not None:
            yield config, f"Byte {position} ({raw[position]:02X}) was too many; without it this is {name}."


def _known_as(config: bytes) -> str | None:
    part = part_of_revision(config[4:8])
    return next(
        (known.name for known in known_configurations() if part in known.parts and known.is_of(config)),
        None,
    )
