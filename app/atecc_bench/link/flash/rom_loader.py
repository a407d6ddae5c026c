"""The ROM of an ESP32 that waits for a download, by esptool.

It is used without esptool's stub: what is written is small, the ROM does all of it, and a board that is only looked at
runs no code of ours. Reading a whole flash takes longer that way (`backup_seconds`).
"""

import hashlib
import os
import re
import zlib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from atecc_bench.link.flash.esp_image import Segment
from atecc_bench.link.flash.esptool_api import ESPLoader, FatalError, cmds, listening_to_log, reset
from atecc_bench.link.flash.flash_image import FlashPart
from atecc_bench.link.flash.images import chip_name
from atecc_bench.link.flash.targets import target_of
from atecc_bench.link.flash.watched_port import WatchedPort
from atecc_bench.link.transports.errors import CancelledError, LinkError, NoSyncError
from atecc_bench.link.transports.serial_channel import (
    BITS_PER_BYTE,
    PORT_ERRORS,
    START_BAUD,
    PortLostError,
    RawPort,
    has_file_descriptor,
    open_port,
)

FAST_BAUD = 460800
READ_CHUNK = 0x10000
SECTOR_SIZE = 0x1000
_STEPS_OF_READING = 4
_ALIGNMENT = 4
_ERASED = b"\xff"
_PSEUDO_TERMINAL = re.compile(r"/dev/(pts/|ttys)\d+")
_LOCALLY_ADMINISTERED = 0x02
_ROM_READ = 64  # bytes a ROM reads at once
_ROM_READ_OVERHEAD = 40  # bytes of request, headers and status around them
_ROM_READ_DELAY_S = 0.002  # of a USB bridge, at best
_WRITE_S_PER_MB = 40
_LEAST_TIMEOUT_S = 3
_RESET_DELAYS_S = (0.05, 0.55)  # with a capacitor at EN that is as it should be, and with a larger one


class Stage(Enum):
    """Stages of the work on a board."""

    CONNECT = "Connect to the ROM"
    CHECK = "Check chip and image"
    BACKUP = "Save what the flash holds"
    WRITE = "Write"
    VERIFY = "Compare digests"
    RESET = "Reset"
    BRIDGE = "Wait for the bridge"


@dataclass(frozen=True)
class FlashEvent:
    """Progress of the work on a board.

    `done` from 0 to 1 of a stage, or, with `line`, something for the log.
    """

    stage: Stage
    done: float = 0.0
    line: str = ""


@dataclass(frozen=True)
class ChipFacts:
    """A chip of Espressif, as it describes itself.

    `flash_size` is in bytes, 0 when the flash does not tell. A chip that is `virtual` is known by its MAC: no other has
    a locally administered one.
    """

    target: str
    description: str
    mac: str
    flash_size: int
    virtual: bool = False


Report = Callable[[FlashEvent], None]


class Rom:
    """A chip that waits for a download.

    `has_written` says whether the flash is no longer what it was.

    Raises:
        LinkError: From any method.
        CancelledError: From any method, within a second.
    """

    def __init__(self, esp: Any, port: WatchedPort, report: Report) -> None:
        self._esp = esp
        self._port = port
        self._report = report
        self.has_written = False
        self._has_flash = False

    @property
    def baud(self) -> int:
        """The rate of the download."""
        return self._port.baudrate

    def check_security(self) -> None:
        """Refuse a chip whose security settings forbid flashing.

        It would not run what is written, or would never be the same again.

        Raises:
            LinkError: `secure-download`, `secure-boot` or `flash-encryption`.
        """
        if self._esp.secure_download_mode:
            raise _secured(
                "secure-download",
                "is in secure download mode, which shows nothing of its flash and runs nothing from RAM",
            )
        with _told("The security state could not be read."):
            secure_boot = bool(self._esp.get_secure_boot_enabled())
            encrypted = bool(self._esp.get_flash_encryption_enabled())
        if secure_boot:
            raise _secured("secure-boot", "has secure boot burnt, and starts only what its owner has signed")
        if encrypted:
            raise _secured("flash-encryption", "encrypts its flash, and a plain image would be noise to it")

    def facts(self) -> ChipFacts:
        """Name, MAC and flash size."""
        esp = self._esp
        target = target_of(str(esp.CHIP_NAME))
        if esp.secure_download_mode:
            return ChipFacts(target, chip_name(target), "", 0)
        with _told("The chip did not say what it is."):
            description = str(esp.get_chip_description())
            address = bytes(esp.read_mac("BASE_MAC"))
            self._attach()
            size = str(cmds.detect_flash_size(esp) or "0KB")
        units = {"KB": 1024, "MB": 1024 * 1024}
        flash_size = int(size[:-2]) * units[size[-2:]]
        return ChipFacts(target, description, address.hex(":"), flash_size, bool(address[0] & _LOCALLY_ADMINISTERED))

    def write(self, parts: Iterable[FlashPart], flash_size: int) -> None:
        """Write parts and compare digests.

        Raises:
            LinkError: `flash-too-small`, before anything is written; `write-failed`, `digest-mismatch`.

        """
        parts = tuple(parts)
        for part in parts:
            if flash_size and part.offset + len(part.data) > flash_size:
                raise LinkError(
                    "flash-too-small",
                    f"{part.name} ends at {part.offset + len(part.data):#x}, and the flash has {flash_size:#x} bytes.",
                    "Choose firmware that fits this board. Nothing was written.",
                )
        self._attach()
        with self._answering():
            if flash_size:
                with _told("The flash could not be set up."):
                    self._esp.flash_set_parameters(flash_size)
            whole = sum(len(part.data) for part in parts)
            before = 0
            for part in parts:
                self._line(Stage.WRITE, f"{part.name}: {len(part.data)} bytes at {part.offset:#x}")
                self._write_part(part, before, whole)
                before += len(part.data)
            for number, part in enumerate(parts):
                self._report(FlashEvent(Stage.VERIFY, number / len(parts)))
                self._verify(part)
            self._report(FlashEvent(Stage.VERIFY, 1.0))

    def read_flash(self, flash_size: int, start: int = 0, end: int | None = None) -> Generator[bytes]:
        """The flash from `start` to before `end`.

        All of it without them, in chunks of at most `READ_CHUNK` bytes.
        """
        self._attach()
        end = flash_size if end is None else end
        step = min(READ_CHUNK, max(SECTOR_SIZE, (end - start) // _STEPS_OF_READING))
        with self._answering(), _told("The flash could not be read."):
            if flash_size:
                self._esp.flash_set_parameters(flash_size)
            for offset in range(start, end, step):
                self._report(FlashEvent(Stage.BACKUP, (offset - start) / (end - start)))
                yield self._esp.read_flash(offset, min(step, end - offset))
        self._report(FlashEvent(Stage.BACKUP, 1.0))

    def is_erased(self, start: int, size: int) -> bool:
        """Whether these bytes of the flash are all FF.

        By their digest: they need not be read for that.
        """
        self._attach()
        with self._answering(), _told("The flash could not be read."):
            return str(self._esp.flash_md5sum(start, size)) == _md5(_ERASED * size)

    def run_in_ram(self, segments: Iterable[Segment], entry: int) -> None:
        """Load segments into RAM and jump to `entry`.

        The flash is not touched.
        """
        segments = tuple(segments)
        whole = sum(len(segment.data) for segment in segments)
        sent = 0
        block_size = int(self._esp.ESP_RAM_BLOCK)
        with self._answering(), _told("The image could not be loaded into RAM."):
            for segment in segments:
                self._line(Stage.WRITE, f"{len(segment.data)} bytes into RAM at {segment.address:#010x}")
                blocks = _cut(segment.data, block_size)
                self._esp.mem_begin(len(segment.data), len(blocks), block_size, segment.address)
                for number, block in enumerate(blocks):
                    self._esp.mem_block(block, number)
                    sent += len(block)
                    self._report(FlashEvent(Stage.WRITE, sent / whole))
        self._esp.mem_finish(entry)

    def leave(self) -> None:
        """Reset the chip, which starts what its flash holds."""
        self._report(FlashEvent(Stage.RESET))
        try:
            self._esp.hard_reset()
        except (FatalError, *PORT_ERRORS) as error:
            raise PortLostError(error) from error
        self._report(FlashEvent(Stage.RESET, 1.0))

    def _attach(self) -> None:
        if not self._has_flash:
            with _told("The flash does not answer."):
                cmds.attach_flash(self._esp)
            self._has_flash = True

    def _write_part(self, part: FlashPart, before: int, whole: int) -> None:
        data = part.data + b"\xff" * (-len(part.data) % _ALIGNMENT)
        packed = zlib.compress(data, 9)
        unpack = zlib.decompressobj()
        written = 0
        with _told(f"{part.name} could not be written.", "write-failed"):
            self.has_written = True
            self._esp.flash_defl_begin(len(data), len(packed), part.offset)
            for number, block in enumerate(_cut(packed, int(self._esp.FLASH_WRITE_SIZE))):
                grown = len(unpack.decompress(block))
                timeout = max(_LEAST_TIMEOUT_S, _WRITE_S_PER_MB * grown / 1e6)
                self._esp.flash_defl_block(block, number, timeout=timeout)
                written += grown
                self._report(FlashEvent(Stage.WRITE, min(1.0, (before + written) / whole)))

    def _verify(self, part: FlashPart) -> None:
        data = part.data + b"\xff" * (-len(part.data) % _ALIGNMENT)
        expected = _md5(data)
        with _told(f"The digest of {part.name} could not be read back."):
            found = str(self._esp.flash_md5sum(part.offset, len(data)))
        self._line(Stage.VERIFY, f"{part.name}: MD5 {found}")
        if found != expected:
            raise LinkError(
                "digest-mismatch",
                f"What the flash holds at {part.offset:#x} is not what was written there ({part.name}).",
                "Try again. If it stays, the flash is worn out or the board's supply is too weak: use another board.",
            )

    @contextmanager
    def _answering(self) -> Generator[None]:
        self._port.must_answer = True
        try:
            yield
        finally:
            self._port.must_answer = False

    def _line(self, stage: Stage, text: str) -> None:
        self._report(FlashEvent(stage, line=text))


class RomSession:
    """An open port and the ROM behind it.

    `port` is taken by who goes on with it, and is None from then on.
    """

    def __init__(self, rom: Rom, port: RawPort) -> None:
        self.rom = rom
        self.port: RawPort | None = port

    def take_port(self) -> RawPort:
        """Hand the open port over, lines and rate as they are."""
        port, self.port = self.port, None
        assert port is not None  # noqa: S101 - it is handed over once
        return port


@contextmanager
def enter_rom(url: str, report: Report, cancelled: Callable[[], bool]) -> Generator[RomSession]:
    """Context of a chip that was reset into its ROM.

    Opens the port; at the end the chip is reset again and the port released.

    Raises:
        NoSyncError: No ROM answers.
        LinkError: As `open_port`; `unknown-chip`.
        CancelledError: The operator cancelled.
    """
    stage = Stage.CONNECT

    def tell(event: FlashEvent) -> None:
        nonlocal stage
        stage = event.stage
        report(event)

    tell(FlashEvent(stage))
    port = open_port(url, cancelled)
    session: RomSession | None = None
    try:
        with listening_to_log(lambda line: report(FlashEvent(stage, line=line))):
            watched = WatchedPort(port, cancelled)
            esp = _enter_fast(watched, url)
            tell(FlashEvent(stage, 1.0))
            session = RomSession(Rom(esp, watched, tell), port)
            try:
                yield session
            finally:
                # Whatever happened, the board goes back to what it was doing, unless somebody has the port now.
                if session.port is not None:
                    with suppress(LinkError, CancelledError):
                        session.rom.leave()
    finally:
        if session is None or session.port is not None:
            port.close()


def backup_seconds(size: int, baud: int) -> float:
    """About how long reading `size` bytes of flash takes at a rate."""
    return size / _ROM_READ * ((_ROM_READ + _ROM_READ_OVERHEAD) * BITS_PER_BYTE / baud + _ROM_READ_DELAY_S)


def _enter_fast(port: WatchedPort, url: str) -> Any:
    esp = _enter(port, url)
    try:
        esp.change_baud(FAST_BAUD)
        esp.flush_input()
        esp.sync()
    except (FatalError, *PORT_ERRORS):
        # The ROM or the USB bridge does not hold this rate.
        port.raw.baudrate = START_BAUD
        return _enter(port, url)
    return esp


def _enter(port: WatchedPort, url: str) -> Any:
    for strategy in _reset_strategies(port):
        port.check()
        try:
            strategy()
        except PORT_ERRORS as error:
            raise PortLostError(error) from error
        try:
            # The reset was done here; with one of its own esptool would use system calls that only real ports have.
            return cmds.detect_chip(port, START_BAUD, connect_mode="no-reset", connect_attempts=1)
        except FatalError as error:
            if "autodetect" in str(error):
                raise LinkError(
                    "unknown-chip",
                    f"The chip on {url} is none that this version knows: {error}",
                    "Use a board with an ESP32, S2, S3, C2, C3, C5, C6, C61, H2 or P4.",
                ) from error
    raise NoSyncError(
        "no-sync",
        f"The ROM of the board on {url} does not answer: the automatic reset into its download mode did not work.",
        "A pseudo-terminal has no DTR and RTS to reset a board by: serve it with --rfc2217 instead."
        if _PSEUDO_TERMINAL.match(url)
        else "Hold BOOT, press and release RESET (EN), release BOOT, then try again. "
        "Close other programs on this port.",
    )


def _reset_strategies(port: WatchedPort) -> list[Callable[[], None]]:
    raw = port.raw
    if ESPLoader(port).uses_usb_jtag_serial():
        return [reset.USBJTAGSerialReset(raw)] * 2
    strategies: list[Callable[[], None]] = []
    if os.name == "posix" and has_file_descriptor(raw):
        strategies += [reset.UnixTightReset(raw, delay) for delay in _RESET_DELAYS_S]
    return [*strategies, *(reset.ClassicReset(raw, delay) for delay in _RESET_DELAYS_S)]


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def _secured(id_: str, what: str) -> LinkError:
    return LinkError(
        id_,
        f"This chip {what}. Nothing was written.",
        "These fuses can never be undone: use another board for the bridge.",
    )


@contextmanager
def _told(what: str, id_: str = "rom-failed") -> Generator[None]:
    """Turn what esptool says into a sentence with a next step."""
    try:
        yield
    except FatalError as error:
        raise LinkError(
            id_, f"{what} {error}", "Check cable and power supply, then try again; another USB port may help."
        ) from error
