"""A software ESP32 on a serial line.

It says what goes in, what comes out, and when. Times are seconds on the caller's monotonic clock. A board never sleeps:
`next_ready` says when to ask again.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, StrEnum

from atecc_bench.twin.board.bridge import FIRST_BAUD, KitBridge
from atecc_bench.twin.board.i2c_bus import Bus, PowerState, SimClock
from atecc_bench.twin.board.kit_requests import LONGEST_LINE
from atecc_bench.twin.board.reset_circuit import BootMode, ResetCircuit
from atecc_bench.twin.board.rom_loader import Leaves, RomLoader
from atecc_bench.twin.board.spi_flash import Boots, BridgeImages, SpiFlash
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.faults import Fault, FaultKind, LineFaults, numbers_of

BOOT_S = 0.3  # from the reset until the firmware listens
POWER_GAP_S = 0.5  # how long the supply stays away when it fails
_BITS_PER_BYTE = 10  # start bit, eight data bits, stop bit
_FLASH_BOOT = b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
_FIRMWARE_BOOT = _FLASH_BOOT + (
    b"configsip: 0, SPIWP:0xee\r\n"
    b"clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n"
    b"mode:DIO, clock div:2\r\n"
)
_APPLICATION_BOOT = _FIRMWARE_BOOT + (
    b"I (57) cpu_start: Project name:     weather_station\r\n"
    b"I (63) cpu_start: ESP-IDF:          v5.2.1\r\n"
    b"I (312) weather: temperature 21.4 C, humidity 43 %\r\n"
)
_DOWNLOAD_BOOT = (
    b"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"
)
_LOG_INTERVAL_S = 0.2  # between two attempts to boot from empty flash, and between two logs of an application


class Speed(StrEnum):
    """Whether the board takes the time a real one takes."""

    REAL = "real"
    MAX = "max"


class _Runs(Enum):
    """What runs on a board that is not held in reset."""

    NOTHING = "nothing that talks"
    ROM = "waiting for a download"
    LOG = "saying the same again and again"
    BRIDGE = "the bridge"


class VirtualBoard(ABC):
    """A board as a serial port sees it.

    A reset by DTR and RTS starts it again, as `reset_circuit` tells. The ROM starts what the flash holds, or waits for
    a download; the bridge is what `SpiFlash` says is the bridge, and the chip is the one that the flash belongs to.
    """

    def __init__(self, speed: Speed, flash: SpiFlash | None = None, faults: Iterable[Fault] = ()) -> None:
        self.speed = speed
        self.flash = flash or SpiFlash(BridgeImages())
        self._reset_circuit = ResetCircuit()
        self._line_faults = LineFaults(faults)
        self._replies: deque[tuple[float, bytes]] = deque()
        self._rom: RomLoader | None = None
        self._runs = _Runs.BRIDGE if self.flash.boots() is Boots.BRIDGE else _Runs.LOG
        self._received_until = 0.0
        self._sent_until = 0.0

    @property
    def baud(self) -> int:
        """The rate at which the board sends and receives now."""
        return self._rom.baud if self._rom is not None else FIRST_BAUD

    @property
    def elements(self) -> tuple[SecureElement, ...]:
        """The chips behind the bridge, open to inspection."""
        return ()

    @property
    def element(self) -> SecureElement | None:
        """The first chip behind the bridge, None when there is none."""
        return next(iter(self.elements), None)

    def opened(self, wall: float) -> None:
        """A program has opened the port, which leaves the board running."""
        self._say_log(wall)

    def closed(self) -> None:
        """The program has closed the port.

        What was on its way to it is lost.
        """
        self._replies.clear()

    def set_lines(self, *, dtr: bool, rts: bool, wall: float) -> None:
        """Assert (True) or release the modem lines.

        What has not left a board that is reset is lost.
        """
        self._boot_if_due(wall)
        self._reset_circuit.set_lines(dtr=dtr, rts=rts, moment=wall)
        if self._reset_circuit.in_reset:
            self._runs, self._rom = _Runs.NOTHING, None
            self._replies.clear()

    def receive(self, data: bytes, wall: float) -> None:
        """Take bytes from the host that were written at the moment `wall`."""
        self._boot_if_due(wall)
        match self._runs:
            case _Runs.BRIDGE:
                self._hear(data, wall)
            case _Runs.ROM if self._rom is not None:
                self._download(self._rom, data, wall)
            case _Runs.LOG if data and self.speed is Speed.MAX:
                # Nobody listens; with simulated time standing still the next log comes now.
                self._say_log(wall)
            case _:
                pass

    def next_ready(self) -> float | None:
        """The moment at which there is something to do or transmit.

        None as long as nothing is on its way.
        """
        moments = [moment for moment, _ in list(self._replies)[:1]]
        if self._reset_circuit.boots_at is not None:
            moments.append(self._reset_circuit.boots_at)
        return min(moments, default=None)

    def transmit(self, wall: float) -> bytes:
        """The bytes that have left the board by the moment `wall`."""
        self._boot_if_due(wall)
        data = b""
        while self._replies and self._replies[0][0] <= wall:
            data += self._replies.popleft()[1]
        if data and self.speed is Speed.REAL:
            # What nobody listened to is not made up for.
            self._say_log(wall + _LOG_INTERVAL_S)
        return self._line_faults.pass_on(data)

    def _boot_if_due(self, wall: float) -> None:
        boots_at = self._reset_circuit.boots_at
        mode = self._reset_circuit.boot(wall)
        if boots_at is None or mode is None:
            return
        if mode is BootMode.FLASH:
            self._start_from_flash(boots_at)
        else:
            self._rom, self._runs = RomLoader(self.flash.target, self.flash), _Runs.ROM
            self._say(_DOWNLOAD_BOOT, boots_at)

    def _start_from_flash(self, moment: float) -> None:
        """The ROM starts what the flash holds."""
        self._rom = None
        if self.flash.boots() is Boots.BRIDGE:
            self._say(_FIRMWARE_BOOT, moment)
            self._run_bridge(moment, FIRST_BAUD, BOOT_S)
        else:
            self._runs = _Runs.LOG
            self._say_log(moment)

    def _run_bridge(self, moment: float, baud: int, boot_s: float) -> None:
        self._rom, self._runs = None, _Runs.BRIDGE
        self._start_bridge(moment, baud, boot_s)

    def _download(self, rom: RomLoader, data: bytes, wall: float) -> None:
        byte_time = _BITS_PER_BYTE / rom.baud
        reply = rom.receive(data)
        moment = wall
        if self.speed is Speed.REAL:
            self._received_until = max(self._received_until, wall) + len(data) * byte_time
            self._sent_until = max(self._sent_until, self._received_until) + len(reply) * byte_time
            moment = self._sent_until
        if reply:
            self._replies.append((moment, reply))
        if rom.leaves is Leaves.BY_REBOOT:
            self._start_from_flash(moment)
        elif rom.leaves is Leaves.BY_RUNNING_RAM:
            self._rom, self._runs = None, _Runs.NOTHING
            if self.flash.starts_bridge_from_ram(rom.segments):
                self._run_bridge(moment, FIRST_BAUD, 0.0)

    def _say(self, text: bytes, moment: float) -> None:
        """Send a text of the ROM behind its banner.

        The ROM always talks at the first rate.
        """
        text = self.flash.target.banner + text
        if self.speed is Speed.REAL:
            moment += len(text) * _BITS_PER_BYTE / FIRST_BAUD
        self._replies.append((moment, text))

    def _say_log(self, moment: float) -> None:
        if self._runs is _Runs.LOG and (self.speed is Speed.MAX or not self._replies):
            refused = self.flash.boots() is Boots.NOTHING
            text = _FLASH_BOOT + f"{self.flash.refusal()}\r\n".encode() if refused else _APPLICATION_BOOT
            self._replies.append((moment, self.flash.target.banner + text))

    @abstractmethod
    def _start_bridge(self, moment: float, baud: int, boot_s: float) -> None:
        """The bridge starts, at this rate, and listens after so many seconds."""

    @abstractmethod
    def _hear(self, data: bytes, wall: float) -> None:
        """Take bytes from the host while the bridge runs."""


class BridgeBoard(VirtualBoard):
    """A board with chips on its bus and a bridge.

    The bridge is in its flash unless `flash` holds something else. At `Speed.REAL` a reply is ready when request,
    execution and reply would have passed at the present baud rate; at `Speed.MAX` at once, and simulated time does not
    follow the wall clock. `keep` is called after each request and before its reply can leave.
    """

    def __init__(
        self,
        bus: Bus,
        clock: SimClock,
        speed: Speed,
        *,
        flash: SpiFlash | None = None,
        faults: Iterable[Fault] = (),
        keep: Callable[[], None] | None = None,
    ) -> None:
        faults = tuple(faults)
        super().__init__(speed, flash, faults)
        self._bus = bus
        self._clock = clock
        self._keep = keep
        self._resets_at = numbers_of(faults, FaultKind.BOARD_RESET)
        self._requests = 0
        self._bridge = self._new_bridge()
        self._line = bytearray()
        self._hears_from = 0.0

    @property
    def baud(self) -> int:
        """The rate at which the board sends and receives now."""
        return self._bridge.baud if self._runs is _Runs.BRIDGE else super().baud

    @property
    def elements(self) -> tuple[SecureElement, ...]:
        """The chips behind the bridge, in the order given."""
        return tuple(chip.element for chip in self._bus.chips)

    def _hear(self, data: bytes, wall: float) -> None:
        for part in _parts(data):
            self._received_until = max(self._received_until, wall) + self._wire_time(len(part))
            if self._received_until < self._hears_from:
                continue
            # One byte more than fits is enough to know that the line is too long; the rest is dropped.
            self._line += part.rstrip(b"\n")[: LONGEST_LINE + 2 - len(self._line)]
            if part.endswith(b"\n"):
                line = bytes(self._line)
                self._line.clear()
                self._answer(line, wall)

    def _answer(self, line: bytes, wall: float) -> None:
        self._requests += 1
        reply_bit_rate = self._wire_time(1)
        if self.speed is Speed.REAL:
            self._clock.catch_up(self._received_until)
        if self._requests in self._resets_at:
            self._start_from_flash(self._now(wall))
            return
        reply = self._bridge.handle(line)
        if self._keep is not None:
            self._keep()
        if any(chip.state is PowerState.OFF for chip in self._bus.chips):
            self._lose_power(wall)
        elif self.speed is Speed.REAL:
            self._sent_until = max(self._sent_until, self._clock.now) + len(reply) * reply_bit_rate
            self._replies.append((self._sent_until, reply))
        else:
            self._replies.append((wall, reply))

    def _lose_power(self, wall: float) -> None:
        for chip in self._bus.chips:
            chip.lose_power()
        self._clock.advance(POWER_GAP_S)
        for chip in self._bus.chips:
            chip.restore_power()
        self._start_from_flash(self._now(wall))

    def _start_bridge(self, moment: float, baud: int, boot_s: float) -> None:
        if self.speed is Speed.REAL:
            self._clock.catch_up(moment)
            self._hears_from = moment + boot_s
        self._clock.advance(boot_s)
        self._bridge = self._new_bridge()
        self._bridge.baud = baud
        self._line.clear()

    def _new_bridge(self) -> KitBridge:
        return KitBridge(self._bus, self._clock, self.flash.target.name.replace("-", ""))

    def _now(self, wall: float) -> float:
        return self._clock.now if self.speed is Speed.REAL else wall

    def _wire_time(self, count: int) -> float:
        return count * _BITS_PER_BYTE / self.baud


def _parts(data: bytes) -> list[bytes]:
    """The data cut behind each line feed."""
    lines = data.split(b"\n")
    parts = [line + b"\n" for line in lines[:-1]]
    return [*parts, lines[-1]] if lines[-1] else parts
