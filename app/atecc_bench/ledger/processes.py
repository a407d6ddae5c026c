"""Who is at work on a run now.

They are processes, each with a lock that ends with it.

A process that dies lets go of its lock, whatever it died of, so that its run can be taken up. The locks are files in
`running` of the data folder.
"""

import os
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.private_files import make_private_folder

FOLDER: Final = "running"


class Processes:
    """The runs of this process, and the lives of others."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / FOLDER
        self._turn = threading.Lock()
        self._pid = 0
        self._base = ""
        self._held: FileLock | None = None
        self._at_work: set[str] = set()

    def begin(self) -> str:
        """Begin a run of this process.

        Returns a key for it, which is alive until `end`.

        Raises:
            InputError: `record-not-writable`.
        """
        with self._turn:
            if self._pid != os.getpid():  # at first, and in a fork, which has no run of its parent
                self._pid, self._base, self._at_work = os.getpid(), uuid.uuid4().hex, set()
                self._held = self._lock(self._base)
            key = f"{self._base}-{uuid.uuid4().hex[:8]}"
            self._at_work.add(key)
            return key

    def end(self, key: str) -> None:
        """Nobody is at work on this run any more."""
        with self._turn:
            self._at_work.discard(key)
            if not self._at_work and self._held is not None:
                self._held.release()
                with suppress(OSError):
                    (self._folder / f"{self._base}.lock").unlink()
                self._held, self._pid = None, 0

    def is_alive(self, key: str) -> bool:
        """Whether somebody is at work on a run."""
        base = key.partition("-")[0]
        with self._turn:
            if base == self._base and self._pid == os.getpid():
                return key in self._at_work
        path = self._folder / f"{base}.lock"
        if not exists(path):
            return False
        lock = FileLock(path, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False
        lock.release()
        with suppress(OSError):
            path.unlink()
        return False

    def _lock(self, base: str) -> FileLock:
        try:
            with suppress(FileExistsError):
                make_private_folder(self._folder)
            lock = FileLock(self._folder / f"{base}.lock", mode=0o600)
            lock.acquire(timeout=0)
        except (OSError, Timeout) as error:
            raise InputError(
                "record-not-writable",
                f"{self._folder} cannot be written: {error}.",
                "Make room, or choose another folder with the environment variable ATECC_BENCH_DATA.",
            ) from error
        return lock
