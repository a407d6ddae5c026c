"""The program's log, in a file of the user's and on stderr.

It says what the program notes of itself. The file is bounded, and stderr gets lines only when that is asked for.

Nothing goes to stdout, which belongs to documents. No line holds a secret: modules write down what they do and with
what, never contents, and what looks like a key all the same is taken out before it is written.
"""

import logging
import os
import re
import sys
import time
from contextlib import suppress
from enum import StrEnum
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.private_files import make_private_folder
from atecc_bench.user_folders import log_folder

LOG_FILE = "atecc-bench.log"
LARGEST = 1 << 20  # bytes of one file
KEPT = 3  # older files beside it
TAIL = 64 << 10  # bytes of the end that a support bundle takes

REMOVED = "(removed: may be a secret)"
_ROOT = "atecc_bench"
_FORMAT = "%(asctime)s.%(msecs)03dZ %(process)d %(threadName)s %(levelname)s %(name)s: %(message)s"
# Sixteen bytes or more in hexadecimal, whatever stands between them; longer numbers than any date, size or serial
# number; bytes as Python shows them; what a key file holds.
_SECRETS = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:[0-9A-Fa-f]{2}[ :,]?){16,}"
    r"|\b[0-9]{32,}\b"
    r"|\bb(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")",
    re.DOTALL,
)


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def number(self) -> int:
        """The level as `logging` has it."""
        return logging.getLevelNamesMapping()[self.name]


class _Formatter(logging.Formatter):
    """Formatter of log lines with UTC times and without keys.

    Times are as records have them. What may be a key is left out.
    """

    converter = time.gmtime

    def __init__(self) -> None:
        super().__init__(_FORMAT, "%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class _OwnFile(RotatingFileHandler):
    """A log file that only its owner can read.

    What goes wrong with it stops nothing and is not told.
    """

    def _open(self) -> TextIOWrapper:
        number = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return open(number, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123 - a descriptor, not a path

    def rotate(self, source: str, dest: str) -> None:
        with suppress(OSError):  # another of our windows has it open, where that matters: it grows until that ends
            super().rotate(source, dest)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - of logging.Handler
        del record


def begin_logging(level: LogLevel | None = None, file: Path | None = None) -> None:
    """Start logging to a file, and to stderr if asked.

    Without `file` the log goes to the user's folder of logs. On stderr are lines from `level` on. Supersedes an earlier
    call. A folder of logs that cannot be written stops nothing.

    Raises:
        InputError: `log-not-writable` when the file was named.
    """
    end_logging()
    root = logging.getLogger(_ROOT)
    root.setLevel(LogLevel.DEBUG.number if level is LogLevel.DEBUG else LogLevel.INFO.number)
    if level is not None:
        shown = logging.StreamHandler(sys.stderr)
        shown.setLevel(level.number)
        _add(root, shown)
    try:
        _add(root, _file_handler(file))
    except OSError as error:
        if file is not None:
            raise InputError(
                "log-not-writable", f"The log {file} cannot be written: {error.strerror}.", "Give another --log-file."
            ) from error
        _add(root, logging.NullHandler())
        root.warning("No log is kept: %s", error)


def end_logging() -> None:
    """Close what `begin_logging` opened."""
    root = logging.getLogger(_ROOT)
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
        with suppress(OSError):  # of a full disk
            handler.close()


def log_file() -> Path | None:
    """The file that the log goes to now, if any."""
    handlers = logging.getLogger(_ROOT).handlers
    return next((Path(handler.baseFilename) for handler in handlers if isinstance(handler, _OwnFile)), None)


def log_tail(most: int = TAIL) -> str:
    """Return the end of the log as whole lines.

    It is empty when no log is kept.
    """
    file = log_file()
    if file is None:
        return ""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, size - most))
            tail = opened.read()
    except OSError:
        return ""
    text = tail.decode("utf-8", "replace")
    return without_secrets(text.partition("\n")[2] if size > most else text)


def without_secrets(text: str) -> str:
    """The text without what may be a key, by its look alone."""
    return _SECRETS.sub(REMOVED, text)


def _file_handler(file: Path | None) -> logging.Handler:
    if file is None:
        file = log_folder() / LOG_FILE
        with suppress(FileExistsError):
            make_private_folder(file.parent)
    return _OwnFile(file, maxBytes=LARGEST, backupCount=KEPT)


def _add(root: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(_Formatter())
    root.addHandler(handler)
