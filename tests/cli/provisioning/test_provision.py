"""`provision` from the outside: what it says, what it leaves, and that a refusal changes nothing."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.ledger.user_records import user_records
from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.p256_slots import public_key
from atecc_bench.twin.state.state_file import load_state, save_state
from tests.cli.conftest import left_in
from tests.support.external.openssl_authority import make_openssl_authority

Run = Callable[..., Any]

PASSPHRASE = "correct horse"  # noqa: S105 - of the tests' own authority
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
WHOLE = [
    "check-chip",
    "write-config",
    "lock-config",
    "lock-data",
    "generate-keys",
    "issue",
    "write-certificates",
    "rebuild",
    "prove",
    "attest",
]


def arguments(url: str, ca: Path, *more: object) -> list[object]:
    return ["provision", "--port", url, "--profile", "trustcustom-tls", "--ca", ca, *more]


def openssl_verify(artifacts: dict[str, str]) -> str:
    root, signer, device = (artifacts[name] for name in ("root_pem", "signer_pem", "device_pem"))
    command = ["openssl", "verify", "-CAfile", root, "-untrusted", signer, device]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def assert_pass(document: dict[str, Any], serial_number: str) -> None:
    assert document["virtual"] is True
    assert document["verdict"] == "PASS"
    assert document["serial_number"] == serial_number
    assert document["timing"].keys() == {"total_s", "chip_s", "wire_s"}
    for artifact in ("device_pem", "signer_pem", "root_pem"):
        x509.load_pem_x509_certificate(Path(document["artifacts"][artifact]).read_bytes())


@needs_openssl
def test_a_fresh_chip_becomes_a_device_that_openssl_verifies(run: Run, chip: Run, ca: Path, isolated: Path):
    fresh = chip("fresh")
    done = run(*arguments(fresh.url, ca, "--yes", "--json"))
    assert done.code == 0
    assert_pass(done.document, fresh.serial_number)
    assert [step["id"] for step in done.document["steps"]] == WHOLE
    assert {step["status"] for step in done.document["steps"]} == {"done"}
    assert openssl_verify(done.document["artifacts"]).endswith("device.pem: OK\n")
    assert Path(done.document["artifacts"]["device_pem"]).is_relative_to(isolated / "records" / "virtual")
    device = x509.load_pem_x509_certificate(Path(done.document["artifacts"]["device_pem"]).read_bytes())
    assert device.subject.rfc4514_string() == f"CN={fresh.serial_number},O=Nordlys AS"
    assert certificate_public_key(device) == public_key(load_state(fresh.path)[0], 0)


@needs_openssl
def test_the_same_with_an_authority_that_openssl_made(run: Run, chip: Run, tmp_path: Path):
    make_openssl_authority(tmp_path)
    files = ["--cert", tmp_path / "ca.crt.pem", "--key", tmp_path / "ca.key.pem"]
    assert run("ca", "import", tmp_path / "ca", *files).code == 0
    fresh = chip("fresh")
    done = run(*arguments(fresh.url, tmp_path / "ca", "--yes", "--json"))
    assert done.code == 0
    assert_pass(done.document, fresh.serial_number)
    assert openssl_verify(done.document["artifacts"]).endswith("device.pem: OK\n")
    root = Path(done.document["artifacts"]["root_pem"]).read_bytes()
    assert x509.load_pem_x509_certificate(root) == x509.load_pem_x509_certificate(
        (tmp_path / "ca.crt.pem").read_bytes()
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("baud", ["115200", "921600"])
def test_over_a_serial_line_from_another_process(
    run_process: Run, served_board: Callable[[str], str], chip: Run, ca: Path, baud: str
):
    fresh = chip("fresh")
    port = served_board(fresh.url)
    done = run_process(*arguments(port, ca, "--yes", "--json", "--baud", baud))
    assert (done.code, done.err) == (0, "")
    assert_pass(done.document, fresh.serial_number)
    # The board is back at the first rate and answers the next program.
    again = run_process(*arguments(port, ca, "--yes", "--json"))
    assert again.document["already_provisioned"] is True
    assert run_process("diagnose", "--port", port, "--json").document["equal"] is True


@pytest.mark.slow
@pytest.mark.parametrize("speed", ["max", "real"])
def test_a_chip_at_another_address_is_followed_to_its_new_one(run: Run, chip: Run, ca: Path, speed: str):
    url = f"{chip('wrong-address').url}&speed={speed}"
    assert "moves from I2C address B0 to C0" in run(*arguments(url, ca, "--rehearse")).out
    done = run(*arguments(url, ca, "--yes", "--json"))
    assert (done.code, done.document["verdict"]) == (0, "PASS"), done.document
    assert run("info", "--port", url, "--json").document["chip"]["i2c_address"] == "0xC0"


def test_an_empty_organization_is_not_taken_for_none(run: Run, chip: Run, ca: Path):
    done = run(*arguments(chip("fresh").url, ca, "--yes", "--json", "--organization", ""))
    assert (done.code, done.document["error"]["id"]) == (2, "organization-needed")


def test_a_repeated_run_says_so_and_changes_nothing(run: Run, chip: Run, ca: Path, monkeypatch: pytest.MonkeyPatch):
    fresh = chip("fresh")
    first = run(*arguments(fresh.url, ca, "--yes", "--json"))
    before = fresh.eeprom
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE")  # nothing is issued, so it is not needed
    done = run(*arguments(fresh.url, ca, "--yes", "--json"))
    assert done.code == 0
    assert done.document["already_provisioned"] is True
    assert [step["id"] for step in done.document["steps"]] == ["check-chip", "rebuild", "prove", "attest"]
    assert fresh.eeprom == before
    for artifact in ("device_pem", "signer_pem", "root_pem"):
        one, other = (Path(document["artifacts"][artifact]) for document in (first.document, done.document))
        assert one != other
        assert one.read_bytes() == other.read_bytes()
    human = run(*arguments(fresh.url, ca))
    assert human.code == 0
    assert "nothing is written" in human.out
    assert fresh.eeprom == before


def test_for_people_the_plan_comes_before_the_question(run: Run, chip: Run, ca: Path):
    fresh = chip("fresh")
    done = run(*arguments(fresh.url, ca), stdin=fresh.serial_number[-6:] + "\n")
    assert done.code == 0
    assert "Type the last 6 digits" in done.err
    begun = done.out.index("  Check the chip")  # the first step, which waits for the answer
    for words in ("FOR EVER", "Never changeable again:", "Stays open:", "IO protection key", "VIRTUAL"):
        assert 0 <= done.out.index(words) < begun
    assert "PASS on a VIRTUAL chip" in done.out[begun:]
    assert re.search(r"^PASS:", done.out, re.MULTILINE) is None


def test_a_rehearsal_shows_the_slots_before_and_after_the_certificate_and_what_is_for_ever(
    run: Run, chip: Run, ca: Path
):
    fresh = chip("fresh")
    out = run(*arguments(fresh.url, ca, "--rehearse")).out
    subject = f"Subject: CN={fresh.serial_number},O=Nordlys AS"
    for words in ("Before", "After", "Serial number text", subject, "Never changeable again:", "Stays open:"):
        assert words in out
    foreseen = run(*arguments(fresh.url, ca, "--rehearse", "--json")).document["foreseen"]
    before, after = foreseen["slots_before"], foreseen["slots_after"]
    assert [row["slot"] for row in after] == list(range(16))
    assert (before[0]["ecdh"], after[0]["ecdh"], after[0]["used_for"]) == (False, True, "Device key")
    assert (before[15]["holds"], after[15]["holds"], after[15]["write"]) == ("Secret", "ECC public key", "clear")
    assert foreseen["certificate"]["subject"] == f"CN={fresh.serial_number},O=Nordlys AS"
    assert foreseen["certificate"]["stand_ins"] is True
    assert foreseen["for_ever"]


@pytest.mark.slow
def test_the_document_says_whether_the_io_protection_key_stays_open(run: Run, chip: Run, ca: Path, tmp_path: Path):
    (tmp_path / "escrow").write_text("another passphrase\n")
    filled = ("--fill-keys", "--escrow-passphrase-file", tmp_path / "escrow")
    for more, stays in (((), True), (filled, False)):
        document = run(*arguments(chip("fresh").url, ca, "--yes", "--json", *more)).document
        assert document["verdict"] == "PASS"
        assert any("Slot 4 is the IO protection key" in said for said in document["stays_open"]) is stays
        assert any("Slot 4 can never be changed again" in said for said in document["for_ever"]) is not stays


def test_what_is_replaced_is_named_and_confirmed(run: Run, chip: Run, ca: Path, other_ca: Path):
    fresh = chip("fresh")
    run(*arguments(fresh.url, ca, "--yes", "--json"))
    before = fresh.eeprom
    refused = run(*arguments(fresh.url, other_ca, "--json"))
    assert (refused.code, refused.error_id) == (2, "confirmation-needed")
    assert "Device certificate in slot 10" in refused.document["error"]["message"]
    assert run(*arguments(fresh.url, other_ca), stdin="000000\n").code == 1
    assert fresh.eeprom == before
    done = run(*arguments(fresh.url, other_ca), stdin=fresh.serial_number[-6:] + "\n")
    assert done.code == 0
    assert "to replace what this chip holds" in done.err
    begun = done.out.index("  Check the chip")
    assert 0 < done.out.index("This replaces: ") < done.out.index("Device certificate in slot 10") < begun
    assert run(*arguments(fresh.url, other_ca, "--json")).document["replaces"] == []


@pytest.mark.parametrize(("typed", "code"), [("000000", 1), ("ee", 1), ("yes", 1), ("", 2)])
def test_a_wrong_confirmation_changes_nothing(run: Run, chip: Run, ca: Path, typed: str, code: int, isolated: Path):
    fresh = chip("fresh")
    before = fresh.eeprom
    done = run(*arguments(fresh.url, ca), stdin=typed + "\n")
    assert done.code == code
    assert "PASS" not in done.out
    assert fresh.eeprom == before
    assert left_in(isolated) == []


def test_with_json_nobody_is_asked(run: Run, chip: Run, ca: Path):
    fresh = chip("fresh")
    before = fresh.eeprom
    done = run(*arguments(fresh.url, ca, "--json"))
    assert (done.code, done.error_id) == (2, "confirmation-needed")
    assert fresh.eeprom == before


def test_a_rehearsal_changes_nothing_and_is_no_pass_of_a_chip(run: Run, chip: Run, ca: Path, isolated: Path):
    fresh = chip("fresh")
    before = fresh.eeprom
    done = run(*arguments(fresh.url, ca, "--rehearse", "--json"))
    assert done.code == 0
    assert done.document["rehearsed"] is True
    assert done.document["artifacts"] == {}
    assert [step["id"] for step in done.document["steps"]] == WHOLE
    assert "Rehearsal passed, nothing was written" in run(*arguments(fresh.url, ca, "--rehearse")).out
    assert fresh.eeprom == before
    assert left_in(isolated) == []


def test_an_organization_can_be_given(run: Run, chip: Run, ca: Path):
    done = run(*arguments(chip("fresh").url, ca, "--yes", "--json", "--organization", "ACME Ltd"))
    device = x509.load_pem_x509_certificate(Path(done.document["artifacts"]["device_pem"]).read_bytes())
    assert "O=ACME Ltd" in device.subject.rfc4514_string()


def refused(run: Run, chip: Any, ca: Path, *more: object) -> Any:
    before = chip.eeprom
    done = run(*arguments(chip.url, ca, "--yes", "--json", *more))
    assert chip.eeprom == before
    assert PASSPHRASE not in done.out + done.err
    return done


@pytest.mark.parametrize("preset", ["fresh", "configured"])
def test_a_wrong_passphrase(run: Run, chip: Run, ca: Path, monkeypatch: pytest.MonkeyPatch, preset: str):
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", "wrong staple")
    done = refused(run, chip(preset), ca)
    assert (done.code, done.error_id) == (2, "wrong-passphrase")
    assert "staple" not in done.out + done.err


def test_a_passphrase_file_goes_before_the_environment(
    run: Run, chip: Run, ca: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATECC_BENCH_CA_PASSPHRASE", "wrong staple")
    (tmp_path / "pass").write_text(PASSPHRASE + "\n")
    done = run(*arguments(chip("fresh").url, ca, "--yes", "--json", "--passphrase-file", tmp_path / "pass"))
    assert done.document["verdict"] == "PASS"


def test_no_passphrase_and_nobody_to_ask(run: Run, chip: Run, ca: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ATECC_BENCH_CA_PASSPHRASE")
    done = refused(run, chip("fresh"), ca)
    assert (done.code, done.error_id) == (2, "passphrase-needed")


def test_no_authority_there(run: Run, chip: Run, tmp_path: Path):
    done = refused(run, chip("fresh"), tmp_path / "none")
    assert (done.code, done.error_id) == (2, "no-ca")


def test_a_key_of_another_authority(run: Run, chip: Run, ca: Path, tmp_path: Path):
    assert run("ca", "init", tmp_path / "other", "--organization", "Other").code == 0
    shutil.copy(tmp_path / "other" / "signer.key.pem", ca / "signer.key.pem")
    done = refused(run, chip("fresh"), ca)
    assert (done.code, done.error_id) == (1, "key-does-not-match")


def test_a_root_of_another_authority(run: Run, chip: Run, ca: Path, tmp_path: Path):
    assert run("ca", "init", tmp_path / "other", "--organization", "Other").code == 0
    shutil.copy(tmp_path / "other" / "root.pem", ca / "root.pem")
    done = refused(run, chip("fresh"), ca)
    assert (done.code, done.error_id) == (1, "chain-broken")


def test_an_expired_signer(run: Run, chip: Run, tmp_path: Path):
    authority, root_key = create_authority(
        organization="Old Ltd", now=datetime.now(UTC) - timedelta(days=800), signer_years=2
    )
    save_authority(tmp_path / "old", authority, root_key, PASSPHRASE.encode())
    done = refused(run, chip("fresh"), tmp_path / "old")
    assert (done.code, done.error_id) == (1, "certificate-expired")
    assert "The signer certificate expired on" in done.document["error"]["message"]


def test_a_profile_that_does_not_exist(run: Run, chip: Run, ca: Path):
    done = refused(run, chip("fresh"), ca, "--profile", "none")
    assert (done.code, done.error_id) == (2, "no-profile")


def test_a_part_the_profile_is_not_for(run: Run, chip: Run, ca: Path):
    done = refused(run, chip("atecc508a"), ca)
    assert (done.code, done.error_id) == (1, "wrong-part")


def test_a_configuration_locked_to_something_else_is_refused_with_its_bytes(run: Run, chip: Run, ca: Path):
    fresh = chip("fresh")
    entropy = seeded_entropy(4)
    memory = Eeprom.factory(entropy)
    ChipSession(DirectTransport(SecureElement(memory, entropy))).lock_config(memory.contents(Zone.CONFIG))
    save_state(fresh.path, memory, entropy)
    done = refused(run, fresh, ca)
    assert (done.code, done.error_id) == (1, "config-mismatch")
    assert "bytes 19–20 are 00 83 and should be 01 8F" in done.document["error"]["message"]
    human = run(*arguments(fresh.url, ca))
    assert (human.code, human.out) == (1, "")
    assert "bytes 19–20" in human.err


@pytest.mark.parametrize(
    ("port", "code", "id_"),
    [
        ("/dev/ttyNoSuchPort", 3, "no-such-port"),
        ("virtual://no-chip", 3, "no-chip"),
        ("virtual://blank-board", 3, "blank-board"),
    ],
)
def test_no_chip_to_provision(run: Run, ca: Path, port: str, code: int, id_: str, isolated: Path):
    done = run(*arguments(port, ca, "--yes", "--json"))
    assert (done.code, done.error_id) == (code, id_)
    assert left_in(isolated) == []


def test_a_rate_the_bridge_does_not_know(run: Run, chip: Run, ca: Path):
    done = run(*arguments(chip("fresh").url, ca, "--yes", "--baud", "12"))
    assert done.code == 2


@pytest.mark.parametrize("fault", ["board-reset:40", "byte-flipped:900", "byte-dropped:900", "power-lost:20"])
def test_a_fault_that_passes_is_no_fail(run: Run, ca: Path, chip: Run, fault: str):
    done = run(*arguments(f"{chip('fresh').url}&fault={fault}", ca, "--yes", "--json"))
    assert (done.code, done.document["verdict"]) == (0, "PASS")


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["chip-silent:25", "line-stalled:900", "sda-low:40"])
def test_a_fault_on_the_way_is_a_fail_with_a_record_and_the_next_run_takes_it_up(
    run: Run, ca: Path, chip: Run, isolated: Path, fault: str
):
    fresh = chip("fresh")
    done = run(*arguments(f"{fresh.url}&fault={fault}", ca, "--yes", "--json"))
    assert done.code == 3
    assert done.document["verdict"] == "FAIL"
    assert done.document["error"]["id"]
    assert done.document["error"]["hint"]
    assert [step["status"] for step in done.document["steps"]].count("failed") == 1
    (result,) = (isolated / "records").rglob("result.json")
    assert json.loads(result.read_bytes())["verdict"] == "FAIL"
    assert run(*arguments(fresh.url, ca, "--yes", "--json")).document["verdict"] == "PASS"


@pytest.mark.slow
def test_what_goes_to_people_goes_to_stderr_when_it_is_an_error(run_process: Run, tmp_path: Path):
    done = run_process(*arguments("virtual://fresh", tmp_path / "none", "--yes"))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: There is no certificate authority")


def test_a_secret_slot_that_was_locked_by_hand_is_not_taken_for_filled(run: Run, chip: Run, ca: Path, tmp_path: Path):
    fresh, passphrase = chip("fresh"), tmp_path / "escrow.txt"
    passphrase.write_text("of an escrow file\n")
    assert run(*arguments(fresh.url, ca, "--yes", "--json")).code == 0
    assert run("slot", "lock", "--port", fresh.url, "--slot", "4", "--yes").code == 0
    before = fresh.eeprom
    done = run(*arguments(fresh.url, ca, "--yes", "--json", "--fill-keys", "--escrow-passphrase-file", passphrase))
    assert (done.code, done.error_id) == (1, "key-not-reachable")
    assert "Slot 4 is locked" in done.document["error"]["message"]
    assert fresh.eeprom == before


@pytest.mark.slow
def test_a_secret_slot_that_a_run_filled_and_locked_is_known_to_the_next(run: Run, chip: Run, ca: Path, tmp_path: Path):
    fresh, passphrase = chip("fresh"), tmp_path / "escrow.txt"
    passphrase.write_text("of an escrow file\n")
    more = ["--yes", "--json", "--fill-keys", "--escrow-passphrase-file", passphrase]
    assert run(*arguments(fresh.url, ca, *more)).code == 0
    again = run(*arguments(fresh.url, ca, *more))
    assert (again.code, again.document["already_provisioned"]) == (0, True)


REFUSED_BY_THE_CHIP = """
name: refused-by-the-chip
title: A key that wants an authorization before GenKey
parts: [ATECC608A]
configuration: {base: massprovisioning-608, slots: {0: {ReqAuth: 1, AuthKey: 4}}}
keys: [{slot: 0, title: Device key, source: generate}]
certificates:
  layout: ECC608-MassProvisioning
  subject: {O: "{organization}", CN: "{serial_number}"}
proofs: [chain-verified, certificate-rebuilt-equals-file, key-possession]
"""


@pytest.mark.parametrize("count", [1, 2])
def test_a_rehearsal_that_fails_is_not_told_as_a_run(run: Run, chip: Run, ca: Path, tmp_path: Path, count: int):
    fresh, profile = chip("fresh"), tmp_path / "refused.yaml"
    profile.write_text(REFUSED_BY_THE_CHIP)
    before = fresh.eeprom
    more = ["--port", fresh.url, "--profile", profile, "--ca", ca, "--yes", "--count", count, "--wait", 0]
    done = run("provision", *more)
    said = done.out + done.err
    assert done.code == (1 if count == 1 else 2)  # the next device never came
    assert "failed at the step “Generate keys”; nothing was written to the chip." in said
    assert "goes on from there" not in said
    document = run("provision", *more, "--json").document
    document = document if count == 1 else document["devices"][0]
    assert (document["verdict"], document["error"]["id"]) == ("FAIL", "rehearsal-failed")
    assert "nothing was written to the chip" in document["error"]["message"]
    assert fresh.eeprom == before
    assert not user_records().for_chip(fresh.serial_number, virtual=True).runs()
