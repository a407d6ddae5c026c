"""Images of the bridge firmware, and where they come from.

A build folder of ESP-IDF, a merged image, or what came with the product: bare images that `make firmware` builds
without ESP-IDF (`resources/firmware/bare`), the same for RAM and for flash; and folders of ESP-IDF where a release has
them, which go before the bare ones in flash.

A folder holds `flasher_args.json` (ESP-IDF writes it beside what it builds: `flash_files` maps an offset to a file),
the files that it names, perhaps an application for RAM (`*-ram.bin`), and perhaps `SHA256SUMS` as `sha256sum` writes
it; or it holds such folders, one for each target.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from atecc_bench.bounded_files import read_bounded
from atecc_bench.errors import InputError
from atecc_bench.file_checks import is_file
from atecc_bench.link.flash.bare_image import bare_flash_image, is_bare_bridge, told_digest
from atecc_bench.link.flash.esp_image import IMAGE_MAGIC, EspImage
from atecc_bench.link.flash.esptool_api import CHIPS
from atecc_bench.link.flash.flash_image import FlashImage, FlashPart, RamImage
from atecc_bench.link.flash.saved_sectors import SUFFIX, of_hex
from atecc_bench.link.flash.targets import TARGETS
from atecc_bench.plain_json import load_json
from atecc_bench.resources import resource_path

SECTOR_SIZE = 0x1000
HOW_TO_BUILD = (
    "Build it with ESP-IDF (`idf.py -C firmware set-target esp32 build`) and give the build folder, or take the folder "
    "that the Firmware workflow of the project's repository makes."
)
SHIPPED_BARE = ("firmware", "bare")
_FILES = "flasher_args.json"
_SUMS = "SHA256SUMS"
_IMAGES = "*.bin"
_RAM_FILES = "*-ram.bin"
_MAGIC_BYTE = bytes([IMAGE_MAGIC])
_PARTITION_TABLE = 0x8000
_PARTITION_SIZE = 32
_PARTITION_MAGIC = b"\xaa\x50"


_Image = TypeVar("_Image", FlashImage, RamImage)


def read_flash_images(path: Path | None) -> tuple[FlashImage, ...]:
    """Read and check the images for flash at a path.

    Without a path those that came with the product are read.

    Raises:
        InputError: `no-firmware`, `no-such-file`, `not-an-image`, `image-corrupt` or `image-incomplete`.
    """
    if path is not None and is_file(path):
        return (bare_flash_image(_ram_image(path)) if is_bare_bridge(_read(path)) else _merged(path),)
    if path is not None:
        return _bare_images(path) if _is_bare_folder(path) else tuple(_of_folder(folder) for folder in _folders(path))
    built = tuple(_of_folder(folder) for folder in _target_folders(resource_path("firmware")))
    targets = {image.target for image in built}
    bare = _bare_images(resource_path(*SHIPPED_BARE))
    found = (*built, *(image for image in bare if image.target not in targets))
    if not found:
        raise InputError("no-firmware", "This copy of ATECC Bench came without any image of the bridge.", HOW_TO_BUILD)
    return found


def read_ram_images(path: Path | None) -> tuple[RamImage, ...]:
    """Read and check the images for RAM at a path.

    Without a path those that came with the product are read.

    Raises:
        InputError: As `read_flash_images`, and `image-not-for-ram` for one with segments that lie in flash.
    """
    if path is not None and is_file(path):
        return (_ram_image(path),)
    found: list[RamImage] = []
    for folder, files in _ram_sources(path):
        _check_sums(folder)
        found += [_ram_image(file) for file in sorted(folder.glob(files))]
    if not found:
        raise InputError(
            "no-firmware",
            f"There is no application for RAM in {path or resource_path('firmware')}.",
            "Build it with CONFIG_APP_BUILD_TYPE_RAM, or leave --ram out and write to the flash.",
        )
    return tuple(found)


def _ram_sources(path: Path | None) -> list[tuple[Path, str]]:
    """Folders with images for RAM, and which of their files those are."""
    if path is None:
        shipped = [(resource_path(*SHIPPED_BARE), _IMAGES)]
        return [*shipped, *((folder, _RAM_FILES) for folder in _target_folders(resource_path("firmware")))]
    if _is_bare_folder(path):
        return [(path, _IMAGES)]
    return [(folder, _RAM_FILES) for folder in _folders(path)]


def _is_bare_folder(path: Path) -> bool:
    """Whether it is a folder that `make firmware` fills."""
    return is_file(path / _SUMS) and not is_file(path / _FILES)


def _bare_images(folder: Path) -> tuple[FlashImage, ...]:
    _check_sums(folder)
    return tuple(bare_flash_image(_ram_image(file)) for file in sorted(folder.glob(_IMAGES)))


def known_image(digest: str) -> str:
    """Which shipped image has the digest that a bridge tells of itself.

    It is said in words, and empty when none has it.
    """
    flash = [(image.target, part.data) for image in read_flash_images(None) for part in image.parts]
    for target, data in (*flash, *((image.target, image.data) for image in read_ram_images(None))):
        if data[:1] != _MAGIC_BYTE:
            continue
        if digest in (told_digest(data), EspImage.parse(data, target).elf_sha256):
            return f"the image of this program for {chip_name(target)}"
    return ""


def image_text(digest: str) -> str:
    """What is known of a bridge's image by its digest.

    The digest is empty where the bridge tells none.
    """
    if not digest:
        return "the bridge tells no digest of it"
    return known_image(digest) or "no image of the bridge here has that digest"


def image_for(images: Sequence[_Image], target: str) -> _Image:
    """The image for a target.

    Raises:
        InputError: `wrong-chip`.

    """
    fitting = [image for image in images if image.target == target]
    if not fitting:
        offered = ", ".join(sorted({image.target for image in images}))
        raise InputError(
            "wrong-chip",
            f"The board has an {chip_name(target)}, and the firmware is for {offered}. Nothing was written.",
            f"Give firmware that was built for {target}.",
        )
    return fitting[0]


def is_whole_flash(path: Path) -> bool:
    """Whether a file to restore is of a whole flash."""
    return path.suffix.lower() != SUFFIX


def parts_to_restore(path: Path) -> tuple[FlashPart, ...]:
    """What a file to restore holds.

    A backup of a whole flash, or the sectors that an installation has overwritten.

    Raises:
        InputError: `no-such-file`, or `not-a-backup` when its size is not that of a flash.

    """
    data = _read(path)
    if not is_whole_flash(path):
        return of_hex(data.decode("ascii", "replace"), path.name)
    if len(data) < SECTOR_SIZE or len(data) & (len(data) - 1):
        raise InputError(
            "not-a-backup",
            f"{path} is not a backup of a flash: {len(data)} bytes is not the size of one.",
            "Give a file that `atecc-bench flash --backup` has written, or the .hex that an installation has kept.",
        )
    return (FlashPart(path.name, 0, data),)


def chip_name(target: str) -> str:
    """`ESP32-S3` for `esp32s3`."""
    return str(CHIPS[target].CHIP_NAME)


def _folders(folder: Path) -> tuple[Path, ...]:
    if is_file(folder / _FILES):
        return (folder,)
    if found := _target_folders(folder):
        return found
    raise InputError("no-firmware", f"There is no firmware in {folder}: it has no {_FILES}.", HOW_TO_BUILD)


def _target_folders(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / target for target in TARGETS if is_file(folder / target / _FILES))


def _of_folder(folder: Path) -> FlashImage:
    _check_sums(folder)
    try:
        files: dict[str, str] = load_json(_read(folder / _FILES))["flash_files"]
        offsets = {int(offset, 0): name for offset, name in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "image-corrupt", f"{folder / _FILES} is not what ESP-IDF writes: {error}", "Build the firmware again."
        ) from error
    parts = tuple(FlashPart(name, offset, _read(folder / name)) for offset, name in sorted(offsets.items()))
    images = {part.offset: EspImage.parse(part.data, part.name) for part in parts if part.data[:1] == _MAGIC_BYTE}
    return FlashImage(_target(images, str(folder)), parts, folder)


def _merged(path: Path) -> FlashImage:
    data = _read(path)
    start = len(data) - len(data.lstrip(b"\xff"))
    first = EspImage.parse(data[start:], path.name)
    if first.is_application:
        raise InputError(
            "image-incomplete",
            f"{path.name} is an application alone; a board needs bootloader and partition table as well.",
            "Give the build folder it comes from, or merge it with `esptool merge-bin`.",
        )
    images = {start: first}
    for offset in _application_offsets(data):
        images[offset] = EspImage.parse(data[offset:], f"The application at {offset:#x} of {path.name}")
    return FlashImage(_target(images, path.name), (FlashPart(path.name, 0, data),), path)


def _application_offsets(data: bytes) -> list[int]:
    offsets: list[int] = []
    position = _PARTITION_TABLE
    while data[position : position + 2] == _PARTITION_MAGIC:
        entry = data[position : position + _PARTITION_SIZE]
        offset = int.from_bytes(entry[4:8], "little")
        if entry[2] == 0 and data[offset : offset + 1] == _MAGIC_BYTE:
            offsets.append(offset)
        position += _PARTITION_SIZE
    return offsets


def _target(images: dict[int, EspImage], source: str) -> str:
    """The one target that all images are for.

    Its ROM finds one of them where it looks for the bootloader.
    """
    ids = {image.chip_id for image in images.values()}
    targets = [target for target in TARGETS if {CHIPS[target].IMAGE_CHIP_ID} == ids]
    if not targets:
        raise InputError(
            "image-corrupt", f"{source} holds images for different or unknown chips.", "Build the firmware again."
        )
    where = int(CHIPS[targets[0]].BOOTLOADER_FLASH_OFFSET)
    if where not in images or images[where].is_application:
        raise InputError(
            "image-incomplete",
            f"{source} has no bootloader at {where:#x}, where an {chip_name(targets[0])} looks for it.",
            "Give the whole build folder, or an image that was merged for flashing at 0.",
        )
    return targets[0]


def _ram_image(path: Path) -> RamImage:
    data = _read(path)
    image = EspImage.parse(data, path.name)
    targets = [target for target in TARGETS if image.chip_id == CHIPS[target].IMAGE_CHIP_ID]
    if not targets:
        raise InputError("image-corrupt", f"{path.name} is for an unknown chip.", "Build the firmware again.")
    chip = CHIPS[targets[0]]
    mapped = ((chip.IROM_MAP_START, chip.IROM_MAP_END), (chip.DROM_MAP_START, chip.DROM_MAP_END))
    for segment in image.segments:
        if any(first <= segment.address < last for first, last in mapped):
            raise InputError(
                "image-not-for-ram",
                f"{path.name} has a segment at {segment.address:#010x}, which lies in flash: it cannot run from RAM.",
                "Give an image built with CONFIG_APP_BUILD_TYPE_RAM, or leave --ram out and write to the flash.",
            )
    return RamImage(targets[0], image.entry, image.segments, path, data)


def _check_sums(folder: Path) -> None:
    if not is_file(folder / _SUMS):
        return
    for line in _read(folder / _SUMS).decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition(" ")
        name = name.strip().removeprefix("*")
        if name and hashlib.sha256(_read(folder / name)).hexdigest() != digest.lower():
            raise InputError(
                "image-corrupt",
                f"{name} is not the file that {folder / _SUMS} tells of: its SHA-256 differs.",
                "Build or download the firmware again; nothing was written.",
            )


def _read(path: Path) -> bytes:
    try:
        return read_bounded(path)
    except OSError as error:
        raise InputError(
            "no-such-file", f"{path} cannot be read: {error.strerror}.", "Check the name of the file."
        ) from error
