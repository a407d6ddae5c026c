"""A text in the forms in which its lines are read.

Each form is taken apart once: several readers ask for the same rows in turn.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from atecc_bench.diagnose.dumps.byte_runs import ByteRun
from atecc_bench.diagnose.dumps.indexed_bytes import indexed_runs, ranged_bytes
from atecc_bench.diagnose.dumps.misread_letters import MisreadLetter, with_digits
from atecc_bench.diagnose.dumps.number_rows import Notation, NumberRow, lines_of_words, number_rows
from atecc_bench.diagnose.dumps.row_offsets import placed_runs, runs_of_rows
from atecc_bench.diagnose.dumps.source_arrays import SourceArray, source_arrays
from atecc_bench.diagnose.dumps.told_places import called_runs
from atecc_bench.diagnose.paste.recognise import Found, recognise
from atecc_bench.log_lines import clean_lines, without_colours, without_prefix

_COMMENT_ALONE = re.compile(r"\s*+(?:\[\s*+)?(?://|/\*|#)")
_TURNED_SIZES = frozenset((2, 4))  # bytes of a word that may be turned round


class TextForm:
    """The lines of a text in one form.

    What readers find in them is read when it is asked for first, and once.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)

    @cached_property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @cached_property
    def arrays(self) -> tuple[tuple[SourceArray, ...], ...]:
        """Arrays of a source text, once for each way of its `#if`s."""
        return source_arrays(self.text)

    @cached_property
    def blocks(self) -> tuple[Sequence[ByteRun], ...]:
        """Rows of numbers with few other lines between them, in every notation."""
        return tuple(
            block for notation, rows in self._rows for block in _blocks_of(runs_of_rows(rows, notation), self.lines)
        )

    @cached_property
    def placed(self) -> tuple[ByteRun, ...]:
        """Runs of bytes that have their places beside them."""
        by_offset = (run for notation, rows in self._rows for run in placed_runs(rows, notation))
        return (*by_offset, *indexed_runs(self.lines), *ranged_bytes(self.lines))

    @cached_property
    def called(self) -> tuple[ByteRun, ...]:
        """Runs of bytes that calls write to their places."""
        return tuple(called_runs(self.lines))

    @cached_property
    def _rows(self) -> tuple[tuple[Notation, tuple[NumberRow, ...]], ...]:
        lines = lines_of_words(self.lines)
        in_hex = number_rows(lines, Notation.HEX)
        found = [(Notation.HEX, in_hex)]
        if any(not _TURNED_SIZES.isdisjoint(row.sizes) for row in in_hex):
            found.append((Notation.WORDS, number_rows(lines, Notation.WORDS)))
        return (*found, (Notation.DECIMAL, number_rows(lines, Notation.DECIMAL)))


class TextInForms:
    """A text in the forms in which it is read.

    Without what logs and editors put before its lines, and as it is.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def forms(self) -> tuple[TextForm, ...]:
        """One form where both are the same."""
        bare = tuple(without_colours(line) for line in self.text.replace("\r", "").split("\n"))
        cleaned = tuple(without_prefix(line) for line in clean_lines(self.text))
        return (TextForm(bare),) if bare == cleaned else (TextForm(cleaned), TextForm(bare))

    def with_digits(self) -> tuple["TextInForms", tuple[MisreadLetter, ...]]:
        """The text with digits for letters that look like them.

        With it comes what was changed where.
        """
        lines, letters = with_digits(self.forms[0].lines)
        if not letters:
            return self, ()
        others = [with_digits(form.lines)[0] for form in self.forms[1:]]
        mended = TextInForms("\n".join(others[-1] if others else lines))
        mended.forms = tuple(map(TextForm, (lines, *others)))
        return mended, letters

    @cached_property
    def recognised(self) -> tuple[Found, ...]:
        """The dumps of any content in it."""
        return recognise(self.text)


def _blocks_of(runs: Sequence[ByteRun], lines: Sequence[str]) -> Iterator[Sequence[ByteRun]]:
    """Runs with few other lines between them.

    Lines of comment do not count: source texts have one before each field.
    """
    block: list[ByteRun] = []
    for run in runs:
        between = lines[block[-1].last_line : run.first_line - 1] if block else ()
        noise = sum(_COMMENT_ALONE.match(line) is None for line in between)
        if noise > _most_noise(block[-1] if block else run):
            yield block
            block = []
        block.append(run)
    if block:
        yield block


def _most_noise(run: ByteRun) -> int:
    return 3 if len(run.values) > 1 else 0
