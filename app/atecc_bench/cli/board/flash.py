"""The verb that puts the bridge on a board."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column

from atecc_bench.cli.board.following_verb import following
from atecc_bench.cli.common.open_device import holding
from atecc_bench.cli.common.output import JsonOption, PortOption, console, print_json, reporting, virtual_mark
from atecc_bench.cli.common.stop_signals import interruptible
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.link.flash.targets import NOT_SEEN
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.user_folders import overwritten_folder

# esptool takes a while to import: it is imported when a board is flashed.
if TYPE_CHECKING:
    from atecc_bench.link.flash.flasher import Flashed
    from atecc_bench.link.flash.rom_loader import FlashEvent


def flash(
    context: typer.Context,
    port: PortOption,
    verb: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- VERB ...", help="A verb that the bridge just started carries out, at the same port."
        ),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option("--image", metavar="FILE|DIR", help="A merged image, a build folder of ESP-IDF, or a bare image."),
    ] = None,
    backup: Annotated[
        Path | None, typer.Option("--backup", metavar="FILE", help="First save the whole flash to this new file.")
    ] = None,
    restore: Annotated[
        Path | None,
        typer.Option("--restore", metavar="FILE", help="Write back a backup, or what an installation has kept."),
    ] = None,
    *,
    ram: Annotated[
        bool,
        typer.Option("--ram", help=f"Start bridge in RAM (keeps what is on the board), until a reset; {NOT_SEEN}."),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="Overwrite what somebody else has put there, by a backup too, and save nothing first."
        ),
    ] = False,
    baud: Annotated[
        int | None,
        typer.Option("--baud", min=9600, max=2_000_000, help="Rate to talk to the bridge at; by default the highest."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Flash the bridge firmware onto a board, or restore its old firmware.

    The port stays open for a verb that follows: flash --port P --ram -- provision --profile NAME --ca DIR. Opening it
    again would reset many boards, and end a bridge that is in RAM.
    """
    with reporting(as_json=json):
        if restore is not None and verb:
            raise InputError("usage", "After --restore there is no bridge for a verb.", "Leave -- VERB out.")
        if restore is not None and (ram or backup is not None or image is not None):
            raise InputError("usage", "--restore goes with no other file.", "Give --port and --restore alone.")
        if ram and backup is not None:
            raise InputError("usage", "--ram does not touch the flash.", "Leave --backup out.")
        register_virtual_scheme()
        with interruptible() as cancelled, ExitStack() as open_board:

            def start() -> "Flashed":
                nonlocal backup
                with _progress(as_json=json) as report:
                    if ram:
                        done = _loaded(port, image, report, cancelled)
                    else:
                        done = _flashed(port, image, backup, report, cancelled, yes=yes)
                        backup = backup or done.kept
                board = open_board.enter_context(done.board)
                if baud is not None:
                    board.set_baud(baud)
                out = console(stderr=bool(verb))
                if verb or not json:
                    _print_done(out, done, backup, ram=ram, came_along=image is None, stays=bool(verb))
                return done

            if restore is not None:
                with _progress(as_json=json) as report:
                    if not yes:
                        _refuse_to_overwrite(port, cancelled)
                    _restore(port, restore, report, cancelled, json=json)
            elif verb:
                started = cache(start)
                with following(context, verb, port, json=json) as carry_out, holding(port, lambda: started().board):
                    carry_out()
            else:
                done = start()
                if json:
                    print_json(_document(done, backup, ram=ram, came_along=image is None))


def _flashed(
    port: str,
    image: Path | None,
    backup: Path | None,
    report: "Callable[[FlashEvent], None]",
    cancelled: Callable[[], bool],
    *,
    yes: bool,
) -> "Flashed":
    from atecc_bench.link.flash.flasher import flash_bridge
    from atecc_bench.link.flash.images import read_flash_images

    images = read_flash_images(image)
    if backup is None and not yes and not all(image.is_bare for image in images):
        _refuse_to_overwrite(port, cancelled)
    keep_in = None if yes or backup is not None else overwritten_folder()
    return flash_bridge(port, images, report, backup=backup, keep_in=keep_in, cancelled=cancelled)


def _loaded(
    port: str, image: Path | None, report: "Callable[[FlashEvent], None]", cancelled: Callable[[], bool]
) -> "Flashed":
    from atecc_bench.link.flash.flasher import run_in_ram
    from atecc_bench.link.flash.images import read_ram_images

    return run_in_ram(port, read_ram_images(image), report, cancelled=cancelled)


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


def _document(done: "Flashed", backup: Path | None, *, ram: bool, came_along: bool) -> dict[str, object]:
    info = done.board.info
    return {
        "virtual": info.virtual,
        "chip": asdict(done.chip),
        "image": str(done.source),
        "bridge": {"name": info.name, "version": info.version, "chip": info.chip},
        "baud": done.board.baud,
        "ram": ram,
        "remark": NOT_SEEN if came_along else "",
        "backup": None if backup is None else str(backup),
    }


def _print_done(
    out: Console, done: "Flashed", backup: Path | None, *, ram: bool, came_along: bool, stays: bool
) -> None:
    """Tell a person what was done.

    `stays` says that another verb goes on with the open port."""
    info = done.board.info
    out.print(f"{done.chip.description}, MAC {done.chip.mac}", markup=False)
    where = "in RAM" if ram else "in the flash"
    mark = virtual_mark(info)
    out.print(f"{info.name} {info.version} is {where} and answers at up to {done.board.baud} baud{mark}", markup=False)
    if came_along:
        out.print(f"The image that came along was tried on an emulated chip, and is {NOT_SEEN}.")
    if ram and not stays:
        out.print(
            "It runs until the board is reset. Opening the port again resets many boards: give the verb that follows "
            "with it, flash --ram -- VERB, or use the window, which keeps the port."
        )
    if backup is not None:
        out.print(f"What was there before: {backup} (flash --restore brings it back)", markup=False)


@contextmanager
def _progress(*, as_json: bool) -> "Generator[Callable[[FlashEvent], None]]":
    """A bar for each stage on stderr, none for machines."""
    if as_json:
        yield lambda event: None
        return
    stage_column = TextColumn("{task.description}", table_column=Column(overflow="fold"))
    columns = (stage_column, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def report(event: "FlashEvent") -> None:
            if event.line:
                return
            stage = event.stage.value
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=1.0)
            progress.update(tasks[stage], completed=event.done)

        yield report
