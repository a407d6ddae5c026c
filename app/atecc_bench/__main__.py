"""The two faces: without arguments the window, with a verb the command line."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

# Every other import waits until it is known which face is wanted: the window has to appear quickly.


def main() -> None:
    """Entry point of `atecc-bench`."""
    try:
        sys.exit(_open_window(None) if len(sys.argv) == 1 else _run_verb(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(3)


def _run_verb(arguments: list[str]) -> int:
    import typer

    from atecc_bench.cli.app import build_app, run

    app = build_app()

    @app.command("gui")
    def gui(
        port: Annotated[str | None, typer.Option("--port", metavar="URL", help="Port to open with.")] = None,
    ) -> None:
        """Open the window."""
        raise typer.Exit(_open_window(port))

    @app.command("tour", hidden=True)
    def tour(out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the pictures go.")]) -> None:
        """Drive the real window over virtual boards and save pictures of it."""
        from atecc_bench.ui.tour import run_tour

        with tempfile.TemporaryDirectory() as work:
            done = run_tour(out, Path(work))
        typer.echo(f"Provisioned a virtual chip: {done.result}")
        typer.echo(f"{len(done.pictures)} pictures in {out}")

    return run(app, arguments)


def _open_window(port: str | None) -> int:
    from atecc_bench.ui.app import open_window

    return open_window(port)


if __name__ == "__main__":
    main()
