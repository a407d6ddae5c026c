"""The firmware's C core, compiled for this computer and joined to the twin's I2C bus."""

import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from atecc_bench import __version__
from atecc_bench.chip.protocol.timing import WAKE_PULSE_S
from atecc_bench.twin.board.i2c_bus import Bus, BusStuckError, SimClock
from tests.support.paths import ROOT

CORE = ROOT / "firmware" / "components" / "kit_bridge"
SOURCES = (*sorted(CORE.glob("*.c")), ROOT / "tests" / "firmware" / "host" / "host_bridge.c")
FLAGS = (
    "-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror",
    "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
)  # fmt: skip
NAME = f"ATECC Bench bridge {__version__} ESP32 VIRTUAL"
OK, NACK, STUCK = range(3)


def compiler() -> str | None:
    """The C compiler of this computer, if it has one."""
    return shutil.which("gcc") or shutil.which("cc")


def build(folder: Path) -> Path:
    """Compile the core with its host program."""
    program = folder / "host_bridge"
    cc = compiler()
    assert cc is not None
    subprocess.run([cc, *FLAGS, f"-I{CORE / 'include'}", f"-I{CORE}", "-o", program, *SOURCES], check=True)
    return program


class CBridge:
    """A running core. It hears bytes and calls for time, the bus and the line as the firmware does."""

    def __init__(self, program: Path, bus: Bus, clock: SimClock) -> None:
        self.baud = 115200
        self.pins: tuple[int, int] | None = None
        self._bus = bus
        self._clock = clock
        self._sent = b""
        self._process = subprocess.Popen(
            [program, NAME, __version__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"},
        )
        self._calls: dict[bytes, Callable[[], None]] = {
            b"n": self._now,
            b"d": self._wait,
            b"w": self._wake,
            b"p": self._probe,
            b"W": self._write,
            b"R": self._read,
            b"s": self._set_pins,
            b"c": self._accept,
            b"b": self._accept,
            b"B": self._set_baud,
            b"t": self._send,
        }
        self._serve()

    def hear(self, data: bytes) -> bytes:
        """Bytes from the serial line; returns what the bridge sent for them."""
        self._sent = b""
        self._give(b"L" + struct.pack("<H", len(data)) + data)
        self._serve()
        return self._sent

    def close(self) -> int:
        """End the process; anything but 0 is a finding of a sanitizer."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        code = self.close()
        assert kind is not None or code == 0, f"the core ended with {code}"

    def _serve(self) -> None:
        while (name := self._take(1)) != b".":
            self._calls[name]()

    def _take(self, size: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        assert len(data) == size, "the core has ended"
        return data

    def _number(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _give(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def _now(self) -> None:
        self._give(struct.pack("<Q", round(self._clock.now * 1e6)))

    def _wait(self) -> None:
        self._clock.advance(self._number() / 1e6)

    def _wake(self) -> None:
        self._clock.advance(WAKE_PULSE_S)
        try:
            self._bus.wake()
        except BusStuckError:
            self._give(bytes((STUCK,)))
        else:
            self._give(bytes((OK,)))

    def _probe(self) -> None:
        address = self._take(1)[0]
        self._give(bytes((self._written(address, b""),)))

    def _write(self) -> None:
        address = self._take(1)[0]
        self._give(bytes((self._written(address, self._take(self._number())),)))

    def _written(self, address: int, data: bytes) -> int:
        try:
            return OK if self._bus.write(address, data) else NACK
        except BusStuckError:
            return STUCK

    def _read(self) -> None:
        address, size = self._take(1)[0], self._number()
        try:
            data = self._bus.read(address, size)
        except BusStuckError:
            self._give(bytes((STUCK,)))
            return
        self._give(bytes((NACK,)) if data is None else bytes((OK,)) + data)

    def _set_pins(self) -> None:
        sda, scl = self._number(), self._number()
        fits = max(sda, scl) <= 39
        if fits:
            self.pins = (sda, scl)
        self._give(bytes((fits,)))

    def _accept(self) -> None:
        self._number()
        self._give(b"\x01")

    def _set_baud(self) -> None:
        self.baud = self._number()

    def _send(self) -> None:
        self._sent += self._take(self._number())


class CoreAsBridge:
    """The core with the face of the twin's bridge."""

    def __init__(self, program: Path, bus: Bus, clock: SimClock) -> None:
        self.core = CBridge(program, bus, clock)

    @property
    def baud(self) -> int:
        return self.core.baud

    def handle(self, line: bytes) -> bytes:
        return self.core.hear(line + b"\n")
