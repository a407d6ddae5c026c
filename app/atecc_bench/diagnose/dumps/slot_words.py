"""SlotConfig and KeyConfig alone, slot by slot or as two lists of words.

As lines, tables, arrays or documents have them: `SlotConfig[5]: 0xCF 0x46`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.diagnose.dumps.source_arrays import SourceArray

_WORD = r"(?:0[xX]?)?[0-9A-Fa-f]{4}|(?:0[xX])?[0-9A-Fa-f]{2}[\s,]+(?:0[xX])?[0-9A-Fa-f]{2}"
_SLOT = re.compile(
    r"\b(?:slot|num|key)(?:[_ ]?(?:id|number|no|index|num))?\"?\s*[:=#|<\[(]?\s*\"?(\d{1,2})\b(?!\s*x)", re.I
)
_NAMED = re.compile(
    r"\b(?P<kind>slot|key)[_\s-]?config(?:uration)?s?(?:[_\s](?:value|word|register))?[_\s]*"
    r"(?:[\[<(_#]\s*|\s+|(?<=_))?(?:slot\s*)?(?P<slot>\d{1,2}(?!\d|[0-9A-Fa-f]))?\s*[\]>)]?\"?'?\s*"
    r"(?:[:=|,]|=>|->|is)?\s*[\[({<\"'|]*\s*(?P<word>" + _WORD + r")(?![0-9A-Fa-f])",
    re.I,
)
_COLUMN = re.compile(r"^(?P<kind>slot|key)[_\s-]?config(?:uration)?(?:\s*\(.*\))?$", re.I)
_CELLS = re.compile(r"\s*[|;\t]\s*|\s*,\s*|\s{2,}")
_CELL = re.compile(_WORD + r"")
_PAIR = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{2})[\s,]+(?:0[xX])?([0-9A-Fa-f]{2})")
_KEY_TYPES = (4, 6, 7)


@dataclass(frozen=True)
class SlotWords:
    """Words of slots as bytes of the configuration zone, by position.

    `other_order` is the same with the bytes of each word the other way round, where nothing in the text decides.
    """

    some: Mapping[int, int]
    slots: tuple[int, ...]
    other_order: Mapping[int, int] | None


@dataclass(frozen=True)
class _Word:
    kind: str
    slot: int
    first: int
    second: int
    in_memory_order: bool  # two bytes, as they stand on the chip


def slot_words(text: str, arrays: Sequence[SourceArray] = ()) -> SlotWords | None:
    """The words of slots that a text tells, None when there are none."""
    words = list(_of_arrays(arrays)) or list(_of_tables(text)) or list(_of_lines(text))
    if not words or any(a.kind == b.kind and a.slot == b.slot and _both(a) != _both(b) for a in words for b in words):
        return None
    swapped, decided = _order(words)
    some = _placed(words, swapped=swapped)
    other = None if decided else _placed(words, swapped=not swapped)
    return SlotWords(some, tuple(sorted({word.slot for word in words})), None if other == some else other)


def _both(word: _Word) -> tuple[int, int]:
    return word.first, word.second


def _of_lines(text: str) -> Iterator[_Word]:
    marks = sorted(
        [(match.start(), match) for match in _SLOT.finditer(text)]
        + [(match.start(), match) for match in _NAMED.finditer(text)],
        key=lambda mark: (mark[0], mark[1].re is _NAMED),
    )
    current: int | None = None
    end = -1
    for at, match in marks:
        if at < end:
            continue
        if match.re is _SLOT:
            current = int(match[1])
            continue
        slot = int(match["slot"]) if match["slot"] is not None else current
        if slot is None or slot >= SLOT_COUNT:
            continue
        end = match.end()
        yield _word(match["kind"].lower(), slot, match["word"])


def _word(kind: str, slot: int, text: str) -> _Word:
    pair = _PAIR.fullmatch(text.strip())
    if pair is not None:
        return _Word(kind, slot, int(pair[1], 16), int(pair[2], 16), in_memory_order=True)
    digits = re.sub(r"^0[xX]", "", text.strip())[-4:]
    return _Word(kind, slot, int(digits[:2], 16), int(digits[2:], 16), in_memory_order=False)


def _of_tables(text: str) -> Iterator[_Word]:
    columns: dict[int, str] = {}
    slot_column: int | None = None
    row_number = 0
    for line in text.split("\n"):
        cells = [cell.strip(" \"'`*") for cell in _CELLS.split(line.strip().strip("|").strip())]
        kinds = {at: match["kind"].lower() for at, cell in enumerate(cells) if (match := _COLUMN.match(cell))}
        if kinds:
            columns = kinds
            slot_column = next(
                (at for at, cell in enumerate(cells) if re.match(r"(?:slot|key|#|no)\b", cell, re.I)), None
            )
            row_number = 0
            continue
        if not columns or len(cells) <= max(columns):
            continue
        slot = _slot_of(cells, slot_column, row_number)
        found = [(kind, cells[at]) for at, kind in columns.items() if _CELL.fullmatch(cells[at])]
        if slot is None or not found:
            continue
        row_number += 1
        for kind, cell in found:
            yield _word(kind, slot, cell)


def _slot_of(cells: Sequence[str], column: int | None, row: int) -> int | None:
    if column is None:
        return row if row < SLOT_COUNT else None
    match = re.search(r"\d{1,2}", cells[column])
    return int(match[0]) if match is not None and int(match[0]) < SLOT_COUNT else None


def _of_arrays(arrays: Sequence[SourceArray]) -> Iterator[_Word]:
    for array in arrays:
        match = re.search(r"(slot|key)_?conf", array.name, re.I)
        if match is None or any(item is None for item in array.items):
            continue
        items = [item for item in array.items if item is not None]
        if len(items) == SLOT_COUNT and all(0 <= item < 1 << 16 for item in items):
            for slot, item in enumerate(items):
                yield _Word(match[1].lower(), slot, item >> 8, item & 0xFF, in_memory_order=False)
        elif len(items) == 2 * SLOT_COUNT and all(0 <= item < 256 for item in items):
            for slot in range(SLOT_COUNT):
                yield _Word(match[1].lower(), slot, items[2 * slot], items[2 * slot + 1], in_memory_order=True)


def _order(words: Sequence[_Word]) -> tuple[bool, bool]:
    """Whether words of four digits are in the order of memory, and whether that is decided.

    A KeyConfig's low byte has the type of key, which is one of three.
    """
    undecided = [word for word in words if not word.in_memory_order]
    if not undecided:
        return False, True
    keys = [word for word in undecided if word.kind == "key"]
    as_number = sum((word.second >> 2 & 7) in _KEY_TYPES for word in keys)
    as_memory = sum((word.first >> 2 & 7) in _KEY_TYPES for word in keys)
    return as_memory > as_number, as_memory != as_number


def _placed(words: Sequence[_Word], *, swapped: bool) -> dict[int, int]:
    some: dict[int, int] = {}
    for word in words:
        low, high = slot_config_bytes(word.slot) if word.kind == "slot" else key_config_bytes(word.slot)
        memory = word.in_memory_order or swapped
        some[low], some[high] = (word.first, word.second) if memory else (word.second, word.first)
    return some
