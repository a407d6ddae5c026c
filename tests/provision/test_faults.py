"""A sample of the fault campaign; `make faults` runs all of it."""

import multiprocessing
import sys

import pytest

from tests.support.cases.fault_campaign import KINDS, campaign_run, kill_run

SAMPLE, KILLS, PROCESSES = 36, 2, 6  # many wait for a line that was stalled


@pytest.mark.slow
def test_whatever_happens_no_promise_is_broken() -> None:
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        results = pool.map(campaign_run, [f"sample {number}" for number in range(SAMPLE)], chunksize=5)
    assert [result for result in results if result.findings] == []
    assert {result.resumed for result in results} == {"PASS"}
    assert len({result.first for result in results}) > 5  # the faults did happen
    assert {kind for kind in KINDS if any(kind in result.faults for result in results)} == set(KINDS)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals that look like a serial port")
def test_a_process_that_is_killed_leaves_a_chip_that_can_be_finished() -> None:
    with multiprocessing.get_context("spawn").Pool(KILLS) as pool:
        results = pool.map(kill_run, [f"sample {number}" for number in range(KILLS)])
    assert [result for result in results if result.findings] == []
