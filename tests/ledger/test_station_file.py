"""The station's own file: of all that need it first, each gets the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from atecc_bench.ledger.station import station_of

ASKING = 16
pytestmark = pytest.mark.file_alone


def test_all_who_ask_first_are_one_station(tmp_path: Path):
    at_once = Barrier(ASKING)

    def ask(_: int) -> str:
        at_once.wait()
        return station_of(tmp_path / "data").key

    with ThreadPoolExecutor(ASKING) as asking:
        keys = set(asking.map(ask, range(ASKING)))
    assert keys == {station_of(tmp_path / "data").key}
