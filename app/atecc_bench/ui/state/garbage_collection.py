"""Python's cyclic garbage, collected on the window's thread alone."""

import gc

from PySide6.QtCore import QObject, QTimerEvent

_INTERVAL_MS = 1000


class GarbageCollector(QObject):
    """Takes over from the automatic collection for as long as it lives.

    That runs on whatever thread happens to allocate, and a widget or a timer that is deleted on another thread than
    the window's takes the process down.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what was imported so far stays: looking through it each time would hold up the window
        self.startTimer(_INTERVAL_MS)

    def timerEvent(self, event: QTimerEvent) -> None:
        for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > most:
                gc.collect(generation)
