"""Put the bridge on a board.

Into its flash, or into its RAM for as long as it is not reset.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists, is_folder
from atecc_bench.link.board.connection import AFTER_RESET_S, FIRST_ANSWER_S, NoBridgeError, connect, take_over
from atecc_bench.link.flash.bare_image import for_flash_size
from atecc_bench.link.flash.flash_image import FlashImage, FlashPart, RamImage
from atecc_bench.link.flash.images import image_for, is_whole_flash, parts_to_restore
from atecc_bench.link.flash.rom_loader import (
    SECTOR_SIZE,
    ChipFacts,
    FlashEvent,
    Report,
    RomSession,
    Stage,
    backup_seconds,
    enter_rom,
)
from atecc_bench.link.flash.saved_sectors import file_name, mac_of, to_hex
from atecc_bench.link.flash.targets import NOT_SEEN
from atecc_bench.link.transports.boot_log import BootLog
from atecc_bench.link.transports.connection import NEEDED_BRIDGE, Connection, never_cancelled
from atecc_bench.link.transports.errors import CancelledError, LinkError
from atecc_bench.link.transports.serial_channel import START_BAUD, PortLostError, RawPort
from atecc_bench.link.transports.trace import Trace
from atecc_bench.private_files import make_private_folder, open_private

_logger = logging.getLogger(__name__)

_AFTER_USB_RESET_S = 5.0  # a chip with USB of its own disappears for a while when it is reset
_RETRY_S = 0.25


@dataclass(frozen=True)
class Flashed:
    """A board with the bridge on it, and the connection to it.

    At the highest rate that both sides hold. `kept` is the file with what was overwritten, None when nothing was there
    or it was not asked for.
    """

    chip: ChipFacts
    source: Path
    board: Connection
    kept: Path | None = None


def identify(url: str, report: Report, cancelled: Callable[[], bool] = never_cancelled) -> ChipFacts:
    """Identify the chip of a board.

    Resets the board twice and writes nothing.

    Raises:
        LinkError: As `enter_rom`.
        CancelledError: The operator cancelled.
    """
    report = _noted(report)
    with enter_rom(url, report, cancelled) as session:
        return session.rom.facts()


def flash_bridge(
    url: str,
    images: Sequence[FlashImage],
    report: Report,
    *,
    trace: Trace | None = None,
    backup: Path | None = None,
    keep_in: Path | None = None,
    cancelled: Callable[[], bool] = never_cancelled,
) -> Flashed:
    """Write the bridge to a board's flash and wait for it.

    The image for the board's chip is written, digests are compared, the board is reset. With `backup`, all that the
    flash holds is saved to that file first; with `keep_in`, a folder, what a bare image overwrites is. Cancelling ends
    within a second.

    Raises:
        LinkError: As `enter_rom`, `Rom.check_security` and `Rom.write`; `no-bridge-after-flash`, `bridge-too-old` or
            `baud-lost`.
        InputError: `wrong-chip`, `file-exists` or `file-not-writable`.
        CancelledError: The operator cancelled.
    """
    if backup is not None:
        _check_new(backup)
    report = _noted(report)
    with enter_rom(url, report, cancelled) as session:
        chip = _checked(session, report)
        image = for_flash_size(image_for(images, chip.target), chip.flash_size)
        kept = None
        if backup is not None:
            _save(session, chip, backup, report)
        if keep_in is not None and image.is_bare:
            kept = _keep(session, chip, image, keep_in, report)
        _write(session, image, chip)
        session.rom.leave()
        port = session.take_port()
    _set_first_rate(port)
    return Flashed(chip, image.source, _find_bridge(port, url, report, trace, cancelled, resets=True), kept)


def run_in_ram(
    url: str,
    images: Sequence[RamImage],
    report: Report,
    *,
    trace: Trace | None = None,
    cancelled: Callable[[], bool] = never_cancelled,
) -> Flashed:
    """Load the bridge into a board's RAM and connect to it.

    The image for the board's chip; the port stays open. The flash is not touched. Closing the port may reset the board,
    and a reset ends the bridge.

    Raises:
        LinkError: As `flash_bridge`.
        InputError: As `flash_bridge`.
        CancelledError: The operator cancelled.
    """
    report = _noted(report)
    with enter_rom(url, report, cancelled) as session:
        chip = _checked(session, report)
        image = image_for(images, chip.target)
        session.rom.run_in_ram(image.segments, image.entry)
        port = session.take_port()
    _set_first_rate(port)
    return Flashed(chip, image.source, _find_bridge(port, url, report, trace, cancelled, resets=False))


def back_up(url: str, file: Path, report: Report, cancelled: Callable[[], bool] = never_cancelled) -> ChipFacts:
    """Save the whole flash of a board to a new file.

    Raises:
        LinkError: As `flash_bridge`.
        InputError: As `flash_bridge`.
        CancelledError: The operator cancelled.
    """
    _check_new(file)
    report = _noted(report)
    with enter_rom(url, report, cancelled) as session:
        chip = _checked(session, report)
        _save(session, chip, file, report)
        return chip


def restore(url: str, file: Path, report: Report, cancelled: Callable[[], bool] = never_cancelled) -> ChipFacts:
    """Write back what was in a board's flash, and start it.

    A backup, or what an installation has overwritten.

    Raises:
        LinkError: As `flash_bridge`, and `flash-differs` when the file is of a flash of another size or another board.
        InputError: `no-such-file` or `not-a-backup`.
        CancelledError: The operator cancelled.
    """
    parts = parts_to_restore(file)
    report = _noted(report)
    with enter_rom(url, report, cancelled) as session:
        chip = _checked(session, report)
        _check_origin(file, parts, chip)
        _write(session, FlashImage(chip.target, parts, file), chip)
        return chip


def _noted(report: Report) -> Report:
    def note_and_report(event: FlashEvent) -> None:
        if event.line:
            _logger.info("%s: %s", event.stage.value, event.line)
        elif event.done in (0.0, 1.0):
            _logger.info("%s: %s", event.stage.value, "done" if event.done else "begins")
        report(event)

    return note_and_report


def _checked(session: RomSession, report: Report) -> ChipFacts:
    report(FlashEvent(Stage.CHECK))
    session.rom.check_security()
    chip = session.rom.facts()
    report(FlashEvent(Stage.CHECK, 1.0))
    line = f"{chip.description}, MAC {chip.mac}, {chip.flash_size // 1024} KB flash"
    report(FlashEvent(Stage.CHECK, line=line))
    return chip


def _write(session: RomSession, image: FlashImage, chip: ChipFacts) -> None:
    try:
        session.rom.write(image.parts, chip.flash_size)
    except CancelledError as error:
        if session.rom.has_written:
            raise CancelledError("Cancelled. The flash is half written: flash the board again.") from error
        raise


def _check_new(file: Path) -> None:
    if exists(file):
        raise InputError("file-exists", f"{file} exists already, and a backup overwrites nothing.", "Give a new name.")
    if not is_folder(file.parent) or not os.access(file.parent, os.W_OK):
        raise InputError("file-not-writable", f"{file} cannot be written.", "Give a name in a folder of your own.")


def _check_origin(file: Path, parts: tuple[FlashPart, ...], chip: ChipFacts) -> None:
    size = len(parts[0].data)
    if is_whole_flash(file) and chip.flash_size and chip.flash_size != size:
        differs = f"has {size:#x} bytes, and the flash of this board {chip.flash_size:#x}."
    elif mac_of(file) not in ("", chip.mac):
        differs = f"was taken from the board {mac_of(file)}, and this one is {chip.mac}."
    else:
        return
    raise LinkError(
        "flash-differs",
        f"The file {file.name} {differs}",
        "Restore it on the board it was taken from. Nothing was written.",
    )


def _keep(session: RomSession, chip: ChipFacts, image: FlashImage, folder: Path, report: Report) -> Path | None:
    """Save the sectors that an image will overwrite, unless they are erased."""
    parts: list[FlashPart] = []
    for part in image.parts:
        start = part.offset // SECTOR_SIZE * SECTOR_SIZE
        end = -(-(part.offset + len(part.data)) // SECTOR_SIZE) * SECTOR_SIZE
        if not session.rom.is_erased(start, end - start):
            data = b"".join(session.rom.read_flash(chip.flash_size, start, end))
            parts.append(FlashPart(part.name, start, data))
    if not parts:
        return None
    file = folder / file_name(chip.target, chip.mac, time.strftime("%Y%m%dT%H%M%S"))
    try:
        if not is_folder(folder):
            make_private_folder(folder)
        with open_private(file, "xb") as saved:
            saved.write(to_hex(tuple(parts)).encode("ascii"))
            saved.flush()
            os.fsync(saved.fileno())
    except OSError as error:
        raise InputError(
            "file-not-writable",
            f"What would be overwritten cannot be saved to {file}: {error.strerror}.",
            "Make room in that folder, or let ATECC_BENCH_DATA point to another. Nothing was written.",
        ) from error
    report(FlashEvent(Stage.BACKUP, line=f"What was there before: {file}"))
    return file


def _save(session: RomSession, chip: ChipFacts, file: Path, report: Report) -> None:
    size = chip.flash_size
    if not size:
        raise LinkError(
            "flash-size-unknown", "The flash does not say how large it is.", "Save it with esptool and its real size."
        )
    minutes = backup_seconds(size, session.rom.baud) / 60
    report(FlashEvent(Stage.BACKUP, line=f"Reading {size // 1024} KB takes about {max(1, round(minutes))} min"))
    partly = file.with_name(file.name + ".part")
    try:
        with partly.open("xb") as saved:
            for chunk in session.rom.read_flash(size):
                saved.write(chunk)
        partly.rename(file)
    except OSError as error:
        raise InputError(
            "file-not-writable", f"{file} cannot be written: {error.strerror}.", "Give another name."
        ) from error
    finally:
        with suppress(OSError):  # a disk that fails lets nothing go
            partly.unlink(missing_ok=True)


def _set_first_rate(port: RawPort) -> None:
    try:
        port.baudrate = START_BAUD
    except BaseException:
        port.close()
        raise


def _find_bridge(
    port: RawPort,
    url: str,
    report: Report,
    trace: Trace | None,
    cancelled: Callable[[], bool],
    *,
    resets: bool,
) -> Connection:
    report(FlashEvent(Stage.BRIDGE))
    try:
        board = _connect_again(port, url, trace, cancelled, reappears=resets)
    except NoBridgeError as error:
        raise _no_bridge(error, in_flash=resets) from error
    try:
        if board.info.too_old:
            raise LinkError(
                "bridge-too-old",
                f"The bridge that answers is {board.info.version}, and at least {NEEDED_BRIDGE} is needed.",
                "Flash a newer image of the bridge.",
            )
        board.use_fastest_baud()
    except BaseException:
        board.close()
        raise
    info = board.info
    report(FlashEvent(Stage.BRIDGE, 1.0))
    report(FlashEvent(Stage.BRIDGE, line=f"{info.name} {info.version} on {info.chip} answers at {board.baud} baud"))
    return board


def _connect_again(
    port: RawPort, url: str, trace: Trace | None, cancelled: Callable[[], bool], *, reappears: bool
) -> Connection:
    try:
        return take_over(port, url, trace, cancelled, answers_within=AFTER_RESET_S if reappears else FIRST_ANSWER_S)
    except PortLostError:
        if not reappears:
            raise
    deadline = time.monotonic() + _AFTER_USB_RESET_S
    while time.monotonic() < deadline and not cancelled():
        with suppress(LinkError):
            return connect(url, trace, cancelled)
        time.sleep(_RETRY_S)
    return connect(url, trace, cancelled)


def _no_bridge(error: NoBridgeError, *, in_flash: bool) -> LinkError:
    says = {
        BootLog.NOTHING: "the board says nothing",
        BootLog.BLANK_FLASH: "its ROM starts again and again and finds no image that it can run",
        BootLog.DOWNLOAD_MODE: "the board still waits for a download",
        BootLog.APPLICATION: "another application starts",
        BootLog.NOISE: "what it sends is no Kit Protocol",
    }[error.kind]
    if in_flash:
        message = f"The image is in the flash and its digests fit, but after the reset no bridge answers: {says}."
        hint = "Check that the image is the bridge and was built for this board's flash, and press its reset button."
    else:
        message = f"The image was loaded into RAM, but no bridge answers: {says}."
        hint = (
            f"The images that come along are {NOT_SEEN}: please report the board. Of an image of your own, check that "
            "it is the bridge built for RAM. A reset brings back what the flash holds."
        )
    return LinkError("no-bridge-after-flash", message, hint)
