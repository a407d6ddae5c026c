"""Lines as people paste them, cleaned.

What terminals, serial monitors and log systems put around them is taken away.
"""

import re
from functools import lru_cache

from atecc_bench.text_files import plain

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-Z\\^_]|\^\[\[[0-9;]*m|\[[0-9]{1,2}(?:;[0-9]{1,3}){0,4}m")
_PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*(?:>\s?)+",  # quoted in a mail
        # 12:34:56.789 ->   and   [2026-03-14 09:00:01,25]
        r"\s*\[?(?:\d{4}-\d\d-\d\d[T ])?(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d{1,9}){0,2}(?:Z|[+-]\d\d:?\d\d)?\]?"
        r"(?:\s*(?:->|[|>]|#(?=\s))|\s|$)\s*",
        r"\s*\[\s*\d{1,9}(?:\.\d{1,9})?\]\s*",  # [   12.345678]
        r"\s*[A-Z][a-z]{2}\s+\d{1,2}\s\d\d:\d\d:\d\d\s\S{1,64}\s\S{1,64}:\s*",  # syslog
        r"\s*[EWIDV]\s\([0-9:.]{1,16}\)\s[^:\s]{1,64}:\s?",  # ESP_LOG
        r"\s*<(?:inf|wrn|err|dbg|info|warning|error|debug)>\s\S{1,64}:\s?",  # Zephyr, nRF
        r"\s*(?:COM\d{1,3}|/dev/\S{1,40}):?\s*[>|]\s*",
    )
)
_LINE_NUMBER = re.compile(r"\s*(\d{1,6})(?:[:|.)\]]|\t|\s)")
_FEWEST_NUMBERED = 3


def clean_lines(text: str) -> list[str]:
    """The lines of a paste, without colours and line numbers.

    Line numbers go where consecutive lines have them. There are as many lines as in the paste; time stamps and the like
    stay, see `without_prefix`.
    """
    lines = plain(text).replace("\r", "").split("\n")
    if "[" in text or "\x1b" in text:
        lines = [without_colours(line) for line in lines]
    numbers = [_number(line) if line else None for line in lines]
    for first, end in _numbered_runs(numbers):
        for index in range(first, end):
            match = _LINE_NUMBER.match(lines[index])
            lines[index] = lines[index][match.end() :] if match else ""
    return lines


def without_colours(line: str) -> str:
    """The line without what colours it in a terminal."""
    return _COLOUR.sub("", line) if "[" in line or "\x1b" in line else line


@lru_cache(maxsize=64)  # every shape of dump asks for the same line in turn
def without_prefix(line: str) -> str:
    """The line without what a logger put before it.

    Time stamps, log levels and tags, port names and quotation marks.
    """
    if ":" not in line and "[" not in line and ">" not in line and "|" not in line:  # every prefix has one of them
        return line
    for _ in _PREFIXES:
        match = next((m for prefix in _PREFIXES if (m := prefix.match(line)) and m.end()), None)
        if match is None:
            break
        line = line[match.end() :]
    return line


def _number(line: str) -> int | None:
    match = _LINE_NUMBER.match(line)
    return int(match[1]) if match else None


def _numbered_runs(numbers: list[int | None]) -> list[tuple[int, int]]:
    """Runs of at least three lines numbered upwards by one."""
    runs: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(numbers) + 1):
        before = numbers[index - 1]
        if before is not None and index < len(numbers) and numbers[index] == before + 1:
            continue
        if before is not None and index - first >= _FEWEST_NUMBERED:
            runs.append((first, index))
        first = index
    return runs
