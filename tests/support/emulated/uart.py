"""UART0 and the host behind it: bytes arrive and leave at their bit times, the FIFOs have 128 bytes."""

from collections import deque
from collections.abc import Callable

from tests.support.emulated.machine import DelayLoops, EmulationError, Time

FIFO_SIZE = 128
_BITS_PER_BYTE = 10
_BYTES_SKIPPED = 32
_RATE_TOLERANCE = 0.03  # of both sides together; beyond it a byte's last bits are misread


class Uart:
    """The FIFOs of UART0. `lost` counts bytes that came when the receive FIFO was full.

    `interrupted` says whether the ROM's handler would take a byte that arrives; `heard` is called for each byte that
    the host has received.
    """

    def __init__(self, time: Time, loops: DelayLoops, clock: Callable[[], int], divider: Callable[[], float]) -> None:
        self.host_rate = 115200.0
        self.interrupts = 0xFFFFFFFF  # as the ROM leaves them: it receives by interrupt
        self.interrupted: Callable[[], bool] = lambda: False
        self.heard: Callable[[int], None] = lambda byte: None
        self.lost = 0
        self.written = self.read_count = 0
        self._time = time
        self._loops = loops
        self._clock = clock
        self._divider = divider
        self._coming: deque[tuple[int, int]] = deque()
        self._fifo: deque[int] = deque()
        self._leaving: deque[int] = deque()
        self._last_arrival = 0
        loops.longest = self._longest_skip

    @property
    def rate(self) -> float:
        """The rate at which the chip sends and receives now."""
        return self._clock() / self._divider()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits or is on its way, in either direction."""
        self._arrive()
        return not self._coming and not self._fifo and self._leaves_at <= self._time.cycles

    def send(self, data: bytes, pause: float = 0.0) -> None:
        """The host sends bytes at its rate after a pause in seconds, without one between them."""
        byte_time = self._time.hertz * _BITS_PER_BYTE / self.host_rate
        arrival = float(max(self._last_arrival, self._time.cycles)) + self._time.cycles_of(pause)
        for byte in data:
            arrival += byte_time
            self._coming.append((int(arrival), byte))
        self._last_arrival = int(arrival)

    def waiting(self) -> int:
        """Bytes in the receive FIFO."""
        self._arrive()
        return len(self._fifo)

    def take(self) -> int:
        """A byte from the receive FIFO."""
        self._arrive()
        if not self._fifo:
            raise EmulationError("the receive FIFO is read while it is empty")
        self._loops.acted()
        self.read_count += 1
        return self._fifo.popleft()

    def put(self, byte: int) -> None:
        """A byte for the transmit FIFO."""
        self._check_rate()
        if self.unsent() >= FIFO_SIZE:
            raise EmulationError("the transmit FIFO is full")
        begins = max(self._leaves_at, self._time.cycles)
        self._leaving.append(begins + round(self._time.hertz * _BITS_PER_BYTE / self.rate))
        self.heard(byte & 0xFF)

    def unsent(self) -> int:
        """Bytes in the transmit FIFO; the one that is being sent is none of them."""
        while self._leaving and self._leaving[0] <= self._time.cycles:
            self._leaving.popleft()
        return max(0, len(self._leaving) - 1)

    def sends(self) -> bool:
        """Whether a byte is on the line."""
        return self._leaves_at > self._time.cycles

    def _longest_skip(self) -> int:
        """While bytes come in, a few of them at a time, or a loop would find the FIFO fuller than it ever was."""
        return round(self._time.hertz * _BYTES_SKIPPED * _BITS_PER_BYTE / self.host_rate) if self._coming else 1 << 62

    @property
    def _leaves_at(self) -> int:
        return self._leaving[-1] if self._leaving else 0

    def _arrive(self) -> None:
        while self._coming and self._coming[0][0] <= self._time.cycles:
            _, byte = self._coming.popleft()
            self._check_rate()
            if self.interrupts and self.interrupted():
                raise EmulationError("a byte arrives while the ROM's receive interrupt is on")
            self.written += 1
            if len(self._fifo) < FIFO_SIZE:
                self._fifo.append(byte)
            else:
                self.lost += 1
                self.written -= 1

    def _check_rate(self) -> None:
        if abs(self.rate / self.host_rate - 1) > _RATE_TOLERANCE:
            raise EmulationError(f"the chip is at {self.rate:.0f} baud, the host at {self.host_rate:.0f}")
