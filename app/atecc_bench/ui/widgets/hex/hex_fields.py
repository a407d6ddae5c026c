"""Named, coloured fields over bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from PySide6.QtGui import QColor

from atecc_bench.ui.style.palette import Palette, mix


class HexRole(Enum):
    """Roles of fields; each has a colour of its own."""

    PLAIN = "plain"
    SERIAL = "serial"
    REVISION = "revision"
    ADDRESS = "address"
    SLOT_CONFIG = "slot-config"
    COUNTER = "counter"
    LOCK = "lock"
    CHIP_OPTIONS = "chip-options"
    KEY_CONFIG = "key-config"
    CERTIFICATE = "certificate"
    NAME = "name"
    DATES = "dates"
    PUBLIC_KEY = "public-key"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class HexField:
    """A named field over the bytes of a view.

    Bytes `start` to `end` (exclusive), what they are called and what they say.
    """

    start: int
    end: int
    name: str
    role: HexRole = HexRole.PLAIN
    detail: str = ""


def field_at(fields: Sequence[HexField], offset: int) -> HexField | None:
    """The smallest field that holds the byte at `offset`."""
    holding = [field for field in fields if field.start <= offset < field.end]
    return min(holding, key=lambda field: field.end - field.start, default=None)


def role_color(role: HexRole, palette: Palette) -> QColor | None:
    """Background of the bytes of a role; None for plain bytes."""
    hue = _HUES.get(role)
    return None if hue is None else mix(palette.surface, QColor(hue), palette.tint_strength * 1.5)


_HUES: Final[Mapping[HexRole, str]] = MappingProxyType(
    {
        HexRole.SERIAL: "#0EA5E9",
        HexRole.REVISION: "#8B5CF6",
        HexRole.ADDRESS: "#14B8A6",
        HexRole.SLOT_CONFIG: "#F59E0B",
        HexRole.COUNTER: "#64748B",
        HexRole.LOCK: "#EF4444",
        HexRole.CHIP_OPTIONS: "#D946EF",
        HexRole.KEY_CONFIG: "#22C55E",
        HexRole.CERTIFICATE: "#6366F1",
        HexRole.NAME: "#0EA5E9",
        HexRole.DATES: "#F59E0B",
        HexRole.PUBLIC_KEY: "#22C55E",
        HexRole.SIGNATURE: "#8B5CF6",
    }
)
