"""Certificates are read, verified and compared by the layout that a chip really has, whatever profile it passed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases.stored_layouts import EACH_LAYOUT

Run = Callable[..., Any]


@pytest.fixture
def provisioned(run: Run, chip: Run, printable_ca: Path) -> Callable[[str, str], tuple[Any, Path]]:
    """A chip that passed a profile, and the folder of its record."""

    def make(profile: str, preset: str) -> tuple[Any, Path]:
        board = chip(preset)
        done = run("provision", "--port", board.url, "--profile", profile, "--ca", printable_ca, "--yes", "--json")
        assert done.document["verdict"] == "PASS", done.document
        return board, Path(done.document["artifacts"]["device_pem"]).parent

    return make


@pytest.fixture
def printable_ca(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "ca"
    made = run("ca", "init", folder, "--organization", "Nordlys AS", "--printable-names", "--json")
    assert made.code == 0, made.out
    return folder


@EACH_LAYOUT
def test_what_passed_is_read_verified_and_compared(
    run: Run, provisioned: Callable[[str, str], tuple[Any, Path]], profile: str, preset: str, layout: str
):
    board, record = provisioned(profile, preset)
    before = board.eeprom
    read = run("cert", "read", "--port", board.url, "--json")
    assert (read.code, read.document["layouts"]) == (0, [layout])
    assert read.document["device_pem"] == (record / "device.pem").read_text()
    assert run("cert", "verify", "--port", board.url, "--json").document["valid"]
    compared = run("diagnose", "--port", board.url, "--json")
    assert (compared.code, compared.document["equal"]) == (0, True)
    assert board.eeprom == before


@EACH_LAYOUT
def test_a_bundle_has_the_certificates_of_its_layout_and_compares_them(
    run: Run,
    provisioned: Callable[[str, str], tuple[Any, Path]],
    tmp_path: Path,
    profile: str,
    preset: str,
    layout: str,
):
    board, _ = provisioned(profile, preset)
    bundle = tmp_path / "bundle.zip"
    assert run("bundle", "--port", board.url, "--out", bundle).code == 0
    told = run("diagnose", bundle, "--json")
    assert (told.code, told.document["equal"]) == (0, True), told.out


@EACH_LAYOUT
def test_files_from_elsewhere_and_the_slots_alone_tell_the_layout(
    run: Run,
    provisioned: Callable[[str, str], tuple[Any, Path]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    profile: str,
    preset: str,
    layout: str,
):
    board, record = provisioned(profile, preset)
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path / "another computer"))
    read = run("cert", "read", "--port", board.url, "--like", record, "--json")
    assert (read.code, read.document["layouts"]) == (0, [layout])
    assert read.document["device_pem"] == (record / "device.pem").read_text()


def test_a_chip_that_nothing_is_known_of_is_told_slot_by_slot(
    run: Run,
    provisioned: Callable[[str, str], tuple[Any, Path]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    board, _ = provisioned("arduino-eccx08-tls", "fresh")
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path / "another computer"))
    read = run("cert", "read", "--port", board.url, "--json")
    assert (read.code, read.error_id) == (2, "no-template")
    said = read.document["error"]["message"]
    assert "72 bytes of a certificate stand in slot 10." in said
    assert "slot 0: a private key" in said
    assert "write one" not in said


def test_a_chip_that_holds_nothing_yet_is_no_defect(run: Run, chip: Run):
    read = run("cert", "read", "--port", chip("fresh").url, "--json")
    assert (read.code, read.error_id) == (1, "data-zone-open")
