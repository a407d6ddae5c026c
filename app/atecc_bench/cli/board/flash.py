"""The verb that puts the bridge on a board."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from atecc_bench.cli.common.output import JsonOption, PortOption, console, print_json, reporting, virtual_mark
from atecc_bench.cli.common.stop_signals import interruptible
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.link.flash.targets import NOT_SEEN
from atecc_bench.twin.ports.registration import register_virtual_scheme

# esptool takes a while to import: it is imported when a board is flashed.
if TYPE_CHECKING:
    from atecc_bench.link.flash.flasher import Flashed
    from atecc_bench.link.flash.rom_loader import FlashEvent


def flash(
    port: PortOption,
    image: Annotated[
        Path | None,
        typer.Option("--image", metavar="FILE|DIR", help="A merged image, or a build folder of ESP-IDF."),
    ] = None,
    backup: Annotated[
        Path | None, typer.Option("--backup", metavar="FILE", help="First save the whole flash to this new file.")
    ] = None,
    restore: Annotated[
        Path | None, typer.Option("--restore", metavar="FILE", help="Write a backup instead of the bridge.")
    ] = None,
    *,
    ram: Annotated[
        bool,
        typer.Option("--ram", help=f"Start bridge in RAM (keeps what is on the board), until a reset; {NOT_SEEN}."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Overwrite an application of somebody else without a backup.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Flash the bridge firmware onto a board, or restore its old firmware."""
    with reporting(as_json=json):
        if restore is not None and (ram or backup is not None or image is not None):
            raise InputError("usage", "--restore goes with no other file.", "Give --port and --restore alone.")
        if ram and backup is not None:
            raise InputError("usage", "--ram does not touch the flash.", "Leave --backup out.")
        register_virtual_scheme()
        with interruptible() as cancelled, _progress(as_json=json) as report:
            if restore is not None:
                _restore(port, restore, report, cancelled, json=json)
            elif ram:
                _load(port, image, report, cancelled, json=json)
            else:
                _flash(port, image, backup, report, cancelled, yes=yes, json=json)


def _flash(
    port: str,
    image: Path | None,
    backup: Path | None,
    report: "Callable[[FlashEvent], None]",
    cancelled: Callable[[], bool],
    *,
    yes: bool,
    json: bool,
) -> None:
    from atecc_bench.link.flash.flasher import flash_bridge
    from atecc_bench.link.flash.images import read_flash_images

    images = read_flash_images(image)
    if backup is None and not yes:
        _refuse_to_overwrite(port, cancelled)
    _print_done(flash_bridge(port, images, report, backup=backup, cancelled=cancelled), backup, ram=False, json=json)


def _load(
    port: str, image: Path | None, report: "Callable[[FlashEvent], None]", cancelled: Callable[[], bool], *, json: bool
) -> None:
    from atecc_bench.link.flash.flasher import run_in_ram
    from atecc_bench.link.flash.images import read_ram_images

    done = run_in_ram(port, read_ram_images(image), report, cancelled=cancelled)
    _print_done(done, None, ram=True, came_along=image is None, json=json)


def _restore(
    port: str, file: Path, report: "Callable[[FlashEvent], None]", cancelled: Callable[[], bool], *, json: bool
) -> None:
    from atecc_bench.link.flash.flasher import restore

    chip = restore(port, file, report, cancelled)
    if json:
        print_json({"virtual": chip.virtual, "chip": asdict(chip), "restored": str(file)})
    else:
        mark = " VIRTUAL" if chip.virtual else ""
        console().print(f"Restored {file} on {chip.description}{mark}.", markup=False)


def _refuse_to_overwrite(port: str, cancelled: Callable[[], bool]) -> None:
    from atecc_bench.link.board.connection import NoBridgeError, connect
    from atecc_bench.link.transports.boot_log import BootLog

    try:
        connect(port, cancelled=cancelled).close()
    except NoBridgeError as error:
        if error.flash_may_hold_something:
            runs = "runs another application" if error.kind is BootLog.APPLICATION else "may hold another application"
            raise RefusedError(
                "other-application",
                f"The board on {port} {runs}, which would be overwritten.",
                "Save it with --backup FILE (some minutes for each 4 MB), or say that it may go: --yes.",
            ) from error


def _print_done(done: "Flashed", backup: Path | None, *, ram: bool, json: bool, came_along: bool = False) -> None:
    with done.board as board:
        info = board.info
        if json:
            print_json(
                {
                    "virtual": info.virtual,
                    "chip": asdict(done.chip),
                    "image": str(done.source),
                    "bridge": {"name": info.name, "version": info.version, "chip": info.chip},
                    "baud": board.baud,
                    "ram": ram,
                    "remark": NOT_SEEN if came_along else "",
                    "backup": None if backup is None else str(backup),
                }
            )
            return
        out = console()
        out.print(f"{done.chip.description}, MAC {done.chip.mac}", markup=False)
        out.print(f"{info.name} {info.version} answers at up to {board.baud} baud{virtual_mark(info)}", markup=False)
        if ram:
            if came_along:
                out.print(f"The image that came along was tried on an emulated chip, and is {NOT_SEEN}.")
            out.print(
                "It runs until the board is reset. Opening the port again resets many boards; the window keeps it."
            )
        if backup is not None:
            out.print(f"What was there before: {backup}", markup=False)


@contextmanager
def _progress(*, as_json: bool) -> "Generator[Callable[[FlashEvent], None]]":
    """A bar for each stage on stderr, none for machines."""
    if as_json:
        yield lambda event: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def report(event: "FlashEvent") -> None:
            if event.line:
                return
            stage = event.stage.value
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=1.0)
            progress.update(tasks[stage], completed=event.done)

        yield report
