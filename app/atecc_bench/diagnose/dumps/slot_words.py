"""SlotConfig and KeyConfig alone.

They are told slot by slot, or as two lists of words.

As lines, tables, arrays or documents have them: `SlotConfig[5]: 0xCF 0x46`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.diagnose.dumps.source_arrays import SourceArray

_WORD = r"(?:0[xX]?)?[0-9A-Fa-f]{4}|(?:0[xX])?[0-9A-Fa-f]{2}[\s,]{1,4}(?:0[xX])?[0-9A-Fa-f]{2}"
_SLOT = re.compile(
    r"\b(?:slot|num|key)(?:[_ ]?(?:id|number|no|index|num))?\"?\s*[:=#|<\[(]?\s*\"?(\d{1,2}|0[xX]?[A-Fa-f])\b(?!\s*x)",
    re.I,
)
_NAMED = re.compile(
    r"\b(?P<kind>slot|key)[_\s-]?config(?:uration)?s?(?:[_\s](?:value|word|register))?[_\s]{0,4}"
    r"(?:[\[<(_#]\s{0,4}|\s{1,4}|(?<=_))?(?:slot\s{0,4})?(?P<slot>(?:1[0-5]|0?\d)(?![0-9A-Fa-f]))?\s{0,4}[\]>)]?\"?'?\s{0,8}"
    r"(?:[:=|,]|=>|->|is)?\s{0,8}[\[({<\"'|]{0,4}\s{0,8}(?P<word>" + _WORD + r")(?![0-9A-Fa-f])",
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
    is_pair: bool  # two bytes apart, not a number of four digits


def slot_words(text: str, arrays: Sequence[SourceArray] = ()) -> SlotWords | None:
    """The words of slots that a text tells.

    None when there are none.
    """
    words = list(_of_arrays(arrays)) or list(_of_tables(text)) or list(_of_lines(text))
    told: dict[tuple[str, int], set[tuple[int, int]]] = {}
    for word in words:
        told.setdefault((word.kind, word.slot), set()).add((word.first, word.second))
    if not words or any(len(both) > 1 for both in told.values()):
        return None
    pairs, numbers = ([word for word in words if word.is_pair is is_pair] for is_pair in (True, False))
    pairs_turned, _ = _turned(pairs)
    numbers_turned, decided = _turned(numbers)
    # Two bytes stand as on the chip, and four digits as a number, where no type of key says otherwise.
    some = {**_placed(pairs, as_number=pairs_turned), **_placed(numbers, as_number=not numbers_turned)}
    other = None if decided else {**some, **_placed(numbers, as_number=numbers_turned)}
    return SlotWords(some, tuple(sorted({word.slot for word in words})), None if other == some else other)


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
            if _names_what_follows(text, match):
                current = _slot_number(match[1])
            continue
        slot = int(match["slot"]) if match["slot"] is not None else current
        if slot is None or slot >= SLOT_COUNT:
            continue
        end = match.end()
        yield _word(match["kind"].lower(), slot, match["word"])


def _slot_number(text: str) -> int:
    """The number of a slot.

    Decimal, or hex as data sheets have it (0A).
    """
    return int(text) if text.isdigit() else int(text[-1], 16)


def _names_what_follows(text: str, slot: re.Match[str]) -> bool:
    """Whether a slot's number names what follows.

    It begins a line, or a word stands in the same line; else the slot is only mentioned.
    """
    start = text.rfind("\n", 0, slot.start()) + 1
    if not any(map(str.isalnum, text[start : slot.start()])):
        return True
    end = text.find("\n", slot.end())
    return _NAMED.search(text, slot.end(), len(text) if end < 0 else end) is not None


def _word(kind: str, slot: int, text: str) -> _Word:
    pair = _PAIR.fullmatch(text.strip())
    if pair is not None:
        return _Word(kind, slot, int(pair[1], 16), int(pair[2], 16), is_pair=True)
    digits = re.sub(r"^0[xX]", "", text.strip())[-4:]
    return _Word(kind, slot, int(digits[:2], 16), int(digits[2:], 16), is_pair=False)


def _of_tables(text: str) -> Iterator[_Word]:
    columns: dict[int, str] = {}
    slot_column: int | None = None
    row_number = 0
    for line in filter(str.strip, text.split("\n")):
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
                yield _Word(match[1].lower(), slot, item >> 8, item & 0xFF, is_pair=False)
        elif len(items) == 2 * SLOT_COUNT and all(0 <= item < 256 for item in items):
            for slot in range(SLOT_COUNT):
                yield _Word(match[1].lower(), slot, items[2 * slot], items[2 * slot + 1], is_pair=True)


def _turned(words: Sequence[_Word]) -> tuple[bool, bool]:
    """Whether words stand the other way round than usual.

    The second value says whether that is decided.

    A KeyConfig's low byte has the type of key, which is one of three.
    """
    if not words:
        return False, True
    keys = [word for word in words if word.kind == "key"]
    usual = sum(((word.first if word.is_pair else word.second) >> 2 & 7) in _KEY_TYPES for word in keys)
    turned = sum(((word.second if word.is_pair else word.first) >> 2 & 7) in _KEY_TYPES for word in keys)
    return turned > usual, usual != turned


def _placed(words: Sequence[_Word], *, as_number: bool) -> dict[int, int]:
    some: dict[int, int] = {}
    for word in words:
        low, high = slot_config_bytes(word.slot) if word.kind == "slot" else key_config_bytes(word.slot)
        some[low], some[high] = (word.second, word.first) if as_number else (word.first, word.second)
    return some
