"""Every assumption of the twin names its checks, or says why none can exist."""

import re

import pytest

from atecc_bench.twin.rules.assumptions import ASSUMPTIONS, Assumption
from atecc_bench.workflows.silicon.check_table import ASKED_ALONE, UNASKABLE, checks_of, plan_of
from atecc_bench.workflows.silicon.findings import Depth

IDS = {assumption.id for assumption in ASSUMPTIONS}


@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=lambda assumption: assumption.id)
def test_an_assumption_has_a_check_or_a_reason_for_none(assumption: Assumption) -> None:
    assert bool(checks_of(assumption.id)) is (assumption.id not in UNASKABLE)


def test_checks_and_reasons_are_about_assumptions_that_there_are() -> None:
    asked = {planned.check.assumption for depth in Depth for planned in plan_of(depth)} - {None}
    assert asked - IDS == set()
    assert set(UNASKABLE) - IDS == set()
    assert set(ASKED_ALONE) <= asked
    assert [why for why in (*UNASKABLE.values(), *ASKED_ALONE.values()) if not why.endswith(".")] == []


@pytest.mark.parametrize("depth", Depth)
def test_a_check_is_asked_once_in_a_stage_and_has_an_id_of_its_own(depth: Depth) -> None:
    ids = [(planned.stage, planned.check.id) for planned in plan_of(depth)]
    assert len(set(ids)) == len(ids)
    assert [name for _, name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []
