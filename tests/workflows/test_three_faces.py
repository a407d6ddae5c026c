"""The command line, a batch and the window do the same job in the same way, and leave the same record."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from atecc_bench.cli.app import build_app
from tests.support.boards.wizard_desk import PASSPHRASE, WizardDesk

SEED = 7
OWN = {"at", "timing", "artifacts", "fingerprints"}  # of each run: when, how long, where, and fresh signatures


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def chip(folder: Path, seed: int = SEED) -> str:
    return f"virtual://fresh?state={folder / f'chip-{seed}.json'}&seed={seed}"


def provision(*ports: str, ca: Path) -> None:
    arguments = [part for port in ports for part in ("--port", port)]

    def no_pdf(title: str, html: str) -> bytes:
        raise AssertionError(title, html)

    done = CliRunner().invoke(
        build_app(no_pdf), ["provision", *arguments, "--profile", "trustcustom-tls", "--ca", str(ca), "--yes", "--json"]
    )
    assert done.exit_code == 0, done.output


def record(folder: Path, serial_number: str) -> Mapping[str, Any]:
    """What the only run of a chip left behind, without what differs from run to run."""
    (run,) = (folder / "records" / "virtual" / serial_number).iterdir()
    result = json.loads((run / "result.json").read_bytes())
    lines = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    steps = [{**step, "seconds": 0} for step in result["steps"]]
    return {
        "files": sorted(path.name for path in run.iterdir()),
        "result": {name: value for name, value in result.items() if name not in OWN} | {"steps": steps},
        "artifacts": sorted(result["artifacts"]),
        "journal": [{name: value for name, value in line.items() if name != "at"} for line in lines],
    }


@pytest.mark.slow
def test_the_same_job_leaves_the_same_record_through_each_face(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = {face: tmp_path / face for face in ("window", "command line", "batch")}
    for folder in folders.values():
        folder.mkdir()
    desk = WizardDesk(folders["window"], chip(folders["window"]))
    try:
        desk.provision_next()
    finally:
        desk.close()
    ca = folders["window"] / "ca"
    monkeypatch.setenv("ATECC_BENCH_DATA", str(folders["command line"]))
    provision(chip(folders["command line"]), ca=ca)
    monkeypatch.setenv("ATECC_BENCH_DATA", str(folders["batch"]))
    provision(chip(folders["batch"]), chip(folders["batch"], seed=8), ca=ca)

    (serial_number,) = (
        path.name for path in (folders["command line"] / "records" / "virtual").iterdir() if path.is_dir()
    )
    window, line, batch = (record(folder, serial_number) for folder in folders.values())
    assert line["result"]["verdict"] == "PASS"
    assert window == line
    assert batch == line
