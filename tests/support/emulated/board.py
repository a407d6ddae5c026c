"""A board on which the image runs: loaded as the ROM does it, with a chip of the twin on its pins."""

from pathlib import Path

from atecc_bench.link.transports.serial_channel import START_BAUD
from atecc_bench.resources import resource_path
from atecc_bench.twin.board.flash_boot import Segments, load_from_flash
from atecc_bench.twin.board.i2c_bus import Bus, SimClock
from atecc_bench.twin.board.rom_target import TARGETS
from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import EmulationError, StartedFrom
from tests.support.emulated.riscv import RiscvChip
from tests.support.emulated.specs import SPECS
from tests.support.emulated.xtensa_chip import XtensaChip

LOAD_RATE = 460800
LOG_RATE = 118_500  # what the ROM makes of 115200 by an estimate of its crystal
PATIENCE_S = 12.0
_HEADER_SIZE, _SEGMENT_HEADER_SIZE = 24, 8
_HOST_PAUSE_S = 1e-3

Chip = XtensaChip | RiscvChip
CHIPS = tuple(SPECS)
CLOCKS = {name: tuple(spec.clocks) for name, spec in SPECS.items()}  # the usual ones first
PINS = {name: spec.pins_at_start for name, spec in SPECS.items()}
OTHER_PINS = {name: spec.other_pins for name, spec in SPECS.items()}


def image_path(name: str) -> Path:
    """The image that ships for a chip."""
    return resource_path("firmware", "bare", f"{name.lower()}.bin")


def segments_of(image: bytes) -> tuple[int, Segments]:
    """Entry point and segments of an ESP image, as `load-ram` takes it apart (Espressif, "Firmware Image Format")."""
    entry = int.from_bytes(image[4:8], "little")
    segments: list[tuple[int, bytes]] = []
    position = _HEADER_SIZE
    for _ in range(image[1]):
        address, size = (int.from_bytes(image[position + at : position + at + 4], "little") for at in (0, 4))
        position += _SEGMENT_HEADER_SIZE
        segments.append((address, image[position : position + size]))
        position += size
    return entry, tuple(segments)


def from_flash(name: str, image: bytes) -> tuple[int, Segments]:
    """Entry point and segments as the ROM has them of a flash that was written by `flash_bridge`."""
    target = TARGETS[name.lower()]
    whole = b"\xff" * target.bootloader_offset + image
    loaded = load_from_flash(lambda offset, size: whole[offset : offset + size], target)
    return loaded.entry, loaded.segments


class EmulatedBridge:
    """The image at work. `hear` gives it bytes from the serial line and returns what it sent for them."""

    def __init__(
        self,
        name: str,
        bus: Bus,
        clock: SimClock,
        *,
        clocks: str = "",
        rate: int = 0,
        pins: tuple[int, int] | None = None,
        image: bytes = b"",
        started: StartedFrom = StartedFrom.RAM,
    ) -> None:
        image = image or image_path(name).read_bytes()
        entry, segments = segments_of(image) if started is StartedFrom.RAM else from_flash(name, image)
        rate = rate or {StartedFrom.RAM: LOAD_RATE, StartedFrom.FLASH: LOG_RATE}[started]
        of_family = XtensaChip if SPECS[name].is_xtensa else RiscvChip
        self.chip: Chip = of_family(SPECS[name], clocks, rate, entry, started)
        for address, data in segments:
            self.chip.put(address, data)
        self.wires = I2cWires(bus, clock, self.chip.time)
        sda, scl = pins or self.chip.pins_at_start
        self.chip.connect(self.wires, {sda: "sda", scl: "scl"})
        self.chip.uart.heard = self._heard
        self._sent = bytearray()
        self._lines_awaited = 0

    @property
    def baud(self) -> int:
        """The rate of the chip's UART."""
        return round(self.chip.uart.rate)

    def hear(self, data: bytes) -> bytes:
        """Bytes from the host, at the rate of the chip and without a pause; returns when every line has its reply."""
        self.tell(data)
        return self.replies(data.count(b"\n"))

    def tell(self, data: bytes) -> None:
        """Bytes from the host; the chip does not run yet."""
        self.wires.synchronise()
        uart = self.chip.uart
        if (
            self.chip.time.cycles == 0
        ):  # the host waits a little, and then asks at the rate at which every bridge starts
            uart.host_rate = START_BAUD
            uart.send(data, pause=_HOST_PAUSE_S)
        else:
            uart.host_rate = uart.rate
            uart.send(data)

    def replies(self, lines: int) -> bytes:
        """Run until so many lines were sent, and then until all that was sent has left."""
        self._lines_awaited = lines - self._sent.count(b"\n")
        deadline = self.chip.time.cycles + self.chip.time.cycles_of(PATIENCE_S)
        limit = self.chip.loops
        limit.deadline, limit.expired = deadline, self._hangs
        if self._lines_awaited > 0:
            self.chip.run()
        sent = bytes(self._sent)
        self._sent.clear()
        self.pass_time(_HOST_PAUSE_S)
        return sent

    def pass_time(self, seconds: float) -> None:
        """Run for a while."""
        self.chip.loops.deadline = self.chip.time.cycles + self.chip.time.cycles_of(seconds)
        self.chip.loops.expired = self.chip.stop
        self.chip.run()
        self.wires.synchronise()

    def handle(self, line: bytes) -> bytes:
        """One request, in the manner of the twin's bridge."""
        return self.hear(line + b"\n")

    def _hangs(self) -> None:
        raise EmulationError(f"no reply for {PATIENCE_S} s")

    def _heard(self, byte: int) -> None:
        if running := self.chip.watchdogs():
            raise EmulationError(f"{', '.join(running)} would reset the chip")
        if self.chip.uart.lost:
            raise EmulationError(f"{self.chip.uart.lost} bytes came when the receive FIFO was full")
        self._sent.append(byte)
        if byte == ord("\n"):
            self._lines_awaited -= 1
            if self._lines_awaited == 0:
                self.chip.stop()
