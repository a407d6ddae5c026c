"""Faults that end the process, and what Qt itself complains of.

A fault of a library leaves the threads' stacks in a file, which is told of at the next start. Nothing is sent anywhere.
"""

import faulthandler
import logging
from contextlib import suppress
from pathlib import Path
from typing import IO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from atecc_bench.bounded_files import read_bounded_text
from atecc_bench.errors import DefectError

_logger = logging.getLogger(__name__)
FILE = "faults.txt"
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FaultLog:
    """Keeps the stacks of a process that faults, and Qt's messages."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._file: IO[str] | None = None
        self.told = ""
        """The stacks of the last process, if it faulted."""

    def begin(self) -> None:
        """Keep both from now on.

        A folder that cannot be written stops nothing.
        """
        with suppress(OSError):
            self.told = read_bounded_text(self._path)
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        qInstallMessageHandler(_note)

    def of_last_time(self) -> DefectError | None:
        """Defect to tell of a process that faulted, if it did."""
        if not self.told.strip():
            return None
        return DefectError(
            "ATECC Bench ended by a fault the last time. A provisioning that was under way is offered on Home.",
            f"Report it with a support bundle and with {self._path.parent}; nothing was sent anywhere.",
        )

    def end(self) -> None:
        """The process ends well: nothing is to be told."""
        qInstallMessageHandler(None)
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None


def _note(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    _logger.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
