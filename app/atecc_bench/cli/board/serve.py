"""The verb that offers a virtual board to other programs."""

import signal
import threading
from types import FrameType
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

import typer

from atecc_bench.cli.common.output import reporting
from atecc_bench.errors import InputError


def serve(
    chip: Annotated[
        str, typer.Option("--chip", metavar="PRESET", help="Which board and chip to serve; PRESET+PRESET for two.")
    ],
    state: Annotated[str | None, typer.Option("--state", metavar="FILE", help="Keep the chip in this file.")] = None,
    speed: Annotated[
        Literal["real", "max"], typer.Option("--speed", help="The chip's own times, or no waiting.")
    ] = "real",
    seed: Annotated[int | None, typer.Option("--seed", help="Repeat every key and number to the byte.")] = None,
    firmware: Annotated[
        str | None,
        typer.Option("--firmware", metavar="DIR", help="A build folder whose image, once flashed, is the bridge."),
    ] = None,
    devices: Annotated[
        int | None,
        typer.Option("--devices", min=1, metavar="N", help="So many chips: the next one comes when one is finished."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", metavar="KIND:N", help="Let something go wrong, for training; can be repeated."),
    ] = None,
    rfc2217: Annotated[
        str | None,
        typer.Option("--rfc2217", metavar="HOST:PORT", help="Serve on the network; port 0 takes any that is free."),
    ] = None,
    *,
    pty: Annotated[bool, typer.Option("--pty", help="Serve on a pseudo-terminal (Linux and macOS).")] = False,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="With --rfc2217: let other computers connect too.")
    ] = False,
) -> None:
    """Serve a virtual board until interrupted.

    Its port is the first line printed.
    """
    from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
    from atecc_bench.twin.ports.serve_pty import serve_pty
    from atecc_bench.twin.ports.serve_rfc2217 import parse_network_address, serve_rfc2217
    from atecc_bench.twin.ports.url_scheme import SCHEME

    with reporting(as_json=False):
        if pty == (rfc2217 is not None):
            raise InputError("usage", "Say how to serve the board.", "Give either --pty or --rfc2217 HOST:PORT.")
        options = {"state": state, "speed": speed, "seed": seed, "firmware": firmware, "devices": devices}
        query = [(key, value) for key, value in options.items() if value is not None]
        options = urlencode([*query, *(("fault", written) for written in fault or ())], quote_via=quote)
        board = open_board(parse_virtual_url(f"{SCHEME}://{chip}?{options}"))
        stop = threading.Event()

        def stop_serving(number: int, frame: FrameType | None) -> None:
            del number, frame
            stop.set()

        signal.signal(signal.SIGTERM, stop_serving)
        signal.signal(signal.SIGINT, stop_serving)
        if rfc2217 is None:
            serve_pty(board, on_ready=_announce, stop=stop)
        else:
            address = parse_network_address(rfc2217)
            serve_rfc2217(board, address, allow_remote=allow_remote, on_ready=_announce, stop=stop)


def _announce(port: str) -> None:
    typer.echo(port)
