"""Boards people own.

Where their I2C connector or their labelled pins are, and whether a chip is on board.

`source` says where that was read: a file of espressif/arduino-esp32, a repository with its file, or a page. Data only;
`pins` puts them in the order in which they are tried.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Board:
    """One board.

    `chip_at` is the 8-bit address of the ATECC608 that is on it, 0 without one or if it varies.
    """

    name: str
    target: str
    sda: int
    scl: int
    source: str
    chip_at: int = 0


BOARDS = (
    Board("ESP32-DevKitC and most others", "esp32", 21, 22, "variants/esp32/pins_arduino.h"),
    Board("SparkFun Thing Plus C", "esp32", 21, 22, "variants/esp32thing_plus_c/pins_arduino.h"),
    Board(
        *("M5Stack Core2 for AWS, inside", "esp32", 21, 22),
        *("NW-Lab/Node-RED_MCU_Example: esp32/m5stack_core2/README.md", 0x6A),
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
    Board("ESP32-S2-Saola", "esp32s2", 8, 9, "variants/esp32s2/pins_arduino.h"),
    Board("Adafruit Feather ESP32-S2", "esp32s2", 3, 4, "variants/adafruit_feather_esp32s2/pins_arduino.h"),
    Board("Adafruit QT Py ESP32-S2, STEMMA QT", "esp32s2", 41, 40, "variants/adafruit_qtpy_esp32s2/pins_arduino.h"),
    Board("ESP32-S3-DevKitC", "esp32s3", 8, 9, "variants/esp32s3/pins_arduino.h"),
    Board("Seeed XIAO ESP32S3", "esp32s3", 5, 6, "variants/XIAO_ESP32S3/pins_arduino.h"),
    Board("Adafruit Feather ESP32-S3", "esp32s3", 3, 4, "variants/adafruit_feather_esp32s3/pins_arduino.h"),
    Board("M5Stack AtomS3, port A", "esp32s3", 2, 1, "https://qiita.com/ELIXIR/items/b72a1cea3fce89e9b38a"),
    Board(
        *("Adafruit QT Py ESP32-S3, STEMMA QT", "esp32s3", 41, 40),
        "variants/adafruit_qtpy_esp32s3_nopsram/pins_arduino.h",
    ),
    Board("LilyGO T-Display-S3", "esp32s3", 18, 17, "variants/lilygo_t_display_s3/pins_arduino.h"),
    Board("Adafruit QT Py ESP32-C3", "esp32c3", 5, 6, "variants/adafruit_qtpy_esp32c3/pins_arduino.h"),
    Board("Seeed XIAO ESP32C3", "esp32c3", 6, 7, "variants/XIAO_ESP32C3/pins_arduino.h"),
    Board("ESP32-C3-DevKitM", "esp32c3", 8, 9, "variants/esp32c3/pins_arduino.h"),
    Board("ESP32-C3 SuperMini", "esp32c3", 8, 9, "variants/nologo_esp32c3_super_mini/pins_arduino.h"),
    Board("Pandabyte xC5", "esp32c5", 0, 1, "variants/pandabyte_xc5/pins_arduino.h"),
    Board("ESP32-C6 in Arduino", "esp32c6", 23, 22, "variants/esp32c6/pins_arduino.h"),
    Board("Seeed XIAO ESP32C6", "esp32c6", 22, 23, "variants/XIAO_ESP32C6/pins_arduino.h"),
    Board("ESP32-H2 in Arduino", "esp32h2", 12, 22, "variants/esp32h2/pins_arduino.h"),
    Board("ESP32-P4-Function-EV-Board", "esp32p4", 7, 8, "variants/esp32p4/pins_arduino.h"),
)


def boards_on(target: str, sda: int, scl: int) -> str:
    """The names of a target's boards that have I2C on these pins.

    With the chip's address where one is on board.
    """
    found = [board for board in BOARDS if (board.target, board.sda, board.scl) == (target, sda, scl)]
    return ", ".join(f"{board.name} (0x{board.chip_at:02X})" if board.chip_at else board.name for board in found)
