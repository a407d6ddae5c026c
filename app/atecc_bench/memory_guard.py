"""Memory with passphrases and keys that leaves no trace on a disk."""

import logging
import sys

_logger = logging.getLogger(__name__)
_PR_SET_DUMPABLE = 4  # prctl(2)


def guard_memory() -> None:
    """Forbid core dumps of this process.

    On Linux no other process of this user can read its memory either.
    """
    if sys.platform == "win32":
        return  # Windows writes a dump only where somebody set it up
    import resource

    _, hardest = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hardest))
    if sys.platform == "linux":
        import ctypes

        if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
            _logger.warning("The memory of this process can be read by others of this user")
