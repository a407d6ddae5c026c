"""Explaining, linting, converting, writing and locking configurations, commands in words, and bundles."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.chip.protocol.p256 import P256_POINT
from atecc_bench.diagnose.bundle.bundle_file import read_bundle
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.state_file import save_state
from tests.support.boards.twin_under_test import vendor_twin

Run = Callable[..., Any]


@pytest.fixture
def dump(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "dump.txt"
    path.write_text(run("config", "read", "--port", "virtual://configured?seed=9").out)
    return path


def test_explain_names_the_rule_and_the_bits(run: Run, dump: Path):
    done = run("explain", "--config", dump, "--command", "read slot=4", "--json")
    assert done.code == 1
    assert done.document["allowed"] is False
    assert done.document["certain"] is True
    (reason,) = done.document["reasons"]
    assert (reason["id"], reason["bytes"], reason["status"]) == ("slot-never-readable", [[28, 29]], "0F")
    assert reason["changes"][0]["field"] == "SlotConfig[4].IsSecret"
    human = run("explain", "--config", dump, "--command", "read slot=4")
    assert human.code == 1
    assert "SlotConfig[4].IsSecret (byte 28, bit 7) would have to be 0 instead of 1" in human.out


def test_explain_takes_a_pasted_packet_and_stdin(run: Run, dump: Path):
    packet = run("explain", "--config", dump, "--command", "read slot=4", "--json").document["packet"]
    again = run("explain", "--config", "-", "--command", packet, "--json", stdin=dump.read_text())
    assert again.document["reasons"][0]["id"] == "slot-never-readable"


def test_explain_with_history_and_a_seen_answer(run: Run, dump: Path):
    arguments = ["explain", "--config", dump, "--command", "sign slot=0", "--json"]
    assert run(*arguments).document["allowed"] is True
    seen = run(*arguments, "--answered", "0F").document
    assert seen["allowed"] is False
    assert {"no-digest", "no-private-key"} <= {reason["id"] for reason in seen["reasons"]}
    awake = run(*arguments, "--just-awake").document
    assert "no-digest" in {reason["id"] for reason in awake["reasons"]}
    after = run(*arguments, "--before", "nonce mode=pass-through").document
    assert after["allowed"] is True


def test_explain_with_the_lock_bytes_alone(run: Run):
    done = run("explain", "--config", "-", "--command", "read slot=8", "--json", stdin="00 00 55 55")
    assert [reason["id"] for reason in done.document["reasons"]] == ["data-not-locked"]


def test_explain_says_how_a_dump_was_read_and_is_not_certain_of_a_repaired_one(run: Run, dump: Path):
    raw = "".join(line.split(": ")[1].replace(" ", "") for line in dump.read_text().splitlines()[1:])
    whole = run("explain", "--config", "-", "--command", "read slot=4", "--json", stdin=raw).document
    assert whole["certain"] is True
    assert [remark.split(" ")[0] for remark in whole["remarks"]] == ["Read"]
    for repaired in (raw[:200] + raw[202:], raw + raw):
        done = run("explain", "--config", "-", "--command", "read slot=4", "--json", stdin=repaired).document
        assert (done["certain"], done["allowed"]) == (False, False)
        assert done["remarks"] == run("config", "decode", "-", "--json", stdin=repaired).document["remarks"]
        human = run("explain", "--config", "-", "--command", "read slot=4", stdin=repaired).out
        assert "Repaired:" in human
        assert "is likely refused" in human


@pytest.mark.parametrize(
    ("words", "row"),
    [
        (["-12"], "F4 ATCA_EXECUTION_ERROR"),
        (["-0x2700"], "-0x2700 MBEDTLS_ERR_X509_CERT_VERIFY_FAILED"),
        (["errno", "-121"], "-121 EREMOTEIO"),
        (["--", "-12"], "F4 ATCA_EXECUTION_ERROR"),
    ],
    ids=str,
)
def test_a_negative_code_is_no_option(run: Run, words: list[str], row: str):
    done = run("explain", *words)
    assert (done.code, done.out.splitlines()[0].partition(" (")[0]) == (0, row)


def test_a_negative_code_stays_the_value_of_its_option(run: Run, dump: Path):
    done = run("explain", "--config", dump, "--command", "read slot=4", "--answered", "-12")
    assert (done.code, "[slot-never-readable" in done.out) == (1, True)
    assert run("explain", "--comand", "-12").code == 2


def test_explain_marks_a_virtual_chip(run: Run, tmp_path: Path):
    path = tmp_path / "report.zip"
    assert run("bundle", "--port", "virtual://configured", "--out", path).code == 0
    for source in (("--port", "virtual://configured"), ("--bundle", path)):
        assert run("explain", *source, "--command", "read slot=4", "--json").document["virtual"] is True
        assert "VIRTUAL" in run("explain", *source, "--command", "read slot=4").out


def test_explain_takes_a_line_of_the_trace(run: Run, dump: Path):
    wanted = run("explain", "--config", dump, "--command", "070282200009b0", "--json").document["packet"]
    for line in ("ecc:talk(070282200009b0)", "e:t(070282200009B0)", "12:00:01.004 > e:t(07 02 82 20 00 09 B0)"):
        assert run("explain", "--config", dump, "--command", line, "--json").document["packet"] == wanted
    assert run("explain", "--config", dump, "--command", "e:t()", "--json").error_id == "command-packet"


def test_an_address_behind_the_slot_is_asked_about(run: Run, dump: Path):
    for words in ("read slot=8 offset=416", "read zone=config offset=128", "write slot=10 offset=96"):
        done = run("explain", "--config", dump, "--command", words, "--json").document
        assert [reason["id"] for reason in done["reasons"]] == ["no-such-address"], words
        assert done["reasons"][0]["status"] == "03"


def test_a_public_key_off_the_curve_is_refused_as_the_twin_refuses_it(run: Run, dump: Path):
    words = f"ecdh slot=2 public-key={'11' * 64}"
    done = run("explain", "--config", dump, "--command", words, "--json").document
    assert done["allowed"] is False
    assert "0F" in {reason["status"] for reason in done["reasons"] if reason["id"] == "public-key-invalid"}
    assert run("explain", "--config", dump, "--command", "ecdh slot=2", "--json").document["allowed"] is True


def test_an_answer_of_01_has_its_reason(run: Run, dump: Path):
    words = f"verify mode=external signature={'11' * 64} public-key={P256_POINT.hex()}"
    done = run("explain", "--config", dump, "--command", words, "--answered", "01", "--json").document
    assert [(reason["id"], reason["status"]) for reason in done["reasons"]] == [("signature-mismatch", "01")]
    assert run("explain", "--config", dump, "--command", words, "--json").document["certain"] is False


@pytest.mark.parametrize(
    ("first", "last", "offsets"),
    [(0, 66, False), (0, 87, False), (0, 66, True), (16, 95, True), (16, 47, True)],
)
def test_explain_takes_a_part_of_the_dump_that_holds_the_deciding_bytes(
    run: Run, dump: Path, first: int, last: int, *, offsets: bool
):
    lines = dump.read_text().splitlines()[1:]
    raw = bytes.fromhex("".join(line.split(": ")[1] for line in lines))
    text = raw[first : last + 1].hex(" ")
    if offsets:
        rows = [(at, raw[at : min(at + 16, last + 1)].hex(" ")) for at in range(first, last + 1, 16)]
        text = "\n".join(f"{at:02x}: {row}" for at, row in rows)
    done = run("explain", "--config", "-", "--command", "read slot=4", "--json", stdin=text).document
    assert done["remarks"][0].startswith(f"Read as bytes {first}–{last} of a configuration zone")
    assert done["allowed"] is False
    assert done["reasons"][0]["id"] == "slot-never-readable"
    assert done["undecided"]


@pytest.mark.slow
def test_explain_says_which_bytes_would_decide(run: Run, dump: Path):
    lines = dump.read_text().splitlines()[1:]
    tail = run("explain", "--config", "-", "--command", "read slot=4", "--json", stdin="\n".join(lines[6:]))
    assert tail.document["allowed"] is True
    assert tail.document["certain"] is False
    assert [28, 29] in tail.document["undecided"]
    human = run("explain", "--config", "-", "--command", "read slot=4", stdin="\n".join(lines[6:])).out
    assert "bytes 28–29 and 86 of the configuration zone" in human


def test_explain_takes_lock_bytes_in_words(run: Run):
    arguments = ("explain", "--config", "-", "--command", "write zone=config offset=20 size=4", "--json")
    done = run(*arguments, stdin="LockValue: 00 LockConfig: 00").document
    assert [reason["id"] for reason in done["reasons"]] == ["config-locked"]
    assert (done["certain"], done["undecided"]) == (True, [])
    assert run(*arguments, stdin="LockValue: 0x37").error_id == "not-hex"


@pytest.mark.parametrize("text", ["99 23 " + "00 " * 40, "01 23 00 00 00 00 60 02 " + "11 " * 70])
def test_what_cannot_be_a_part_is_refused(run: Run, text: str):
    done = run("explain", "--config", "-", "--command", "read slot=4", "--json", stdin=text)
    assert (done.code, done.error_id) == (2, "config-length")


@pytest.mark.parametrize(
    ("arguments", "id_"),
    [
        (["--command", "read slot=4"], "usage"),
        (["--command", "fly", "--config", "-"], "no-command"),
        (["--command", "read slot=4", "--config", "-", "--answered", "xx"], "no-code"),
    ],
)
def test_explain_wrongly_used(run: Run, dump: Path, arguments: list[str], id_: str):
    done = run("explain", *arguments, "--json", stdin=dump.read_text())
    assert (done.code, done.error_id) == (2, id_)


def test_lint_says_no_where_a_secret_is_open(run: Run, dump: Path):
    done = run("config", "lint", dump, "--json")
    assert done.code == 1
    assert done.document["findings"][0]["id"] == "open-key"
    assert "open-key" in run("config", "lint", "--port", "virtual://configured").out
    assert run("config", "lint", "--port", "virtual://fresh", "--json").code == 0


def test_decode_names_the_configuration(run: Run, dump: Path):
    known = run("config", "decode", dump, "--json").document["identification"]
    assert known["configuration"]["name"] == "ECC608-MassProvisioning"
    assert known["configuration"]["exact"] is True


def test_decode_repairs_in_view(run: Run, dump: Path):
    lines = dump.read_text().splitlines()
    raw = "".join(line.split(": ")[1].replace(" ", "") for line in lines[1:])
    lost = raw[:80] + raw[82:]
    done = run("config", "decode", "-", "--json", stdin=lost)
    assert bytes.fromhex(done.document["config"]).hex() == raw
    assert any("these are 127" in remark for remark in done.document["remarks"])
    assert any("was lost at 40" in remark or "Repaired" in remark for remark in done.document["remarks"])


@pytest.mark.parametrize("form", ["hex", "c", "json", "yaml", "mongoose-json", "mongoose-yaml"])
def test_every_form_is_read_again(run: Run, dump: Path, form: str):
    text = run("config", "decode", dump, "--format", form).out
    again = run("config", "decode", "-", "--json", stdin=text).document["config"]
    wanted = run("config", "decode", dump, "--json").document["config"]
    assert again[32:] == wanted[32:]


def test_diff(run: Run, dump: Path):
    assert run("config", "diff", dump, "--port", "virtual://configured", "--json").code == 0
    done = run("config", "diff", dump, "--port", "virtual://fresh", "--json")
    assert done.code == 1
    assert "SlotConfig[0].ReadKey" in {row["field"] for row in done.document["differences"]}


def test_write_saves_what_was_there_and_lock_asks(run: Run, chip: Run, dump: Path):
    fresh = chip("fresh")
    refused = run("config", "write", "--port", fresh.url, dump, "--json")
    assert (refused.code, refused.error_id) == (2, "confirmation-needed")
    before = fresh.eeprom
    written = run("config", "write", "--port", fresh.url, dump, "--yes", "--json")
    assert written.code == 0
    saved = Path(written.document["saved"][0])
    assert before[:128].hex() in saved.read_text()
    assert run("config", "diff", dump, "--port", fresh.url, "--json").code == 0
    assert run("config", "lock", "--port", fresh.url, "--data", "--yes", "--json").error_id == "config-not-locked"
    assert run("config", "lock", "--port", fresh.url, "--json").error_id == "confirmation-needed"
    locked = run("config", "lock", "--port", fresh.url, "--yes", "--json").document
    assert (locked["config_locked"], locked["data_locked"]) == (True, False)
    assert run("config", "lock", "--port", fresh.url, "--yes", "--json").error_id == "config-locked"
    assert run("config", "write", "--port", fresh.url, dump, "--yes", "--json").error_id == "config-locked"
    assert run("config", "lock", "--port", fresh.url, "--data", "--yes", "--json").document["data_locked"] is True


def test_no_slot_is_locked_by_a_configuration_that_is_written(run: Run, chip: Run, tmp_path: Path):
    fresh = chip("fresh")
    raw = bytearray(fresh.eeprom[:128])
    raw[88:90] = bytes.fromhex("20AF")  # as in configurations that people publish with a byte too few
    dump = tmp_path / "shifted.hex"
    dump.write_text(bytes(raw).hex())
    linted = run("config", "lint", dump, "--json")
    assert linted.code == 1
    assert "slots-locked-too-soon" in {finding["id"] for finding in linted.document["findings"]}
    written = run("config", "write", "--port", fresh.url, dump, "--yes", "--json").document
    assert written["slots_left_open"] == [0, 1, 2, 3, 4, 6, 7, 12, 14]
    assert fresh.eeprom[88:90] == b"\xff\xff"
    assert "SlotLocked" in run("config", "write", "--port", fresh.url, dump, "--yes").out


def test_a_lock_that_would_lock_slots_too_is_refused(run: Run, chip: Run):
    fresh = chip("fresh")
    run("command", "--port", fresh.url, "--yes", "write zone=config offset=88 data=feff0000")
    before = fresh.eeprom
    refused = run("config", "lock", "--port", fresh.url, "--yes", "--json")
    assert (refused.code, refused.error_id) == (1, "slots-locked-too-soon")
    assert fresh.eeprom == before


def test_a_configuration_of_another_part_is_not_written(run: Run, chip: Run, dump: Path):
    done = run("config", "write", "--port", chip("atecc508a").url, dump, "--yes", "--json")
    assert (done.code, done.error_id) == (1, "other-part")


def test_commands_in_words_and_a_refusal_in_place(run: Run, chip: Run):
    provisioned = chip("provisioned")
    before = provisioned.eeprom
    digest = "11" * 32
    done = run(
        "command", "--port", provisioned.url, "info", f"nonce mode=pass-through data={digest}", "sign slot=0",
        "read slot=4", "info", "--json",
    )  # fmt: skip
    assert done.code == 1
    said = done.document["exchanges"]
    assert [one["command"].split(" ")[0] for one in said] == ["Info", "Nonce", "Sign", "Read"]
    assert said[2]["meaning"].startswith("signature R‖S")
    assert said[3]["explanation"]["reasons"][0]["id"] == "slot-never-readable"
    assert provisioned.eeprom == before


def test_a_command_that_changes_the_chip_is_confirmed(run: Run, chip: Run):
    provisioned = chip("provisioned")
    before = provisioned.eeprom
    words = ["command", "--port", provisioned.url, "genkey key=private slot=2"]
    assert run(*words, "--json").error_id == "confirmation-needed"
    assert run(*words, stdin="000000\n").code == 1
    assert provisioned.eeprom == before
    assert run(*words, stdin=f"{provisioned.serial_number[-6:]}\n").code == 0
    assert provisioned.eeprom != before


def limited_chip(folder: Path) -> str:
    """A chip whose key in slot 0 has no use left, by the limit in slot 12."""
    state = folder / "limited.json"
    twin = vendor_twin({12: bytes(8)}, count_match=0xC1)
    save_state(state, twin.memory, seeded_entropy(4))
    return f"virtual://fresh?state={state}"


@pytest.mark.parametrize(
    "words",
    [
        ["genkey key=private slot=0", f"nonce mode=pass-through data={'11' * 32}", "sign slot=0"],
        ["counter mode=increment"],
    ],
    ids=["Sign", "Counter"],
)
def test_a_limit_that_is_reached_explains_the_refusal(run: Run, tmp_path: Path, words: list[str]):
    done = run("command", "--port", limited_chip(tmp_path), "--yes", *words, "--json")
    explanation = done.document["exchanges"][-1]["explanation"]
    assert [reason["id"] for reason in explanation["reasons"]] == ["count-match-reached"]
    assert explanation["certain"]


def test_what_the_chip_shows_is_known_of_it(run: Run, tmp_path: Path):
    url = limited_chip(tmp_path)
    asked = ["explain", "--port", url, "--command", "sign slot=2", "--json"]
    assert "no-private-key" in {reason["id"] for reason in run(*asked).document["reasons"]}
    run("command", "--port", url, "--yes", "genkey key=private slot=2")
    assert "no-private-key" not in {reason["id"] for reason in run(*asked).document["reasons"]}
    for words in ("counter mode=increment", "sign slot=0"):
        told = run("explain", "--port", url, "--command", words, "--json").document
        assert [reason["id"] for reason in told["reasons"]] == ["count-match-reached"]


def test_the_commands_are_listed(run: Run):
    out = run("command", "--list").out
    assert "SecureBoot" in out
    assert "pass-through" in out


def test_a_bundle_is_made_and_everything_works_from_it(run: Run, chip: Run, tmp_path: Path):
    mismatch = chip("mismatch")
    before = mismatch.eeprom
    path = tmp_path / "report.zip"
    made = run("bundle", "--port", mismatch.url, "--out", path, "--notes", "it differs", "--json")
    assert made.code == 0
    assert mismatch.eeprom == before
    assert made.document["certificates"] == ["expected-device", "expected-signer", "expected-root", "device", "signer"]
    opened = read_bundle(path.read_bytes())
    assert opened.virtual
    assert opened.notes == "it differs"
    assert run("config", "decode", "--bundle", path, "--json").document["virtual"] is True
    assert run("config", "lint", "--bundle", path).code == 1
    told = run("explain", "--bundle", path, "--command", "genkey slot=1 key=private", "--json")
    assert told.document["reasons"][0]["id"] == "not-a-private-key-slot"
    assert run("bundle", "--port", mismatch.url, "--out", path, "--json").error_id == "file-exists"
    live = run("diagnose", "--port", mismatch.url, "--json").document
    afar = run("diagnose", "--bundle", path, "--json").document
    assert afar == live
    assert (afar["causes"][0]["id"], afar["causes"][0]["confidence"]) == ("public-key-mismatch", "certain")


def test_a_verb_that_the_chip_refuses_says_by_which_rule(run: Run):
    done = run("key", "public", "--slot", "0", "--port", "virtual://fresh")
    assert done.code == 1
    assert "The rule behind it (GenKey): The configuration zone is not locked yet." in done.err
    assert 'atecc-bench explain --port virtual://fresh --command "genkey slot=0"' in done.err
