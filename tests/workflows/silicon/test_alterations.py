"""A chip that contradicts one assumption is found out, and by the check of that assumption alone."""

import pytest

from atecc_bench.workflows.silicon.check_table import UNASKABLE, plan_of
from atecc_bench.workflows.silicon.findings import Depth, Verdict
from tests.support.boards.altered_board import findings_of
from tests.support.cases.altered_chips import Altered
from tests.support.cases.altered_documented_rules import DOCUMENTED
from tests.support.cases.altered_rules import ALTERED, flipped

pytestmark = pytest.mark.slow

IN_REAL_TIME = [altered for altered in ALTERED if "speed=real" in altered.preset]
AT_ONCE = [altered for altered in ALTERED if altered not in IN_REAL_TIME]


def found_by(altered: Altered) -> set[tuple[str, str]]:
    """The checks that say that something is wrong, each with its assumption."""
    found = findings_of(altered)
    assert found.ended_by is None, found.ended_by
    return {(r.check, r.assumption or "") for r in found.results if r.verdict is Verdict.CONTRADICTED}


def contradicted(altered: Altered) -> set[str]:
    """The assumptions that the check says are wrong; what is documented may be found wrong beside them."""
    found = findings_of(altered)
    assert found.ended_by is None, found.ended_by
    return {r.assumption for r in found.results if r.verdict is Verdict.CONTRADICTED and r.assumption is not None}


@pytest.mark.parametrize("altered", AT_ONCE, ids=str)
def test_one_rule_changed_is_found_by_its_own_check(altered: Altered) -> None:
    assert contradicted(altered) == {altered.assumption}


@pytest.mark.parametrize("altered", DOCUMENTED, ids=str)
def test_one_documented_rule_changed_is_found_by_the_check_of_it_alone(altered: Altered) -> None:
    assert found_by(altered) == {(altered.check, "")}


@pytest.mark.slow
@pytest.mark.parametrize("altered", IN_REAL_TIME, ids=str)
def test_a_slow_chip_is_found_by_its_own_check(altered: Altered) -> None:
    assert contradicted(altered) == {altered.assumption}


def test_every_assumption_that_a_check_asks_was_changed_in_some_chip() -> None:
    asked = {planned.check.assumption for depth in Depth for planned in plan_of(depth)} - {None}
    assert set(flipped()) == asked
    assert asked.isdisjoint(UNASKABLE)
