"""The bridge without ESP-IDF as an image for flash.

One and the same image is loaded into RAM, or written where the ROM looks for a bootloader, which starts it at every
reset. Then the ROM reads it by the settings in its header: two data lines, which every board has wired (DIO), the slow
clock, and the size that the flash has (Espressif, "Firmware Image Format"). The digest behind an image covers those.
"""

import hashlib
import re
from dataclasses import replace

from atecc_bench.link.flash.esptool_api import CHIPS
from atecc_bench.link.flash.flash_image import FlashImage, FlashPart, RamImage

_DIO = 2
_MODE_AT, _SIZE_AND_CLOCK_AT = 2, 3
_SLOW_CLOCK = 0  # 40 MHz; on chips with another crystal what is nearest below
_DIGEST_SIZE = hashlib.sha256().digest_size
_UNITS = {"KB": 1024, "MB": 1024 * 1024}
_NAME = b"ATECC Bench bridge "  # what the bridge calls itself to board:version()
_TOLD = re.compile(_NAME + rb"\S+ \S+ image ([0-9a-f]{64})")  # the whole of it
_MOST_BYTES = 16 * 1024


def is_bare_bridge(data: bytes) -> bool:
    """Whether an image is the bridge without ESP-IDF."""
    return len(data) <= _MOST_BYTES and _NAME in data


def told_digest(data: bytes) -> str:
    """The digest that the bridge in an image tells of itself.

    In hexadecimal: the SHA-256 of what the ROM loads, with zeros where its own digits stand. Empty where there is none.
    """
    told = _TOLD.search(data) if is_bare_bridge(data) else None
    return "" if told is None else told[1].decode("ascii")


def bare_flash_image(image: RamImage) -> FlashImage:
    """A bare image for the place of the bootloader in flash."""
    offset = int(CHIPS[image.target].BOOTLOADER_FLASH_OFFSET)
    part = FlashPart(image.source.name, offset, image.data)
    return FlashImage(image.target, (part,), image.source, is_bare=True)


def for_flash_size(image: FlashImage, size: int) -> FlashImage:
    """A bare image for a flash of `size` bytes.

    Other images as they are. 0, when the flash did not tell, is 2 MB.
    """
    if not image.is_bare:
        return image
    (part,) = image.parts
    data = bytearray(part.data[:-_DIGEST_SIZE])
    data[_MODE_AT] = _DIO
    data[_SIZE_AND_CLOCK_AT] = _size_code(image.target, size) | _SLOW_CLOCK
    whole = bytes(data) + hashlib.sha256(data).digest()
    return replace(image, parts=(replace(part, data=whole),))


def _size_code(target: str, size: int) -> int:
    """The code of the largest size that the flash has."""
    codes: dict[str, int] = CHIPS[target].FLASH_SIZES
    known = {int(name[:-2]) * _UNITS[name[-2:]]: code for name, code in codes.items() if name[-2:] in _UNITS}
    fitting = [known_size for known_size in known if known_size <= (size or 2 * 1024 * 1024)]
    return known[max(fitting, default=min(known))]
