"""Files as people bring them: the verbs about configurations take each of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import DATA

Run = Callable[..., Any]
BROUGHT = DATA / "brought"
WHOLE = [
    "letter-o-for-zero.txt", "index-and-value.txt", "hex-without-zeros.txt", "od-with-decimal-offsets.txt",
    "rows-of-hex-digits-and-x.txt", "elixir-binary.txt", "rust-pretty-list.txt", "java-signed-bytes.txt",
    "zephyr-hexdump.txt", "nrf-hexdump.txt", "base64.txt", "index-table.md", "ranges-by-name.h",
]  # fmt: skip
WITHOUT_START = ["array-with-a-macro.c", "array-with-conditions.h", "bytes-16-to-127.txt"]


@pytest.mark.parametrize("name", WHOLE)
def test_whole_configurations_are_decoded(run: Run, name: str):
    document = run("config", "decode", BROUGHT / name, "--json").document
    assert document["config"].startswith("0123")
    assert "unknown" not in document
    assert len(document["fields"]) > 40


def test_four_printouts_of_one_chip_are_equal(run: Run):
    names = ("index-and-value.txt", "hex-without-zeros.txt", "od-with-decimal-offsets.txt")
    assert len({run("config", "decode", BROUGHT / name, "--json").document["config"] for name in names}) == 1


def test_a_repaired_letter_is_said(run: Run):
    remarks = run("config", "decode", BROUGHT / "letter-o-for-zero.txt", "--json").document["remarks"]
    assert any("“FO” is read as F0" in remark and "“CO” is read as C0" in remark for remark in remarks)


@pytest.mark.parametrize("name", WITHOUT_START)
def test_what_firmware_keeps_is_decoded_linted_and_compared(run: Run, name: str):
    document = run("config", "decode", BROUGHT / name, "--json").document
    assert [0, 15] in document["unknown"] or document["unknown"][0] == [0, 15]
    assert not any(field["start"] < 16 for field in document["fields"])
    assert any("chip's own" in remark for remark in document["remarks"])
    findings = run("config", "lint", BROUGHT / name, "--json").document["findings"]
    assert all(first > 15 for finding in findings for first, _ in finding["bytes"])
    assert run("config", "diff", BROUGHT / name, BROUGHT / name, "--json").document["equal"] is True


def test_the_macro_is_resolved(run: Run):
    document = run("config", "decode", BROUGHT / "array-with-a-macro.c", "--json").document
    assert bytes.fromhex(document["config"])[16] == 0xB0


def test_bytes_16_to_127_are_written_and_the_chip_keeps_its_own(run: Run):
    port = "virtual://fresh?seed=4"
    before = bytes.fromhex(run("config", "read", "--port", port, "--json").document["config"])
    done = run("config", "write", "--port", port, BROUGHT / "bytes-16-to-127.txt", "--yes", "--json")
    assert done.code == 0
    assert before[:2] == b"\x01\x23"


def test_a_written_half_is_on_the_chip(run: Run, tmp_path: Path):
    port = f"virtual://fresh?state={tmp_path / 'chip.state'}"
    before = bytes.fromhex(run("config", "read", "--port", port, "--json").document["config"])
    assert run("config", "write", "--port", port, BROUGHT / "slots.md", "--yes").code == 0
    after = bytes.fromhex(run("config", "read", "--port", port, "--json").document["config"])
    told = {20: 0x87, 21: 0x20, 30: 0x0F, 31: 0x0F, 40: 0x0F, 41: 0x2F, 96: 0x33, 97: 0, 106: 0x1C, 116: 0x3C}
    assert all(after[at] == value for at, value in told.items())
    assert all(after[at] == before[at] for at in range(128) if at not in {*told, 107, 117})


def test_explain_takes_a_slot_alone(run: Run):
    done = run("explain", "--config", "-", "--command", "read slot=5", "--json", stdin="SlotConfig[5]: 0xCF 0x46")
    assert any("slot 5" in remark for remark in done.document["remarks"])
    assert "slot-never-readable" not in {reason["id"] for reason in done.document["reasons"]}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("trustflex", "trustflex", True), ("trustflex", "trustgo", False),
        ("massprovisioning-608", "trustcustom-tls", True), ("trustcustom-tls", "virtual://provisioned", True),
        ("virtual://fresh", "factory-608", True),
    ],
)  # fmt: skip
def test_any_two_kinds_of_configuration_are_compared(run: Run, one: str, other: str, equal: bool):
    done = run("config", "diff", one, other, "--json")
    assert (done.document["equal"], done.code) == (equal, 0 if equal else 1)


def test_a_name_that_nobody_knows_is_refused_with_those_that_are_known(run: Run):
    done = run("config", "diff", "trustflux", "trustgo", "--json")
    assert (done.code, done.error_id) == (2, "no-such-configuration")
    assert "trustflex" in done.document["error"]["hint"]


def test_a_request_is_shown_and_diagnosed(run: Run):
    shown = run("cert", "show", BROUGHT / "request.pem", "--json").document["objects"]
    assert [(one["kind"], one["subject"], one["signature"]) for one in shown] == [
        ("certificate request", "CN=device 1,O=ACME", "is that of its key")
    ]
    assert run("diagnose", BROUGHT / "request.pem", "--json").document["request"]["signature_valid"] is True


@pytest.mark.parametrize(
    ("text", "told"),
    [("SlotConfig[5]: 0xCF 0x46\n", 2), ("01 23 8A 11 00 00 50 00 11 22 33 44 EE\n", 13)],
)
def test_a_fragment_is_not_called_free_of_faults(run: Run, tmp_path: Path, text: str, told: int):
    file = tmp_path / "fragment.txt"
    file.write_text(text, encoding="utf-8")
    said = " ".join(run("diagnose", file).out.split())
    assert "Nothing to remark" not in said
    assert f"Only {told} of 128 bytes are told" in said
