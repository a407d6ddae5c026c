"""The verbs of the ledger, on the folder of a version that had none."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.test_take_over import BEFORE, CUT_OFF, ESCROWED, SOFTWARE, TWICE


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(BEFORE, tmp_path / "data")
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_status_says_what_was_taken_over(run: Any, data: Path) -> None:
    done = run("ledger", "status", "--json")
    told = {name: done.document[name] for name in ("place", "devices", "virtual_devices", "runs", "conflicts")}
    assert done.code == 0
    assert told == {
        "place": str(data / "ledger.sqlite"), "devices": 3, "virtual_devices": 1, "runs": 7, "conflicts": []
    }  # fmt: skip
    assert "3, and 1 in software" in run("ledger", "status").out


def test_records_that_contradict_each_other_end_it_with_1(run: Any, data: Path) -> None:
    path = data / "records" / "devices.jsonl"
    line = json.loads(path.read_text().splitlines()[0]) | {"serial_number": CUT_OFF}
    path.write_text(path.read_text() + json.dumps(line) + "\n")
    done = run("ledger", "status")
    assert done.code == 1
    assert f"public-key-repeated {CUT_OFF} and {TWICE}" in done.out


def test_devices_come_page_by_page(run: Any) -> None:
    first = run("ledger", "devices", "--limit", "2", "--json").document
    second = run("ledger", "devices", "--limit", "2", "--after", first["next"], "--json").document
    numbers = [one["serial_number"] for one in first["devices"] + second["devices"]]
    assert numbers == sorted([TWICE, ESCROWED, CUT_OFF])
    assert second["next"] is None
    assert f"--after {numbers[1]}" in run("ledger", "devices", "--limit", "2").out


def test_runs_of_one_chip_and_of_those_in_software(run: Any) -> None:
    mine = run("ledger", "runs", TWICE.upper(), "--json").document["runs"]
    assert [one["verdict"] for one in mine] == ["PASS", "key changed", "PASS"]
    assert "FAIL (chip-changed)" in run("ledger", "runs", "--virtual").out
    assert SOFTWARE not in run("ledger", "runs").out


def test_the_export_has_every_device(run: Any, tmp_path: Path) -> None:
    assert run("ledger", "export", "--out", tmp_path / "all.jsonl", "--json").document["devices"] == 3
    assert run("ledger", "export", "--out", tmp_path / "all.csv").code == 0
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    with (tmp_path / "all.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [one["serial_number"] for one in lines] == [one["serial_number"] for one in table]
    assert [" ".join(one["public_keys"]) for one in lines] == [one["public_keys"] for one in table]


def test_a_damaged_ledger_says_what_to_do_and_that_does_it(run: Any, data: Path) -> None:
    before = run("ledger", "status", "--json").document
    for beside in data.glob("ledger.sqlite*"):
        beside.unlink()
    (data / "ledger.sqlite").write_bytes(b"no database" * 1000)
    done = run("ledger", "status", "--json")
    assert (done.code, done.error_id) == (2, "ledger-damaged")
    assert run("ledger", "rebuild", "--json").document == before
