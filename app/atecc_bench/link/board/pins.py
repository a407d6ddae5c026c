"""Pairs of pins for a chip, and the search among them.

A pair is listed when both pins can be driven on that target without touching its flash, its USB or the serial line to
this computer (Espressif, "GPIO & RTC GPIO" of each target), or when a board in use has I2C there (the variants of
arduino-esp32; for ESP32-WROOM-32SE the defaults of esp-cryptoauthlib). The first pair of a target is the one our bridge
starts with.
"""

from collections.abc import Callable
from dataclasses import dataclass

from atecc_bench.chip.protocol.status import KitStatus
from atecc_bench.link.transports.connection import Connection, never_cancelled
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.kit_client import BridgeStatusError


@dataclass(frozen=True)
class PinPair:
    """GPIO numbers of SDA and SCL, and where they are used."""

    sda: int
    scl: int
    board: str = ""

    def __str__(self) -> str:
        where = f" ({self.board})" if self.board else ""
        return f"SDA GPIO {self.sda}, SCL GPIO {self.scl}{where}"


PIN_PAIRS: dict[str, tuple[PinPair, ...]] = {
    "esp32": (
        PinPair(21, 22, "ESP32-DevKitC and most others"),
        PinPair(32, 33, "M5Stack Core2, port A"),
        PinPair(26, 32, "M5Stack Atom"),
        PinPair(23, 22, "Adafruit HUZZAH32"),
        PinPair(18, 19),
        PinPair(25, 26),
        PinPair(27, 33),
        # Last, because on a PICO-D4 the flash is there, and the bridge would not answer any more until its reset.
        PinPair(16, 17, "ESP32-WROOM-32SE, whose module has the chip inside"),
    ),
    "esp32s2": (
        PinPair(8, 9, "ESP32-S2-Saola"),
        PinPair(3, 4, "Adafruit Feather ESP32-S2"),
        PinPair(5, 6),
        PinPair(17, 18),
        PinPair(33, 34),
    ),
    "esp32s3": (
        PinPair(8, 9, "ESP32-S3-DevKitC"),
        PinPair(5, 6, "Seeed XIAO ESP32S3"),
        PinPair(3, 4, "Adafruit Feather ESP32-S3"),
        PinPair(2, 1, "M5Stack AtomS3"),
        PinPair(17, 18),
        PinPair(15, 16),
    ),
    "esp32c2": (PinPair(4, 5), PinPair(0, 1), PinPair(6, 7), PinPair(2, 3)),
    "esp32c3": (
        PinPair(4, 5),
        PinPair(6, 7, "Seeed XIAO ESP32C3"),
        PinPair(8, 9, "ESP32-C3-DevKitM"),
        PinPair(0, 1),
    ),
    "esp32c5": (PinPair(8, 9), PinPair(0, 1, "Pandabyte xC5"), PinPair(4, 5), PinPair(23, 24)),
    "esp32c6": (
        PinPair(6, 7, "ESP32-C6-DevKitC"),
        PinPair(23, 22, "ESP32-C6 in Arduino"),
        PinPair(0, 1),
        PinPair(2, 3),
        PinPair(18, 19),
        PinPair(20, 21),
    ),
    "esp32c61": (PinPair(5, 6), PinPair(0, 1)),
    "esp32h2": (PinPair(10, 11), PinPair(12, 22, "ESP32-H2 in Arduino"), PinPair(0, 1), PinPair(4, 5)),
    "esp32p4": (
        PinPair(7, 8, "ESP32-P4-Function-EV-Board"),
        PinPair(20, 21),
        PinPair(22, 23),
        PinPair(53, 54),
    ),
}


@dataclass(frozen=True)
class PinProbe:
    """Result of probing one pair of pins.

    8-bit addresses that acknowledge after a wake pulse; `stuck` when SDA stays low.
    """

    pins: PinPair
    addresses: tuple[int, ...]
    stuck: bool = False


def pins_to_try(target: str) -> tuple[PinPair, ...]:
    """The pairs of a target, as they should be and swapped.

    Each as it should be and then with SDA and SCL swapped.
    """
    pairs = PIN_PAIRS.get(target, ())
    swapped = [PinPair(pair.scl, pair.sda, "swapped") for pair in pairs]
    return (*pairs, *(pair for pair in swapped if all((pair.sda, pair.scl) != (p.sda, p.scl) for p in pairs)))


def find_pins(
    board: Connection,
    target: str,
    probed: Callable[[PinProbe], None],
    cancelled: Callable[[], bool] = never_cancelled,
) -> PinPair | None:
    """Find the pair of pins on which a chip acknowledges.

    One pair after the other is woken and probed; the bridge stays on the first on which something acknowledges. Without
    any it goes back to the pins it starts with.

    Raises:
        LinkError: `unknown-target`; `no-reply` when the bridge falls silent.
        CancelledError: The operator cancelled.
    """
    pairs = pins_to_try(target)
    if not pairs:
        raise LinkError(
            "unknown-target",
            f"No pins are known for a board that calls itself {target!r}.",
            "Choose the pins yourself: `board:bridge:pins(SDA,SCL)` in the console.",
        )
    for pair in pairs:
        if cancelled():
            _use(board, pairs[0])
            raise CancelledError
        probe = _probe(board, pair)
        probed(probe)
        if probe.addresses:
            return pair
    _use(board, pairs[0])
    return None


def _use(board: Connection, pair: PinPair) -> None:
    board.request(f"board:bridge:pins({pair.sda},{pair.scl})")


def _probe(board: Connection, pair: PinPair) -> PinProbe:
    try:
        _use(board, pair)
        return PinProbe(pair, tuple(board.request("board:bridge:scan()")))
    except BridgeStatusError as error:
        # A pin that this package of the chip does not have is refused; a line that stays low takes no transfer.
        if error.code not in (KitStatus.BAD_PARAM, KitStatus.TIMEOUT, KitStatus.COMM_FAIL, KitStatus.NO_DEVICES):
            raise
        return PinProbe(pair, (), stuck=error.code == KitStatus.TIMEOUT)
