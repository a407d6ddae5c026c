"""Chips that were provisioned wrongly in a known way: the right cause comes first, whatever the names and dates."""

from collections import Counter
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.diagnose.causes.cause import CauseId, Confidence
from atecc_bench.diagnose.causes.find_causes import causes
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
    table: Counter[tuple[str, str]] = Counter()
    kinds = [(cause, mistake) for cause, mistakes in MISTAKES.items() for mistake in mistakes]
    endless = ((number, *kind) for number, kind in product(range(CORPUS_SIZE), kinds))
    for number, cause, mistake in islice(endless, CORPUS_SIZE):
        table[cause, first_of(bench, mistake, number % 2)] += 1
    print(f"\n{CORPUS_SIZE} cases: known cause, cause that came first, how often")
    for (known, first), count in sorted(table.items()):
        print(f"{known:30} {first:30} {count:4}{'' if known == first else '  WRONG'}")
    assert all(known == first for known, first in table)
    assert sum(table.values()) == CORPUS_SIZE
