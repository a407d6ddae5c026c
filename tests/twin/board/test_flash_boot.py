"""What the ROM of a virtual board starts from flash, and what it refuses."""

from collections.abc import Callable

import pytest

from atecc_bench.twin.board.flash_boot import NotBootableError, load_from_flash
from atecc_bench.twin.board.rom_target import TARGETS, RomTarget
from atecc_bench.twin.board.sample_images import practice_bootloader, practice_image

ESP32 = TARGETS["esp32"]
by_chip = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


def flash(target: RomTarget, image: bytes, offset: int | None = None) -> Callable[[int, int], bytes]:
    at = target.bootloader_offset if offset is None else offset
    whole = (b"\xff" * at + image).ljust(0x10000, b"\xff")
    return lambda start, size: whole[start : start + size]


def refused(target: RomTarget, image: bytes, offset: int | None = None) -> str:
    with pytest.raises(NotBootableError) as caught:
        load_from_flash(flash(target, image, offset), target)
    return caught.value.said


@by_chip
def test_an_image_at_the_offset_of_the_bootloader_is_loaded(target: RomTarget):
    image = practice_bootloader(target)
    loaded = load_from_flash(flash(target, image), target)
    (data_at, data), (_, code) = loaded.segments
    assert data_at == target.loads_into[0][0]
    assert image[32 : 32 + len(data)] == data
    assert image[40 + len(data) :].startswith(code)
    assert loaded.entry == loaded.segments[-1][0]


@by_chip
def test_elsewhere_it_is_not_found(target: RomTarget):
    said = refused(target, practice_bootloader(target), offset=target.bootloader_offset + 0x3000)
    assert said == "invalid header: 0xffffffff"


@by_chip
def test_nor_is_the_image_of_another_chip(target: RomTarget):
    for other in TARGETS.values():
        if other is not target:
            assert "invalid header" in refused(target, practice_bootloader(other))


@by_chip
def test_segments_stay_clear_of_the_rom(target: RomTarget):
    for first, last in target.loads_into:
        for address in (first - 4, last - 4, last):
            image = practice_image(target.chip_id, ((address, bytes(8)),))
            assert refused(target, image) == "invalid segment length 0x00000008"


def test_every_flipped_bit_is_noticed():
    image = bytearray(practice_bootloader(ESP32))
    for at in (*range(24), 26, 40, 2100, len(image) - 40, len(image) - 33, len(image) - 1):
        image[at] ^= 0x10
        assert refused(ESP32, bytes(image))
        image[at] ^= 0x10
    load_from_flash(flash(ESP32, bytes(image)), ESP32)


def test_an_entry_outside_of_the_segments_is_not_jumped_to():
    image = bytearray(practice_image(0, ((0x40080000, bytes(8)),))[:-32])
    image[4:8] = (0x40090000).to_bytes(4, "little")
    image[23] = 0  # without a digest
    assert "entry" in refused(ESP32, bytes(image))
