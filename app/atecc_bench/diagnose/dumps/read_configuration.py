"""The reader of configurations.

Any text or file goes in, bytes by their positions come out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from atecc_bench.chip.config.config_zone import NO_SLOT_LOCKED, UNLOCKED, ConfigZone
from atecc_bench.chip.config.slot_bytes import KEY_CONFIG_START
from atecc_bench.chip.protocol.identity import Part, revision_of_part
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.config_formats import config_document, config_dump
from atecc_bench.diagnose.config.config_repair import Examination, counters_fit, examine, problems_of_known
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN, known_configurations
from atecc_bench.diagnose.config.partial_config import partial_config, spans, spans_text
from atecc_bench.diagnose.dumps.byte_runs import ByteRun
from atecc_bench.diagnose.dumps.candidates import Candidate, candidates, nearly_whole
from atecc_bench.diagnose.dumps.cut_dumps import best_part
from atecc_bench.diagnose.dumps.likeness import Likeness, distance, has_chips_own, likeness, locks_are_blank
from atecc_bench.diagnose.dumps.moved_bytes import moved_back
from atecc_bench.diagnose.dumps.packed_bytes import raw_run
from atecc_bench.diagnose.dumps.printed_settings import printed_settings
from atecc_bench.diagnose.dumps.slot_words import SlotWords, slot_words
from atecc_bench.diagnose.dumps.text_forms import TextInForms
from atecc_bench.diagnose.dumps.text_problem import text_problem
from atecc_bench.diagnose.dumps.told_places import with_one_column
from atecc_bench.errors import InputError
from atecc_bench.text_files import plain, text_of

UNWRITTEN = range(84, 88)  # UserExtra, its add, and the locks: no Write reaches them
_BLANK = range(84, 90)
_COUNTERS = range(52, 68)
_608 = re.compile(r"608", re.ASCII)
_508 = re.compile(r"508", re.ASCII)
_BYTES = re.compile(r"(?:0[xX](?=[0-9A-Fa-f])|[0-9A-Fa-f]|(?<=[0-9A-Fa-f])[,;])++")  # never two ways to one end
_AES = 6
_MOST_SAID = 6
# Of a log its end counts, and reading each line in every way takes a tenth of a millisecond.
_MOST_LINES, _LONGEST_TEXT = 8000, 384 << 10
_MOST_BLANK = 50_000  # lines that stand for those left out


@dataclass(frozen=True)
class ReadConfiguration:
    """Bytes of a configuration zone by their positions.

    `recognised` says how they were written, `remarks` what was repaired, left out or left open. `part` is the part they
    are for, as far as they or the text say so.
    """

    some: Mapping[int, int]
    recognised: str
    remarks: tuple[str, ...]
    part: Part
    part_is_told: bool

    @property
    def unknown(self) -> frozenset[int]:
        """Positions whose bytes the text does not tell."""
        return frozenset(range(CONFIG_SIZE)) - self.some.keys()

    @property
    def evidence(self) -> Mapping[int, int]:
        """The bytes that are told, for explanations.

        With the revision of the part, where the text tells that otherwise.
        """
        if not self.part_is_told or self.some.keys() & {4, 5, 6, 7}:
            return self.some
        return {**self.some, **dict(enumerate(revision_of_part(self.part), 4))}

    @property
    def config(self) -> ConfigZone:
        """The configuration on a chip of this part.

        What the text does not tell is as on a chip that nobody has written to yet.
        """
        blank = bytearray(CONFIG_SIZE)
        blank[:CHIPS_OWN] = bytes.fromhex("012300000000000000000000EE000100")
        blank[4:8] = revision_of_part(self.part)
        blank[13] = int(self.part.is_608)
        blank[86:88] = bytes((UNLOCKED, UNLOCKED))
        blank[88:90] = NO_SLOT_LOCKED
        for at, value in self.some.items():
            blank[at] = value
        return ConfigZone.parse(bytes(blank))


def configuration_of_file(data: bytes, needs: Likeness = Likeness.FITS) -> ReadConfiguration:
    """Read a configuration out of a file.

    It may also be the bytes themselves.

    Raises:
        InputError: What `read_configuration` raises.
    """
    run = raw_run(data)
    if run is not None:
        found = likeness(run.values)
        if found >= max(needs, Likeness.LIKELY):
            return _result(_placed(run, found), "", ())
    return read_configuration(text_of(data, "replace"), needs)


def read_configuration(text: str, needs: Likeness = Likeness.FITS) -> ReadConfiguration:
    """Read a configuration out of any text.

    `needs` is what has to speak for bytes that may be one: FITS where somebody says that it is a configuration.

    Raises:
        InputError: `not-hex`, `not-a-configuration`, `config-length`, `two-readings`, what a document's form raises, or
            an `OtherChipError`.
    """
    text = plain(text)
    document = config_document(text)
    if document is not None:
        return _examined(document.raw, document.recognised, text)
    text, remarks = _end_of(text)
    read = _read(text, needs)
    return replace(read, remarks=(*read.remarks, *remarks))


def _end_of(text: str) -> tuple[str, tuple[str, ...]]:
    """Leave out all but the end of a long text.

    The lines are numbered as before, unless there are very many; the other value is what is to be said of that.
    """
    start = max(0, len(text) - _LONGEST_TEXT)
    lines = text.count("\n", start)
    if lines > _MOST_LINES:
        for _ in range(lines - _MOST_LINES):
            start = text.index("\n", start) + 1
    elif start:
        start = text.find("\n", start) + 1 or start
    if not start:
        return text, ()
    dropped = text.count("\n", 0, start)
    said = f"Of this long text only the end, from line {dropped + 1}, was read."
    if dropped > _MOST_BLANK:
        return text[start:], (f"{said} Lines are counted from there.",)
    return "\n" * dropped + text[start:], (said,)


def _read(given: str, needs: Likeness) -> ReadConfiguration:
    text = TextInForms(given)
    tables = tuple(table for form in text.forms if (table := with_one_column(form.lines)) is not None)
    if tables:
        text = TextInForms("\n".join(tables[0]))
    found = _chosen(candidates(text), needs)
    mended, letters = text.with_digits()
    if letters:
        with_letters = _chosen(candidates(mended), max(needs, Likeness.LIKELY))
        if with_letters is not None and (found is None or found[0].is_less_than(with_letters[0])):
            run = with_letters[0].run
            seen = [one.sentence for one in letters if run.first_line <= one.line <= run.last_line]
            return _result(with_letters[0], text.text, (*_repaired_letters(seen), *with_letters[1]))
    if found is not None:
        return _result(found[0], text.text, found[1])
    repaired = _repaired(text)
    if repaired is not None:
        return repaired
    read = _settings(text) or _words(text)
    if read is not None:
        return read
    problem = text_problem(text.forms[0].text)
    part = _part(text, needs) if problem is None else None
    if letters and text_problem(mended.forms[0].text) is None:
        with_digits = _part(mended, needs)
        if with_digits is not None and (part is None or part.some.items() < with_digits.some.items()):
            said = _repaired_letters([one.sentence for one in letters])
            return replace(with_digits, remarks=(*said, *with_digits.remarks))
    if part is None:
        raise _refusal(text, problem)
    return part


def _placed(run: ByteRun, found: Likeness) -> Candidate:
    start = CONFIG_SIZE - len(run.values)
    return Candidate({at: v for at, v in enumerate(run.values, start) if v is not None}, run, found)


def _chosen(found: Sequence[Candidate], needs: Likeness) -> tuple[Candidate, tuple[str, ...]] | None:
    """The candidate that counts.

    It comes with what is to be said of the others.
    """
    best = max((one.likeness for one in found), default=Likeness.NONE)
    if best < needs:
        return None
    left = [one for one in found if one.likeness is best]
    left = [one for one in left if not any(one is not other and one.is_within(other) for other in left)]
    left.sort(key=lambda one: (one.run.last_line, one.run.first_line))
    last, also = left[-1], ()
    rivals = [one for one in left if one.overlaps(last)]
    if len(rivals) > 1:
        rivals.sort(key=lambda one: distance(one.some))
        if distance(rivals[0].some) == distance(rivals[1].some):
            raise _two_readings(rivals[0], rivals[1])
        last, second = rivals[:2]
        also = (_also_read(last, second),)
    others = [one for one in left if not one.overlaps(last)]
    if not others:
        return last, also
    places = "; ".join(one.run.lines for one in others[:4])
    count = "another configuration" if len(others) == 1 else f"{len(others)} other configurations"
    said = f"This is the one in {last.run.lines}, the last of the text; there is {count} in it: {places}."
    return last, (*also, said)


def _also_read(one: Candidate, other: Candidate) -> str:
    """A sentence on another reading of the same lines.

    That one is less like a published configuration.
    """
    differing = [at for at in range(CONFIG_SIZE) if one.some.get(at) != other.some.get(at)]
    why = "an #if leaves open" if one.run.how == other.run.how else f"as {other.run.how} it would be another"
    return f"{spans_text(spans(differing)).capitalize()}: {why} which is meant; read is what is nearer to a known one."


def _two_readings(one: Candidate, other: Candidate) -> InputError:
    def begins(candidate: Candidate) -> str:
        shown = bytes(candidate.some[at] for at in sorted(candidate.some)[:16])
        return f"as {candidate.run.how} ({candidate.run.lines}) it begins {shown.hex(' ').upper()}"

    return InputError(
        "two-readings",
        f"The text can be read in two ways, and either may be a configuration: {begins(one)}; {begins(other)}.",
        "Give only the lines that are meant, or write the bytes as two hex digits each.",
    )


def _result(found: Candidate, text: str, remarks: tuple[str, ...]) -> ReadConfiguration:
    run, some = found.run, dict(found.some)
    said = [*remarks, *run.remarks]
    unnamed = [at for at in range(CONFIG_SIZE - len(run.values), CONFIG_SIZE) if at not in some]
    if run.names:
        names = ", ".join(run.names[:6])
        said.append(f"{names}: not defined in the text, so {spans_text(spans(unnamed))} of it {_are(unnamed)} unknown.")
    moved = moved_back(some)
    if moved is not None:
        some = moved[0]
        said.append(moved[1])
    if locks_are_blank(some):
        some = {at: value for at, value in some.items() if at not in _BLANK}
        said.append("Bytes 84–89 are left blank: the locks are as on a chip that is still open.")
    if (
        moved is None
        and any(some.get(at) for at in _COUNTERS)
        and not counters_fit(bytes(some.get(at, 0) for at in range(CONFIG_SIZE)))
    ):
        said.append(
            "Bytes 52–67 hold no counters as any chip has them: perhaps something is lost or surplus before them."
        )
    told = has_chips_own(some)
    placeholder = told and not any(some[at] for at in (2, 3, 8, 9, 10, 11))
    part, part_is_told = _part_of(some, text)
    if not told or placeholder:
        own = [at for at in range(CHIPS_OWN) if at in some]
        left_out = {*range(CHIPS_OWN), *UNWRITTEN}
        if not any(some.get(at, 0) for at in _BLANK) or all(some.get(at) == 0xFF for at in _BLANK):
            left_out |= set(_BLANK)
        some = {at: value for at, value in some.items() if at not in left_out}
        said.append(
            "Bytes 0–15 are the chip's own; "
            + (
                "what stands there only fills their place."
                if own
                else "the text has those from 16 on, as firmware does."
            )
        )
        if not part_is_told:
            said.append(f"The text does not say for which part it is; it is read as an {part.value}'s.")
    return ReadConfiguration(some, _how(run, found), tuple(said), part, part_is_told)


def _are(some: Sequence[int]) -> str:
    return "is" if len(some) == 1 else "are"


def _how(run: ByteRun, found: Candidate) -> str:
    if run.first_line == run.last_line == 1 and "as the chip has them" in run.how:
        return run.how
    return f"{run.how}, {len(run.values)} bytes, {run.lines}" if found else run.how


def _repaired_letters(letters: Sequence[str]) -> tuple[str, ...]:
    if len(letters) > _MOST_SAID:
        letters = [*letters[:_MOST_SAID], f"and {len(letters) - _MOST_SAID} more like these"]
    return (f"Repaired: letters that look like digits, {'; '.join(letters)}.",)


def _part_of(some: Mapping[int, int], text: str) -> tuple[Part, bool]:
    """The part that bytes are for.

    The second value says whether they or the text tell it.
    """
    if has_chips_own(some):
        return ConfigZone.parse(bytes(some.get(at, 0) for at in range(CONFIG_SIZE))).part, True
    types = [some.get(at, 0) >> 2 & 7 for at in range(KEY_CONFIG_START, CONFIG_SIZE, 2)]
    if _AES in types or some.get(90) or some.get(91):
        return Part.ATECC608A, True
    in_text = bool(_608.search(text)), bool(_508.search(text))
    if in_text == (True, False):
        return Part.ATECC608A, True
    if in_text == (False, True):
        return Part.ATECC508A, True
    nearest = min(known_configurations(), key=lambda known: _bits(some, known.configuration))
    return nearest.parts[0], False


def _bits(some: Mapping[int, int], configuration: bytes) -> int:
    return sum((value ^ configuration[at - CHIPS_OWN]).bit_count() for at, value in some.items() if at >= CHIPS_OWN)


def _examined(raw: bytes, recognised: str, text: str) -> ReadConfiguration:
    examined = examine(raw)
    if examined.other_chip is not None:
        raise examined.other_chip
    if examined.config is None:
        run = ByteRun(tuple(raw), recognised, 1, 1)
        found = likeness(run.values)
        if found is not Likeness.NONE:
            return replace(_result(_placed(run, found), text, ()), recognised=recognised)
        raise _no_configuration(examined)
    return _of_examined(examined, recognised)


def _of_examined(examined: Examination, recognised: str, remarks: tuple[str, ...] = ()) -> ReadConfiguration:
    config = examined.config or b""
    repaired = (*examined.problems, f"Repaired: {examined.repair}") if examined.repair else ()
    return ReadConfiguration(
        dict(enumerate(config)), recognised, (*remarks, *repaired), ConfigZone.parse(config).part, part_is_told=True
    )


def _repaired(text: TextInForms) -> ReadConfiguration | None:
    """A configuration with lost or surplus bytes, repaired.

    None unless one repair alone is possible.
    """
    for run in nearly_whole(text):
        examined = examine(bytes(value or 0 for value in run.values))
        if examined.config is not None:
            return _of_examined(examined, _how(run, _placed(run, Likeness.FITS)) if run.values else run.how)
    try:
        imported = config_dump(text.text, text.recognised)
    except InputError:
        return None
    examined = examine(imported.raw)
    if examined.other_chip is not None:
        raise examined.other_chip
    if examined.config is not None:
        return _of_examined(examined, imported.recognised)
    moved = moved_back(dict(enumerate(imported.raw)))
    if moved is None or not has_chips_own(moved[0]):
        return None
    return ReadConfiguration(moved[0], imported.recognised, (moved[1],), *_part_of(*moved))


def _settings(text: TextInForms) -> ReadConfiguration | None:
    found = [settings for form in text.forms if (settings := printed_settings(form.text)) is not None]
    if not found:
        return None
    some, how = max(found, key=lambda settings: len(settings[0]))
    if any(problems_of_known(some)):
        return None
    return ReadConfiguration(
        some, f"{spans_text(spans(some))} of a configuration zone ({how})", (), *_part_of(some, text.text)
    )


def _words(text: TextInForms) -> ReadConfiguration | None:
    found: list[SlotWords] = []
    for form in reversed(text.forms):
        arrays = [array for variant in form.arrays[:1] for array in variant]
        words = slot_words(form.text, arrays)
        found += [] if words is None else [words]
    return _of_words(max(found, key=lambda words: len(words.some)), text.text) if found else None


def _part(text: TextInForms, needs: Likeness) -> ReadConfiguration | None:
    """A part of a configuration: bytes at their places."""
    part = best_part(text, told=needs is Likeness.FITS)
    if part is not None:
        some, how = part
        return ReadConfiguration(
            some, f"{spans_text(spans(some))} of a configuration zone ({how})", (), *_part_of(some, text.text)
        )
    partial = partial_config(text.text, text.recognised)
    if partial is not None:
        return ReadConfiguration(partial.some, partial.recognised, (), *_part_of(partial.some, text.text))
    return None


def _of_words(words: SlotWords, text: str) -> ReadConfiguration:
    slots = ", ".join(map(str, words.slots))
    remarks: tuple[str, ...] = ()
    if words.other_order is not None:
        at = min(words.some)
        remarks = (
            f"Words of four digits are read as numbers: byte {at} is {words.some[at]:02X}. As bytes in their order on "
            f"the chip, byte {at} would be {words.other_order[at]:02X}; write the two bytes apart if that is meant.",
        )
    which = "slot" if len(words.slots) == 1 else "slots"
    how = f"SlotConfig and KeyConfig of {which} {slots}"
    return ReadConfiguration(words.some, how, remarks, *_part_of(words.some, text))


def _refusal(text: TextInForms, problem: InputError | None) -> InputError:
    """Why no configuration could be read."""
    try:
        imported = config_dump(text.text, text.recognised)
    except InputError as error:
        return problem or _no_bytes(text.text) or error
    return _no_configuration(examine(imported.raw))


def _no_bytes(text: str) -> InputError | None:
    """The refusal of a text without a configuration.

    It names the first word that is no byte.
    """
    found = next(
        ((n, w) for n, line in enumerate(text.split("\n"), 1) for w in line.split() if not _BYTES.fullmatch(w)), None
    )
    if found is None:
        return None
    number, word = found
    shown = "".join(c if c.isprintable() else f"<{ord(c):02X}>" for c in word[:20])
    return InputError(
        "not-hex",
        f"There is no configuration in this text: nowhere are its 128 bytes, 112 of them or a part with its place; "
        f"line {number} holds “{shown}”.",
        "Give the rows with the bytes; what stands around them may stay.",
    )


def _no_configuration(examined: Examination) -> InputError:
    if len(examined.raw) != CONFIG_SIZE:
        id_ = "config-length"
        hint = "Check that the dump is complete: 4 blocks of 32 bytes, nothing before and nothing after."
    else:
        id_, hint = "not-a-configuration", "Check for lost bytes: everything behind one is shifted."
    return InputError(id_, f"{' '.join(examined.problems)} There is no single way to repair it.", hint)
