"""Every profile that comes along, from the command line to PASS on a chip it is for, with what openssl says of it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from atecc_bench.pki.authority.certificate_authority import create_authority, save_authority
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.device_manifest import check_manifest
from atecc_bench.profiles.files import available_profiles
from atecc_bench.resources import resource_path
from atecc_bench.twin.state.p256_slots import public_key
from atecc_bench.twin.state.state_file import load_state

Run = Callable[..., Any]

PASSPHRASE = "correct horse"  # noqa: S105 - of the tests' own authority
CHIPS = [
    ("trustcustom-tls", "fresh"),
    ("trustcustom-tls-508a", "atecc508a"),
    ("arduino-eccx08-tls", "fresh"),
    ("arduino-eccx08-tls", "atecc508a"),
    ("espressif-trustcustom", "fresh"),
    ("trustflex-own-chain", "trustflex"),
    ("trust-and-go", "trustgo"),
]
assert {name for name, _ in CHIPS} | {"aws-iot"} == set(available_profiles())

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")


@pytest.fixture(scope="session")
def printable_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printable") / "ca"
    authority, root_key = create_authority(organization="Nordlys AS", now=datetime.now(UTC), printable=True)
    save_authority(folder, authority, root_key, PASSPHRASE.encode())
    return folder


def openssl(*arguments: object) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@needs_openssl
@pytest.mark.parametrize(("profile", "preset"), CHIPS)
def test_a_profile_ends_in_a_pass_and_a_repeated_run_writes_nothing(
    run: Run, chip: Run, printable_authority: Path, profile: str, preset: str
):
    board = chip(preset)
    arguments = ["provision", "--port", board.url, "--profile", profile, "--ca", printable_authority, "--json"]
    done = run(*arguments, "--yes")
    assert (done.code, done.document.get("error")) == (0, None)
    assert (done.document["verdict"], done.document["virtual"]) == ("PASS", True)
    assert all(proof["proved"] for proof in done.document["proofs"])
    files = {name: Path(path) for name, path in done.document["artifacts"].items()}
    chain = ("-CAfile", files["root_pem"], "-untrusted", files["signer_pem"], files["device_pem"])
    assert openssl("verify", *chain).endswith("device.pem: OK\n")
    device = x509.load_pem_x509_certificate(files["device_pem"].read_bytes())
    assert certificate_public_key(device) == public_key(load_state(board.path)[0], 0)
    before = board.eeprom
    again = run(*arguments)
    assert (again.code, again.document["verdict"], again.document["already_provisioned"]) == (0, "PASS", True)
    assert board.eeprom == before


def test_a_trust_and_go_is_listed_in_a_signed_manifest_and_not_written(run: Run, chip: Run, printable_authority: Path):
    board = chip("trustgo")
    before = board.eeprom
    arguments = ["--port", board.url, "--profile", "trust-and-go", "--ca", printable_authority, "--json"]
    done = run("provision", *arguments)
    signer = x509.load_pem_x509_certificate((printable_authority / "signer.pem").read_bytes())
    (entry,) = check_manifest(Path(done.document["artifacts"]["manifest_json"]).read_bytes(), signer)
    assert entry.serial_number.hex() == board.serial_number
    assert sorted(entry.public_keys) == [0, 1, 2, 3, 4]
    assert board.eeprom == before


def test_without_an_authority_a_manifest_is_signed_by_nobody(run: Run, chip: Run):
    done = run("provision", "--port", chip("trustgo").url, "--profile", "trust-and-go", "--json")
    assert (done.code, done.error_id) == (2, "ca-needed")


def sign_outside(request: Path, folder: Path, subject: str = "/CN=Somebody else") -> Path:
    """What a cloud does with a request: its own root issues, and the answer holds both certificates."""
    key, root, device, both = (folder / name for name in ("key.pem", "root.pem", "device.pem", "both.pem"))
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    openssl("req", "-x509", "-new", "-key", key, "-subj", subject, "-days", "30", "-out", root)
    text = openssl("x509", "-req", "-in", request, "-CA", root, "-CAkey", key, "-days", "20", "-out", device)
    assert "Signature ok" in text or "self-signature ok" in text
    both.write_bytes(device.read_bytes() + root.read_bytes())
    return both


@needs_openssl
def test_a_certificate_from_outside_takes_a_run_for_its_request_and_one_for_its_proof(
    run: Run, chip: Run, tmp_path: Path
):
    fresh = chip("fresh")
    arguments = ["provision", "--port", fresh.url, "--profile", "aws-iot", "--field", "thing_name=pump-0042"]
    first = run(*arguments, "--yes", "--json")
    assert (first.code, first.document["verdict"], first.document["error"]["id"]) == (1, "FAIL", "certificate-awaited")
    assert "--cert" in first.document["error"]["hint"]
    assert list(first.document["artifacts"]) == ["csr_pem", "saved_config_json", "result_json"]
    request = Path(first.document["artifacts"]["csr_pem"])
    assert "CN=pump-0042" in openssl("req", "-in", request, "-noout", "-verify", "-subject", "-nameopt", "RFC2253")
    certificate = sign_outside(request, tmp_path)
    before = fresh.eeprom
    second = run(*arguments, "--cert", certificate, "--json")
    assert (second.code, second.document["verdict"]) == (0, "PASS")
    assert all(proof["proved"] for proof in second.document["proofs"])
    kept = Path(second.document["artifacts"]["device_pem"])
    signer = Path(second.document["artifacts"]["signer_pem"])
    assert openssl("verify", "-CAfile", signer, kept).endswith("device.pem: OK\n")
    later = run(*arguments, "--json")  # it is on record
    assert (later.code, later.document["verdict"]) == (0, "PASS")
    assert fresh.eeprom == before


@needs_openssl
def test_a_certificate_for_another_chip_is_refused(run: Run, chip: Run, tmp_path: Path):
    fresh = chip("fresh")
    arguments = ["provision", "--port", fresh.url, "--profile", "aws-iot"]
    request = Path(run(*arguments, "--yes", "--json").document["artifacts"]["csr_pem"])
    certificate = sign_outside(request, tmp_path)
    other = run("provision", "--port", "virtual://configured", "--profile", "aws-iot", "--cert", certificate,
                "--yes", "--json")  # fmt: skip
    assert (other.code, other.error_id) == (1, "public-key-mismatch")


@needs_openssl
def test_a_certificate_for_another_name_is_refused_with_both_names(run: Run, chip: Run, tmp_path: Path):
    fresh = chip("fresh")
    arguments = ["provision", "--port", fresh.url, "--profile", "aws-iot", "--json"]
    first = run(*arguments, "--field", "thing_name=pump-0042", "--yes")
    right = sign_outside(Path(first.document["artifacts"]["csr_pem"]), tmp_path)
    for certificate, fields in (
        (renamed(right, "/CN=pump-0099"), []),  # nothing is typed: the names are those of the request on record
        (right, ["--field", "thing_name=pump-0043"]),
    ):
        before = fresh.eeprom
        refused = run(*arguments, "--cert", certificate, *fields)
        assert (refused.code, refused.error_id) == (1, "subject-mismatch")
        assert re.findall(r"CN=pump-\d+", refused.document["error"]["message"]) == [
            "CN=pump-0042" if certificate == right else "CN=pump-0099",
            "CN=pump-0043" if certificate == right else "CN=pump-0042",
        ]
        assert fresh.eeprom == before
    passed = run(*arguments, "--cert", right)
    assert (passed.code, passed.document["verdict"]) == (0, "PASS")
    later = run(*arguments)
    assert (later.code, later.document["verdict"]) == (0, "PASS")
    other_name = run(*arguments, "--field", "thing_name=pump-0043")  # the certificate on record is not for it
    assert (other_name.code, other_name.error_id) == (1, "certificate-awaited")


def renamed(certificate: Path, subject: str) -> Path:
    """The same key, certified for another name."""
    folder = certificate.parent
    other = folder / "other.pem"
    openssl("x509", "-in", folder / "device.pem", "-noout", "-pubkey", "-out", folder / "public.pem")
    openssl("x509", "-new", "-force_pubkey", folder / "public.pem", "-subj", subject, "-days", "20",
            "-CA", folder / "root.pem", "-CAkey", folder / "key.pem", "-out", other)  # fmt: skip
    return other


@pytest.mark.parametrize(
    ("more", "id_"),
    [
        (("--field", "thing_name=two words"), "field-not-usable"),
        (("--field", "colour=red"), "no-such-field"),
        (("--field", "thing_name"), "usage"),
        (("--key", "17=x"), "usage"),
        (("--cert", "/none"), None),
        (("--cert", "/dev/null"), "not-a-certificate"),
        (("--master-key", "/dev/null"), "usage"),
        (("--key", "0=/dev/null"), "usage"),
    ],
)
def test_what_is_given_wrongly_is_refused_before_the_chip_is_touched(
    run: Run, chip: Run, more: tuple[str, ...], id_: str | None
):
    fresh = chip("fresh")
    before = fresh.eeprom
    done = run("provision", "--port", fresh.url, "--profile", "aws-iot", "--yes", "--json", *more)
    assert done.code == 2
    assert id_ is None or done.error_id == id_
    assert fresh.eeprom == before


def test_a_rehearsal_awaits_no_certificate_and_shows_what_was_typed_as_it_is(run: Run, chip: Run):
    fresh = chip("fresh")
    before = fresh.eeprom
    arguments = ("provision", "--port", fresh.url, "--profile", "aws-iot", "--field", "thing_name=fleet:key:1")
    done = run(*arguments, "--rehearse", "--json")
    assert (done.code, done.document["verdict"], done.document["rehearsed"]) == (0, "PASS", True)
    assert "error" not in done.document
    assert done.document["fingerprints"] == {}
    text = run(*arguments, "--rehearse")
    assert (text.code, "Rehearsal passed, nothing was written" in text.out) == (0, True)
    assert "fleet:key:1" in text.out  # and no emoji
    assert fresh.eeprom == before


def test_names_that_arduino_cannot_write_are_refused_before_anything_is_locked(run: Run, chip: Run, ca: Path):
    fresh = chip("fresh")
    before = fresh.eeprom
    arguments = ["--port", fresh.url, "--profile", "arduino-eccx08-tls", "--ca", ca, "--yes", "--json"]
    done = run("provision", *arguments)
    assert (done.code, done.error_id) == (1, "issuer-not-representable")
    assert "--printable-names" in done.document["error"]["hint"]
    assert fresh.eeprom == before


def test_profiles_are_listed_with_those_that_cannot_be_used(run: Run, isolated: Path):
    folder = isolated / "profiles"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("name: mine\n")
    listed = run("profile", "list", "--json").document
    assert listed["folder"] == str(folder)
    rows = {row["name"]: row for row in listed["profiles"]}
    assert set(rows) == {*available_profiles()}
    assert "mine.yaml, line 1, column 1" in rows["mine"]["error"]
    assert "Cannot be used" in run("profile", "list").out


def test_a_profile_is_shown_with_what_it_proves(run: Run):
    out = run("profile", "show", "trustcustom-tls").out
    for words in (
        "IO protection key",
        "if the operator agrees",
        "locked for ever",
        "the chip signed a fresh challenge",
    ):
        assert words in out
    document = run("profile", "show", "trustcustom-tls", "--json").document
    assert document["proofs"] == ["chain-verified", "certificate-rebuilt-equals-file", "key-possession"]
    assert len(document["sha256"]) == 64


def test_lint_names_line_and_column_and_is_a_no_when_a_danger_is_not_accepted(run: Run, tmp_path: Path):
    done = run("profile", "lint", "trustcustom-tls", "--json")
    (finding,) = [one for one in done.document["findings"] if one["id"] == "open-key"]
    line = Path(done.document["path"]).read_text().splitlines()[finding["line"] - 1]
    assert (done.code, finding["id"], "slot: 4" in line) == (0, "open-key", True)
    assert "--fill-keys" in finding["accepted"]
    mine = tmp_path / "mine.yaml"
    mine.write_text(Path(done.document["path"]).read_text().partition("accepted:")[0])
    found = run("profile", "lint", mine, "--json").document["findings"]
    (danger,) = [one for one in found if one["id"] == "open-key"]
    assert danger["accepted"] is None
    assert run("profile", "lint", mine).code == 1
    assert run("profile", "lint", "espressif-trustcustom").code == 0


def test_a_mistake_is_an_error_with_its_place(run: Run, tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\ntitle: [\n")
    done = run("profile", "lint", path, "--json")
    assert (done.code, done.error_id) == (2, "bad-profile")
    assert "line 3, column 1" in done.document["error"]["message"]


def test_a_file_that_cannot_be_used_is_listed_with_its_place(run: Run, isolated: Path):
    own = isolated / "profiles" / "dup.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(resource_path("profiles", "trustcustom-tls.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (row,) = (row for row in run("profile", "list", "--json").document["profiles"] if "error" in row)
    assert row["name"] == "dup"
    assert re.search(r"dup\.yaml, line \d+, column 1: name: it is trustcustom-tls", row["error"])
    assert row["error"] in run("profile", "list").out
    assert run("profile", "show", "dup", "--json").error_id == "bad-profile"


def test_what_a_run_overwrote_can_be_restored(run: Run, chip: Run, ca: Path, other_ca: Path):
    fresh = chip("fresh")
    for authority in (ca, other_ca):
        done = run(
            "provision", "--port", fresh.url, "--profile", "trustcustom-tls", "--ca", authority, "--yes", "--json"
        )
        assert done.document["verdict"] == "PASS"
    (saved,) = run("slot", "restore", "--port", fresh.url, "--list", "--json").document["saved"]
    contents = json.loads(Path(saved["path"]).read_bytes())["slots"]
    before = fresh.eeprom
    assert run("slot", "restore", "--port", fresh.url, "--json").error_id == "confirmation-needed"
    assert run("slot", "restore", "--port", fresh.url, "--slot", "3", "--yes", "--json").error_id == "nothing-saved"
    assert run("slot", "restore", "--port", fresh.url, "--record", "x", "--yes", "--json").error_id == "no-record"
    assert fresh.eeprom == before
    restored = run("slot", "restore", "--port", fresh.url, "--yes", "--json").document
    assert sorted(restored["written"]) == sorted(map(int, contents))
    again = run("provision", "--port", fresh.url, "--profile", "trustcustom-tls", "--ca", ca, "--json")
    assert again.document["already_provisioned"] is True
    # What the restore overwrote is saved as well, and can be restored in its turn.
    back = run("slot", "restore", "--port", fresh.url, "--yes", "--json").document
    assert sorted(back["written"]) == sorted(restored["written"])
    assert fresh.eeprom == before
    assert run("slot", "restore", "--port", fresh.url, "--record", back["record"], "--yes", "--json").code == 0


def test_nothing_is_restored_to_a_chip_nothing_is_known_of(run: Run, chip: Run):
    done = run("slot", "restore", "--port", chip("provisioned").url, "--yes", "--json")
    assert (done.code, done.error_id) == (2, "nothing-saved")
