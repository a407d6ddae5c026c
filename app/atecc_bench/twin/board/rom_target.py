"""Differences between the ROMs of ESP32 chips.

Detection, eFuses, the registers of the SPI flash. Addresses and fields are those of Espressif's technical reference
manuals (eFuse controller, SPI controller).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from struct import pack, unpack

DETECT_REGISTER = 0x40001000  # ROM code, different on each chip; older chips are told apart by it
MAC = bytes.fromhex("020000520A01")  # locally administered: no chip leaves Espressif with it
_CALIBRATION_8M = 128
_CALIBRATION_CYCLES = 800  # with the value above the ROM's estimate of a 40 MHz crystal


@dataclass(frozen=True)
class SpiRegisters:
    """Register addresses of the SPI flash controller."""

    base: int
    command2: int  # offset of SPI_USER2, whose low half holds the flash command
    data: int  # offset of SPI_W0


class SecurityInfo(Enum):
    """What a ROM says to GET_SECURITY_INFO."""

    UNKNOWN = "it does not know that request"
    STATE = "state of its security, 12 bytes"
    CHIP = "state and chip, 20 bytes"


@dataclass(frozen=True)
class RomTarget:
    """One chip of Espressif, as its ROM shows it.

    `chip_id` is the number of the chip in the header of an image. `security_info_tells` is what GET_SECURITY_INFO says.
    `loads_into` are the addresses, first and behind the last, that an image in flash may be loaded to: neither the
    ROM's variables nor its stack.
    """

    name: str
    chip_id: int
    spi: SpiRegisters
    registers: Mapping[int, int]
    secure_boot: tuple[int, int]  # register and bits that say so
    flash_encryption: tuple[int, int]
    bootloader_offset: int
    loads_into: tuple[tuple[int, int], ...]
    security_flags: int = 0
    encryption_count: int = 0
    secure_download: bool = field(default=False)
    security_info_tells: SecurityInfo = SecurityInfo.CHIP

    @property
    def banner(self) -> bytes:
        """The first lines that its ROM says after a reset."""
        return _BANNERS[self.name]

    def security_info(self) -> bytes:
        """What GET_SECURITY_INFO says.

        Flags, encryption count, seven key purposes; then chip id and API version, where it tells them.
        """
        state = pack("<IB7s", self.security_flags, self.encryption_count, bytes(7))
        return state + (pack("<II", self.chip_id, 0) if self.security_info_tells is SecurityInfo.CHIP else b"")

    def _with_bits(self, register: int, bits: int) -> "RomTarget":
        return replace(self, registers={**self.registers, register: self.registers.get(register, 0) | bits})


_SECURE_BOOT_EN = 1 << 0
_SECURE_DOWNLOAD_ENABLE = 1 << 2


def _mac_words(first: int) -> dict[int, int]:
    high, low = unpack(">II", bytes(2) + MAC)
    return {first: low, first + 4: high}


def _later_chip(
    name: str, chip_id: int, efuse_base: int, loads_into: tuple[tuple[int, int], ...], spi_base: int = 0x60002000
) -> RomTarget:
    return RomTarget(
        name,
        chip_id,
        SpiRegisters(spi_base, 0x20, 0x58),
        _mac_words(efuse_base + 0x44),
        secure_boot=(efuse_base + 0x38, 1 << 20),
        flash_encryption=(efuse_base + 0x34, 1 << 18),
        bootloader_offset=0x0,
        loads_into=loads_into,
    )


ESP32 = RomTarget(
    "ESP32",
    0,
    SpiRegisters(0x3FF42000, 0x24, 0x80),
    {
        DETECT_REGISTER: 0x00F01D83,
        **_mac_words(0x3FF5A004),
        0x3FF5A010: _CALIBRATION_8M,
        0x3FF5F06C: _CALIBRATION_CYCLES << 7,
        0x3FF40014: 40_000_000 // 115_200,
    },
    secure_boot=(0x3FF5A018, 1 << 4),
    flash_encryption=(0x3FF5A000, 1 << 20),
    bootloader_offset=0x1000,
    # Between the ROM's variables up to 0x3FFAE6E0 and from 0x3FFE0000 to 0x3FFE4350, and what IRAM the caches leave.
    loads_into=((0x3FFAE6E0, 0x3FFE0000), (0x3FFE4350, 0x40000000), (0x40078000, 0x400A0000)),
    security_info_tells=SecurityInfo.UNKNOWN,
)
# Up to the buffers of the ROM. It does not say which chip it is, which its code shows.
ESP32_S2 = RomTarget(
    "ESP32-S2",
    2,
    SpiRegisters(0x3F402000, 0x20, 0x58),
    {DETECT_REGISTER: 0x000007C6, **_mac_words(0x3F41A044)},
    secure_boot=(0x3F41A038, 1 << 20),
    flash_encryption=(0x3F41A034, 1 << 18),
    bootloader_offset=0x1000,
    loads_into=((0x3FFB0000, 0x3FFEAB00), (0x40020000, 0x4005AB00)),
    security_info_tells=SecurityInfo.STATE,
)
# Up to the stack of the ROM (ESP-IDF, bootloader.ld of each chip). IRAM and DRAM are the same bytes.
ESP32_S3 = _later_chip("ESP32-S3", 9, 0x60007000, ((0x3FC88000, 0x3FCE9710), (0x40378000, 0x403D9710)))
ESP32_C3 = _later_chip("ESP32-C3", 5, 0x60008800, ((0x3FC80000, 0x3FCDC710), (0x40380000, 0x403DC710)))
ESP32_C2 = RomTarget(
    "ESP32-C2",
    12,
    SpiRegisters(0x60002000, 0x20, 0x58),
    _mac_words(0x60008840),
    secure_boot=(0x60008830, 1 << 21),
    flash_encryption=(0x60008830, 1 << 7),
    bootloader_offset=0x0,
    loads_into=((0x3FCA0000, 0x3FCDCB70), (0x40380000, 0x403BCB70)),
)
# One memory for instructions and data, up to the stack of the ROM.
ESP32_C6 = _later_chip("ESP32-C6", 13, 0x600B0800, ((0x40800000, 0x4087C610),), 0x60003000)
ESP32_H2 = _later_chip("ESP32-H2", 16, 0x600B0800, ((0x40800000, 0x4084CFD0),), 0x60003000)
ESP32_C61 = RomTarget(
    "ESP32-C61",
    20,
    SpiRegisters(0x60003000, 0x20, 0x58),
    _mac_words(0x600B4844),
    secure_boot=(0x600B4834, 1 << 26),
    flash_encryption=(0x600B4830, 1 << 23),
    bootloader_offset=0x0,
    loads_into=((0x40800000, 0x4084CA70),),
)
ESP32_C5 = RomTarget(
    "ESP32-C5",
    23,
    SpiRegisters(0x60003000, 0x20, 0x58),
    {**_mac_words(0x600B4844), 0x60096110: 48 << 24},
    secure_boot=(0x600B4838, 1 << 25),
    flash_encryption=(0x600B4834, 1 << 16),
    bootloader_offset=0x2000,
    loads_into=((0x40800000, 0x4085C5A0),),
)

# A chip before v3.0: up to the stack of its ROM, and what lies between its ROM's variables and its cache.
ESP32_P4 = RomTarget(
    "ESP32-P4",
    18,
    SpiRegisters(0x5008D000, 0x20, 0x58),
    _mac_words(0x5012D044),
    secure_boot=(0x5012D038, 1 << 20),
    flash_encryption=(0x5012D034, 1 << 18),
    bootloader_offset=0x2000,
    loads_into=((0x4FF00000, 0x4FF3AFC0), (0x4FF40000, 0x4FF80000)),
)

_BANNERS = {
    "ESP32": b"ets Jul 29 2019 12:21:46\r\n\r\n",
    "ESP32-S2": b"ESP-ROM:esp32s2-rc4-20191025\r\nBuild:Oct 25 2019\r\n",
    "ESP32-S3": b"ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n",
    "ESP32-C2": b"ESP-ROM:esp8684-api2-20220127\r\nBuild:Jan 27 2022\r\n",
    "ESP32-C3": b"ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n",
    "ESP32-C5": b"ESP-ROM:esp32c5-eco2-20250121\r\nBuild:Jan 21 2025\r\n",
    "ESP32-C6": b"ESP-ROM:esp32c6-20220919\r\nBuild:Sep 19 2022\r\n",
    "ESP32-C61": b"ESP-ROM:esp32c61-eco3-20250228\r\nBuild:Feb 28 2025\r\n",
    "ESP32-H2": b"ESP-ROM:esp32h2-20221101\r\nBuild:Nov  1 2022\r\n",
    "ESP32-P4": b"ESP-ROM:esp32p4-eco2-20240710\r\nBuild:Jul 10 2024\r\n",
}

_ALL = (ESP32, ESP32_S2, ESP32_S3, ESP32_C2, ESP32_C3, ESP32_C5, ESP32_C6, ESP32_C61, ESP32_H2, ESP32_P4)
TARGETS: Mapping[str, RomTarget] = {target.name.lower().replace("-", ""): target for target in _ALL}
