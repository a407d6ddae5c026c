"""Boards people own.

Where their I2C connector or their labelled pins are, which USB they have, and whether a chip is on board; and modules
that carry one.

A source says where that was read: a file of espressif/arduino-esp32 (`variants/…`), a repository with its file, or a
page. Data only; `pins` puts them in the order in which they are tried.
"""

from dataclasses import dataclass
from enum import Enum


class Usb(Enum):
    """What the USB connector of a board leads to."""

    SERIAL_CHIP = "a USB-serial chip at UART0"
    OF_THE_CHIP = "the USB of the ESP32 itself"
    BOTH = "two connectors: a USB-serial chip at UART0, and the USB of the ESP32 itself"
    UNKNOWN = "not known"


_DATASHEET = "https://www.espressif.com/documentation/esp32_datasheet_en.pdf"  # that chip has no USB of its own
_USER_GUIDES = "https://docs.espressif.com/projects/esp-idf/en/v4.4.3"
_PLATFORMIO = "platformio/platform-espressif32: boards"  # whose hwids are those of the ESP32 itself


@dataclass(frozen=True)
class Board:
    """One board.

    `chip_at` is the 8-bit address of the ATECC608 that is on it, 0 without one or if it varies. `usb_source` is the
    source of `usb`.
    """

    name: str
    target: str
    sda: int
    scl: int
    source: str
    usb: Usb = Usb.SERIAL_CHIP
    usb_source: str = _DATASHEET
    chip_at: int = 0


@dataclass(frozen=True)
class Module:
    """A module with a chip on it.

    `chip_at` is its 8-bit address as it is sold.
    """

    name: str
    connector: str
    chip_at: int
    source: str


def _own(file: str) -> tuple[Usb, str]:
    return Usb.OF_THE_CHIP, f"{_PLATFORMIO}/{file}.json"


_UNKNOWN = Usb.UNKNOWN, ""

BOARDS = (
    Board("ESP32-DevKitC and most others", "esp32", 21, 22, "variants/esp32/pins_arduino.h"),
    Board("SparkFun Thing Plus C", "esp32", 21, 22, "variants/esp32thing_plus_c/pins_arduino.h"),
    Board(
        *("M5Stack Core2 for AWS, inside", "esp32", 21, 22),
        "NW-Lab/Node-RED_MCU_Example: esp32/m5stack_core2/README.md",
        chip_at=0x6A,
    ),
    Board("M5Stack Core2, port A", "esp32", 32, 33, "variants/m5stack_core2/pins_arduino.h"),
    Board("M5Stack Atom", "esp32", 26, 32, "variants/m5stack_atom/pins_arduino.h"),
    Board("Adafruit HUZZAH32", "esp32", 23, 22, "variants/feather_esp32/pins_arduino.h"),
    Board("Adafruit QT Py ESP32 Pico, STEMMA QT", "esp32", 22, 19, "variants/adafruit_qtpy_esp32/pins_arduino.h"),
    Board("Olimex ESP32-POE", "esp32", 13, 16, "variants/esp32-poe/pins_arduino.h"),
    Board(
        *("ESP32-WROOM-32SE, whose module has the chip inside", "esp32", 16, 17),
        "espressif/esp-cryptoauthlib: Kconfig",  # the address goes with the kind of chip: 0xC0, 0x6C or 0x6A
    ),
    Board(
        *("ESP32-S2-Saola", "esp32s2", 8, 9, "variants/esp32s2/pins_arduino.h"),
        *(Usb.SERIAL_CHIP, f"{_USER_GUIDES}/esp32s2/hw-reference/esp32s2/user-guide-saola-1-v1.2.html"),
    ),
    Board(
        *("Adafruit Feather ESP32-S2", "esp32s2", 3, 4, "variants/adafruit_feather_esp32s2/pins_arduino.h"),
        *_own("adafruit_feather_esp32s2"),
    ),
    Board(
        *("Adafruit QT Py ESP32-S2, STEMMA QT", "esp32s2", 41, 40),
        *("variants/adafruit_qtpy_esp32s2/pins_arduino.h", *_own("adafruit_qtpy_esp32s2")),
    ),
    Board(
        *("ESP32-S3-DevKitC", "esp32s3", 8, 9, "variants/esp32s3/pins_arduino.h"),
        *(Usb.BOTH, f"{_USER_GUIDES}/esp32s3/hw-reference/esp32s3/user-guide-devkitc-1.html"),
    ),
    Board(
        *("Seeed XIAO ESP32S3", "esp32s3", 5, 6, "variants/XIAO_ESP32S3/pins_arduino.h"),
        *_own("seeed_xiao_esp32s3"),
    ),
    Board(
        *("Adafruit Feather ESP32-S3", "esp32s3", 3, 4, "variants/adafruit_feather_esp32s3/pins_arduino.h"),
        *_own("adafruit_feather_esp32s3"),
    ),
    Board(
        *("M5Stack AtomS3, port A", "esp32s3", 2, 1, "https://qiita.com/ELIXIR/items/b72a1cea3fce89e9b38a"),
        *_own("m5stack-atoms3"),
    ),
    Board(
        *("Adafruit QT Py ESP32-S3, STEMMA QT", "esp32s3", 41, 40),
        *("variants/adafruit_qtpy_esp32s3_nopsram/pins_arduino.h", *_own("adafruit_qtpy_esp32s3_nopsram")),
    ),
    Board(
        *("LilyGO T-Display-S3", "esp32s3", 18, 17, "variants/lilygo_t_display_s3/pins_arduino.h"),
        *_own("lilygo-t-display-s3"),
    ),
    Board(
        *("Adafruit QT Py ESP32-C3", "esp32c3", 5, 6, "variants/adafruit_qtpy_esp32c3/pins_arduino.h"),
        *_own("adafruit_qtpy_esp32c3"),
    ),
    Board(
        *("Seeed XIAO ESP32C3", "esp32c3", 6, 7, "variants/XIAO_ESP32C3/pins_arduino.h"),
        *_own("seeed_xiao_esp32c3"),
    ),
    Board("ESP32-C3-DevKitM", "esp32c3", 8, 9, "variants/esp32c3/pins_arduino.h", *_UNKNOWN),
    Board(
        *("ESP32-C3 SuperMini", "esp32c3", 8, 9, "variants/nologo_esp32c3_super_mini/pins_arduino.h"),
        *(Usb.OF_THE_CHIP, "https://matesica.ro/2024/07/07/esp32c3-nuttx"),
    ),
    Board("Pandabyte xC5", "esp32c5", 0, 1, "variants/pandabyte_xc5/pins_arduino.h", *_UNKNOWN),
    Board("ESP32-C6 in Arduino", "esp32c6", 23, 22, "variants/esp32c6/pins_arduino.h", *_UNKNOWN),
    Board(
        *("Seeed XIAO ESP32C6", "esp32c6", 22, 23, "variants/XIAO_ESP32C6/pins_arduino.h"),
        *_own("seeed_xiao_esp32c6"),
    ),
    Board("ESP32-H2 in Arduino", "esp32h2", 12, 22, "variants/esp32h2/pins_arduino.h", *_UNKNOWN),
    Board("ESP32-P4-Function-EV-Board", "esp32p4", 7, 8, "variants/esp32p4/pins_arduino.h", *_UNKNOWN),
)

MODULES = (
    Module("M5Stack Unit ID", "Grove", 0x6A, "https://bbs.m5stack.com/post/15065"),
    Module(
        *("SparkFun Cryptographic Co-Processor, ATECC508A", "Qwiic", 0xC0),
        "https://learn.sparkfun.com/tutorials/cryptographic-co-processor-atecc508a-qwiic-hookup-guide/all",
    ),
    Module(
        *("Adafruit ATECC608 breakout", "STEMMA QT", 0xC0),
        "adafruit/Adafruit_CircuitPython_ATECC: adafruit_atecc/adafruit_atecc.py",
    ),
)


def boards_on(target: str, sda: int, scl: int) -> str:
    """The names of a target's boards that have I2C on these pins.

    With the chip's address where one is on board.
    """
    found = [board for board in BOARDS if (board.target, board.sda, board.scl) == (target, sda, scl)]
    return ", ".join(f"{board.name} (0x{board.chip_at:02X})" if board.chip_at else board.name for board in found)


def boards_with(target: str) -> tuple[Board, ...]:
    """The boards of a target.

    All of them while it is not known.
    """
    return tuple(board for board in BOARDS if not target or board.target == target)


def usb_says(board: Board) -> str:
    """What to know about the USB of a board.

    Empty while it is not known.
    """
    if board.usb is Usb.UNKNOWN:
        return ""
    says = f"Its USB is {board.usb.value}."
    if board.usb is Usb.OF_THE_CHIP and board.target == "esp32s2":
        says += (
            " On an ESP32-S2 only the ROM speaks there: install the bridge, and talk to it, through a USB-serial "
            "adapter at UART0, GPIO 43 (TX) and 44 (RX)."
        )
    return says
