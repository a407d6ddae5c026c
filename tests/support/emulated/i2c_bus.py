"""Two wires: what the pins of the image do on them, bit by bit, and the twin that listens.

Timing is measured at the pins of the master, in the terms of the chips' datasheets ("AC parameters: I2C interface") and
the I2C specification: how long SCL was low and high, start and stop hold and set-up, data set-up, bus free time, wake
pulse and wake delay, each at its shortest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from atecc_bench.chip.protocol.timing import WAKE_PULSE_S
from atecc_bench.twin.board.i2c_bus import Bus, BusStuckError, PowerState, SimClock
from tests.support.emulated.machine import Time

ACCESS_TIME_S = 550e-9  # from SCL low to data valid, at the most


class Stuck(Enum):
    """What is wrong with the wires."""

    SDA_LOW = "SDA is held low"
    SCL_LOW = "SCL is held low"
    NO_PULL_UPS = "nothing pulls the wires up"


class Shortest(dict[str, float]):
    """The shortest time seen of each kind, in seconds."""

    def see(self, kind: str, seconds: float) -> None:
        """Remember, if it is shorter than all before."""
        if seconds < self.get(kind, float("inf")):
            self[kind] = seconds


class _Phase(Enum):
    FREE = "between stop and start"
    ADDRESS = "address"
    WRITE = "master sends"
    READ = "master receives"
    DEAF = "nobody here listens until the next start"


@dataclass
class _Transfer:
    """Where the slave stands."""

    phase: _Phase = _Phase.FREE
    address: int = 0
    bits: int = 0
    count: int = 0
    acknowledges: bool = False
    sent: int = 0
    data: bytearray = field(default_factory=bytearray)


class I2cWires:
    """SDA and SCL between a master, which pulls them down, and the chips of the twin.

    `refuses` says of the how-manieth byte of all since it was set whether it is not acknowledged.
    """

    def __init__(self, bus: Bus, clock: SimClock, time: Time) -> None:
        self.stuck: Stuck | None = None
        self.shortest = Shortest()
        self.refuses: Callable[[int], bool] = lambda number: False
        self.bytes_seen = 0
        self.rise_s = 0.0
        self._bus = bus
        self._clock = clock
        self._time = time
        self._began_at = clock.now - time.seconds
        self._master = {"sda": False, "scl": False}  # True: pulled down
        self._slave_pulls = False
        self._slave_change = (0, False)
        self._transfer = _Transfer()
        self._edges = {"sda": 0, "scl": 0}
        self._events: dict[str, int] = {}
        self._woken_at: int | None = None

    def synchronise(self) -> None:
        """Bring the twin's clock and the CPU's together; whichever is ahead is right."""
        now = self._began_at + self._time.seconds
        if self._clock.now > now:
            self._time.cycles += self._time.cycles_of(self._clock.now - now)
        else:
            self._clock.now = now

    def level(self, wire: str) -> bool:
        """Whether a wire is high, as an input of the master sees it."""
        if self.stuck is Stuck.NO_PULL_UPS or self._pulled(wire):
            return False
        return self._time.cycles - self._edges[wire] >= self._time.cycles_of(self.rise_s)

    def drive(self, wire: str, *, low: bool) -> None:
        """The master pulls a wire down or lets it go."""
        if self._master[wire] == low:
            return
        before = not self._pulled(wire)
        self._master[wire] = low
        after = not self._pulled(wire)
        if before == after:
            return
        now = self._time.cycles
        if wire == "scl":
            self._scl_rises(now) if after else self._scl_falls(now)
        elif self._pulled("scl"):
            self._events["data"] = now
        else:
            self._stop(now) if after else self._start(now)
        if wire == "sda" and after:
            self._maybe_wake(now)
        self._edges[wire] = now

    def _pulled(self, wire: str) -> bool:
        if wire == "scl":
            return self._master["scl"] or self.stuck is Stuck.SCL_LOW
        moment, pulls = self._slave_change
        if self._time.cycles >= moment:
            self._slave_pulls = pulls
        return self._master["sda"] or self._slave_pulls or self.stuck is Stuck.SDA_LOW

    def _slave_sends(self, *, low: bool) -> None:
        self._pulled("sda")  # what was to come has come
        self._slave_change = (self._time.cycles + self._time.cycles_of(ACCESS_TIME_S), low)

    def _since(self, event: str, now: int) -> float:
        return (now - self._events[event]) / self._time.hertz

    def _see(self, kind: str, event: str, now: int) -> None:
        if event in self._events:
            self.shortest.see(kind, self._since(event, now))

    def _start(self, now: int) -> None:
        self._see("bus free", "stop", now)
        self._see("start set-up", "scl rise", now)
        if self._woken_at is not None:
            self.shortest.see("wake delay", (now - self._woken_at) / self._time.hertz)
            self._woken_at = None
        self._events["start"] = now
        self._transfer = _Transfer(_Phase.ADDRESS)

    def _stop(self, now: int) -> None:
        self._see("stop set-up", "scl rise", now)
        self._events = {"stop": now}
        transfer, self._transfer = self._transfer, _Transfer()
        if transfer.phase is _Phase.WRITE and transfer.data:
            self._deliver(transfer)

    def _maybe_wake(self, now: int) -> None:
        low = (now - self._edges["sda"]) / self._time.hertz
        if low < WAKE_PULSE_S / 2:
            return
        if any(chip.state in (PowerState.ASLEEP, PowerState.IDLE) for chip in self._bus.chips):
            self.shortest.see("wake pulse", low)
            self._woken_at = now
        if low >= WAKE_PULSE_S:
            self.synchronise()
            try:
                self._bus.wake()
            except BusStuckError:
                self.stuck = Stuck.SDA_LOW

    def _scl_rises(self, now: int) -> None:
        self._see("SCL low", "scl fall", now)
        self._see("data set-up", "data", now)
        self._events["scl rise"] = now
        self._events.pop("data", None)
        transfer = self._transfer
        if transfer.phase is _Phase.FREE or transfer.phase is _Phase.DEAF:
            return
        transfer.count += 1
        bit = 0 if self._pulled("sda") else 1
        if transfer.count <= 8:
            transfer.bits = transfer.bits << 1 | bit
        elif transfer.phase is _Phase.READ and transfer.acknowledges is False and bit:
            transfer.phase = _Phase.DEAF  # the master has had enough

    def _scl_falls(self, now: int) -> None:
        self._see("SCL high", "scl rise", now)
        if "start" in self._events:
            self.shortest.see("start hold", self._since("start", now))
            del self._events["start"]
        self._events["scl fall"] = now
        transfer = self._transfer
        match transfer.phase:
            case _Phase.ADDRESS | _Phase.WRITE if transfer.count == 8:
                self._slave_sends(low=self._acknowledge(transfer))
            case _Phase.ADDRESS | _Phase.WRITE if transfer.count == 9:
                self._next_byte(transfer)
            case _Phase.READ:
                self._give_bit(transfer)
            case _Phase.DEAF:
                self._slave_sends(low=False)
            case _:
                pass

    def _acknowledge(self, transfer: _Transfer) -> bool:
        self.bytes_seen += 1
        refused = self.refuses(self.bytes_seen - 1)
        if transfer.phase is _Phase.ADDRESS:
            transfer.address = transfer.bits
            self.synchronise()
            try:
                there = self._bus.write(transfer.address & 0xFE, b"")
            except BusStuckError:
                self.stuck = Stuck.SDA_LOW
                there = False
            transfer.acknowledges = there and not refused
        else:
            transfer.acknowledges = not refused
            transfer.data.append(transfer.bits)
        return transfer.acknowledges

    def _next_byte(self, transfer: _Transfer) -> None:
        transfer.bits = transfer.count = 0
        if not transfer.acknowledges:
            transfer.phase = _Phase.DEAF
            self._slave_sends(low=False)
        elif transfer.phase is _Phase.ADDRESS and transfer.address & 1:
            transfer.phase = _Phase.READ
            transfer.acknowledges = False  # from here on the master does
            self._give_byte(transfer)
        else:
            transfer.phase = _Phase.WRITE
            self._slave_sends(low=False)

    def _give_byte(self, transfer: _Transfer) -> None:
        self.bytes_seen += 1
        answer = self._bus.read(transfer.address & 0xFE, 1)
        transfer.sent = 0xFF if answer is None else answer[0]
        self._slave_sends(low=not transfer.sent & 0x80)

    def _give_bit(self, transfer: _Transfer) -> None:
        if transfer.count == 9:
            transfer.bits = transfer.count = 0
            self._give_byte(transfer)
        elif transfer.count == 8:
            self._slave_sends(low=False)
        else:
            self._slave_sends(low=not transfer.sent << transfer.count & 0x80)

    def _deliver(self, transfer: _Transfer) -> None:
        if transfer.acknowledges:
            self.synchronise()
            self._bus.write(transfer.address & 0xFE, bytes(transfer.data))
