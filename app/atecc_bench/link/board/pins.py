"""Pairs of pins for a chip, and the search among them.

A pair is listed when both pins can be driven on that target without touching its flash, its USB or the serial line to
this computer (Espressif, "GPIO & RTC GPIO" of each target), or when a board in use has I2C there (`boards`). The first
pair of a target is the one our bridge starts with.
"""

from collections.abc import Callable
from dataclasses import dataclass

from atecc_bench.chip.protocol.status import KitStatus
from atecc_bench.link.board.boards import boards_on
from atecc_bench.link.transports.connection import Connection, never_cancelled
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.kit_client import BridgeStatusError

SWAPPED = "swapped"


@dataclass(frozen=True)
class PinPair:
    """GPIO numbers of SDA and SCL, and where they are used."""

    sda: int
    scl: int
    board: str = ""

    def __str__(self) -> str:
        where = f" ({self.board})" if self.board else ""
        return f"SDA GPIO {self.sda}, SCL GPIO {self.scl}{where}"


# In the order in which they are tried. 16 comes last on an ESP32, because on a PICO-D4 the flash is there, and the
# bridge would not answer any more until its reset.
_ORDER: dict[str, tuple[tuple[int, int], ...]] = {
    "esp32": ((21, 22), (32, 33), (26, 32), (23, 22), (22, 19), (18, 19), (25, 26), (27, 33), (13, 16), (16, 17)),
    "esp32s2": ((8, 9), (3, 4), (41, 40), (5, 6), (17, 18), (33, 34)),
    "esp32s3": ((8, 9), (5, 6), (3, 4), (2, 1), (41, 40), (18, 17), (15, 16)),
    "esp32c2": ((4, 5), (0, 1), (6, 7), (2, 3)),
    "esp32c3": ((4, 5), (6, 7), (8, 9), (5, 6), (0, 1)),
    "esp32c5": ((8, 9), (0, 1), (4, 5), (23, 24)),
    "esp32c6": ((6, 7), (23, 22), (22, 23), (0, 1), (2, 3), (18, 19), (20, 21)),
    "esp32c61": ((5, 6), (0, 1)),
    "esp32h2": ((10, 11), (12, 22), (0, 1), (4, 5)),
    "esp32p4": ((7, 8), (20, 21), (22, 23), (53, 54)),
}
PIN_PAIRS: dict[str, tuple[PinPair, ...]] = {
    target: tuple(PinPair(sda, scl, boards_on(target, sda, scl)) for sda, scl in pairs)
    for target, pairs in _ORDER.items()
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
    swapped = [PinPair(pair.scl, pair.sda, SWAPPED) for pair in pairs]
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
