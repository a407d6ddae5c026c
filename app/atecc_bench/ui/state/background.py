"""Background work that needs no device.

It has a thread of its own: it runs with no board, and waits behind none.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from atecc_bench.defects import note_defect
from atecc_bench.errors import BenchError
from atecc_bench.link.transports.errors import CancelledError

_logger = logging.getLogger(__name__)

SHUTDOWN_S = 1.0


class Background(QObject):
    """Runs one piece of work at a time.

    A newer one supersedes the one before, of which nobody hears any more. Every signal and every callback arrives on
    the window's thread.
    """

    started = Signal(str)
    """Work began; its label."""

    finished = Signal(str, float)
    """Work ended, well or not, and was not superseded; its label and the seconds it took."""

    _deliver = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._turn: threading.Event | None = None  # of the work under way: set when nobody wants it any more
        self._threads: list[threading.Thread] = []
        # Explicitly queued: the callables that travel here run on the thread this object lives in.
        self._deliver.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether work is under way that somebody waits for."""
        return self._turn is not None

    def start(
        self,
        label: str,
        work: Callable[[Callable[[float], None]], Any],
        done: Callable[[Any], None],
        failed: Callable[[BenchError], None],
        progress: Callable[[float], None],
    ) -> None:
        """Run work in the background.

        `work` is given what it reports its share done to; that raises `CancelledError` to end it. `done` or `failed`
        hears how it ended, unless it is superseded or cancelled before.
        """
        self.cancel()
        turn = self._turn = threading.Event()

        def report(share: float) -> None:
            if turn.is_set():
                raise CancelledError
            self._deliver.emit(lambda: None if turn.is_set() else progress(share))

        def run() -> None:
            began = time.monotonic()
            hear, value = _outcome(label, lambda: work(report), done, failed)
            seconds = time.monotonic() - began

            def deliver() -> None:
                if not turn.is_set():
                    self._turn = None
                    self.finished.emit(label, seconds)
                    hear(value)

            if not turn.is_set():
                self._deliver.emit(deliver)

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=run, name="background", daemon=True)
        self._threads.append(thread)
        self.started.emit(label)
        thread.start()

    def cancel(self) -> None:
        """Cancel the work under way.

        Nobody hears of it any more; it ends when it reports next.
        """
        if self._turn is not None:
            self._turn.set()
            self._turn = None

    def shut_down(self) -> None:
        """Cancel, and wait a moment for the threads.

        What does not end then ends with the process.
        """
        self.cancel()
        for thread in self._threads:
            thread.join(SHUTDOWN_S)

    def _call(self, function: Callable[[], None]) -> None:
        function()


def _outcome(
    label: str, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BenchError], None]
) -> tuple[Callable[[Any], None], Any]:
    """The callback that hears how work ended, and its argument."""
    _logger.info("%s: begins", label)
    try:
        result = work()
    except BenchError as error:
        _logger.info("%s: %s: %s", label, error.id, error.message)
        return failed, error
    except Exception as error:  # noqa: BLE001 - a defect of ours must reach the operator, not end the thread
        return failed, note_defect(error, f"“{label}”")
    _logger.info("%s: done", label)
    return done, result
