"""Recognise what a paste holds.

Dumps, comparisons and certificates in logs, whole or cut, with what is around them left out.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.paste.content_type import Content, content_of, declared_header, declared_length
from atecc_bench.diagnose.paste.dump_rows import DumpRow, Shape, is_compared, rows_of
from atecc_bench.diagnose.paste.pasted_pem import PastedPem, pasted_pem
from atecc_bench.diagnose.paste.row_alignment import placed
from atecc_bench.log_lines import clean_lines, without_prefix
from atecc_bench.pki.encoding.der import SEQUENCE

_HIGHEST_OFFSET = 4096  # what begins above is at an address
_LONGEST_GAP = 4096
_MOST_BLOCKS = 500
_FEWEST_BYTES = 8
_LONG = 100_000  # characters; what is shorter is read again in no time
_MOST_NOISE_LINES = 2
_REPEATED = "*"
_END = re.compile(r"([0-9a-f]{7})")
_WRAPPED = frozenset("0123456789abcdefABCDEF| \t*")
_ROW_OF_PAIRS = 16
_LINES_BETWEEN_REPORTS = 2000
_FIRST_BYTES = (0x01, SEQUENCE)  # of a configuration zone, of a certificate


@dataclass(frozen=True)
class Span:
    """Bytes `start` to `end` (exclusive)."""

    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """One thing in a paste.

    `data` are its bytes; for a comparison those that were expected, and `stored` the others. Lines count from 1.
    Bytes that the paste does not show, but whose place is known, are zeros in `data` and named in `unknown`.
    `label` is the nearest line of text before it.
    """

    shape: Shape
    content: Content
    data: bytes
    first_line: int
    last_line: int
    stored: bytes | None = None
    unknown: tuple[Span, ...] = ()
    label: str = ""
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every byte is known."""
        return not self.unknown and self.content not in (Content.DAMAGED_CERTIFICATE, Content.DAMAGED_CONFIGURATION)

    @property
    def sentence(self) -> str:
        """Description of what was recognised, for people."""
        lines = f"line {self.first_line}"
        if self.last_line != self.first_line:
            lines = f"lines {self.first_line}–{self.last_line}"
        shown = len(self.data) - sum(span.end - span.start for span in self.unknown)
        how_many = f"{shown} bytes" if shown == len(self.data) else f"{shown} of at least {len(self.data)} bytes"
        return f"{lines}: {self.shape.value}, {how_many}: {self.content.value}"


Progress = Callable[[float], None]


def unheard(share: float) -> None:
    """Progress that nobody wants to hear of."""
    del share


def recognise(text: str, progress: Progress = unheard) -> tuple[Found, ...]:
    """Everything in a paste that is bytes, in its order.

    There are at most 500 dumps. Never raises. Its time grows with the text, and no faster. `progress` hears now and
    then which share of the text was read; what it raises ends the reading.
    """
    if progress is unheard and len(text) > _LONG and "PRIVATE" not in text:
        return _read_before(text)
    return _read(text, progress)


@lru_cache(maxsize=2)  # every reader of a file asks for the same text in turn
def _read_before(text: str) -> tuple[Found, ...]:
    return _read(text, unheard)


def _read(text: str, progress: Progress) -> tuple[Found, ...]:
    lines = clean_lines(text)
    blocks = pasted_pem(lines)
    taken = {number for block in blocks for number in range(block.first_line, block.last_line + 1)}
    rest = ["" if number in taken else line for number, line in enumerate(lines)]
    found = [_of_pem(block, lines) for block in blocks if "PRIVATE" not in block.label]
    found += [_of_block(block, lines) for block in _blocks(_unwrapped(rest), progress) if block.worth_telling]
    return tuple(sorted(found, key=lambda one: (one.first_line, one.last_line)))


@dataclass
class _Block:
    """Rows that belong together, while they are being collected."""

    shape: Shape
    base: int
    first_line: int
    last_line: int
    data: bytearray = field(default_factory=bytearray)
    stored: bytearray = field(default_factory=bytearray)
    unknown: list[Span] = field(default_factory=list[Span])
    row_length: int = 0
    has_offsets: bool = False

    def append(self, row: DumpRow) -> None:
        self.data += row.data
        self.stored += row.stored
        self.last_line = max(self.last_line, row.line)
        self.row_length = max(self.row_length, len(row.data))

    def skip_to(self, position: int) -> None:
        self.unknown.append(Span(len(self.data), position))
        missing = bytes(position - len(self.data))
        self.data += missing
        if self.shape is Shape.COMPARISON:
            self.stored += missing

    @property
    def is_whole(self) -> bool:
        """True when the block is whole so far.

        Another dump may follow it.
        """
        if not self.data or self.data[0] not in _FIRST_BYTES:
            return False
        head = bytes(self.data[:5])
        if head.startswith(b"\x01\x23") and len(self.data) == CONFIG_SIZE:
            return True
        header = declared_header(head) if len(head) > 1 else 0
        return head[header : header + 1] == bytes([SEQUENCE]) and declared_length(head) == len(self.data)

    def says_it_ends_before(self, position: int) -> bool:
        """Whether a certificate that began is too short to have bytes there."""
        head = bytes(self.data[:5])
        if self.unknown and self.unknown[0].start < len(head):
            return False
        declared = declared_length(head)
        return declared is not None and head[declared_header(head) :][:1] == bytes([SEQUENCE]) and declared <= position

    @property
    def worth_telling(self) -> bool:
        """True when the bytes are more than a number in a log."""
        return len(self.data) - sum(span.end - span.start for span in self.unknown) >= _FEWEST_BYTES


def _unwrapped(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Lines with their numbers, unwrapped.

    Rows of a comparison that a terminal wrapped are whole again.
    """
    result: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        if result and line.strip() and _WRAPPED.issuperset(line) and _is_cut_row(result[-1][1]):
            first, before = result[-1]
            joint = "" if _ends_within_pair(before) else " "
            result[-1] = (first, before.rstrip("\r\n") + joint + line)
        elif line or not result or result[-1][1]:  # of empty lines one says as much as a million
            result.append((number, line))
    return result


def _is_cut_row(line: str) -> bool:
    return 0 < line.count("|") <= _ROW_OF_PAIRS and (line.count("|") < _ROW_OF_PAIRS or _ends_within_pair(line))


def _ends_within_pair(line: str) -> bool:
    last = line.rsplit(" ", 1)[-1]
    return 0 < len(last) < len("00|00") and set(last) <= _WRAPPED - {" ", "\t", "*"}


def _blocks(lines: Sequence[tuple[int, str]], progress: Progress) -> list[_Block]:
    blocks: list[_Block] = []
    repeated = False
    compared = placed([row for number, line in lines if is_compared(line) for row in rows_of(line, number)])
    for index, (number, line) in enumerate(lines):
        if not index % _LINES_BETWEEN_REPORTS:
            progress(index / len(lines))
        if line.strip() == _REPEATED:
            repeated = True
            continue
        if not line:
            continue
        if blocks and blocks[-1].shape is Shape.OFFSETS:
            end = _END.fullmatch(without_prefix(line).strip())
            if end and int(end[1], 16) == len(blocks[-1].data) - 1:
                blocks[-1].data.pop()  # `hexdump` fills its last word of 16 bits
                continue
        for row in compared.get(number, ()) if is_compared(line) else rows_of(line, number):
            current = blocks[-1] if blocks else None
            if current is not None and _is_repetition(current, row):
                continue
            if current is None or not _continues(current, row):
                if current is not None and not current.worth_telling:
                    blocks.pop()
                if len(blocks) == _MOST_BLOCKS:
                    return blocks
                blocks.append(_begun(row))
            else:
                _place(current, row, repeated=repeated)
            blocks[-1].append(row)
            repeated = False
    return blocks


def _continues(block: _Block, row: DumpRow) -> bool:
    if block.shape is Shape.SEPARATED and row.shape is Shape.PLAIN and row.line == block.last_line + 1:
        return len(row.data) == 1  # the last byte has no separator beside it
    if block.shape is not row.shape:
        return False
    if row.offset is not None:
        gap = row.offset - block.base - len(block.data)
        within = block.has_offsets and (gap == 0 or 0 < gap <= _LONGEST_GAP)
        return within and not (gap and (block.is_whole or block.says_it_ends_before(row.offset - block.base)))
    if block.shape is Shape.COMPARISON:
        return row.line - block.last_line <= 1
    noise = row.line - block.last_line - 1
    if block.is_whole or (row.starts and noise >= 0):
        return False
    return noise == 0 or (noise <= _MOST_NOISE_LINES and len(row.data) <= block.row_length)


def _is_repetition(block: _Block, row: DumpRow) -> bool:
    """True when the row was there already.

    A whole dump may be followed by its like, which begins anew.
    """
    if row.offset is None or block.shape is not row.shape or not block.has_offsets:
        return False
    start = row.offset - block.base
    end = start + len(row.data)
    if end > len(block.data) or start < 0 or (start == 0 and end != len(block.data)) or (block.is_whole and not start):
        return False
    same = bytes(block.data[start:end]) == row.data and bytes(block.stored[start:end]) == row.stored
    return same and not any(span.start < end and start < span.end for span in block.unknown)


def _begun(row: DumpRow) -> _Block:
    offset = row.offset or 0
    block = _Block(row.shape, offset if offset > _HIGHEST_OFFSET else 0, row.line, row.line)
    block.has_offsets = row.offset is not None
    if 0 < offset <= _HIGHEST_OFFSET:
        block.skip_to(offset)
    return block


def _place(block: _Block, row: DumpRow, *, repeated: bool) -> None:
    """Advance a block to where a row goes.

    Lines may be missing, or left out by the tool because they repeat.
    """
    if row.offset is None or row.offset - block.base == len(block.data):
        return
    position = row.offset - block.base
    if repeated and block.row_length:
        last = bytes(block.data[-block.row_length :])
        count = position - len(block.data)
        block.data += (last * (count // len(last) + 1))[:count]
    else:
        block.skip_to(position)


def _of_block(block: _Block, lines: Sequence[str]) -> Found:
    data = bytes(block.data)
    content = content_of(data)
    if block.shape is Shape.COMPARISON and content is Content.UNKNOWN:
        content = Content.DAMAGED_CERTIFICATE
    notes = tuple(f"bytes {span.start}–{span.end - 1} are not in the paste" for span in block.unknown)
    declared = declared_length(data)
    if content is Content.DAMAGED_CERTIFICATE and declared is not None and declared != len(data):
        notes += (f"it says that it is {declared} bytes long",)
    return Found(
        shape=block.shape,
        content=content,
        data=data,
        first_line=block.first_line + 1,
        last_line=block.last_line + 1,
        stored=bytes(block.stored) if block.shape is Shape.COMPARISON else None,
        unknown=tuple(block.unknown),
        label=_label(lines, block.first_line),
        notes=notes,
    )


def _of_pem(block: PastedPem, lines: Sequence[str]) -> Found:
    return Found(
        shape=Shape.PEM,
        content=content_of(block.data),
        data=block.data,
        first_line=block.first_line + 1,
        last_line=block.last_line + 1,
        label=_label(lines, block.first_line),
        notes=() if block.complete else (f"there is no END {block.label}",),
    )


def _label(lines: Sequence[str], before: int) -> str:
    """The nearest line before that holds text, at most three lines up."""
    for index in range(before - 1, max(before - 4, -1), -1):
        if any(character.isalpha() for character in lines[index]):
            return lines[index].strip()[:80]
    return ""
