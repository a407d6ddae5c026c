"""The command line in a process that is forked off one which has loaded it."""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST_PROCESSOR = 10  # seconds, after which the system ends it
_LOADED = 80  # MiB of a program that has loaded all that its verbs need
_WAIT = 60.0  # seconds, after which nothing comes any more


@dataclass(frozen=True)
class ForkedRun:
    """How a process ended: exit code, processor seconds, MiB, and what its streams have."""

    code: int
    seconds: float
    memory: int
    out: str
    err: str
    killed: bool


def _nothing() -> None:
    pass


def run_program(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    before: Callable[[], None] = _nothing,
    after: Callable[[], None] = _nothing,
) -> ForkedRun:
    """Run a verb in a folder; `before` and `after` are called in its process."""
    out, err = folder / "out.captured", folder / "err.captured"
    own = _resident()
    child = os.fork()
    if not child:
        _become(words, folder, environment, out, err, before, after)
    until, killed = time.monotonic() + _WAIT, False
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > until and not killed:
            os.kill(child, signal.SIGKILL)
            killed = True
        time.sleep(0.005)
    return ForkedRun(
        os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime,
        max(0, (used.ru_maxrss >> 10) - own) + _LOADED,
        out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"), killed,
    )  # fmt: skip


def _resident() -> int:
    """MiB that this process holds: what a child has from its start, and a program of its own has not."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() >> 20


def _become(
    words: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    out: Path,
    err: Path,
    before: Callable[[], None],
    after: Callable[[], None],
) -> None:
    """Be the program in this child; does not return."""
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_PROCESSOR, _MOST_PROCESSOR))
        nothing = os.open(os.devnull, os.O_RDONLY)
        streams = [os.open(path, os.O_WRONLY | os.O_CREAT, 0o600) for path in (out, err)]
        for number, stream in enumerate((nothing, *streams)):
            os.dup2(stream, number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - streams of this process
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["atecc-bench", *words]
        from atecc_bench.__main__ import main

        before()
        try:
            code = int(main() or 0)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 98
        after()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:  # noqa: BLE001 - told by the exit code and the stream
        os.write(2, f"Traceback of {error!r}"[:2000].encode("utf-8", "replace"))
    finally:
        os._exit(code)
