"""Exceptions nobody caught, in any thread.

They are noted and told, and the window goes on.
"""

import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from atecc_bench.defects import note_defect, place_of


class DefectWatch(QObject):
    """A watch for uncaught exceptions.

    Each place in the program is told of once.
    """

    met = Signal(object)
    """A `DefectError`, on the window's thread whatever thread it came up in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: set[str] = set()  # a widget that cannot be painted would be told of at every paint
        self._before = (sys.excepthook, threading.excepthook)

    def begin(self) -> None:
        """Watch from now on."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook, threading.excepthook = self._in_window, self._in_thread

    def end(self) -> None:
        """Leave exceptions to who heard of them before."""
        sys.excepthook, threading.excepthook = self._before

    def _in_window(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if isinstance(error, Exception):
            self._tell(error, "What you did last")
        else:
            sys.__excepthook__(kind, error, traceback)  # Ctrl+C in the terminal is no defect

    def _in_thread(self, ended: threading.ExceptHookArgs) -> None:
        if isinstance(ended.exc_value, Exception):
            self._tell(ended.exc_value, f"The thread “{ended.thread.name if ended.thread else ''}”")

    def _tell(self, error: Exception, what_failed: str) -> None:
        place = place_of(error)
        if place not in self._places:
            self._places.add(place)
            self.met.emit(note_defect(error, what_failed))
