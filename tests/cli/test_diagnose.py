"""`diagnose`: which bytes differ, what they are, and why."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.resources import resource_path

Run = Callable[..., Any]


def device_pem(scenario: str) -> Path:
    return resource_path("scenarios", scenario, "device.pem")


def test_mismatch_is_exactly_three_ranges_and_one_certain_cause(run_process: Run):
    done = run_process("diagnose", "--port", "virtual://mismatch", "--json")
    assert done.code == 1
    assert done.err == ""
    assert done.document.keys() == {"virtual", "equal", "ranges", "causes"}
    assert done.document["virtual"] is True
    assert done.document["equal"] is False
    assert done.document["ranges"] == [
        {"start": 15, "end": 30, "length": 16, "field": "serialNumber", "path": "tbsCertificate.serialNumber"},
        {
            "start": 200,
            "end": 263,
            "length": 64,
            "field": "subjectPublicKey",
            "path": "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey",
        },
        {
            "start": 279,
            "end": 298,
            "length": 20,
            "field": "subjectKeyIdentifier",
            "path": "tbsCertificate.extensions.subjectKeyIdentifier",
        },
    ]
    (cause,) = done.document["causes"]
    assert cause.keys() == {"id", "summary", "evidence", "fix", "confidence"}
    assert cause["id"] == "public-key-mismatch"
    assert cause["confidence"] == "certain"
    assert cause["summary"] == "The certificate was signed for another key than the one in slot 0."
    assert cause["fix"]


def test_for_people_the_cause_comes_first_and_the_bytes_after(run: Run):
    done = run("diagnose", "--port", "virtual://mismatch")
    assert done.code == 1
    assert done.out.startswith("The certificate was signed for another key than the one in slot 0. (certain)")
    for words in ("What to do:", "15–30", "200–263", "279–298", "subjectKeyIdentifier"):
        assert words in done.out


def test_equal_is_done(run: Run):
    done = run("diagnose", "--port", "virtual://provisioned", "--json")
    assert done.code == 0
    assert done.document == {"equal": True, "ranges": [], "causes": [], "virtual": True}
    assert "Equal to the byte" in run("diagnose", "--port", "virtual://provisioned").out


def test_what_is_expected_can_be_given(run: Run):
    done = run("diagnose", "--port", "virtual://mismatch", "--expected", device_pem("mismatch"), "--json")
    assert [r["start"] for r in done.document["ranges"]] == [15, 200, 279]


def test_two_files_without_a_chip(run: Run, tmp_path: Path):
    run("cert", "read", "--port", "virtual://mismatch", "--out", tmp_path / "out")
    done = run("diagnose", "--expected", device_pem("mismatch"), "--stored", tmp_path / "out" / "device.pem", "--json")
    assert done.code == 1
    assert [r["field"] for r in done.document["ranges"]] == ["serialNumber", "subjectPublicKey", "subjectKeyIdentifier"]
    assert done.document["causes"][0]["id"] == "public-key-mismatch"


def test_two_files_that_no_known_cause_explains(run: Run):
    done = run("diagnose", "--expected", device_pem("mismatch"), "--stored", device_pem("provisioned"))
    assert done.code == 1
    assert "no known cause" in done.out


def test_a_chip_nobody_knows(run: Run):
    done = run("diagnose", "--port", "virtual://configured", "--json")
    assert (done.code, done.error_id) == (2, "no-expected")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--expected", "a.pem"], ["--stored", "a.pem"], ["--port", "virtual://mismatch", "--stored", "a.pem"]],
)
def test_what_to_compare_has_to_be_said(run: Run, arguments: list[str]):
    done = run("diagnose", *arguments, "--json")
    assert (done.code, done.error_id) == (2, "usage")


def test_a_file_that_is_no_certificate(run: Run, tmp_path: Path):
    (tmp_path / "x.pem").write_text("hello")
    done = run("diagnose", "--expected", tmp_path / "x.pem", "--stored", device_pem("mismatch"), "--json")
    assert (done.code, done.error_id) == (2, "not-a-certificate")


def test_after_a_provisioning_its_record_is_what_is_expected(run: Run, chip: Run, ca: Path):
    fresh = chip("fresh")
    run("provision", "--port", fresh.url, "--profile", "trustcustom-tls", "--ca", ca, "--yes")
    done = run("diagnose", "--port", fresh.url, "--json")
    assert (done.code, done.document["equal"]) == (0, True)
