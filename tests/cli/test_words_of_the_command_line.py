"""One name for one thing, old names that say so, endings that tell the form, and questions before what is lost."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from atecc_bench.cli.app import json_behind_verb
from atecc_bench.cli.common.old_names import OLD_NAMES
from tests.cli.conftest import PASSPHRASE, Chip
from tests.support.cases.every_verb import VERBS

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["--json", "ports"], ["ports", "--json"]),
        (["ports", "--json"], ["ports", "--json"]),
        (["--json", "--log-level", "debug", "key", "public"], ["--log-level", "debug", "key", "public", "--json"]),
        (["key", "--json", "public", "--slot", "0"], ["key", "public", "--slot", "0", "--json"]),
        (["--json", "flash", "--ram", "--", "info"], ["flash", "--ram", "--json", "--", "info"]),
        (["bundle", "--notes", "--json"], ["bundle", "--notes", "--json"]),
        (["--json"], ["--json"]),
    ],
)
def test_json_may_stand_before_the_verb(written: list[str], meant: list[str]):
    assert json_behind_verb(written) == meant


def test_old_names_work_and_say_what_they_are_called_now(run: Run):
    done = run("key", "public", "--port", "virtual://provisioned", "--slot", "0", "--form", "ski")
    assert (done.code, len(done.out.strip())) == (0, 40)
    assert "--form is called --format now" in done.err
    assert "--form " not in run("key", "public", "--help").out


def test_the_old_name_of_the_escrow_passphrase_works_with_an_equals_sign(run: Run, tmp_path: Path, chip: Run):
    (tmp_path / "words").write_text("of an escrow file\n")
    configured = chip("configured")
    named = f"--passphrase-file={tmp_path / 'words'}"
    done = run("key", "set", "--port", configured.url, "--slot", 4, "--escrow", tmp_path / "new.keys", named, "--yes")
    assert done.code == 0
    assert "--escrow-passphrase-file" in done.err
    assert f"slot 4 of chip {configured.serial_number} VIRTUAL are written" in done.out


def test_old_names_are_of_verbs_that_are_there():
    assert OLD_NAMES.keys() <= {case.verb for case in VERBS}


@pytest.mark.parametrize("case", [case for case in VERBS if any("virtual:" in word for word in case.words)])
def test_every_verb_that_opens_a_port_takes_a_rate(run: Run, case: Any):
    assert "--baud N" in run(*case.verb.split(), "--help").out


@pytest.mark.parametrize("verb", [case.verb for case in VERBS if case.asks])
def test_every_verb_that_overwrites_can_be_told_not_to_ask(run: Run, verb: str):
    assert "--yes" in run(*verb.split(), "--help").out


@pytest.mark.parametrize(
    ("verb", "endings"),
    [
        (("bundle", "--port", "virtual://provisioned"), ".zip"),
        (("key", "csr", "--port", "virtual://provisioned", "--slot", "0"), ".pem or .csr or .der"),
        (("slot", "read", "--port", "virtual://provisioned", "--slot", "8"), ".bin or .hex"),
    ],
)
def test_an_ending_that_tells_no_form_is_refused_before_the_port_is_opened(
    run: Run, tmp_path: Path, verb: tuple[str, ...], endings: str
):
    done = run(*verb, "--out", tmp_path / "file.txt", "--json")
    assert (done.code, done.error_id) == (2, "ending-unknown")
    assert endings in done.document["error"]["hint"]
    missing = run(*verb, "--out", tmp_path / "nowhere" / f"file{endings.split()[0]}", "--json")
    assert (missing.code, missing.error_id) == (2, "no-folder")
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == []


def test_the_ending_decides_the_form(run: Run, tmp_path: Path):
    csr = ("key", "csr", "--port", "virtual://provisioned", "--slot", "0", "--out")
    said = run(*csr, tmp_path / "request.der").out
    assert str(tmp_path / "request.der") in said
    x509.load_der_x509_csr((tmp_path / "request.der").read_bytes())
    slot = ("slot", "read", "--port", "virtual://provisioned", "--slot", "8", "--length", "4", "--out")
    for ending in ("bin", "hex"):
        assert run(*slot, tmp_path / f"slot.{ending}").code == 0
    assert (tmp_path / "slot.hex").read_text() == (tmp_path / "slot.bin").read_bytes().hex() + "\n"


def test_a_format_and_an_ending_that_contradict_each_other_are_refused(run: Run, tmp_path: Path):
    from atecc_bench.resources import resource_path

    device = resource_path("scenarios", "provisioned", "device.pem")
    done = run("cert", "export", device, "--format", "der", "--out", tmp_path / "device.pem", "--json")
    assert (done.code, done.error_id) == (2, "usage")
    run("cert", "export", device, "--out", tmp_path / "device.der")
    x509.load_der_x509_certificate((tmp_path / "device.der").read_bytes())


def test_certificates_are_overwritten_only_when_somebody_says_so(run: Run, chip: Run, ca: Path, isolated: Path):
    mismatch: Chip = chip("mismatch")
    before = mismatch.eeprom
    mend = ("cert", "mend", "--port", mismatch.url, "--ca", ca)
    asked = run(*mend, stdin="000000\n")
    assert (asked.code, mismatch.eeprom == before) == (1, True)
    assert "overwrite slots" in asked.err
    assert not list(isolated.rglob("saved.json"))
    done = run(*mend, stdin=f"{mismatch.serial_number[-6:]}\n")
    assert done.code == 0
    assert "Written to slot 10: device certificate." in done.out
    assert mismatch.eeprom != before
    again = run(*mend[:2], *mend[2:], stdin=f"{mismatch.serial_number[-6:]}\n")
    assert again.code == 0


def test_a_path_is_whole_where_no_terminal_is_however_narrow_it_was(
    run: Run, chip: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    provisioned: Chip = chip("provisioned")
    (tmp_path / "bytes").write_bytes(b"hello")
    write = ("slot", "write", "--port", provisioned.url, "--slot", 13, "--file", tmp_path / "bytes", "--yes", "--json")
    (saved,) = run(*write).document["saved"]
    monkeypatch.setenv("COLUMNS", "40")
    assert saved in run("slot", "restore", "--port", provisioned.url, "--list").out
    assert "virtual://wrong-address" in run("ports").out


def test_the_commands_are_listed_as_json_too(run: Run):
    listed = run("command", "--list", "--json").document["commands"]
    assert {"Info", "Read"} <= {form["name"] for form in listed}


def test_a_port_that_names_nothing_is_wrong_usage(run: Run):
    for verb in (("info",), ("config", "lint"), ("cert", "build", "--ca", "x", "--out", "y")):
        assert run(*verb, "--port", " ").code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are others on Windows")
def test_end_of_input_at_a_question_on_a_terminal_is_cancelled(tmp_path: Path):
    keyboard, terminal = os.openpty()
    state = tmp_path / "chip.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "atecc_bench", "config", "lock", "--port", f"virtual://fresh?state={state}"],
        stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ}, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    said = b""
    while not said.endswith(b"for ever:"):
        said += os.read(process.stderr.fileno(), 1000)
    os.write(keyboard, b"\x04")
    said = process.stderr.read()
    assert process.wait(timeout=20) == 3
    assert b"Cancelled." in said
    for number in (keyboard, terminal):
        os.close(number)
    process.stderr.close()


class TestAVerbBehindFlash:
    def test_it_has_the_port_and_the_form_of_the_answer(self, run: Run):
        port = "virtual://other-firmware"
        done = run("flash", "--port", port, "--ram", "--json", "--", "info")
        assert done.code == 0
        assert done.document["board"]["port"] == port
        assert "is in RAM" in done.err

    def test_its_exit_code_is_that_of_the_whole(self, run: Run):
        verb = ("explain", "--command", "read slot=4")
        assert run("flash", "--port", "virtual://blank-board", "--ram", "--", *verb).code == 1

    def test_it_is_provisioned_by_the_bridge_in_ram(self, run: Run, ca: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", PASSPHRASE)
        verb = ("provision", "--profile", "trustcustom-tls", "--ca", ca, "--yes", "--json")
        done = run("flash", "--port", "virtual://blank-board", "--ram", "--", *verb)
        assert done.document["verdict"] == "PASS"

    @pytest.mark.parametrize("words", [("nonsense",), ("info", "--nonsense"), ("key", "public", "--slot", "16")])
    def test_what_is_wrong_with_its_words_is_found_before_anything_is_loaded(self, run: Run, words: tuple[str, ...]):
        done = run("flash", "--port", "virtual://blank-board", "--ram", "--", *words)
        assert done.code == 2
        assert "Connect to the ROM" not in done.err
        assert "is in RAM" not in done.err
