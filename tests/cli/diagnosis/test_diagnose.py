"""`diagnose`: which bytes differ, what they are, and why."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.link.board.connection import connect
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.records.run_records import Records
from atecc_bench.resources import resource_path
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.workflows.comparison.compare_chip import compare_with_chip
from tests.support.boards.twin_desk import chip_records
from tests.support.cases.pastes import firmware_comparison

Run = Callable[..., Any]


def device_pem(scenario: str) -> Path:
    return resource_path("scenarios", scenario, "device.pem")


def test_a_board_that_forgets_is_its_scenario_again(run: Run, ca: Path):
    assert run("cert", "mend", "--port", "virtual://mismatch", "--ca", ca, "--yes", "--new-issuer", "--json").code == 0
    again = run("diagnose", "--port", "virtual://mismatch", "--json").document
    assert [(found["start"], found["end"]) for found in again["ranges"]] == [(15, 30), (200, 263), (279, 298)]
    assert run("cert", "verify", "--port", "virtual://provisioned").code == 0


@pytest.mark.slow
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


@pytest.mark.parametrize("columns", ["80", "60"])
def test_a_field_name_is_never_cut(run: Run, monkeypatch: pytest.MonkeyPatch, columns: str):
    monkeypatch.setenv("COLUMNS", columns)
    assert "279–298  20      subjectKeyIdentifier " in run("diagnose", "--port", "virtual://mismatch").out


def test_equal_is_done(run: Run):
    done = run("diagnose", "--port", "virtual://provisioned", "--json")
    assert done.code == 0
    assert done.document == {"equal": True, "ranges": [], "causes": [], "virtual": True}
    assert "Equal to the byte" in run("diagnose", "--port", "virtual://provisioned").out


def test_what_is_expected_can_be_given(run: Run):
    done = run("diagnose", "--port", "virtual://mismatch", "--expected", device_pem("mismatch"), "--json")
    assert [r["start"] for r in done.document["ranges"]] == [15, 200, 279]


def test_two_files_without_a_chip(run: Run, tmp_path: Path):
    (tmp_path / "out").mkdir()
    run("cert", "read", "--port", "virtual://mismatch", "--out", tmp_path / "out")
    done = run("diagnose", "--expected", device_pem("mismatch"), "--stored", tmp_path / "out" / "device.pem", "--json")
    assert done.code == 1
    assert [r["field"] for r in done.document["ranges"]] == ["serialNumber", "subjectPublicKey", "subjectKeyIdentifier"]
    assert done.document["causes"][0]["id"] == "public-key-mismatch"


def test_two_files_of_two_devices(run: Run):
    done = run("diagnose", "--expected", device_pem("mismatch"), "--stored", device_pem("provisioned"), "--json")
    assert done.code == 1
    assert done.document["causes"][0]["id"] == "other-device"


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


@pytest.fixture(scope="module")
def mismatch_log() -> str:
    """The case as the provisioning firmware prints it."""
    register_virtual_scheme()
    with connect("virtual://mismatch") as board:
        found = compare_with_chip(
            session := board.open_chip(), chip_records(session, Records(Path("/nowhere")), virtual=True), None
        )
    comparison = found.comparison
    return firmware_comparison(comparison.expected, comparison.stored) + "\r\nDevice Provisioning Successful!\r\n"


SENTENCE = "The certificate was signed for another key than the one in "


def test_a_whole_log_gives_the_same_sentence_as_the_chip(run: Run, mismatch_log: str, tmp_path: Path):
    (tmp_path / "log.txt").write_text(mismatch_log)
    done = run("diagnose", "--log", tmp_path / "log.txt", "--json")
    assert done.code == 1
    (cause,) = done.document["causes"]
    assert cause["summary"].startswith(SENTENCE)
    assert (cause["id"], cause["confidence"]) == ("public-key-mismatch", "certain")
    assert [(r["start"], r["end"]) for r in done.document["ranges"]] == [(15, 30), (200, 263), (279, 298)]
    assert done.document["recognised"] == [
        "lines 4–30: comparison of expected and stored bytes, 417 bytes: certificate"
    ]


def test_a_log_without_its_first_and_last_lines_gives_it_as_likely(run: Run, mismatch_log: str):
    lines = mismatch_log.split("\r\n")
    done = run("diagnose", "--log", "-", "--json", stdin="\n".join(lines[4:-3]))
    assert done.code == 1
    (cause,) = done.document["causes"]
    assert cause["summary"].startswith(SENTENCE)
    assert (cause["id"], cause["confidence"]) == ("public-key-mismatch", "likely")
    assert [(r["start"], r["end"]) for r in done.document["ranges"]] == [(15, 30), (200, 263), (279, 298)]


def test_what_nobody_saw_is_not_called_equal(run: Run, mismatch_log: str):
    rows = mismatch_log.split("\r\n")[2:-1]
    for part in (rows[-6:], [row for row in rows if "*" not in row][:3]):
        done = run("diagnose", "--log", "-", "--json", stdin="\n".join(part))
        assert (done.code, done.document["equal"], done.document["ranges"]) == (1, False, [])
        (cause,) = done.document["causes"]
        assert cause["id"] == "truncated-input"
        assert "What is shown is equal; " in cause["summary"]
        assert "not in the paste" in cause["summary"]


def test_a_log_that_powershell_wrote(run: Run, mismatch_log: str, tmp_path: Path):
    (tmp_path / "log.txt").write_bytes(mismatch_log.encode("utf-16"))
    done = run("diagnose", "--log", tmp_path / "log.txt", "--json")
    assert done.document["causes"][0]["confidence"] == "certain"


def test_for_people_what_was_recognised_is_said(run: Run, mismatch_log: str):
    done = run("diagnose", "--log", "-", stdin=mismatch_log)
    assert SENTENCE in done.out
    assert "Recognised: lines 4–30: comparison of expected and stored bytes" in done.out


def test_a_log_beside_the_expected_certificate(run: Run, mismatch_log: str):
    arguments = ("--expected", device_pem("mismatch"), "--json")
    done = run("diagnose", "--log", "-", *arguments, stdin=mismatch_log)
    assert done.document["causes"][0]["id"] == "public-key-mismatch"
    alone = run("diagnose", "--log", "-", *arguments, stdin=device_pem("mismatch").read_text())
    assert (alone.code, alone.document["equal"]) == (0, True)


@pytest.mark.parametrize(
    ("text", "error"), [("hello", "nothing-recognised"), ("30 82 01 a6 30 82 01 4b", "one-certificate")]
)
def test_a_log_with_nothing_to_compare(run: Run, text: str, error: str):
    done = run("diagnose", "--log", "-", "--json", stdin=text)
    assert (done.code, done.error_id) == (2, error)


def test_a_truncated_file_is_a_cause(run: Run, tmp_path: Path):
    der = load_certificate(device_pem("mismatch").read_bytes()).public_bytes(Encoding.DER)
    (tmp_path / "cut.der").write_bytes(der[:300])
    done = run("diagnose", "--expected", device_pem("mismatch"), "--stored", tmp_path / "cut.der", "--json")
    assert done.code == 1
    assert [cause["id"] for cause in done.document["causes"]] == ["truncated-input"]
