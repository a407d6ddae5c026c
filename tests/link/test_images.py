"""Images: what is taken, for which chip, and what is refused before any board is touched."""

import hashlib
import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import InputError
from atecc_bench.link.flash import images
from atecc_bench.link.flash.bare_image import told_digest
from atecc_bench.link.flash.esp_image import EspImage, Segment
from atecc_bench.link.flash.flash_image import FlashImage
from atecc_bench.link.flash.images import (
    chip_name,
    image_for,
    image_text,
    known_image,
    read_flash_images,
    read_ram_images,
)
from atecc_bench.link.flash.targets import TARGETS, target_of
from atecc_bench.resources import resource_path
from atecc_bench.twin.board.sample_images import APPLICATION, practice_image, write_practice_image

RAM = 0x3FFB0000
SEGMENTS = st.lists(
    st.tuples(st.integers(0, 0xFFFFFFFF), st.binary(min_size=4, max_size=64).map(lambda b: b[: len(b) // 4 * 4])),
    min_size=1,
    max_size=5,
).map(tuple)


def refused(path: Path | None, id_: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_flash_images(path)
    assert caught.value.id == id_
    assert caught.value.hint
    return caught.value


def merged(folder: Path) -> bytes:
    files: dict[str, str] = json.loads((folder / "flasher_args.json").read_text())["flash_files"]
    data = bytearray()
    for offset, name in sorted((int(offset, 0), name) for offset, name in files.items()):
        data += b"\xff" * (offset - len(data)) + (folder / name).read_bytes()
    return bytes(data)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    write_practice_image(tmp_path / "esp32", size=4096)
    return tmp_path / "esp32"


class TestTheFormat:
    @given(st.integers(0, 0xFFFF), SEGMENTS)
    def test_an_image_is_taken_apart(self, chip_id: int, segments: tuple[tuple[int, bytes], ...]):
        image = EspImage.parse(practice_image(chip_id, segments), "a.bin")
        assert image.chip_id == chip_id
        assert tuple((segment.address, segment.data) for segment in image.segments) == segments

    @given(st.data())
    def test_no_flipped_bit_goes_unnoticed(self, data: st.DataObject):
        image = bytearray(practice_image(0, ((RAM, bytes(range(64))),)))
        position = data.draw(st.integers(0, len(image) - 1))
        image[position] ^= 1 << data.draw(st.integers(0, 7))
        # Whether a digest follows is told by a bit of its own; without it the checksum is left.
        if position == 23:
            return
        with pytest.raises(InputError):
            EspImage.parse(bytes(image), "a.bin")

    @given(st.data())
    def test_a_cut_image_is_refused(self, data: st.DataObject):
        image = practice_image(0, ((RAM, bytes(64)),))
        with pytest.raises(InputError):
            EspImage.parse(image[: data.draw(st.integers(0, len(image) - 1))], "a.bin")

    @given(st.binary(max_size=200), st.booleans())
    def test_any_bytes_are_an_image_or_a_plain_error(self, data: bytes, magic: bool):
        with suppress(InputError):
            EspImage.parse(b"\xe9" + data if magic else data, "a.bin")


class TestFolders:
    @pytest.mark.parametrize("target", ["esp32", "esp32s3", "esp32c3"])
    def test_a_build_folder(self, target: str, tmp_path: Path):
        write_practice_image(tmp_path, target, size=4096)
        (image,) = read_flash_images(tmp_path)
        assert image.target == target
        assert [part.offset for part in image.parts] == [0x1000 if target == "esp32" else 0, 0x8000, 0x10000]

    def test_a_folder_of_targets(self, tmp_path: Path):
        for target in ("esp32", "esp32s3"):
            write_practice_image(tmp_path / target, target, size=4096)
        found = read_flash_images(tmp_path)
        assert image_for(found, "esp32s3").target == "esp32s3"
        with pytest.raises(InputError) as caught:
            image_for(found, "esp32c3")
        assert caught.value.id == "wrong-chip"
        assert "esp32, esp32s3" in caught.value.message

    @pytest.mark.parametrize("name", [f"{APPLICATION}.bin", "partition_table/partition-table.bin"])
    def test_a_file_that_differs_from_its_sum(self, build: Path, name: str):
        data = bytearray((build / name).read_bytes())
        data[100] ^= 1
        (build / name).write_bytes(data)
        refused(build, "image-corrupt")

    def test_a_missing_file(self, build: Path):
        (build / f"{APPLICATION}.bin").unlink()
        refused(build, "no-such-file")

    def test_without_sums_the_images_own_digests_count(self, build: Path):
        (build / "SHA256SUMS").unlink()
        assert len(read_flash_images(build)) == 1
        data = bytearray((build / f"{APPLICATION}.bin").read_bytes())
        data[-1] ^= 1
        (build / f"{APPLICATION}.bin").write_bytes(data)
        assert "SHA-256" in refused(build, "image-corrupt").message

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"flash_files": 3}', '{"flash_files": {"x": "y"}}'])
    def test_arguments_that_are_none(self, build: Path, text: str):
        (build / "SHA256SUMS").unlink()
        (build / "flasher_args.json").write_text(text)
        refused(build, "image-corrupt")

    def test_images_for_two_chips_in_one(self, build: Path, tmp_path: Path):
        write_practice_image(tmp_path / "other", "esp32s3", size=4096)
        (build / "SHA256SUMS").unlink()
        (build / f"{APPLICATION}.bin").write_bytes((tmp_path / "other" / f"{APPLICATION}.bin").read_bytes())
        refused(build, "image-corrupt")

    def test_a_folder_without_firmware(self, tmp_path: Path):
        assert "idf.py" in refused(tmp_path, "no-firmware").hint

    def test_what_came_with_the_product_or_how_to_get_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(images, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
        assert "idf.py" in refused(None, "no-firmware").hint
        write_practice_image(tmp_path / "firmware" / "esp32c3", "esp32c3", size=4096)
        assert [image.target for image in read_flash_images(None)] == ["esp32c3"]

    def test_a_build_of_esp_idf_goes_before_the_bare_image(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        shutil.copytree(resource_path("firmware", "bare"), tmp_path / "firmware" / "bare")
        write_practice_image(tmp_path / "firmware" / "esp32c3", "esp32c3", size=4096)
        monkeypatch.setattr(images, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
        bare = {image.target: image.is_bare for image in read_flash_images(None)}
        assert bare["esp32"]
        assert not bare["esp32c3"]


class TestMergedImages:
    def test_one_file_for_offset_0(self, build: Path, tmp_path: Path):
        file = tmp_path / "merged.bin"
        file.write_bytes(merged(build))
        (image,) = read_flash_images(file)
        assert image.target == "esp32"
        assert [(part.offset, hashlib.sha256(part.data).digest()) for part in image.parts] == [
            (0, hashlib.sha256(merged(build)).digest())
        ]

    def test_its_application_is_checked_too(self, build: Path, tmp_path: Path):
        data = bytearray(merged(build))
        data[0x10100] ^= 1
        (tmp_path / "merged.bin").write_bytes(data)
        assert "0x10000" in refused(tmp_path / "merged.bin", "image-corrupt").message

    def test_an_application_alone(self, build: Path):
        refused(build / f"{APPLICATION}.bin", "image-incomplete")

    def test_a_bootloader_where_its_chip_does_not_look(self, build: Path):
        refused(build / "bootloader/bootloader.bin", "image-incomplete")

    @pytest.mark.parametrize("data", [b"", b"\xff" * 0x2000, b"hello", b"\x7fELF" + bytes(100)])
    def test_something_else(self, data: bytes, tmp_path: Path):
        (tmp_path / "a.bin").write_bytes(data)
        refused(tmp_path / "a.bin", "not-an-image")

    def test_a_file_that_is_not_there(self, tmp_path: Path):
        refused(tmp_path / "none.bin", "no-firmware")


class TestImagesForRam:
    def test_beside_the_image_for_flash(self, build: Path):
        (image,) = read_ram_images(build)
        assert image.target == "esp32"
        assert read_ram_images(image.source)[0] == image

    def test_what_came_along(self):
        assert {image.target for image in read_ram_images(None)} == set(TARGETS)

    def test_what_came_along_is_checked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        copied = tmp_path / "firmware" / "bare"
        shutil.copytree(resource_path("firmware", "bare"), copied)
        (copied / "esp32.bin").write_bytes((copied / "esp32c3.bin").read_bytes())
        monkeypatch.setattr(images, "resource_path", lambda *parts: tmp_path.joinpath(*parts))
        with pytest.raises(InputError) as caught:
            read_ram_images(None)
        assert caught.value.id == "image-corrupt"

    def test_a_segment_that_lies_in_flash(self, build: Path):
        with pytest.raises(InputError) as caught:
            read_ram_images(build / f"{APPLICATION}.bin")
        assert caught.value.id == "image-not-for-ram"
        assert "CONFIG_APP_BUILD_TYPE_RAM" in caught.value.hint

    def test_a_folder_without_one(self, build: Path):
        (build / "SHA256SUMS").unlink()
        (build / f"{APPLICATION}-ram.bin").unlink()
        with pytest.raises(InputError) as caught:
            read_ram_images(build)
        assert caught.value.id == "no-firmware"


def test_an_application_has_the_digest_of_its_elf_file():
    digest = bytes(range(32))
    described = Segment(0x3F400020, bytes(144) + digest + bytes(80))
    assert EspImage(0, 0, (described,), is_application=True).elf_sha256 == digest.hex()
    assert EspImage(0, 0, (described,), is_application=False).elf_sha256 == ""
    assert EspImage(0, 0, (Segment(0, bytes(256)),), is_application=True).elf_sha256 == ""


def test_no_image_that_came_along_has_an_unknown_digest():
    assert known_image("00" * 32) == ""
    assert image_text("00" * 32) == "no image of the bridge here has that digest"
    assert image_text("") == "the bridge tells no digest of it"


def test_an_image_of_a_bridge_is_named_by_what_it_tells():
    for image in read_ram_images(None):
        assert image_text(told_digest(image.data)) == f"the image of this program for {chip_name(image.target)}"


def test_targets_and_names():
    assert [target_of(chip_name(target)) for target in TARGETS] == list(TARGETS)


def test_an_image_knows_its_size(build: Path):
    (image,) = read_flash_images(build)
    assert isinstance(image, FlashImage)
    assert image.size == sum(len(part.data) for part in image.parts)
