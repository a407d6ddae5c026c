"""How a ROM starts what lies in the flash.

At its bootloader's offset, that is.

It takes the image apart, loads its segments into RAM and jumps to its entry; what it cannot start it names in its log,
again and again (Espressif, "App Image Format"; ROM messages in "Boot Mode Selection"). What a ROM starts is the
second-stage bootloader of ESP-IDF, or any image that fits into RAM.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct

from atecc_bench.twin.board.rom_target import RomTarget

Segments = tuple[tuple[int, bytes], ...]
_HEADER = Struct("<BBBBIB3sHBHH4sB")
_SEGMENT = Struct("<II")
_MAGIC = 0xE9
_MOST_SEGMENTS = 16
_CHECKSUM_SEED = 0xEF
_ROW = 16
_READS = range(4)  # QIO, QOUT, DIO, DOUT


@dataclass(frozen=True)
class FlashImageInRam:
    """What a ROM has loaded.

    Segments in their order, and where it jumps to.
    """

    segments: Segments
    entry: int


class NotBootableError(Exception):
    """The ROM finds nothing that it can start.

    `said` is its line in the log.
    """

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def load_from_flash(read: Callable[[int, int], bytes], target: RomTarget) -> FlashImageInRam:
    """Load the image at the bootloader's offset.

    `read` takes an offset and a size in bytes.

    Raises:
        NotBootableError: Header, chip, a segment, checksum or digest is not what the ROM of this chip starts.
    """
    start = target.bootloader_offset
    header = read(start, _HEADER.size)
    if len(header) < _HEADER.size or header[0] != _MAGIC:
        raise NotBootableError(f"invalid header: 0x{int.from_bytes(header[:4], 'little'):08x}")
    _, count, mode, _, entry, _, _, chip_id, *_, has_digest = _HEADER.unpack(header)
    if chip_id != target.chip_id or mode not in _READS or not 0 < count <= _MOST_SEGMENTS:
        raise NotBootableError(f"invalid header: 0x{int.from_bytes(header[:4], 'little'):08x}")
    end = start + _HEADER.size
    segments: list[tuple[int, bytes]] = []
    for _ in range(count):
        address, size = _SEGMENT.unpack(read(end, _SEGMENT.size).ljust(_SEGMENT.size, b"\xff"))
        end += _SEGMENT.size
        if size % 4 or not any(first <= address and address + size <= last for first, last in target.loads_into):
            raise NotBootableError(f"invalid segment length 0x{size:08x}")
        segments.append((address, read(end, size)))
        end += size
    end += _ROW - (end - start) % _ROW
    _check_sums(read, start, end, segments, has_digest=bool(has_digest))
    if not any(address <= entry < address + len(data) for address, data in segments):
        raise NotBootableError(f"invalid header: entry 0x{entry:08x}")
    return FlashImageInRam(tuple(segments), entry)


def _check_sums(
    read: Callable[[int, int], bytes], start: int, end: int, segments: list[tuple[int, bytes]], *, has_digest: bool
) -> None:
    checksum = _CHECKSUM_SEED
    for _, data in segments:
        for byte in data:
            checksum ^= byte
    found = read(end - 1, 1)
    if found != bytes((checksum,)):
        raise NotBootableError(f"csum err:0x{found.hex()}!=0x{checksum:02x}")
    digest = hashlib.sha256(read(start, end - start)).digest()
    if has_digest and read(end, len(digest)) != digest:
        raise NotBootableError("SHA-256 comparison failed: csum err")
