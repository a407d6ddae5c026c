"""Logs that lost, repeated or garbled a line: never a wrong cause with confidence, and never equal."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from atecc_bench.diagnose.causes.cause import CauseId, Confidence
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.diagnose.compare.from_paste import comparison_in
from atecc_bench.errors import InputError
from tests.support.cases.pastes import firmware_comparison
from tests.support.cases.wrong_provisioning import MISTAKES, Workbench

Damage = Callable[[list[str], int], list[str]]
_FEWEST_BYTES = 8  # less in a paste is no dump


def _lost(rows: list[str], row: int) -> list[str]:
    return rows[:row] + rows[row + 1 :]


def _two_lost(rows: list[str], row: int) -> list[str]:
    return rows[:row] + rows[row + 2 :]


def _repeated(rows: list[str], row: int) -> list[str]:
    return rows[: row + 1] + rows[row:]


def _without_beginning(rows: list[str], row: int) -> list[str]:
    return [*rows[:row], "##garbage " + rows[row][20:], *rows[row + 1 :]]


def _cut_before(rows: list[str], row: int) -> list[str]:
    return rows[row:]


def _cut_behind(rows: list[str], row: int) -> list[str]:
    return rows[: row + 1]


DAMAGES: dict[str, Damage] = {
    "one line lost": _lost,
    "two lines lost": _two_lost,
    "one line repeated": _repeated,
    "the beginning of a line garbled": _without_beginning,
    "cut at its start": _cut_before,
    "cut at its end": _cut_behind,
}
LOGS = (
    (CauseId.PUBLIC_KEY_MISMATCH, "key_generated_again"),
    (CauseId.ISSUE_DATE_MISMATCH, "local_time_for_utc"),
    (CauseId.SERIAL_SOURCE_MISMATCH, "number_from_a_slot"),
    (CauseId.AUTHORITY_KEY_MISMATCH, "authority_of_another_ca"),
)


@pytest.fixture(scope="module")
def logs() -> dict[str, list[str]]:
    bench = Workbench(11)
    found: dict[str, list[str]] = {}
    for cause, name in LOGS:
        mistake = next(one for one in MISTAKES[cause] if one.__name__ == name)
        comparison = mistake(bench, 0).comparison
        text = firmware_comparison(comparison.expected, comparison.stored)
        found[name] = [line for line in text.splitlines() if "|" in line]
    return found


def _answers(rows: list[str], damage: Damage) -> Iterator[tuple[CauseId, Confidence]]:
    for row in range(len(rows)):
        damaged = damage(rows, row)
        if sum(line.count("|") for line in damaged) < _FEWEST_BYTES:
            with pytest.raises(InputError):
                comparison_in("\n".join(damaged))
            continue
        pasted = comparison_in("\n".join(damaged))
        assert not pasted.comparison.equal, row
        found = causes(pasted.comparison, pasted.context)
        assert found, row
        yield found[0].id, found[0].confidence


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("cause", "name"), LOGS)
def test_never_a_wrong_cause_with_confidence(logs: dict[str, list[str]], cause: CauseId, name: str, damage: str):
    """The table is printed with `pytest -s`."""
    told = Counter(_answers(logs[name], DAMAGES[damage]))
    print(f"\n{name:30} {damage:32}", ", ".join(f"{c} {how} {n}" for (c, how), n in sorted(told.items())))
    confident = {first for first, how in told if how is not Confidence.POSSIBLE}
    assert confident <= {cause, CauseId.TRUNCATED_INPUT}
    # Another serial number beside equal dates, and nothing behind them: the key is possible too.
    assert {first for first, _ in told} <= {cause, CauseId.TRUNCATED_INPUT, CauseId.PUBLIC_KEY_MISMATCH}
    whole = told[cause, Confidence.CERTAIN]
    if DAMAGES[damage] is _repeated:
        assert whole == sum(told.values())
    else:
        assert whole <= 1, "only a log of which nothing is cut is certain"


def test_a_digit_misread_outside_names_and_dates_hides_no_cause(logs: dict[str, list[str]]):
    """In a name or a date it is one that differs, and nothing in the log tells otherwise."""
    for cause, name in LOGS:
        rows = logs[name]
        names = _bytes_of_names_and_dates(rows)
        for row, line in enumerate(rows):
            column = row * 5 % line.count("|")
            if row * 16 + column in names:
                continue
            digit = line.index("|") - 1 + 6 * column
            garbled = line[:digit] + ("3" if line[digit] != "3" else "8") + line[digit + 1 :]
            pasted = comparison_in("\n".join([*rows[:row], garbled, *rows[row + 1 :]]))
            assert not pasted.comparison.equal
            assert causes(pasted.comparison, pasted.context)[0].id in (cause, CauseId.TRUNCATED_INPUT), (name, row)


def test_a_digit_misread_in_a_name_is_no_certain_cause(logs: dict[str, list[str]]):
    rows = [line for line in _equal_log(logs) if "|" in line]
    for position in sorted(_bytes_of_names_and_dates(rows)):
        row, column = divmod(position, 16)
        digit = rows[row].index("|") - 1 + 6 * column
        garbled = rows[row][:digit] + ("3" if rows[row][digit] != "3" else "8") + rows[row][digit + 1 :]
        pasted = comparison_in("\n".join([*rows[:row], garbled, *rows[row + 1 :]]))
        found = causes(pasted.comparison, pasted.context)
        assert found
        assert all(cause.confidence is not Confidence.CERTAIN for cause in found), (position, found)


def _equal_log(logs: dict[str, list[str]]) -> list[str]:
    comparison = comparison_in("\n".join(logs["key_generated_again"])).comparison
    return firmware_comparison(comparison.expected, comparison.expected).splitlines()


def test_zeros_behind_a_shorter_certificate_are_the_firmware_s():
    bench = Workbench(12)
    for mistake in MISTAKES[CauseId.TEMPLATE_MISMATCH]:
        comparison = mistake(bench, 0).comparison
        longer, shorter = sorted((comparison.expected, comparison.stored), key=len, reverse=True)
        pasted = comparison_in(firmware_comparison(longer, shorter))
        assert (pasted.comparison.expected, pasted.comparison.stored) == (longer, shorter)
        assert causes(pasted.comparison, pasted.context) == causes(compare(longer, shorter), pasted.context)


def _bytes_of_names_and_dates(rows: list[str]) -> set[int]:
    fields = comparison_in("\n".join(rows)).comparison.expected_fields
    named = [field for field in fields if any(part in field.path for part in (".issuer.", ".subject.", ".validity."))]
    return {position for field in named for position in range(field.start, field.end)}


@pytest.mark.parametrize("damage", ["one line lost", "two lines lost", "one line repeated"])
def test_another_key_is_told_whichever_line_is_lost(logs: dict[str, list[str]], damage: str):
    told = list(_answers(logs["key_generated_again"], DAMAGES[damage]))
    assert {first for first, _ in told} == {CauseId.PUBLIC_KEY_MISMATCH}


def test_a_log_that_ends_before_the_key_says_so(logs: dict[str, list[str]]):
    pasted = comparison_in("\n".join(logs["key_generated_again"][:8]))
    first, *others = causes(pasted.comparison, pasted.context)
    assert first.id is CauseId.TRUNCATED_INPUT
    assert [(one.id, one.confidence) for one in others] == [
        (CauseId.PUBLIC_KEY_MISMATCH, Confidence.POSSIBLE),
        (CauseId.SERIAL_SOURCE_MISMATCH, Confidence.POSSIBLE),
    ]
    assert all("The public key is not in the paste" in " ".join(one.evidence) for one in others)
