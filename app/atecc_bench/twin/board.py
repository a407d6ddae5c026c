"""A software ESP32 on a serial line: what goes in, what comes out, and when.

Times are seconds on the caller's monotonic clock. A board never sleeps: `next_ready` says when to ask again.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from atecc_bench.twin.bridge import FIRST_BAUD, KitBridge
from atecc_bench.twin.bus import SimClock
from atecc_bench.twin.kit_requests import LONGEST_LINE
from atecc_bench.twin.secure_element import SecureElement

_BITS_PER_BYTE = 10  # start bit, eight data bits, stop bit
_ROM_BOOT_LOG = (
    b"ets Jul 29 2019 12:21:46\r\n\r\n"
    b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
    b"invalid header: 0xffffffff\r\n"
)
_BOOT_INTERVAL_S = 0.2


class Speed(StrEnum):
    """Whether the board takes the time a real one takes."""

    REAL = "real"
    MAX = "max"


class VirtualBoard(ABC):
    """What a serial port needs of a board."""

    def __init__(self, speed: Speed) -> None:
        self.speed = speed
        self._replies: deque[tuple[float, bytes]] = deque()

    @property
    def baud(self) -> int:
        """The rate at which the board sends and receives now."""
        return FIRST_BAUD

    @property
    def element(self) -> SecureElement | None:
        """The chip behind the bridge, for those who want to look into it."""
        return None

    @abstractmethod
    def opened(self, wall: float) -> None:
        """A program has opened the port."""

    @abstractmethod
    def receive(self, data: bytes, wall: float) -> None:
        """Take bytes from the host that were written at the moment `wall`."""

    def next_ready(self) -> float | None:
        """The moment at which there is something to transmit, or None as long as nothing is on its way."""
        return self._replies[0][0] if self._replies else None

    def transmit(self, wall: float) -> bytes:
        """The bytes that have left the board by the moment `wall`."""
        data = b""
        while self._replies and self._replies[0][0] <= wall:
            data += self._replies.popleft()[1]
        return data


class BridgeBoard(VirtualBoard):
    """A board with the bridge firmware.

    At `Speed.REAL` a reply is ready when request, execution and reply would have passed at the present baud rate;
    at `Speed.MAX` at once, and simulated time does not follow the wall clock.
    `keep` is called after each request and before its reply can leave.
    """

    def __init__(
        self,
        bridge: KitBridge,
        clock: SimClock,
        speed: Speed,
        *,
        element: SecureElement | None = None,
        keep: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(speed)
        self._bridge = bridge
        self._clock = clock
        self._element = element
        self._keep = keep
        self._line = bytearray()
        self._received_until = 0.0
        self._sent_until = 0.0

    @property
    def baud(self) -> int:
        """The rate at which the board sends and receives now."""
        return self._bridge.baud

    @property
    def element(self) -> SecureElement | None:
        """The chip behind the bridge, None when there is none."""
        return self._element

    def opened(self, wall: float) -> None:
        """Opening the port leaves the bridge running."""

    def receive(self, data: bytes, wall: float) -> None:
        """Take bytes from the host; each line feed completes a request."""
        for part in _parts(data):
            self._received_until = max(self._received_until, wall) + self._wire_time(len(part))
            # One byte more than fits is enough to know that the line is too long; the rest is dropped.
            self._line += part.rstrip(b"\n")[: LONGEST_LINE + 2 - len(self._line)]
            if part.endswith(b"\n"):
                line = bytes(self._line)
                self._line.clear()
                self._answer(line, wall)

    def _answer(self, line: bytes, wall: float) -> None:
        reply_bit_rate = self._wire_time(1)
        if self.speed is Speed.REAL:
            self._clock.catch_up(self._received_until)
        reply = self._bridge.handle(line)
        if self._keep is not None:
            self._keep()
        if self.speed is Speed.REAL:
            self._sent_until = max(self._sent_until, self._clock.now) + len(reply) * reply_bit_rate
            self._replies.append((self._sent_until, reply))
        else:
            self._replies.append((wall, reply))

    def _wire_time(self, count: int) -> float:
        return count * _BITS_PER_BYTE / self.baud


class BlankBoard(VirtualBoard):
    """A board with empty flash: its ROM tries to boot for ever, says so, and hears nothing."""

    def opened(self, wall: float) -> None:
        """The boot log begins."""
        self._boot(wall)

    def receive(self, data: bytes, wall: float) -> None:
        """Nobody listens; with simulated time standing still the next attempt to boot comes now."""
        if data and self.speed is Speed.MAX:
            self._boot(wall)

    def transmit(self, wall: float) -> bytes:
        """Whatever attempts to boot have been made."""
        data = b""
        while self._replies and self._replies[0][0] <= wall:
            moment, text = self._replies.popleft()
            data += text
            if self.speed is Speed.REAL:
                # What nobody listened to is not made up for.
                self._boot(max(moment, wall) + _BOOT_INTERVAL_S)
        return data

    def _boot(self, moment: float) -> None:
        if self.speed is Speed.MAX or not self._replies:
            self._replies.append((moment, _ROM_BOOT_LOG))


def _parts(data: bytes) -> list[bytes]:
    """The data cut behind each line feed."""
    lines = data.split(b"\n")
    parts = [line + b"\n" for line in lines[:-1]]
    return [*parts, lines[-1]] if lines[-1] else parts
