"""The chips that are emulated: memory that is free, GPIOs, and the clocks that a ROM may leave.

Memory is what neither the variables nor the stack of the ROM use, by the bootloader.ld of the chip in ESP-IDF.
`registers` has the registers of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.emulated.registers import TABLES

_ESP32_GPIOS = (0, 2, 4, 5, *range(12, 20), 21, 22, 23, 25, 26, 27, 32, 33)
_S_GPIOS = (*range(22), *range(26, 49))


@dataclass(frozen=True)
class Clocks:
    """What the clock tree is set to: the CPU in hertz; the UART's source (3 is the crystal), and its hertz."""

    cpu: int
    uart: int
    uart_source: int = 3
    crystal: int = 0  # 0: the only one that goes with the chip
    slow: int = 136_000  # the RC oscillator
    from_pll: bool = False
    pre_divider: int = 1


@dataclass(frozen=True)
class ChipSpec:
    """One chip. `aliases` are the addresses at which its memory appears, data first; `size` its free part in bytes.

    Unless `is_one_memory`, there is so much at each address. Without `has_counters` the CPU counts in mcycle alone
    (SOC_CPU_HAS_CSR_PC in soc_caps.h). `registers` is where they all lie, first address and size. `flash_boot` is
    WDT_FLASHBOOT_MOD_EN of the RTC's watchdog.
    """

    name: str
    pins_at_start: tuple[int, int]
    other_pins: tuple[int, int]
    gpios: tuple[int, ...]
    aliases: tuple[int, ...]
    size: int
    clocks: Mapping[str, Clocks]
    has_counters: bool = True
    is_xtensa: bool = False
    is_one_memory: bool = True
    registers: tuple[int, int] = (0x60000000, 0xD0000)
    flash_boot: int = 1 << 12

    @property
    def has_usb(self) -> bool:
        """Whether it has USB-Serial-JTAG."""
        return "USB_SERIAL_JTAG_EP1" in TABLES[self.name]

    @property
    def memory(self) -> tuple[tuple[int, int], ...]:
        """Starts and sizes of the free memory."""
        return tuple((start, self.size) for start in self.aliases)

    def clock(self, name: str) -> Clocks:
        """The clocks of that name, or the usual ones."""
        return self.clocks[name or next(iter(self.clocks))]


# The last whole page before the buffers of the ROM's download mode ends the free memory of each.
SPECS: Mapping[str, ChipSpec] = {
    spec.name: spec
    for spec in (
        ChipSpec(
            *("ESP32", (21, 22), (32, 33), _ESP32_GPIOS, (0x3FFB0000, 0x40080000), 0x20000),
            clocks={
                "40 MHz crystal": Clocks(40_000_000, 40_000_000),
                "26 MHz crystal": Clocks(26_000_000, 26_000_000),
                "40 MHz crystal, halved": Clocks(20_000_000, 20_000_000, pre_divider=2),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, from_pll=True),
                "PLL, 160 MHz": Clocks(160_000_000, 80_000_000, from_pll=True),
                "PLL, 240 MHz": Clocks(240_000_000, 80_000_000, from_pll=True),
            },
            is_xtensa=True,
            is_one_memory=False,
            flash_boot=1 << 10,
        ),
        ChipSpec(
            *("ESP32S2", (8, 9), (33, 34), _S_GPIOS[:-2], (0x3FFB8000, 0x40028000), 0x32B00),
            clocks={
                "20 MHz": Clocks(20_000_000, 20_000_000, pre_divider=2),
                "40 MHz": Clocks(40_000_000, 40_000_000),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, from_pll=True),
                "PLL, 240 MHz": Clocks(240_000_000, 80_000_000, from_pll=True),
            },
            is_xtensa=True,
        ),
        ChipSpec(
            *("ESP32S3", (8, 9), (41, 40), _S_GPIOS, (0x3FC88000, 0x40378000), 0x4FE00),
            clocks={
                "20 MHz": Clocks(20_000_000, 40_000_000),
                "40 MHz": Clocks(40_000_000, 40_000_000),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, 1),
                "PLL, 240 MHz": Clocks(240_000_000, 40_000_000),
            },
            is_xtensa=True,
        ),
        ChipSpec(
            *("ESP32C2", (4, 5), (0, 1), tuple(range(21)), (0x3FCA0000, 0x40380000), 0x2B000),
            clocks={
                "20 MHz": Clocks(20_000_000, 40_000_000, crystal=40_000_000),
                "20 MHz, fast slow clock": Clocks(20_000_000, 40_000_000, crystal=40_000_000, slow=155_000),
                "20 MHz, slow slow clock": Clocks(20_000_000, 40_000_000, crystal=40_000_000, slow=117_000),
                "26 MHz crystal": Clocks(13_000_000, 26_000_000, crystal=26_000_000),
                "26 MHz crystal, fast slow clock": Clocks(13_000_000, 26_000_000, crystal=26_000_000, slow=155_000),
                "26 MHz crystal, slow slow clock": Clocks(13_000_000, 26_000_000, crystal=26_000_000, slow=117_000),
                "PLL, 120 MHz": Clocks(120_000_000, 40_000_000, crystal=40_000_000),
            },
        ),
        ChipSpec(
            *("ESP32C3", (4, 5), (8, 9), tuple(range(22)), (0x3FC80000, 0x40380000), 0x4A000),
            clocks={
                "20 MHz": Clocks(20_000_000, 40_000_000),
                "20 MHz, UART on APB": Clocks(20_000_000, 20_000_000, 1),
                "40 MHz": Clocks(40_000_000, 40_000_000),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, 1),
                "PLL, 160 MHz": Clocks(160_000_000, 40_000_000),
            },
        ),
        ChipSpec(
            *("ESP32C5", (8, 9), (0, 1), tuple(range(29)), (0x40800000,), 0x4E000),
            clocks={
                "48 MHz": Clocks(48_000_000, 48_000_000, 0, crystal=48_000_000),
                "40 MHz": Clocks(40_000_000, 40_000_000, 0, crystal=40_000_000),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, 2, crystal=48_000_000),
                "PLL, 240 MHz": Clocks(240_000_000, 48_000_000, 0, crystal=48_000_000),
            },
            has_counters=False,
        ),
        ChipSpec(
            *("ESP32C6", (6, 7), (18, 19), tuple(range(31)), (0x40800000,), 0x6A000),
            clocks={
                "40 MHz": Clocks(40_000_000, 40_000_000),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, 1),
                "PLL, 160 MHz": Clocks(160_000_000, 40_000_000),
            },
        ),
        ChipSpec(
            *("ESP32C61", (5, 6), (0, 1), tuple(range(30)), (0x40800000,), 0x3E000),
            clocks={
                "40 MHz": Clocks(40_000_000, 40_000_000, 0),
                "PLL, 80 MHz": Clocks(80_000_000, 80_000_000, 2),
                "PLL, 160 MHz": Clocks(160_000_000, 40_000_000, 0),
            },
            has_counters=False,
        ),
        ChipSpec(
            *("ESP32H2", (10, 11), (12, 13), tuple(range(28)), (0x40800000,), 0x3B000),
            clocks={
                "32 MHz": Clocks(32_000_000, 32_000_000),
                "PLL, 96 MHz": Clocks(96_000_000, 48_000_000, 1),
            },
        ),
        ChipSpec(
            *("ESP32P4", (7, 8), (53, 54), tuple(range(55)), (0x4FF40000,), 0x40000),
            clocks={
                "40 MHz": Clocks(40_000_000, 40_000_000, 0),
                "PLL, 100 MHz": Clocks(100_000_000, 80_000_000, 2),
                "PLL, 360 MHz": Clocks(360_000_000, 40_000_000, 0),
                "PLL, 400 MHz": Clocks(400_000_000, 40_000_000, 0),
            },
            has_counters=False,
            registers=(0x500C0000, 0x60000),
        ),
    )
}
