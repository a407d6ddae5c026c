"""Exceptions nobody foresaw: noted with their traceback, told in a sentence."""

import logging
import traceback
from pathlib import Path

from atecc_bench.errors import DefectError
from atecc_bench.logs import log_file

_logger = logging.getLogger(__name__)
_PACKAGE = Path(__file__).parent


def note_defect(error: BaseException, what_failed: str) -> DefectError:
    """Write an unexpected exception to the log with its traceback.

    Gives what a person, or a program, is told of it. `what_failed` is the subject of that sentence. The exception's own
    words go to the log alone.
    """
    where = place_of(error)
    _logger.error("%s failed: a defect, %s", what_failed, where, exc_info=error)
    file = log_file()
    kept = f"The log {file} says more" if file else "Nothing was logged; --log-file FILE keeps what is needed"
    return DefectError(
        f"{what_failed} failed because of a defect in ATECC Bench ({where}).",
        f"{kept}. Report it with the log, or with a support bundle, which holds the end of the log: "
        "atecc-bench bundle --port URL --out FILE",
    )


def place_of(error: BaseException) -> str:
    """Kind of an exception, and where in this program it came up."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            return f"{type(error).__name__} in {path.relative_to(_PACKAGE).as_posix()}, line {frame.lineno}"
    return type(error).__name__
