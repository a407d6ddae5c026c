"""The SPI flash of a virtual ESP32.

Its contents decide whether the bridge starts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import InputError
from atecc_bench.plain_json import load_json
from atecc_bench.twin.board.flash_boot import NotBootableError, Segments, load_from_flash
from atecc_bench.twin.board.rom_target import ESP32, RomTarget
from atecc_bench.twin.state.faults import Fault, FaultKind, numbers_of

FLASH_SIZE = 4 * 1024 * 1024
SECTOR_SIZE = 0x1000
FILES = "flasher_args.json"
RAM_SUFFIX = "-ram.bin"
_ERASED = 0xFF
_HEADER_SIZE = 24
_SEGMENT_HEADER_SIZE = 8


class Boots(Enum):
    """What the ROM can start from a flash."""

    NOTHING = "nothing"
    BRIDGE = "bridge"
    APPLICATION = "another application"


@dataclass(frozen=True)
class _FlashedPart:
    offset: int
    size: int
    sha256: bytes


@dataclass(frozen=True)
class BridgeImages:
    """The images that are the bridge, known by their digests.

    Some are for flash, some for RAM; those without ESP-IDF are for both.
    """

    in_flash: tuple[tuple[_FlashedPart, ...], ...] = ()
    in_ram: frozenset[bytes] = frozenset()

    @classmethod
    def of_folders(cls, folders: Iterable[Path]) -> "BridgeImages":
        """Images in folders as ESP-IDF builds them.

        The files that `flasher_args.json` names, and `*-ram.bin`.

        Raises:
            InputError: `virtual-firmware`: a folder holds no such image.
        """
        flashed: list[tuple[_FlashedPart, ...]] = []
        loaded: set[bytes] = set()
        for folder in folders:
            try:
                files: dict[str, str] = load_json(read_bounded(folder / FILES))["flash_files"]
                flashed.append(tuple(_part(int(offset, 0), folder / name) for offset, name in files.items()))
                loaded |= {ram_digest(_segments(read_bounded(file))) for file in folder.glob(f"*{RAM_SUFFIX}")}
            except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
                raise InputError(
                    "virtual-firmware",
                    f"{folder} holds no firmware for a virtual board: {error}",
                    f"Give the build folder of an ESP-IDF project; it has a file {FILES}.",
                ) from error
        return cls(tuple(flashed), frozenset(loaded))

    def with_ram(self, files: Iterable[Path]) -> "BridgeImages":
        """Add images that are the bridge when loaded into RAM."""
        return replace(self, in_ram=self.in_ram | {ram_digest(_segments(read_bounded(file))) for file in files})


class SpiFlash:
    """Flash memory: erased in sectors to FF, written by clearing bits."""

    def __init__(
        self,
        bridges: BridgeImages,
        *,
        boots: Boots = Boots.BRIDGE,
        target: RomTarget = ESP32,
        size: int = FLASH_SIZE,
        faults: Iterable[Fault] = (),
    ) -> None:
        self.size = size
        self._bridges = bridges
        self.target = target
        self._boots: Boots | None = boots
        self._stuck = numbers_of(faults, FaultKind.FLASH_STUCK)
        # What is installed at first needs no bytes of its own here, but it is not nothing either.
        self._data = bytearray([_ERASED]) * size if boots is Boots.NOTHING else bytearray(size)

    def install(self, offset: int, data: bytes) -> None:
        """Put bytes there that the flash has from the start.

        What it boots stays as it was said.
        """
        self._data[offset : offset + len(data)] = data

    def erase(self, offset: int, size: int) -> None:
        """Erase the sectors that hold these bytes."""
        first = offset // SECTOR_SIZE * SECTOR_SIZE
        last = min(-(-(offset + size) // SECTOR_SIZE) * SECTOR_SIZE, self.size)
        if first < last:
            self._boots = None
            self._data[first:last] = bytes([_ERASED]) * (last - first)

    def write(self, offset: int, data: bytes) -> None:
        """Write to erased flash; what lies behind the end is dropped."""
        self._boots = None
        room = self._data[offset : offset + len(data)]
        new = bytearray(old & byte for old, byte in zip(room, data, strict=False))
        for address in self._stuck:
            if offset <= address < offset + len(new):
                new[address - offset] = room[address - offset]
        self._data[offset : offset + len(new)] = new

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from an offset on, as many as there are."""
        return bytes(self._data[offset : offset + size])

    def boots(self) -> Boots:
        """What the ROM starts now.

        Once something was written, its bytes decide: a bridge is known by its digests, and a bare one starts where the
        ROM looks for a bootloader.
        """
        if self._boots is None:
            self._boots = self._what_was_written()
        return self._boots

    def refusal(self) -> str:
        """What the ROM says of a flash without anything to start.

        A line of its log.
        """
        try:
            load_from_flash(self.read, self.target)
        except NotBootableError as error:
            return error.said
        return ""

    def starts_bridge_from_ram(self, segments: Segments) -> bool:
        """Whether what was loaded into RAM is the bridge."""
        return ram_digest(segments) in self._bridges.in_ram

    def _what_was_written(self) -> Boots:
        try:
            loaded = load_from_flash(self.read, self.target)
        except NotBootableError:
            return Boots.NOTHING
        if ram_digest(loaded.segments) in self._bridges.in_ram:
            return Boots.BRIDGE
        holds_bridge = any(all(self._holds(part) for part in image) for image in self._bridges.in_flash)
        return Boots.BRIDGE if holds_bridge else Boots.APPLICATION

    def _holds(self, part: _FlashedPart) -> bool:
        return hashlib.sha256(self.read(part.offset, part.size)).digest() == part.sha256


def ram_digest(segments: Segments) -> bytes:
    """SHA-256 over addresses and bytes of all segments.

    Segments are taken in the order in which they are loaded.
    """
    digest = hashlib.sha256()
    for address, data in segments:
        digest.update(address.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data)
    return digest.digest()


def _part(offset: int, file: Path) -> _FlashedPart:
    data = read_bounded(file)
    return _FlashedPart(offset, len(data), hashlib.sha256(data).digest())


def _segments(image: bytes) -> Segments:
    """The segments of an ESP image.

    A header of 24 bytes, then address, size and bytes of each.
    """
    found: list[tuple[int, bytes]] = []
    position = _HEADER_SIZE
    for _ in range(image[1]):
        address = int.from_bytes(image[position : position + 4], "little")
        size = int.from_bytes(image[position + 4 : position + 8], "little")
        position += _SEGMENT_HEADER_SIZE
        found.append((address, image[position : position + size]))
        position += size
    return tuple(found)
