"""What goes onto a board.

Parts for its flash, or segments for its RAM.
"""

from dataclasses import dataclass
from pathlib import Path

from atecc_bench.link.flash.esp_image import Segment


@dataclass(frozen=True)
class FlashPart:
    """Bytes for the flash, and the offset they go to."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class FlashImage:
    """Image for the flash of a target (`esp32s3`).

    `source` is the folder or file it comes from. One that `is_bare` takes the place of the bootloader alone, and its
    header follows the size of the flash.
    """

    target: str
    parts: tuple[FlashPart, ...]
    source: Path
    is_bare: bool = False

    @property
    def size(self) -> int:
        """Bytes to write."""
        return sum(len(part.data) for part in self.parts)


@dataclass(frozen=True)
class RamImage:
    """Image for the RAM of a target, and its entry point.

    `source` is the file it comes from, `data` are the bytes of that.
    """

    target: str
    entry: int
    segments: tuple[Segment, ...]
    source: Path
    data: bytes
