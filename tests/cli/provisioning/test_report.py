"""`report`: one page on what was provisioned, from the record alone."""

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench import __version__
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.provision.report.report_html import report_html
from atecc_bench.provision.report.run_document import read_document

Run = Callable[..., Any]


class _Text(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def provisioned(run: Run, chip: Run, ca: Path) -> Any:
    url = f"{chip('fresh').url}&speed=max"
    return run("provision", "--port", url, "--profile", "trustcustom-tls", "--ca", ca, "--yes", "--json").document


def test_the_page_says_all_that_an_auditor_asks_for(run: Run, provisioned: Any, tmp_path: Path):
    page = tmp_path / "page.html"
    done = run("report", provisioned["serial_number"].upper(), "--virtual", "--out", page)
    assert done.code == 0, done.err
    words = _Text(page.read_text(encoding="utf-8")).words
    assert "PASS · VIRTUAL" in words
    assert "nothing here happened to silicon" in words
    for name in ("device_pem", "signer_pem", "root_pem"):
        certificate = x509.load_pem_x509_certificate(Path(provisioned["artifacts"][name]).read_bytes())
        assert certificate.fingerprint(SHA256()).hex() in words
    assert load_profile("trustcustom-tls").sha256 in words
    for said in (provisioned["serial_number"], "trustcustom-tls", "Lock data", "ESP32", __version__):
        assert said in words


def test_the_record_as_json(run: Run, provisioned: Any):
    done = run("report", provisioned["serial_number"], "--virtual", "--json")
    assert done.document["verdict"] == "PASS"
    assert done.document["steps"] == provisioned["steps"]


def test_a_page_is_never_overwritten(run: Run, provisioned: Any, tmp_path: Path):
    (tmp_path / "page.html").write_text("mine")
    done = run("report", provisioned["serial_number"], "--virtual", "--out", tmp_path / "page.html")
    assert (done.code, (tmp_path / "page.html").read_text()) == (2, "mine")


def test_a_chip_in_software_is_not_taken_for_one_of_silicon(run: Run, provisioned: Any):
    assert run("report", provisioned["serial_number"], "--json").error_id == "no-record"


@pytest.mark.parametrize("serial", ["0123", "../..", "", "*"])
def test_a_chip_without_a_record(run: Run, serial: str):
    assert (done := run("report", serial, "--json")).error_id == "no-record"
    assert done.code == 2


def test_nothing_that_a_board_or_an_error_says_becomes_markup():
    bad = "<script>alert(1)</script>&amp;"
    document = {
        "virtual": False, "verdict": "FAIL", "serial_number": "0123" + "ab" * 6 + "ee", "profile": bad, "at": bad,
        "steps": [{"id": bad, "status": bad, "seconds": 1}], "version": bad, "bridge": bad,
        "plan": [{"id": bad, "title": bad, "effect": bad}], "proofs": [{"id": bad, "proved": True}],
        "timing": {"total_s": 1, "chip_s": 1, "wire_s": 0}, "error": {"id": bad, "message": bad, "hint": bad},
    }  # fmt: skip
    page = _Text(report_html([read_document(json.dumps(document).encode(), Path("result.json"))]))
    assert "script" not in page.tags
    assert page.words.count(bad) == 8  # the time is cut to the second


def page_of(run: Run, serial_number: str, folder: Path) -> str:
    page = folder / f"page-{len(list(folder.glob('page-*')))}.html"
    assert run("report", serial_number, "--virtual", "--out", page).code == 0
    return _Text(page.read_text(encoding="utf-8")).words


def proofs_in(words: str) -> set[Proof]:
    return {proof for proof in Proof if proof.sentence in words}


@pytest.mark.slow
def test_it_claims_what_was_proved_and_nothing_else(run: Run, chip: Run, ca: Path, tmp_path: Path):
    for preset, profile in (("fresh", "trustcustom-tls"), ("trustgo", "trust-and-go"), ("configured", "aws-iot")):
        given = () if profile == "aws-iot" else ("--ca", ca)
        arguments = ("provision", "--port", chip(preset).url, "--profile", profile, *given, "--yes")
        done = run(*arguments, "--json").document
        wanted = {Proof(proof["id"]) for proof in done["proofs"] if proof["proved"]}
        promised = load_profile(profile)
        every = set(promised.proofs_with(promised.nominal_config()))
        assert wanted == (set() if profile == "aws-iot" else every)
        words = page_of(run, done["serial_number"], tmp_path)
        assert proofs_in(words) == wanted
        assert "already" not in words
        assert proofs_in(run(*arguments).out) == wanted
    assert "WAITING · VIRTUAL" in words


def test_other_records_of_the_chip_and_damaged_older_ones_do_not_hide_its_runs(
    run: Run, provisioned: Any, chip: Run, ca: Path, other_ca: Path
):
    serial, url = provisioned["serial_number"], chip("fresh").url
    again = run("provision", "--port", url, "--profile", "trustcustom-tls", "--ca", ca, "--json").document
    assert run("key", "generate", "--port", url, "--slot", 0, "--yes").code == 0
    assert run("cert", "mend", "--port", url, "--ca", ca, "--yes", "--new-issuer").code == 0
    Path(provisioned["artifacts"]["result_json"]).write_bytes(b"{")
    done = run("report", serial, "--virtual", "--json")
    assert (done.code, done.document["at"]) == (0, again["at"])
    assert [one["from_journal"] for one in done.document["runs"]] == [False, True]
    assert "Since this run: The key in slot 0 was changed on 20" in page_of(run, serial, ca)


def test_a_check_does_not_hide_the_run_that_locked_the_chip(run: Run, provisioned: Any, chip: Run, ca: Path):
    serial = provisioned["serial_number"]
    arguments = ("provision", "--port", chip("fresh").url, "--profile", "trustcustom-tls", "--ca", ca, "--json")
    assert run(*arguments).document["already_provisioned"] is True
    words = page_of(run, serial, ca)
    assert "is provisioned; this run wrote nothing to it." in words
    for step in ("Lock configuration (for ever)", "Lock data zone (for ever)", "Generate keys"):
        assert words.count(step) == 1
    assert words.count("PASS · VIRTUAL") == 4  # title, headline, and both runs
    runs = run("report", serial, "--virtual", "--json").document["runs"]
    assert [len(one["steps"]) for one in runs] == [4, len(provisioned["steps"])]
    assert [one["at"] >= provisioned["at"] for one in runs] == [True, True]


def test_a_run_that_was_cut_off_is_told_from_its_journal(run: Run, provisioned: Any, ca: Path):
    folder = Path(provisioned["artifacts"]["device_pem"]).parent
    journal = (folder / "journal.jsonl").read_text().splitlines()
    cut = next(index for index, line in enumerate(journal) if '"lock-data"' in line and '"running"' in line)
    earlier = folder.with_name("20260101T000000Z")
    earlier.mkdir()
    (earlier / "journal.jsonl").write_text("\n".join([*journal[: cut + 1], '{"event": "st']))
    words = page_of(run, provisioned["serial_number"], ca)
    assert "The run was cut off during the step lock-data." in words
    assert "Lock data running" in words
    assert "Lock config running" not in words  # it was done: the next one began
    folder.rename(folder.with_name("20250101T000000Z"))  # now the one that was cut off is the newest
    document = run("report", provisioned["serial_number"], "--virtual", "--json").document
    assert (document["verdict"], document["error"]["id"]) == ("FAIL", "cut-off")


@pytest.mark.slow
def test_a_pdf_is_one_page_whatever_was_done_and_needs_no_display(
    run_process: Run, provisioned: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(provisioned["artifacts"]["device_pem"]).parent
    for day in range(1, 29):
        shutil.copytree(folder, folder.with_name(f"202501{day:02}T000000Z"))
    done = run_process("report", provisioned["serial_number"], "--virtual", "--out", tmp_path / "page.PDF")
    assert done.code == 0, done.err
    pdf = (tmp_path / "page.PDF").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"virtual": true}', b"\xff"])
def test_a_damaged_record_is_refused_in_words(run: Run, provisioned: Any, content: bytes):
    result = Path(provisioned["artifacts"]["device_pem"]).with_name("result.json")
    result.write_bytes(content)
    done = run("report", provisioned["serial_number"], "--virtual", "--json")
    assert (done.code, done.error_id) == (2, "not-a-report")
