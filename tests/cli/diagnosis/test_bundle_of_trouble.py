"""`bundle` where no chip answers, and `diagnose FILE` for whatever somebody has."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle, read_any_bundle
from atecc_bench.resources import resource_path
from tests.tools.make_schemas import TROUBLE_SCHEMA, trouble_schema

pytestmark = pytest.mark.slow

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("port", "error", "found"),
    [
        ("/dev/nowhere", "no-such-port", "There is no port"),
        ("virtual://no-chip", "no-chip", "Nothing on the bus answers the wake pulse."),
        ("virtual://blank-board", "blank-board", "blank"),
        ("virtual://other-firmware", "other-firmware", "another application"),
    ],
)
def test_a_bundle_is_made_where_no_chip_answers_and_read_again(
    run: Run, tmp_path: Path, port: str, error: str, found: str
):
    out = tmp_path / "report.zip"
    done = run("bundle", "--port", port, "--out", out, "--notes", "since this morning", "--json")
    assert done.code == 0
    assert done.document["trouble"]["error"] == error
    made = read_any_bundle(out.read_bytes())
    assert isinstance(made, TroubleBundle)
    assert made.notes == "since this morning"
    assert any(found in one.finding for one in made.tried)
    for arguments in ((out,), ("--bundle", out)):
        told = run("diagnose", *arguments)
        assert (told.code, f"[{error}]" in told.out, "since this morning" in told.out) == (1, True, True)
    assert run("config", "lint", "--bundle", out, "--json").error_id == "bundle-without-chip"


def test_the_boot_log_of_another_application_is_in_the_bundle(run: Run, tmp_path: Path):
    run("bundle", "--port", "virtual://other-firmware", "--out", tmp_path / "report.zip")
    made = read_any_bundle((tmp_path / "report.zip").read_bytes())
    assert isinstance(made, TroubleBundle)
    assert "rst:0x1" in made.received
    assert made.virtual


def test_the_published_schema_of_a_bundle_without_a_chip_is_that_of_the_program():
    assert resource_path("schemas", TROUBLE_SCHEMA).read_text(encoding="utf-8") == trouble_schema()


@pytest.mark.parametrize("name", ["bundle", "log", "dump", "certificate", "der"])
def test_it_is_found_out_what_a_file_is(run: Run, tmp_path: Path, name: str):
    file = tmp_path / "found"
    scenario = resource_path("scenarios", "mismatch", "device.pem")
    if name == "bundle":
        assert run("bundle", "--port", "virtual://mismatch", "--out", tmp_path / "found.zip").code == 0
        file = tmp_path / "found.zip"
    elif name == "log":
        file.write_text(resource_path("examples", "serial.log").read_text())
    elif name == "dump":
        file.write_text(run("config", "read", "--port", "virtual://configured").out)
    elif name == "certificate":
        file.write_bytes(scenario.read_bytes())
    else:
        assert run("cert", "export", scenario, "--out", tmp_path / "found.der").code == 0
        file = tmp_path / "found.der"
    done = run("diagnose", file, "--json")
    key, code = {
        "bundle": ("causes", 1), "log": ("causes", 1), "dump": ("findings", 1), "certificate": ("subject", 0),
        "der": ("subject", 0),
    }[name]  # fmt: skip
    assert (done.code, key in done.document) == (code, True)


def test_a_file_with_nothing_in_it_is_wrong_input(run: Run, tmp_path: Path):
    (tmp_path / "letter.txt").write_text("Dear support,\n")
    done = run("diagnose", tmp_path / "letter.txt", "--json")
    assert (done.code, done.error_id) == (2, "nothing-recognised")


def test_a_bundle_whose_chip_has_no_expected_certificate_is_diagnosed_by_its_configuration(run: Run, tmp_path: Path):
    run("bundle", "--port", "virtual://configured", "--out", tmp_path / "found.zip")
    done = run("diagnose", tmp_path / "found.zip", "--json")
    assert done.code == 1
    assert json.dumps(done.document["findings"]).count("open-key") == 1
