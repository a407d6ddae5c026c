"""Handling of Ctrl+C as a wish to stop safely.

It stops at a safe point, not in the middle of a command.
"""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Generator[Callable[[], bool]]:
    """Let Ctrl+C set a flag instead of interrupting.

    What is given says whether it was pressed. A second Ctrl+C interrupts.
    """
    wished = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def wish(number: int, frame: FrameType | None) -> None:
        del number, frame
        wished.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, wish)
    try:
        yield wished.is_set
    finally:
        signal.signal(signal.SIGINT, before)
