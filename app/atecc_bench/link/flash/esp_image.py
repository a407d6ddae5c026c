"""The image format of Espressif's ROMs: header, segments, checksum, SHA-256.

A header of 24 bytes (magic E9, number of segments, flash settings, entry point, chip id at byte 12, whether a digest
follows at byte 23), then of each segment its load address, its size and its bytes, then zeros and, as the last byte
of a 16-byte row, EF xor all bytes of all segments, then the SHA-256 of everything before it (Espressif, "App Image
Format").
"""

import hashlib
from dataclasses import dataclass
from struct import Struct, error, unpack_from

from atecc_bench.errors import InputError

IMAGE_MAGIC = 0xE9
_HEADER = Struct("<BBBBIB3sHBHH4sB")
_SEGMENT = Struct("<II")
_CHECKSUM_SEED = 0xEF
_ROW = 16
_MOST_SEGMENTS = 16
_DESCRIPTION = 0xABCD5432
_DESCRIPTION_OFFSET = _HEADER.size + _SEGMENT.size
_ELF_DIGEST_OFFSET, _ELF_DIGEST_LENGTH = 144, 32  # of the description, `esp_app_desc_t`


@dataclass(frozen=True)
class Segment:
    """Bytes and the address at which they are loaded."""

    address: int
    data: bytes


@dataclass(frozen=True)
class EspImage:
    """One image. `is_application` tells an application from a bootloader by its description."""

    chip_id: int
    entry: int
    segments: tuple[Segment, ...]
    is_application: bool

    @property
    def elf_sha256(self) -> str:
        """SHA-256 of the ELF file, in hexadecimal.

        It is in the description of an application; empty where there is none.
        """
        if not self.is_application:
            return ""
        digest = self.segments[0].data[_ELF_DIGEST_OFFSET : _ELF_DIGEST_OFFSET + _ELF_DIGEST_LENGTH]
        return digest.hex() if any(digest) else ""

    @classmethod
    def parse(cls, data: bytes, name: str) -> "EspImage":
        """Take an image apart and check it.

        What follows it is not looked at.

        Raises:
            InputError: `not-an-image`, or `image-corrupt` when a size, the checksum or the digest is wrong.
        """
        if not data.startswith(bytes([IMAGE_MAGIC])):
            raise InputError(
                "not-an-image",
                f"{name} is not an image for an ESP32: it does not begin with E9.",
                "Give a build folder of ESP-IDF (with flasher_args.json), or an image merged for flashing at 0.",
            )
        try:
            _, count, _, _, entry, _, _, chip_id, *_, has_digest = _HEADER.unpack_from(data)
            segments: list[Segment] = []
            end = _HEADER.size
            for _ in range(count):
                address, size = _SEGMENT.unpack_from(data, end)
                start = end + _SEGMENT.size
                end = start + size
                segments.append(Segment(address, data[start:end]))
        except error as cut:
            raise _corrupt(name, "it is cut off") from cut
        end += _ROW - end % _ROW
        digest_end = end + (hashlib.sha256().digest_size if has_digest else 0)
        if not 0 < count <= _MOST_SEGMENTS or digest_end > len(data):
            raise _corrupt(name, "it is cut off")
        checksum = _CHECKSUM_SEED
        for byte in b"".join(segment.data for segment in segments):
            checksum ^= byte
        if checksum != data[end - 1]:
            raise _corrupt(name, "its checksum does not fit its contents")
        if has_digest and hashlib.sha256(data[:end]).digest() != data[end:digest_end]:
            raise _corrupt(name, "its SHA-256 does not fit its contents")
        (description,) = unpack_from("<I", data, _DESCRIPTION_OFFSET)
        return cls(chip_id, entry, tuple(segments), description == _DESCRIPTION)


def _corrupt(name: str, why: str) -> InputError:
    return InputError(
        "image-corrupt", f"{name} is damaged: {why}.", "Build or download the firmware again; nothing was written."
    )
