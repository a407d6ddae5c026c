"""Entry point of the window and the command line.

Without arguments it opens the window, with a verb the command line.
"""

import signal
import sys

# Every import waits until it is known which face is wanted, and until Ctrl+C is answered in a sentence.


def main() -> None:
    """Entry point of `atecc-bench`."""
    arguments = sys.argv[1:]
    _guard()
    try:
        if arguments:
            _take_signals()
        code = _run_verb(arguments) if arguments else _begin_in_window()
    except KeyboardInterrupt:
        code = _cancelled(arguments)
    sys.exit(code)


def _take_signals() -> None:
    came: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):  # only noted until the handler of both is loaded
        signal.signal(number, lambda number, frame: came.append(number))

    from atecc_bench.cli.common.stop_signals import take_signals

    take_signals()
    if came:
        raise KeyboardInterrupt


def window() -> None:
    """Entry point of `atecc-bench-window`, which the desktop starts without a terminal."""
    _guard()
    sys.exit(_begin_in_window())


def _guard() -> None:
    from atecc_bench.memory_guard import guard_memory
    from atecc_bench.private_files import close_to_others
    from atecc_bench.user_folders import usual_data_folder

    guard_memory()
    close_to_others(usual_data_folder())


def _cancelled(arguments: list[str]) -> int:
    """Answer a Ctrl+C that came before a verb was ready.

    The answer is as the verbs give it.
    """
    import json

    from atecc_bench.link.transports.errors import CancelledError

    error = CancelledError()
    if "--json" in arguments:
        document = {"error": error.document}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    elif arguments:
        sys.stderr.write(f"Error: {error.message}\n")
    return error.exit_code


def _run_verb(arguments: list[str]) -> int:
    from pathlib import Path
    from typing import Annotated

    import typer

    from atecc_bench.cli.app import WINDOW, build_app, run
    from atecc_bench.cli.common.log_options import LogFileOption, LogLevelOption

    app = build_app(_make_pdf)

    @app.command(WINDOW)
    def gui(
        port: Annotated[str | None, typer.Option("--port", metavar="URL", help="Port to open with.")] = None,
        log_level: LogLevelOption = None,
        log_file: LogFileOption = None,
    ) -> None:
        """Open the window."""
        from atecc_bench.cli.common.output import reporting
        from atecc_bench.cli.common.stop_signals import leave_to_the_system
        from atecc_bench.logs import begin_logging

        if log_level is not None or log_file is not None:
            begin_logging(log_level, log_file)
        leave_to_the_system()
        with reporting(as_json=False):
            code = _open_window(port)
        raise typer.Exit(code)

    @app.command("tour", hidden=True)
    def tour(out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the pictures go.")]) -> None:
        """Drive the real window over virtual boards and save pictures of it."""
        import tempfile

        from atecc_bench.cli.common.output import reporting
        from atecc_bench.cli.common.output_files import check_folder
        from atecc_bench.ui.start_check import check_window

        with reporting(as_json=False):
            check_folder(out.absolute().parent)
            check_window()
        from atecc_bench.ui.tour import run_tour

        with reporting(as_json=False), tempfile.TemporaryDirectory() as work:
            done = run_tour(out, Path(work))
        typer.echo(f"Provisioned a virtual chip: {done.result}")
        typer.echo(f"{len(done.pictures)} pictures in {out}")

    return run(app, arguments)


def _make_pdf(title: str, html: str) -> bytes:
    from atecc_bench.ui.start_check import check_qt

    check_qt()
    from atecc_bench.ui.widgets.print_report import pdf_without_window

    return pdf_without_window(title, html)


def _begin_in_window() -> int:
    """Open the window at once.

    It has to appear quickly, and needs nothing of the command line.
    """
    from atecc_bench.defects import note_defect
    from atecc_bench.errors import BenchError
    from atecc_bench.logs import begin_logging

    begin_logging()
    try:
        return _open_window(None)
    except BenchError as error:
        sys.stderr.write(f"Error: {error.message}\n{error.hint}\n")
        return error.exit_code
    except Exception as defect:  # noqa: BLE001 - whatever it is, a person is told in a sentence
        error = note_defect(defect, "The window")
        sys.stderr.write(f"Error: {error.message}\n{error.hint}\n")
        return error.exit_code


def _open_window(port: str | None) -> int:
    from atecc_bench.ui.start_check import check_window

    check_window()
    from atecc_bench.ui.app import open_window

    return open_window(port)


if __name__ == "__main__":
    main()
