"""The verb that offers a virtual board to other programs."""

import signal
import threading
from types import FrameType
from typing import Annotated, Literal
from urllib.parse import urlencode

import typer

from atecc_bench.cli.output import reporting
from atecc_bench.errors import InputError


def serve(
    chip: Annotated[str, typer.Option("--chip", metavar="PRESET", help="Which board and chip to serve.")],
    state: Annotated[str | None, typer.Option("--state", metavar="FILE", help="Keep the chip in this file.")] = None,
    speed: Annotated[
        Literal["real", "max"], typer.Option("--speed", help="The chip's own times, or no waiting.")
    ] = "real",
    seed: Annotated[int | None, typer.Option("--seed", help="Repeat every key and number to the byte.")] = None,
    *,
    pty: Annotated[bool, typer.Option("--pty", help="Serve on a pseudo-terminal (POSIX).")] = False,
) -> None:
    """Serve a virtual board until interrupted; its port is the first line printed."""
    from atecc_bench.twin.presets import open_board, parse_virtual_url
    from atecc_bench.twin.serve import serve_pty

    with reporting(as_json=False):
        if not pty:
            raise InputError("usage", "Say how to serve the board.", "Give --pty.")
        query = {"state": state, "speed": speed, "seed": seed}
        options = urlencode({key: value for key, value in query.items() if value is not None})
        board = open_board(parse_virtual_url(f"virtual://{chip}?{options}"))
        stop = threading.Event()

        def stop_serving(number: int, frame: FrameType | None) -> None:
            del number, frame
            stop.set()

        signal.signal(signal.SIGTERM, stop_serving)
        signal.signal(signal.SIGINT, stop_serving)
        serve_pty(board, on_ready=_announce, stop=stop)


def _announce(path: str) -> None:
    typer.echo(path)
