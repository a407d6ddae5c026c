"""Configurations that people meet, by name.

Data files in `resources/configurations`, each with its source.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from atecc_bench.chip.config.config_bits import BitField, bit_fields
from atecc_bench.chip.config.config_zone import INDIVIDUAL_BYTES, ConfigZone
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.plain_yaml import load_plain
from atecc_bench.resources import resource_path

CHIPS_OWN = 16  # bytes before, which no Write changes
_COMPARED = ((16, 52), (68, 84), (90, 128))  # what is not individual


def _from_hex(value: object) -> object:
    return bytes.fromhex(value) if isinstance(value, str) else value


class KnownConfiguration(BaseModel):
    """One known configuration.

    `configuration` is bytes 16 to 127, `source` says where it was published.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    parts: tuple[Part, ...] = Field(min_length=1)
    source: str
    configuration: Annotated[
        bytes,
        BeforeValidator(_from_hex),
        Field(min_length=CONFIG_SIZE - CHIPS_OWN, max_length=CONFIG_SIZE - CHIPS_OWN),
    ]

    def is_of(self, config: bytes) -> bool:
        """True when these 128 bytes are this configuration.

        Bytes that are individual to a chip do not count.
        """
        return all(config[a:b] == self.configuration[a - CHIPS_OWN : b - CHIPS_OWN] for a, b in _COMPARED)

    def config_of(self, start: bytes) -> bytes:
        """The whole 128 bytes on a given chip.

        Its first 16 bytes are `start`.
        """
        return start[:CHIPS_OWN] + self.configuration


@dataclass(frozen=True)
class FieldDifference:
    """Bits that are otherwise than in the known configuration."""

    field: BitField
    known: int
    found: int

    @property
    def sentence(self) -> str:
        """The difference in words."""
        field = self.field
        return f"{field.name} ({field.place}) is {field.text(self.found)} instead of {field.text(self.known)}"


@dataclass(frozen=True)
class Likeness:
    """How near a configuration is to a known one.

    `differing_bytes` leaves out what is individual to a chip.
    """

    configuration: KnownConfiguration
    differing_bytes: tuple[int, ...]
    differences: tuple[FieldDifference, ...]

    @property
    def exact(self) -> bool:
        """Whether it is that configuration."""
        return not self.differing_bytes


@cache
def known_configurations() -> tuple[KnownConfiguration, ...]:
    """All of them, by file name."""
    files = sorted(resource_path("configurations").glob("*.yaml"))
    return tuple(KnownConfiguration.model_validate(load_plain(file.read_text(encoding="utf-8"))) for file in files)


def likenesses(config: ConfigZone, unknown: AbstractSet[int] = frozenset()) -> tuple[Likeness, ...]:
    """The known configurations of this part, the nearest first.

    Nearness is the number of bits that differ. Bytes at `unknown` positions do not count.
    """
    raw = config.to_bytes()
    left_out = INDIVIDUAL_BYTES | unknown
    found = [_likeness(config, raw, known, left_out) for known in known_configurations() if config.part in known.parts]
    return tuple(sorted(found, key=lambda likeness: _bits(raw, likeness)))


def _likeness(config: ConfigZone, raw: bytes, known: KnownConfiguration, left_out: AbstractSet[int]) -> Likeness:
    other = known.config_of(raw)
    differing = tuple(i for i in range(CONFIG_SIZE) if i not in left_out and raw[i] != other[i])
    differences = tuple(
        FieldDifference(field, field.value(other), field.value(raw))
        for field in bit_fields(config.part)
        if left_out.isdisjoint(range(field.start, field.last + 1)) and field.value(other) != field.value(raw)
    )
    return Likeness(known, differing, differences)


def _bits(raw: bytes, likeness: Likeness) -> int:
    other = likeness.configuration.config_of(raw)
    return sum((raw[i] ^ other[i]).bit_count() for i in likeness.differing_bytes)
