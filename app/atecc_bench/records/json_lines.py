"""Files of JSON lines that outlive a crash.

A line is on the disk before anything else happens.
"""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from atecc_bench.bounded_files import LARGEST_RECORD, read_pieces
from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.plain_json import load_json
from atecc_bench.private_files import open_private
from atecc_bench.records.durable_files import is_missing, reading, sync_names

_LONGEST_LINE = 1 << 20  # bytes


def append_line(path: Path, facts: Mapping[str, object]) -> None:
    """Append one line to a file of JSON lines, safely.

    Returns when it is on the disk, with the name of a file that is new.

    Raises:
        InputError: `record-not-writable`.
    """
    line = json.dumps(facts, ensure_ascii=False).encode("utf-8") + b"\n"
    try:
        is_new = not exists(path)
        with open_private(path, "a+b") as file:
            if _is_torn(file):
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_names(path.parent)
    except OSError as error:
        raise InputError(
            "record-not-writable",
            f"{path} cannot be written: {error.strerror}.",
            "Make room, or choose another folder with the environment variable ATECC_BENCH_DATA.",
        ) from error


def _is_torn(file: BinaryIO) -> bool:
    """Whether the last line of a file is incomplete.

    Then a process died within it, and the next line must not become a part of it.
    """
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read the whole lines of a file of JSON lines.

    There are none when there is no file. The last line of a process that died may be torn.

    Raises:
        InputError: `record-not-readable`.
    """
    with reading(path):
        for line in _lines(path):
            if (facts := _facts(line)) is not None:
                yield facts


def last_line(path: Path) -> dict[str, Any] | None:
    """Read the last line that is whole.

    None when there is no file, or its last lines are none of ours.

    Raises:
        InputError: `record-not-readable`.
    """
    with reading(path):
        try:
            end = path.stat().st_size
            found = list(lines_after(path, max(0, end - _LONGEST_LINE)))
        except OSError as error:
            if is_missing(error):
                return None
            raise
    return next((line.facts for line in reversed(found) if line.facts is not None), None)


@dataclass(frozen=True)
class PlacedLine:
    """A line of a file that is ended.

    `end` is the offset of what follows it.

    `facts` is None where the line is no object in JSON.
    """

    facts: dict[str, Any] | None
    end: int


def lines_after(path: Path, offset: int) -> Iterator[PlacedLine]:
    """Read the lines of a file from an offset on.

    A last one that is not ended is left out.

    No more than a line of it is in memory.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        file.seek(offset)
        while (line := file.readline(_LONGEST_LINE)).endswith(b"\n"):
            offset += len(line)
            yield PlacedLine(_facts(line), offset)


def _facts(line: bytes) -> dict[str, Any] | None:
    try:
        facts = load_json(line)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", facts) if isinstance(facts, dict) else None


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that may be objects.

    No more than a piece of it is in memory.
    """
    try:
        pieces = read_pieces(path, LARGEST_RECORD)
        rest = b""
        for piece in pieces:
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                raise OSError(errno.EFBIG, "a line of it is larger than any that is written", str(path))
            yield from (line for line in lines if line.lstrip().startswith(b"{"))
        if rest.lstrip().startswith(b"{"):
            yield rest
    except OSError as error:
        if not is_missing(error):
            raise
