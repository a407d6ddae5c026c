"""The three standard streams, made fit for whatever is behind them.

A reader that has gone, a full disk or a stream that is closed ends no verb in the middle of what it does.
"""

import errno
import io
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from atecc_bench.errors import InputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_GONE = (errno.EPIPE, errno.ESHUTDOWN, errno.ECONNRESET)  # nobody reads any more: that is no trouble
_STANDARD = (0, 1, 2)


class _Outlet(io.RawIOBase):
    """A stream that notes its first trouble, and swallows all that follows."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw
        self.trouble: OSError | None = None

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw.isatty()

    def fileno(self) -> int:
        return self._raw.fileno()

    def write(self, data: "ReadableBuffer", /) -> int | None:
        if self.trouble is None:
            try:
                return self._raw.write(data)
            except BlockingIOError:
                raise
            except OSError as error:
                self.trouble = error
        return memoryview(data).nbytes


@contextmanager
def steady_streams() -> Generator[None]:
    """Guard stdout and stderr against their readers while a verb runs.

    Raises:
        InputError: `output-not-writable`, at the end, when stdout could not be written for another reason than that
            nobody reads it.
    """
    _open_what_is_closed()
    before = sys.stdout, sys.stderr
    outlet, sys.stdout = _guarded(sys.stdout)
    _, sys.stderr = _guarded(sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for now, earlier in zip((sys.stdout, sys.stderr), before, strict=True):
            if now is not earlier and isinstance(now, io.TextIOWrapper):
                now.detach()  # what is below belongs to the stream that comes back
        sys.stdout, sys.stderr = before
    if outlet is not None and outlet.trouble is not None and outlet.trouble.errno not in _GONE:
        raise InputError(
            "output-not-writable",
            f"What this verb found out could not be written to stdout: {outlet.trouble.strerror}.",
            "Write it to another place. What was done to a chip or a file is done.",
        )


def _open_what_is_closed() -> None:
    """Put the null device where a standard stream is closed.

    Otherwise the first file that is opened would get its number, and the verb's words.
    """
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            if os.open(os.devnull, os.O_RDWR) != number:
                continue
        else:
            continue
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - so Python says that it is closed
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the process
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _guarded(stream: TextIO) -> tuple[_Outlet | None, TextIO]:
    """The stream with an outlet below, in UTF-8.

    A code page has no arrows and no dashes.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return None, stream
    wrapper = cast("io.TextIOWrapper[io.BufferedWriter]", stream)
    below: object = wrapper.buffer
    raw = (
        below if isinstance(below, io.RawIOBase) else getattr(below, "raw", None)
    )  # with `python -u` nothing is between
    if not isinstance(raw, io.RawIOBase):
        wrapper.reconfigure(encoding="utf-8", errors="replace")
        return None, wrapper
    wrapper.flush()
    outlet = _Outlet(raw)
    guarded = io.TextIOWrapper(
        io.BufferedWriter(outlet), encoding="utf-8", errors="replace", line_buffering=wrapper.isatty()
    )
    return outlet, guarded
