"""Chips that were provisioned wrongly in a known way: the right cause comes first, whatever the names and dates."""

from collections import Counter
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.causes.cause import CauseId, Confidence
from atecc_bench.diagnose.causes.find_causes import causes
from tests.support.cases.equal_fields import EQUAL_FIELDS, Change, case_of
from tests.support.cases.wrong_provisioning import MISTAKES, Mistake, Workbench

CASES = [
    pytest.param(cause, mistake, style, id=f"{cause}-{mistake.__name__}-{style}")
    for cause, mistakes in MISTAKES.items()
    for mistake in mistakes
    for style in (0, 1)
]
CORPUS_SIZE = 300


def first_of(bench: Workbench, mistake: Mistake, style: int) -> str:
    case = mistake(bench, style)
    found = causes(case.comparison, case.known)
    return found[0].id if found else "none"


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench(5)


def test_there_are_cases_for_every_cause():
    assert set(MISTAKES) == set(CauseId)
    assert all(len(mistakes) >= 3 for mistakes in MISTAKES.values())


@pytest.mark.parametrize(("cause", "mistake", "style"), CASES)
def test_the_right_cause_comes_first(bench: Workbench, cause: CauseId, mistake: Mistake, style: int):
    case = mistake(bench, style)
    found = causes(case.comparison, case.known)
    assert found
    assert found[0].id is cause, [c.id for c in found]
    assert found[0].confidence in (Confidence.CERTAIN, Confidence.LIKELY)
    assert found[0].summary
    assert found[0].evidence
    assert found[0].fix


@given(seed=st.integers(0, 1 << 30), case=st.sampled_from([param.values for param in CASES]))
def test_whatever_the_names_dates_and_lengths(bench: Workbench, seed: int, case: tuple[CauseId, Mistake, int]):
    cause, mistake, style = case
    bench.chosen.seed(seed)
    assert first_of(bench, mistake, style) == cause


@pytest.mark.slow
def test_corpus_of_300_cases():
    """The confusion table is printed with `pytest -s`."""
    bench = Workbench(300)
    table = Counter[tuple[str, str]]()
    kinds = [(cause, mistake) for cause, mistakes in MISTAKES.items() for mistake in mistakes]
    endless = ((number, *kind) for number, kind in product(range(CORPUS_SIZE), kinds))
    for number, cause, mistake in islice(endless, CORPUS_SIZE):
        table[cause, first_of(bench, mistake, number % 2)] += 1
    _check_confusion(table, CORPUS_SIZE)


@pytest.mark.slow
def test_corpus_of_60_cases_in_which_an_equal_field_contradicts():
    """Its confusion table, too, is printed with `pytest -s`."""
    bench = Workbench(60)
    table = Counter[tuple[str, str]]()
    for number, (change, cause) in product(range(6), EQUAL_FIELDS.items()):
        case = case_of(bench, change, number % 2)
        found = causes(case.comparison, case.known)
        table[cause, found[0].id if found else "none"] += 1
    _check_confusion(table, 60)


@given(seed=st.integers(0, 1 << 30), change=st.sampled_from(list(EQUAL_FIELDS)), style=st.integers(0, 1))
def test_an_equal_field_contradicts_whatever_the_names_and_dates(
    bench: Workbench, seed: int, change: Change, style: int
):
    bench.chosen.seed(seed)
    case = case_of(bench, change, style)
    assert causes(case.comparison, case.known)[0].id is EQUAL_FIELDS[change]


def _check_confusion(table: Counter[tuple[str, str]], size: int) -> None:
    print(f"\n{size} cases: known cause, cause that came first, how often")
    for (known, first), count in sorted(table.items()):
        print(f"{known:30} {first:30} {count:4}{'' if known == first else '  WRONG'}")
    assert all(known == first for known, first in table)
    assert sum(table.values()) == size
