"""Handling of Ctrl+C and of SIGTERM, which mean the same.

At once where nothing is begun, at a safe point where something is, and never once the answer is being given.
"""

import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from atecc_bench.link.transports.errors import CancelledError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_MOMENT_S = 0.01


class StopSignals:
    """What a wish to stop does at this moment.

    An instance is the handler of the signals, so whoever needs it finds it there.
    """

    def __init__(self) -> None:
        self._came = threading.Event()
        self._deferring = 0
        self._is_answering = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take a signal."""
        del number
        if self._is_answering:
            return
        self._came.set()
        if self._deferring:
            return
        if _is_importing(frame) and self.come_again():
            return
        raise KeyboardInterrupt

    def come_again(self) -> bool:
        """Let the signal come once more in a moment.

        False where the system has no way to. An import that is interrupted leaves half a module behind, or swallows the
        interruption.
        """
        if sys.platform == "win32":
            return False
        signal.signal(signal.SIGALRM, self)
        signal.setitimer(signal.ITIMER_REAL, _MOMENT_S)
        return True

    @property
    def came(self) -> Callable[[], bool]:
        """Whether somebody wished to stop."""
        return self._came.is_set

    def answer(self) -> None:
        """Begin the verb's answer, which nothing cuts off any more."""
        self._is_answering = True

    @contextmanager
    def deferring(self) -> Generator[None]:
        """Only note the wish to stop, for safe points to look at."""
        self._deferring += 1
        try:
            yield
        finally:
            self._deferring -= 1

    @contextmanager
    def asking(self) -> Generator[None]:
        """Stop at once while somebody is asked.

        Who wished to stop before is not asked.

        Raises:
            CancelledError: The wish came before.
        """
        deferred, self._deferring = self._deferring, 0
        try:
            if self.came():
                raise CancelledError
            yield
        finally:
            self._deferring = deferred


@contextmanager
def stopping() -> Generator[StopSignals]:
    """Take Ctrl+C and SIGTERM for as long as something runs.

    In another thread than the main one no signal arrives, and nothing is taken.
    """
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    stop = take_signals()
    try:
        yield stop
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


def take_signals() -> StopSignals:
    """Take Ctrl+C and SIGTERM from here on."""
    stop = StopSignals()
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            signal.signal(number, stop)
        sys.unraisablehook = partial(_swallowed, stop, sys.unraisablehook)
    return stop


def _swallowed(
    stop: StopSignals, tell: Callable[["sys.UnraisableHookArgs"], object], swallowed: "sys.UnraisableHookArgs"
) -> None:
    """Let a signal come again that was swallowed.

    It fell into a place from which nothing can be raised.
    """
    if not (isinstance(swallowed.exc_value, KeyboardInterrupt) and stop.come_again()):
        tell(swallowed)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def has_come() -> bool:
    """Whether somebody wished the verb that runs to stop."""
    present = _present()
    return present is not None and present.came()


@contextmanager
def interruptible() -> Generator[Callable[[], bool]]:
    """Let Ctrl+C and SIGTERM set a flag instead of interrupting.

    What is given says whether one came. The verb's answer belongs inside, so that it is given whatever came.
    """
    present = _present()
    if present is not None:
        with present.deferring():
            yield present.came
        return
    with stopping() as stop, stop.deferring():
        yield stop.came


@contextmanager
def asking() -> Generator[None]:
    """Let Ctrl+C end a question at once.

    Raises:
        BenchError: What `StopSignals.asking` raises.
    """
    present = _present()
    if present is None:
        yield
        return
    with present.asking():
        yield


def begin_answer() -> None:
    """Let the answer of the verb be given whole."""
    present = _present()
    if present is not None:
        present.answer()


def take_no_more() -> None:
    """Ignore Ctrl+C and SIGTERM from here to the end of the process.

    Python gives its handlers back to the system when it ends, and that would kill the process then.
    """
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS if sys.platform == "win32" else (*_SIGNALS, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)


def leave_to_the_system() -> None:
    """Give both signals back to Python and the system."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _present() -> StopSignals | None:
    handler = signal.getsignal(signal.SIGINT)
    return handler if isinstance(handler, StopSignals) else None
