"""`report`: one page on what was provisioned, from the record alone."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench import __version__
from atecc_bench.provision.paper import read_document, report_html
from atecc_bench.provision.profile_file import load_profile

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
        "timing": {"total_s": 1, "chip_s": 1, "wire_s": 0}, "error": {"id": bad, "message": bad, "hint": bad},
    }  # fmt: skip
    page = _Text(report_html(read_document(json.dumps(document).encode(), Path("result.json"))))
    assert "script" not in page.tags
    assert page.words.count(bad) == 8


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"virtual": true}', b"\xff"])
def test_a_damaged_record_is_refused_in_words(run: Run, provisioned: Any, content: bytes):
    result = Path(provisioned["artifacts"]["device_pem"]).with_name("result.json")
    result.write_bytes(content)
    done = run("report", provisioned["serial_number"], "--virtual", "--json")
    assert (done.code, done.error_id) == (2, "not-a-report")
