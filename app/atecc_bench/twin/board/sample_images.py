"""Sample images for rehearsing how a board is flashed.

They have the form of an ESP-IDF build, so that none is needed. They are whole and valid (headers, checksums, digests),
so every check of the real path is made on them, but their code is random bytes: a virtual board takes them for the
bridge by their digests, and no real chip could run them. Format: Espressif, "App Image Format" and "Partition Tables".
"""

import hashlib
import json
from pathlib import Path
from random import Random
from struct import pack

from atecc_bench.twin.board.rom_loader import rom_checksum
from atecc_bench.twin.board.rom_target import TARGETS, RomTarget
from atecc_bench.twin.board.spi_flash import FILES, RAM_SUFFIX

APPLICATION = "atecc_bench_bridge"
APPLICATION_OFFSET = 0x10000
_PARTITION_TABLE_OFFSET = 0x8000
_MAGIC, _NO_PIN = 0xE9, 0xEE
_DESCRIPTION_MAGIC = 0xABCD5432
_RAM, _ROM_MAPPED = 0x3FFB0000, 0x3F400020


def practice_image(chip_id: int, segments: tuple[tuple[int, bytes], ...]) -> bytes:
    """An ESP image of these segments, with checksum and SHA-256.

    A segment is its address and its bytes, a multiple of 4; the last is the code, and the entry its first byte.
    """
    header = pack(
        "<BBBBIB3sHBHH4sB", _MAGIC, len(segments), 2, 0x20, segments[-1][0], _NO_PIN, bytes(3), chip_id, 0, 0, 0xFFFF,
        bytes(4), 1,
    )  # fmt: skip
    body = b"".join(pack("<II", address, len(data)) + data for address, data in segments)
    checksum = rom_checksum(b"".join(data for _, data in segments))
    image = header + body
    image += bytes(15 - len(image) % 16) + bytes((checksum,))
    return image + hashlib.sha256(image).digest()


def write_practice_image(folder: Path, target: str = "esp32", *, version: str = "0.1.0", size: int = 48 * 1024) -> None:
    """Write a build folder for a target.

    Bootloader, partition table, application, RAM application, sums. `size` is about that of the application's code, in
    bytes.
    """
    rom = TARGETS[target]
    chip_id = rom.chip_id
    random = Random(f"{target} {version} {size}")  # noqa: S311 - the same image each time, no secret
    description = pack("<II8s32s32s", _DESCRIPTION_MAGIC, 0, bytes(8), version.encode(), APPLICATION.encode())
    application = (_ROM_MAPPED, description.ljust(256, b"\0")), (0x400D0020, random.randbytes(size // 4 * 4))
    in_ram = (_RAM, random.randbytes(4096)), (0x40080000, random.randbytes(size // 8 * 4))
    files = {
        "bootloader/bootloader.bin": practice_bootloader(rom),
        "partition_table/partition-table.bin": _partition_table(),
        f"{APPLICATION}.bin": practice_image(chip_id, application),
        f"{APPLICATION}{RAM_SUFFIX}": practice_image(chip_id, in_ram),
    }
    offsets = (rom.bootloader_offset, _PARTITION_TABLE_OFFSET, APPLICATION_OFFSET)
    arguments = {
        "flash_files": {f"{offset:#x}": name for offset, name in zip(offsets, files, strict=False)},
        "extra_esptool_args": {"chip": target},
    }
    files[FILES] = json.dumps(arguments, indent=2).encode()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  ./{name}\n" for name, data in sorted(files.items()))
    (folder / "SHA256SUMS").write_text(sums, encoding="ascii")


def practice_bootloader(rom: RomTarget) -> bytes:
    """An image that the ROM of a chip loads and starts."""
    random = Random(rom.name)  # noqa: S311 - the same image each time, no secret
    data, code = rom.loads_into[0][0], rom.loads_into[-1][0]
    if data == code:  # one memory for both
        code += 0x1000
    return practice_image(rom.chip_id, ((data, random.randbytes(2048)), (code, random.randbytes(6144))))


def _partition_table() -> bytes:
    """One application, as `CONFIG_PARTITION_TABLE_SINGLE_APP` lays it out."""
    entries = (("nvs", 1, 2, 0x9000, 0x6000), ("phy_init", 1, 1, 0xF000, 0x1000), ("factory", 0, 0, 0x10000, 0x100000))
    table = b"".join(
        pack("<HBBII16sI", 0x50AA, kind, subtype, offset, size, name.encode(), 0)
        for name, kind, subtype, offset, size in entries
    )
    table += b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(table, usedforsecurity=False).digest()
    return table.ljust(0xC00, b"\xff")
